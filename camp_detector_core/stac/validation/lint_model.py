"""Rules for the model: tensors, bands, scaling, classes and runtime."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.item import properties_of
from camp_detector_core.model_file.json_values import as_dict, as_list, is_number, is_whole, texts

from .lint_bands import band_names, check_band_use
from .lint_item import mlm_version

if TYPE_CHECKING:
    from .findings import Findings, Place

_CPU_UNKNOWN = (1, 5, 2)
"""Last known version of the MLM schema that rejects the accelerator cpu."""
_CHANNELS = ("channel", "channels", "class", "classes", "bands")
_COLOR = re.compile(r"[0-9A-F]{6}")
_CLASS_NAME = re.compile(r"[A-Za-z0-9_-]+")
_BACKGROUND = 0
_STRUCTURE = ("shape", "dim_order", "data_type")
"""Required fields of every tensor."""


def check_model(item: dict[str, Any], findings: Findings) -> None:
    """Note faults of the mlm: properties."""
    properties = properties_of(item)
    names = band_names(item, findings)
    for key, tensor, check in (
        ("mlm:input", "input", _check_input),
        ("mlm:output", "result", _check_output),
    ):
        entries = as_list(properties.get(key))
        if not entries:
            findings.at("properties", key).problem("is missing or empty", "describe each tensor")
        entry_names = [as_dict(e).get("name") for e in entries]
        if any(entry_names.count(name) > 1 for name in entry_names if isinstance(name, str)):
            findings.at("properties", key).problem("two have the same name", "rename one")
        for i, entry in enumerate(entries):
            place = findings.at("properties", key, i)
            if not isinstance(entry, dict):
                place.problem("is no object", "describe the tensor")
                continue
            structure = as_dict(entry.get(tensor))
            _check_fields(entry, ("name", tensor), place)
            if structure:
                _check_fields(structure, _STRUCTURE, place.at(tensor))
            _check_structure(structure, place.at(tensor))
            check_band_use(entry, structure, names, place)
            check(entry, structure, place)
    _check_runtime(item, findings)


def _check_fields(fields: dict[str, Any], names: tuple[str, ...], base: Place) -> None:
    """Check fields that the extension requires, even without its schema and stac-model."""
    for name in names:
        if fields.get(name) in (None, "", [], {}):
            base.at(name).problem("is missing or empty", "write it as the MLM extension says")


def _check_structure(structure: dict[str, Any], place: Place) -> None:
    """Check shape and order of the dimensions."""
    shape, order = as_list(structure.get("shape")), as_list(structure.get("dim_order"))
    for i, size in enumerate(shape):
        if not is_whole(size) or (size < 1 and size != -1):
            message = f"{shown(size)} is not a size of a dimension"
            place.at("shape", i).problem(message, "write a positive integer, or -1 if it is free")
    if len(shape) != len(order):
        message = f"the shape has {len(shape)} dimensions and dim_order {len(order)}"
        place.problem(message, "make them equally long")
    axes = texts(order)
    if len(set(axes)) < len(axes):
        place.at("dim_order").problem("names a dimension twice", "rename one")


# Inputs.


def _check_input(entry: dict[str, Any], structure: dict[str, Any], base: Place) -> None:
    place = base.at("value_scaling")
    scaling = as_list(entry.get("value_scaling"))
    channels = _input_channels(entry, structure)
    if scaling and channels is not None and len(scaling) not in {1, channels}:
        message = f"has {len(scaling)} entries for {channels} bands"
        place.problem(message, "give one for each band, or one for all")
    for i, rule in enumerate(scaling):
        _check_scaling(as_dict(rule), place.at(i))
    _check_units(entry, scaling, place)
    shape, order = as_list(structure.get("shape")), texts(structure.get("dim_order"))
    sizes = dict(zip(order, shape, strict=False))
    fixed_sides = [
        sizes.get(n) for n in ("height", "width") if is_whole(sizes.get(n)) and sizes[n] > 0
    ]
    if fixed_sides and "resize_type" not in entry:
        message = (
            f"takes {' x '.join(map(shown, fixed_sides))} pixels, and it is not said how they come "
            "about"
        )
        remedy = "add resize_type: null where imagery is cut into tiles"
        base.at("resize_type").advice(message, remedy)


def _input_channels(entry: dict[str, Any], structure: dict[str, Any]) -> int | None:
    bands = as_list(entry.get("bands"))
    if bands:
        return len(bands)
    shape, order = as_list(structure.get("shape")), texts(structure.get("dim_order"))
    for name, size in zip(order, shape, strict=False):
        if name in _CHANNELS and is_whole(size) and size > 0:
            return int(size)
    return None


def _check_scaling(rule: dict[str, Any], place: Place) -> None:
    low: Any = rule.get("minimum")
    high: Any = rule.get("maximum")
    deviation: Any = rule.get("stddev")
    if is_number(deviation) and deviation <= 0:
        place.at("stddev").problem(f"is {shown(deviation)}", "it must be positive")
    if is_number(low) and is_number(high) and low >= high:
        place.problem(f"minimum {shown(low)} is not below maximum {shown(high)}", "exchange them")


def _check_units(entry: dict[str, Any], scaling: list[Any], place: Place) -> None:
    """Advise on means of 0 to 1 for bytes, unless a division by 255 is described."""
    rules = [as_dict(rule) for rule in scaling]
    fractions = [
        is_number(r.get("mean"))
        and is_number(r.get("stddev"))
        and abs(r["mean"]) <= 1 >= r["stddev"]
        for r in rules
        if r.get("type") == "z-score"
    ]
    identity = all(r.get("mean") == 0 and r.get("stddev") == 1 for r in rules)
    is_described = any(entry.get(key) for key in ("description", "pre_processing_function"))
    if fractions and all(fractions) and not identity and not is_described:
        message = "mean and stddev are those of values from 0 to 1, and no division is spoken of"
        remedy = "write them in raw values (times 255 for bytes), or describe the division"
        place.problem(message, remedy)


# Outputs.


def _check_output(entry: dict[str, Any], structure: dict[str, Any], base: Place) -> None:
    if not entry.get("description") and not entry.get("post_processing_function"):
        message = "it is not said whether values are logits or probabilities, nor how to use them"
        base.advice(message, "add description and post_processing_function")
    place = base.at("classification:classes")
    classes = [c for c in as_list(entry.get("classification:classes")) if isinstance(c, dict)]
    if not classes:
        return
    values = [c.get("value") for c in classes]
    integers = [v for v in values if is_whole(v)]
    if len(set(integers)) < len(values):
        place.problem(f"the values {shown(values)} are not integers that differ", "renumber them")
    names = [c.get("name") for c in classes if isinstance(c.get("name"), str)]
    if len(set(names)) < len(names):
        place.problem("two classes have the same name", "rename one")
    for i, class_fields in enumerate(classes):
        _check_class(class_fields, place.at(i))
    shape, order = as_list(structure.get("shape")), texts(structure.get("dim_order"))
    sizes = [s for n, s in zip(order, shape, strict=False) if n in _CHANNELS and is_whole(s)]
    fitting_channels = {len(classes), len(classes) - (_BACKGROUND in integers)}
    if sizes and sizes[0] > 0 and sizes[0] not in fitting_channels:
        message = f"{len(classes)} classes, and the output has {sizes[0]} channels"
        place.problem(message, "list a class for each channel, and the background if it has none")


def _check_class(class_fields: dict[str, Any], place: Place) -> None:
    name, color = class_fields.get("name"), class_fields.get("color_hint")
    if isinstance(name, str) and not _CLASS_NAME.fullmatch(name):
        remedy = "use letters, digits, - and _, without blanks"
        place.at("name").problem(f"{shown(name)!r} is not a name of a class", remedy)
    if color is not None and not (isinstance(color, str) and _COLOR.fullmatch(color)):
        remedy = "write RRGGBB in upper case, without #"
        place.at("color_hint").problem(f"{shown(color)!r} is not a colour", remedy)


# What it runs on and where it comes from.


def _check_runtime(item: dict[str, Any], findings: Findings) -> None:
    properties, place = properties_of(item), findings.at("properties")
    version, accelerator = mlm_version(item), properties.get("mlm:accelerator")
    if accelerator == "cpu" and version is not None and version <= _CPU_UNKNOWN:
        message = "cpu is in the extension's text, and its schema rejects it"
        remedy = (
            "leave it out and say so in mlm:accelerator_summary; amd64 if it must be a processor"
        )
        place.at("mlm:accelerator").problem(message, remedy)
    if accelerator is None and properties.get("mlm:accelerator_constrained") is True:
        message = "is true, and no accelerator is named"
        place.at("mlm:accelerator_constrained").problem(message, "name it, or write false")
    _check_pretraining(properties, place.at("mlm:pretrained_source"))
    if not as_dict(properties.get("mlm:hyperparameters")):
        remedy = "add how it was trained and which threshold it needs"
        place.at("mlm:hyperparameters").advice("is missing", remedy)
    tasks = set(texts(properties.get("mlm:tasks")))
    for i, output in enumerate(as_list(properties.get("mlm:output"))):
        extra = sorted(set(texts(as_dict(output).get("tasks"))) - tasks)
        if extra and tasks:
            message = f"{shown(extra)} is not in mlm:tasks"
            place.at("mlm:output", i, "tasks").problem(message, "add it there")


def _check_pretraining(properties: dict[str, Any], place: Place) -> None:
    pretrained, source = properties.get("mlm:pretrained"), properties.get("mlm:pretrained_source")
    if pretrained is False and source is not None:
        place.problem(f"{shown(source)!r}, and mlm:pretrained is false", "write null")
    elif pretrained is False and "mlm:pretrained_source" not in properties:
        place.advice("is missing", "write null: trained from scratch")
    elif pretrained is True and not source:
        place.advice("is missing, and mlm:pretrained is true", "name the weights")
