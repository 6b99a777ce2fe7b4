"""The description of a model, from which every file format and host derives its own.

The authority is the JSON text stored in the ONNX file under `METADATA_KEY`: one file is one
model. STAC items and Esri model definitions repeat it and must agree.
"""

from __future__ import annotations

import json
import math
import re
import reprlib
from dataclasses import dataclass, field, fields
from typing import Any, Mapping, Optional

from .errors import SpecError
from .json_text import parse_json
from .limits import MAX_TILE_SIZE
from .separation import Separation
from .values import NUMBERS, check_number, require, to_object, to_objects, to_text, to_texts

METADATA_KEY = "camp_detector.spec"
"""Key of the JSON text in the ONNX file's metadata."""
PLAIN_VERSION, SCHEMA_VERSION = 1, 2
"""Versions of the description; a newer one is for content that older readers would misread. A model
without a separation is still described in version 1, to the byte."""

_DTYPES = ("uint8", "uint16", "int16", "float32")
_COLOR = re.compile(r"#[0-9A-F]{6}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def _positive(value: float) -> bool:
    return math.isfinite(value) and value > 0


@dataclass(frozen=True)
class Band:
    """Input channel: the network sees ``(raw * scale - mean) / std``.

    Raises:
        SpecError: No name, or a scaling that cannot be undone.
    """

    name: str
    """STAC common name if there is one: red, green, blue, nir ..."""
    scale: float
    """Multiplier from raw values to the range of ``mean`` and ``std``; 1/255 for 8-bit images."""
    mean: float
    """Mean of the scaled values."""
    std: float
    """Standard deviation of the scaled values."""

    def __post_init__(self) -> None:
        """Refuse a scaling that cannot be undone."""
        require(bool(self.name), "a band needs a name")
        require(
            _positive(self.scale) and math.isfinite(self.mean) and _positive(self.std),
            f"band {self.name}: scale and std must be positive and mean finite, got "
            f"scale {self.scale}, mean {self.mean}, std {self.std}",
        )


@dataclass(frozen=True)
class ClassDef:
    """Class that the model detects; output channel ``i`` belongs to class ``i`` of the spec.

    Raises:
        SpecError: A value that is background or nodata, or a colour that is not ``#RRGGBB``.
    """

    value: int
    """Value in the class raster: 1 to 254; 0 is background and 255 nodata."""
    name: str
    """Lower-case word or words, without blanks: ``dwelling``."""
    color: str
    """``#RRGGBB`` in upper case."""

    def __post_init__(self) -> None:
        """Refuse values that mean something else."""
        require(
            1 <= self.value <= 254,  # noqa: PLR2004 - 0 is background, 255 nodata
            f"class {self.name!r}: value must be 1 to 254, got {self.value}",
        )
        require(
            bool(_NAME.fullmatch(self.name)),
            f"class name {self.name!r} must be made of letters, digits, '.', '_' and '-'",
        )
        require(
            bool(_COLOR.fullmatch(self.color)),
            f"class {self.name!r}: colour must be #RRGGBB in upper case, got {self.color!r}",
        )


@dataclass(frozen=True)
class ModelSpec:
    """Everything that a host needs to run a model and to describe its results.

    Raises:
        SpecError: A field is missing, out of range, or contradicts another one.
    """

    name: str
    """Identifier made of letters, digits, '.', '_' and '-'."""
    version: str
    """Version of the model, not of the software."""
    bands: tuple[Band, ...]
    """Input channels in the order in which the network takes them."""
    classes: tuple[ClassDef, ...]
    """Classes of the first output channels; background is not listed."""
    gsd: float
    """Ground sampling distance that the network was trained on, metres per pixel."""
    dtype: str = "uint8"
    """Pixel type of the raw values that ``Band.scale`` is meant for."""
    tile_size: int = 512
    """Side of the chips that the network is run on, pixels; a multiple of ``multiple``."""
    overlap: int = 64
    """Pixels that neighbouring chips share, blended; less than half of ``tile_size``."""
    multiple: int = 32
    """Chip sides must be multiples of this (the network's total stride)."""
    threshold: float = 0.5
    """Probability from which a pixel belongs to a class."""
    min_area: float = 0.0
    """Smallest dwelling to report, square metres."""
    description: str = ""
    """Purpose of the model, in a few sentences."""
    licence: str = ""
    """SPDX identifier of the model's licence."""
    attribution: tuple[str, ...] = ()
    """Names to credit when the model or its results are published: data and weights."""
    provenance: Mapping[str, str] = field(default_factory=dict)
    """Origin of the model: command, seed, data, software, figures; text to text."""
    separation: Optional[Separation] = None
    """Meaning of one further output channel, after those of the classes; None where there is
    none, and each connected patch of the mask is a dwelling."""

    def __post_init__(self) -> None:
        """Check each field and the fields against each other."""
        require(
            bool(_NAME.fullmatch(self.name)),
            f"model name {self.name!r} must be made of letters, digits, '.', '_' and '-'",
        )
        require(
            bool(self.version) and self.version.isprintable(),
            f"model {self.name}: version must be printable text, got {self.version!r}",
        )
        require(bool(self.bands), f"model {self.name}: at least one band is needed")
        require(bool(self.classes), f"model {self.name}: at least one class is needed")
        values = [c.value for c in self.classes]
        require(
            len(set(values)) == len(values),
            f"model {self.name}: class values must differ, got {values}",
        )
        require(
            self.dtype in _DTYPES,
            f"model {self.name}: dtype must be one of {', '.join(_DTYPES)}, got {self.dtype!r}",
        )
        require(_positive(self.gsd), f"model {self.name}: gsd must be positive, got {self.gsd}")
        require(
            self.multiple >= 1
            and 1 <= self.tile_size <= MAX_TILE_SIZE
            and self.tile_size % self.multiple == 0,
            f"model {self.name}: tile size {self.tile_size} must be a positive multiple of "
            f"{self.multiple}, at most {MAX_TILE_SIZE}",
        )
        require(
            0 <= self.overlap < self.tile_size / 2,
            f"model {self.name}: overlap {self.overlap} must be less than half of the tile size "
            f"{self.tile_size}: choose larger tiles or a smaller overlap",
        )
        require(
            0 < self.threshold <= 1,
            f"model {self.name}: threshold must be above 0 and at most 1, got {self.threshold}",
        )
        require(
            math.isfinite(self.min_area) and self.min_area >= 0,
            f"model {self.name}: min_area must not be negative, got {self.min_area}",
        )

    @property
    def id(self) -> str:
        """Name and version, as written into results."""
        return f"{self.name}-{self.version}"

    @property
    def channels(self) -> int:
        """Number of output channels: one per class, and one more with a separation."""
        return len(self.classes) + (self.separation is not None)

    def to_dict(self) -> dict[str, Any]:
        """Convert to a plain dict for JSON; the inverse of `from_dict`."""
        is_plain = self.separation is None
        result: dict[str, Any] = {"schema_version": PLAIN_VERSION if is_plain else SCHEMA_VERSION}
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name == "separation":
                if is_plain:
                    continue
                value = dict(vars(value))
            elif f.name in {"bands", "classes"}:
                value = [dict(vars(v)) for v in value]
            elif f.name == "attribution":
                value = list(value)
            elif f.name == "provenance":
                value = dict(value)
            result[f.name] = value
        return result

    def to_json(self) -> str:
        """Write JSON text with sorted keys, ASCII only; the same spec gives the same bytes."""
        return json.dumps(self.to_dict(), sort_keys=True, ensure_ascii=True, allow_nan=False)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> ModelSpec:
        """Read what `to_dict` wrote.

        Raises:
            SpecError: A field is missing, unknown, of the wrong type, or out of range.
        """
        if not isinstance(raw, dict):
            msg = f"a model description must be an object, got {type(raw).__name__}"
            raise SpecError(msg)
        values = dict(raw)
        version = values.pop("schema_version", None)
        require(
            version in (PLAIN_VERSION, SCHEMA_VERSION),
            f"this model's description is of version {reprlib.repr(version)}, and this release of "
            f"Camp Detector reads versions {PLAIN_VERSION} and {SCHEMA_VERSION}: update Camp "
            "Detector",
        )
        require(
            (version == SCHEMA_VERSION) == ("separation" in values),
            f"a model description of version {SCHEMA_VERSION} holds a separation, and one of "
            f"version {PLAIN_VERSION} holds none",
        )
        unknown = set(values) - {f.name for f in fields(cls)}
        require(not unknown, f"unknown fields in the model description: {sorted(unknown)!r:.300}")
        try:
            for name, kind in (("bands", Band), ("classes", ClassDef)):
                objects = to_objects(values.get(name, ()), name)
                values[name] = tuple(_build(kind, entry) for entry in objects)
            if "separation" in values:
                values["separation"] = _build(Separation, values["separation"])
            values["attribution"] = to_texts(values.get("attribution", ()))
            values["provenance"] = {
                to_text(k, "provenance"): to_text(str(v), f"provenance {k}")
                for k, v in to_object(values.get("provenance", {}), "provenance").items()
            }
            spec: ModelSpec = _build(cls, values)
        except (TypeError, ValueError, RecursionError, OverflowError) as error:
            if isinstance(error, SpecError):
                raise
            msg = f"the model description is not of the expected form: {error!s:.300}"
            raise SpecError(msg) from error
        return spec

    @classmethod
    def from_json(cls, text: str) -> ModelSpec:
        """Read what `to_json` wrote.

        Raises:
            SpecError: Not JSON, or not a model description.
        """
        try:
            raw = parse_json(text)
        except ValueError as error:
            msg = f"the model description is not JSON that can be read: {error}"
            raise SpecError(msg) from error
        return cls.from_dict(raw)


def _build(kind: Any, raw: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any of the dataclasses here
    """Make a dataclass from a mapping, refusing text where a number is meant and the reverse."""
    if not isinstance(raw, dict):
        msg = f"a {kind.__name__} must be an object, got {reprlib.repr(raw)}"
        raise SpecError(msg)
    for f in fields(kind):
        if f.name not in raw:
            continue
        value, expected = raw[f.name], str(f.type)
        if expected in NUMBERS:
            check_number(value, expected, f.name)
        if expected == "str":
            to_text(value, f.name)
    return kind(**raw)
