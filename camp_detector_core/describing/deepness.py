"""Metadata of models for the QGIS plugin Deepness, read as parts of a description.

Keys and meanings are those of its documentation and of its reader; `onnx_model.metadata`
writes the same keys.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.errors import SpecError
from camp_detector_core.engine.json_text import parse_json
from camp_detector_core.engine.wording import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_TEXT = 20_000
_SEGMENTOR = "Segmentor"
_CENTIMETRES = 100
_LARGEST = 1e6
_MOST_OF = {"seg_thresh": 1.0, "tiles_overlap": 49.0, "tile_size": 16384.0, "tiles_size": 16384.0}
"""Largest plausible values."""
_KEYS = (
    "resolution", "tile_size", "tiles_size", "tiles_overlap", "class_names", "names", "seg_thresh",
    "standardization_mean", "standardization_std",
)  # fmt: skip
BACKGROUND = frozenset({"background", "_background_", "bg", "other", "none", "unlabeled"})
"""Class names, in lower case, that mean background."""


@dataclass(frozen=True)
class Hints:
    """Values of the metadata; None or empty if missing."""

    gsd: float | None = None
    """Metres on the ground per pixel."""
    tile_size: int | None = None
    overlap: float | None = None
    """Fraction of the tile's side, 0 to 1."""
    threshold: float | None = None
    names: tuple[str, ...] = ()
    """Names of the output's channels, with the background."""
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    is_any: bool = False
    """True if the model has any key of Deepness."""
    left_out: tuple[str, ...] = ()
    """Keys whose values could not be read."""


def deepness_hints(entries: Mapping[str, str], origin: str) -> Hints:
    """Read the keys of Deepness.

    Args:
        entries: The metadata.
        origin: The model's name, for messages.

    Raises:
        SpecError: The model is of another kind than segmentation.
    """
    values = {key: _value(entries[key]) for key in (*_KEYS, "model_type") if key in entries}
    kind = values.get("model_type")
    if isinstance(kind, str) and kind.capitalize() != _SEGMENTOR:
        msg = (
            f"{origin} says that it is a {shown(kind)} (model_type in its metadata), and only "
            "models of the type Segmentor can be used: they give a probability for each pixel"
        )
        raise SpecError(msg)
    names = _names(values.get("class_names", values.get("names")))
    numbers = {key: _number(values.get(key), _MOST_OF.get(key, _LARGEST)) for key in _KEYS}
    resolution, percent = numbers["resolution"], numbers["tiles_overlap"]
    side = numbers["tile_size"] or numbers["tiles_size"]
    mean, std = (_numbers(values.get(f"standardization_{k}")) for k in ("mean", "std"))
    read = {
        "resolution": resolution, "tiles_overlap": percent, "seg_thresh": numbers["seg_thresh"],
        "tile_size": side, "tiles_size": side,
        "class_names": names, "standardization_mean": mean, "standardization_std": std,
    }  # fmt: skip
    return Hints(
        gsd=resolution / _CENTIMETRES if resolution else None,
        tile_size=int(side) if side else None,
        overlap=percent / 100 if percent is not None else None,
        threshold=numbers["seg_thresh"],
        names=names,
        mean=mean,
        std=std,
        is_any=bool(values.keys() - {"names"}),
        left_out=tuple(k for k, v in read.items() if k in values and v in (None, ())),
    )


def _value(text: str) -> Any:  # noqa: ANN401 - whatever the text holds
    """Parse JSON, or the Python literal of older models; None if it is neither."""
    if len(text) > _MAX_TEXT:
        return None
    try:
        return parse_json(text)
    except ValueError:
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            return text if text.isalpha() else None


def _number(value: object, largest: float = _LARGEST) -> float | None:
    """Return a number from 0 to ``largest``, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= largest:
        return None
    return float(value)


def _numbers(value: object) -> tuple[float, ...]:
    values = value if isinstance(value, list | tuple) else ()
    numbers = [v for v in map(_number, values) if v is not None]
    return tuple(numbers) if len(numbers) == len(values) else ()


def _names(value: object) -> tuple[str, ...]:
    """Read names from a list, or from a mapping by number from 0 without a gap."""
    if isinstance(value, dict):
        names_by_number = {str(key): name for key, name in value.items()}
        ordered = [names_by_number.get(str(i)) for i in range(len(names_by_number))]
    else:
        ordered = list(value) if isinstance(value, list | tuple) else []
    names = [name for name in ordered if isinstance(name, str) and name]
    return tuple(names) if len(names) == len(ordered) else ()
