"""Rules for the model: its tensors, bands, scaling, classes, and what it runs on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.wording import shown

from .lint_bands import band_names, check_band_use
from .lint_item import mlm_version
from .reading import (
    as_dict,
    as_list,
    is_number,
    is_whole,
    properties_of,
    texts,
)  # fmt: skip

if TYPE_CHECKING:
    from .findings import Findings, Where

_CPU_UNKNOWN = (1, 5, 2)
"""Last version of the MLM schema that was seen to reject the accelerator cpu."""
_CHANNELS = ("channel", "channels", "class", "classes", "bands")
_COLOR = re.compile(r"[0-9A-F]{6}")
_CLASS_NAME = re.compile(r"[A-Za-z0-9_-]+")
_BACKGROUND = 0
_STRUCTURE = ("shape", "dim_order", "data_type")
"""Fields that every tensor has."""


def check_model(item: dict[str, Any], findings: Findings) -> None:
    """Note what is wrong with the mlm: properties."""
    properties = properties_of(item)
    names = band_names(item, findings)
    for key, tensor, check in (
        ("mlm:input", "input", _check_input),
        ("mlm:output", "result", _check_output),
    ):
        entries = as_list(properties.get(key))
        if not entries:
            findings.problem(("properties", key), "is missing or empty", "describe each tensor")
        said = [as_dict(e).get("name") for e in entries]
        if any(said.count(name) > 1 for name in said if isinstance(name, str)):
            findings.problem(("properties", key), "two have the same name", "rename one")
        for i, entry in enumerate(entries):
            where: Where = ("properties", key, i)
            if not isinstance(entry, dict):
                findings.problem(where, "is no object", "describe the tensor")
                continue
            structure = as_dict(entry.get(tensor))
            _check_fields(entry, ("name", tensor), where, findings)
            if structure:
                _check_fields(structure, _STRUCTURE, (*where, tensor), findings)
            _check_structure(structure, (*where, tensor), findings)
            check_band_use(entry, structure, names, where, findings)
            check(entry, structure, where, findings)
    _check_runtime(item, findings)


def _check_fields(
    entry: dict[str, Any], names: tuple[str, ...], where: Where, findings: Findings
) -> None:
    """Fields that the extension asks for, whatever its schema is at hand."""
    missing = [name for name in names if entry.get(name) in (None, "", [], {})]
    if missing:
        findings.problem(where, f"lacks {' and '.join(missing)}", "see the MLM extension")


def _check_structure(structure: dict[str, Any], where: Where, findings: Findings) -> None:
    """Shape and order of the dimensions."""
    shape, order = as_list(structure.get("shape")), as_list(structure.get("dim_order"))
    for i, size in enumerate(shape):
        if not is_whole(size) or (size < 1 and size != -1):
            what = f"{shown(size)} is no size of a dimension"
            findings.problem(
                (*where, "shape", i), what, "write a positive integer, or -1 if it is free"
            )
    if len(shape) != len(order):
        what = f"the shape has {len(shape)} dimensions and dim_order {len(order)}"
        findings.problem(where, what, "make them equally long")
    named = texts(order)
    if len(set(named)) < len(named):
        findings.problem((*where, "dim_order"), "names a dimension twice", "rename one")


# Inputs.


def _check_input(
    entry: dict[str, Any], structure: dict[str, Any], where: Where, findings: Findings
) -> None:
    place = (*where, "value_scaling")
    scaling = as_list(entry.get("value_scaling"))
    channels = _input_channels(entry, structure)
    if scaling and channels is not None and len(scaling) not in {1, channels}:
        what = f"has {len(scaling)} entries for {channels} bands"
        findings.problem(place, what, "give one for each band, or one for all")
    for i, rule in enumerate(scaling):
        _check_scaling(as_dict(rule), (*place, i), findings)
    _check_units(entry, scaling, place, findings)
    shape, order = as_list(structure.get("shape")), texts(structure.get("dim_order"))
    sizes = dict(zip(order, shape, strict=False))
    fixed = [sizes.get(n) for n in ("height", "width") if is_whole(sizes.get(n)) and sizes[n] > 0]
    if fixed and "resize_type" not in entry:
        what = (
            f"takes {' x '.join(map(shown, fixed))} pixels, and it is not said how they come about"
        )
        remedy = "add resize_type: null where imagery is cut into tiles"
        findings.advice((*where, "resize_type"), what, remedy)


def _input_channels(entry: dict[str, Any], structure: dict[str, Any]) -> int | None:
    bands = as_list(entry.get("bands"))
    if bands:
        return len(bands)
    shape, order = as_list(structure.get("shape")), texts(structure.get("dim_order"))
    for name, size in zip(order, shape, strict=False):
        if name in _CHANNELS and is_whole(size) and size > 0:
            return int(size)
    return None


def _check_scaling(rule: dict[str, Any], where: Where, findings: Findings) -> None:
    low: Any = rule.get("minimum")
    high: Any = rule.get("maximum")
    deviation: Any = rule.get("stddev")
    if is_number(deviation) and deviation <= 0:
        findings.problem((*where, "stddev"), f"is {shown(deviation)}", "it must be positive")
    if is_number(low) and is_number(high) and low >= high:
        findings.problem(
            where, f"minimum {shown(low)} is not below maximum {shown(high)}", "exchange them"
        )


def _check_units(
    entry: dict[str, Any], scaling: list[Any], where: Where, findings: Findings
) -> None:
    """Means of 0 to 1 say nothing about bytes, unless somebody says that they were divided."""
    rules = [as_dict(rule) for rule in scaling]
    small = [
        is_number(r.get("mean"))
        and is_number(r.get("stddev"))
        and abs(r["mean"]) <= 1 >= r["stddev"]
        for r in rules
        if r.get("type") == "z-score"
    ]
    identity = all(r.get("mean") == 0 and r.get("stddev") == 1 for r in rules)
    told = any(entry.get(key) for key in ("description", "pre_processing_function"))
    if small and all(small) and not identity and not told:
        what = "mean and stddev are those of values from 0 to 1, and no division is spoken of"
        remedy = "write them in raw values (times 255 for bytes), or describe the division"
        findings.problem(where, what, remedy)


# Outputs.


def _check_output(
    entry: dict[str, Any], structure: dict[str, Any], where: Where, findings: Findings
) -> None:
    if not entry.get("description") and not entry.get("post_processing_function"):
        what = "it is not said whether values are logits or probabilities, nor how to use them"
        findings.advice(where, what, "add description and post_processing_function")
    place = (*where, "classification:classes")
    classes = [c for c in as_list(entry.get("classification:classes")) if isinstance(c, dict)]
    if not classes:
        return
    values = [c.get("value") for c in classes]
    whole = [v for v in values if is_whole(v)]
    if len(set(whole)) < len(values):
        findings.problem(
            place, f"the values {shown(values)} are not integers that differ", "renumber them"
        )
    names = [c.get("name") for c in classes if isinstance(c.get("name"), str)]
    if len(set(names)) < len(names):
        findings.problem(place, "two classes have the same name", "rename one")
    for i, each in enumerate(classes):
        _check_class(each, (*place, i), findings)
    shape, order = as_list(structure.get("shape")), texts(structure.get("dim_order"))
    sizes = [s for n, s in zip(order, shape, strict=False) if n in _CHANNELS and is_whole(s)]
    fitting = {len(classes), len(classes) - (_BACKGROUND in whole)}
    if sizes and sizes[0] > 0 and sizes[0] not in fitting:
        what = f"{len(classes)} classes, and the output has {sizes[0]} channels"
        findings.problem(
            place, what, "list a class for each channel, and the background if it has none"
        )


def _check_class(each: dict[str, Any], where: Where, findings: Findings) -> None:
    name, color = each.get("name"), each.get("color_hint")
    if isinstance(name, str) and not _CLASS_NAME.fullmatch(name):
        remedy = "use letters, digits, - and _, without blanks"
        findings.problem((*where, "name"), f"{shown(name)!r} is no name of a class", remedy)
    if color is not None and not (isinstance(color, str) and _COLOR.fullmatch(color)):
        remedy = "write RRGGBB in upper case, without #"
        findings.problem((*where, "color_hint"), f"{shown(color)!r} is no colour", remedy)


# What it runs on and where it comes from.


def _check_runtime(item: dict[str, Any], findings: Findings) -> None:
    properties = properties_of(item)
    version = mlm_version(item)
    accelerator = properties.get("mlm:accelerator")
    if accelerator == "cpu" and version is not None and version <= _CPU_UNKNOWN:
        what = "cpu is in the extension's text, and its schema rejects it"
        remedy = (
            "leave it out and say so in mlm:accelerator_summary; amd64 if it must be a processor"
        )
        findings.problem(("properties", "mlm:accelerator"), what, remedy)
    if accelerator is None and properties.get("mlm:accelerator_constrained") is True:
        where = ("properties", "mlm:accelerator_constrained")
        findings.problem(where, "is true, and no accelerator is named", "name it, or write false")
    source = properties.get("mlm:pretrained_source")
    if properties.get("mlm:pretrained") is False and source is not None:
        where = ("properties", "mlm:pretrained_source")
        findings.problem(where, f"{shown(source)!r}, and mlm:pretrained is false", "write null")
    if properties.get("mlm:pretrained") is False and "mlm:pretrained_source" not in properties:
        where = ("properties", "mlm:pretrained_source")
        findings.advice(where, "is missing", "write null: trained from scratch")
    if properties.get("mlm:pretrained") is True and not source:
        where = ("properties", "mlm:pretrained_source")
        findings.advice(where, "is missing, and mlm:pretrained is true", "name the weights")
    if not as_dict(properties.get("mlm:hyperparameters")):
        where = ("properties", "mlm:hyperparameters")
        findings.advice(where, "is missing", "add how it was trained and which threshold it needs")
    _check_tasks(properties, findings)


def _check_tasks(properties: dict[str, Any], findings: Findings) -> None:
    tasks = set(texts(properties.get("mlm:tasks")))
    for i, output in enumerate(as_list(properties.get("mlm:output"))):
        extra = sorted(set(texts(as_dict(output).get("tasks"))) - tasks)
        if extra and tasks:
            what = f"{shown(extra)} is not in mlm:tasks"
            findings.problem(("properties", "mlm:output", i, "tasks"), what, "add it there")
