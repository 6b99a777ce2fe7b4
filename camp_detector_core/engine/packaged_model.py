"""The model of a deep learning package, as the raster function reads it from its definition."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Mapping, NamedTuple, Optional

from .arguments import ARGUMENTS, own_values, with_texts
from .emd_keys import SPEC_KEY, emd_keys
from .errors import SpecError
from .json_text import parse_json
from .parameters import FUNCTION
from .spec import ModelSpec

_FAULT = "the definition is not one of Camp Detector's, or was changed"
_MOST = 300
"""Characters of a reason that an error repeats."""


class PackagedModel(NamedTuple):
    """A model definition (.emd) that was read and checked."""

    folder: Path
    """Folder of the files that it names."""
    fields: Mapping[str, Any]
    """All keys; those that are left out have the value that follows from the spec."""
    spec: ModelSpec
    bands: tuple[int, ...]
    """Bands of the raster to read, from 0."""
    classes: list[tuple[int, str, list[int]]]
    """Value, name and colour of each class."""

    def file(self, key: str) -> Optional[Path]:
        """The path of a file that the definition names."""
        name = self.fields.get(key)
        return Path(self.folder, str(name).replace("\\", "/")) if name else None

    def values(self, texts: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a run by the names of parameters: what was written, else the model's own.

        Args:
            texts: By the names of the raster function's arguments.

        Raises:
            ParameterError: A value that cannot be.
        """
        own = with_texts(own_values(emd_keys(self.spec)), own_values(self.fields))
        return with_texts(own, {n: texts.get(p.hosts[FUNCTION]) for n, p in ARGUMENTS.items()})


def parse_definition(text: str, folder: Path) -> PackagedModel:
    """Read the text of a definition.

    Args:
        text: JSON.
        folder: Where the files lie that it names.

    Raises:
        SpecError: It is no definition of this project, or contradicts itself.
    """
    try:
        raw = parse_json(text)
        spec = ModelSpec.from_dict(raw[SPEC_KEY])
        fields = {**emd_keys(spec), **raw}
        bands = tuple(int(band) for band in fields["ExtractBands"])
        classes = [
            (int(c["Value"]), str(c["Name"]), [int(v) for v in c["Color"]])
            for c in fields["Classes"]
        ]
    except SpecError as error:
        sentence = f"{_FAULT}: {error.sentence[:_MOST]}"
        raise error.with_sentence(sentence) from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        msg = f"{_FAULT}: {reason[:_MOST]}"
        raise SpecError(msg) from None
    values = {c.value for c in spec.classes}
    if len(bands) != len(spec.bands) or {value for value, _, _ in classes} != values:
        msg = (
            "the model definition contradicts itself: ExtractBands must name "
            f"{len(spec.bands)} bands, and Classes must have the values {sorted(values)}"
        )
        raise SpecError(msg)
    return PackagedModel(folder, fields, spec, bands, classes)
