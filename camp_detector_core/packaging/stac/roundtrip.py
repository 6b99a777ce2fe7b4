"""Reads the description of a model back from its item."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.errors import SpecError
from camp_detector_core.engine.spec import ModelSpec
from camp_detector_core.model_file.item import SPEC_PROPERTY

from .model import bands_of, class_name, mlm_name, scaling_of

if TYPE_CHECKING:
    from collections.abc import Mapping


def spec_from_item(item: Mapping[str, Any]) -> ModelSpec:
    """Read the description in an item, and compare it with the standard fields beside it.

    Args:
        item: A STAC item as plain values.

    Raises:
        SpecError: The item has no description, or one that contradicts its bands, scaling,
            classes or resolution.
    """
    properties = item.get("properties")
    if not isinstance(properties, dict) or SPEC_PROPERTY not in properties:
        msg = (
            f"the item holds no {SPEC_PROPERTY}, so it was not made by this software: name the "
            ".onnx file itself"
        )
        raise SpecError(msg)
    spec = ModelSpec.from_dict(properties[SPEC_PROPERTY])
    for name, agrees in _agreements(spec, properties):
        if not agrees:
            msg = f"the item's {name} is not that of its {SPEC_PROPERTY}: make the item again"
            raise SpecError(msg)
    return spec


def _agreements(spec: ModelSpec, properties: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """Compare the standard fields that repeat the description, one by one."""
    first = _first(properties.get("mlm:input"))
    output = _first(properties.get("mlm:output"))
    classes = output.get("classification:classes")
    classes_of_spec = [(0, "background"), *((c.value, class_name(c.name)) for c in spec.classes)]
    return [
        ("mlm:name", properties.get("mlm:name") == mlm_name(spec)),
        ("gsd", properties.get("gsd") == spec.gsd),
        ("bands", _names(properties.get("bands")) == [b["name"] for b in bands_of(spec)]),
        ("mlm:input bands", first.get("bands") == [b.name for b in spec.bands]),
        ("value_scaling", _same_scaling(spec, first.get("value_scaling"))),
        ("classification:classes", _values(classes) == classes_of_spec),
    ]


def _first(value: object) -> dict[str, Any]:
    return value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else {}


def _names(value: object) -> list[Any]:
    entries = value if isinstance(value, list) else []
    return [e.get("name") if isinstance(e, dict) else None for e in entries]


def _values(value: object) -> list[tuple[Any, Any]]:
    entries = value if isinstance(value, list) else []
    return [(e.get("value"), e.get("name")) for e in entries if isinstance(e, dict)]


def _same_scaling(spec: ModelSpec, value: object) -> bool:
    entries = value if isinstance(value, list) else []
    if len(entries) != len(spec.bands):
        return False
    for band, entry in zip(spec.bands, entries, strict=True):
        fields = entry if isinstance(entry, dict) else {}
        for key, expected in zip(("mean", "stddev"), scaling_of(band), strict=True):
            value_of_item = fields.get(key)
            close = isinstance(value_of_item, int | float) and math.isclose(
                value_of_item, expected, rel_tol=1e-6
            )
            if not close:
                return False
    return True
