"""Reads the description of a model back from its item."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.errors import SpecError
from camp_detector_core.model_file.item import SPEC_PROPERTY, properties_of, spec_of
from camp_detector_core.model_file.json_values import as_dict, as_list, first_dict

from .model import bands_of, class_name, mlm_name, scaling_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camp_detector_core.engine.spec import ModelSpec


def spec_from_item(item: Mapping[str, Any]) -> ModelSpec:
    """Read the description in an item, and compare it with the standard fields beside it.

    Args:
        item: A STAC item as plain values.

    Raises:
        SpecError: The item has no description, or one that contradicts its bands, scaling,
            classes or resolution.
    """
    spec = spec_of(item, "the item")
    if spec is None:
        msg = (
            f"the item holds no {SPEC_PROPERTY}, so it was not made by this software: name the "
            ".onnx file itself"
        )
        raise SpecError(msg)
    for name, agrees in _agreements(spec, properties_of(item)):
        if not agrees:
            msg = f"the item's {name} is not that of its {SPEC_PROPERTY}: make the item again"
            raise SpecError(msg)
    return spec


def _agreements(spec: ModelSpec, properties: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """Compare the standard fields that repeat the description, one by one."""
    first = first_dict(properties.get("mlm:input"))
    output = first_dict(properties.get("mlm:output"))
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


def _names(value: object) -> list[Any]:
    return [as_dict(entry).get("name") for entry in as_list(value)]


def _values(value: object) -> list[tuple[Any, Any]]:
    return [(e.get("value"), e.get("name")) for e in map(as_dict, as_list(value)) if e]


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
