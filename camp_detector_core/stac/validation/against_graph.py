"""Checks of an item against its ONNX file, both the graph and the description in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.errors import CampDetectorError, SpecError
from camp_detector_core.engine.spec import METADATA_KEY, ModelSpec
from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.item import (
    SPEC_PROPERTY,
    assets_of,
    is_model,
    is_onnx,
    properties_of,
)
from camp_detector_core.model_file.json_values import as_dict, as_list, first_dict, is_whole, texts
from camp_detector_core.model_file.metadata import read_metadata
from camp_detector_core.model_file.package import MAX_NETWORK
from camp_detector_core.model_file.untrusted import read_file
from camp_detector_core.onnx_model.graph import read_graph

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from camp_detector_core.onnx_model.graph import Graph, Tensor

    from .findings import Findings, Place

_LONG = 500
"""Length limit of a sentence of this software, which ends in its remedy."""


def check_onnx(item: dict[str, Any], files: Mapping[str, Path], findings: Findings) -> None:
    """Note differences between an item and the ONNX files of its models."""
    has_model = False
    for key, asset in assets_of(item).items():
        if key not in files or not is_onnx(asset) or not is_model(asset):
            continue
        has_model = True
        place = findings.at("assets", key)
        try:
            data = read_file(files[key], MAX_NETWORK)
            graph = read_graph(data, files[key].name)
            entries = read_metadata(data, files[key].name)
        except CampDetectorError as error:
            place.at("href").problem(shown(error, _LONG), "lead it to an ONNX model")
            continue
        with findings.passing(f"ONNX graph of {shown(key)}"):
            _check_ends(item, graph, findings)
        _check_spec(item, entries, place)
    if not has_model:
        message = "mlm:input and mlm:output were held against no graph: no ONNX model is at hand"
        findings.at("assets").unchecked(message)


def _check_ends(item: dict[str, Any], graph: Graph, findings: Findings) -> None:
    for key, structure, ends in (
        ("mlm:input", "input", graph.inputs),
        ("mlm:output", "result", graph.outputs),
    ):
        base = findings.at("properties", key)
        descriptions = [as_dict(entry) for entry in as_list(properties_of(item).get(key))]
        names = [entry.get("name") for entry in descriptions]
        true = [end.name for end in ends]
        if len(descriptions) != len(ends):
            message = f"speaks of {len(descriptions)} tensors, and the ONNX graph has {shown(true)}"
            base.problem(message, "describe each")
            continue
        by_name = {end.name: end for end in ends}
        strange = not all(isinstance(name, str) for name in names) or set(names) != set(true)
        if key == "mlm:output" and strange:
            message = f"is named {shown(names)}, and the ONNX graph has {shown(true)}"
            base.problem(message, "use the names of the graph")
        for i, (entry, end) in enumerate(zip(descriptions, ends, strict=True)):
            name = entry.get("name")
            right = by_name.get(name, end) if isinstance(name, str) else end
            description, place = as_dict(entry.get(structure)), base.at(i, structure)
            _check_tensor(description, right, place, may_be_free=key == "mlm:output")


def _check_tensor(
    description: dict[str, Any], tensor: Tensor, base: Place, *, may_be_free: bool
) -> None:
    """Compare one tensor.

    Args:
        description: Shape, order and type in the item.
        tensor: The tensor of the graph.
        base: Place of ``description``.
        may_be_free: True if the item may know a size that the graph leaves free: few exporters know
            the sizes of what comes out.
    """
    if tensor.dtype != "other" and description.get("data_type") != tensor.dtype:
        message = (
            f"is {shown(description.get('data_type'))}, and {shown(tensor.name)} of the graph "
            f"{tensor.dtype}"
        )
        base.at("data_type").problem(message, f"write {tensor.dtype}")
    place = base.at("shape")
    if tensor.shape is None:
        place.unchecked(f"the graph does not give the shape of {shown(tensor.name)}")
        return
    shape, order = as_list(description.get("shape")), texts(description.get("dim_order"))
    if len(shape) != len(tensor.shape):
        message = (
            f"has {len(shape)} dimensions, and {shown(tensor.name)} of the graph "
            f"{len(tensor.shape)}"
        )
        place.problem(message, f"write {list(tensor.shape)}")
        return
    for i, (size, right) in enumerate(zip(shape, tensor.shape, strict=True)):
        if size == right or not is_whole(size):
            continue
        name = shown(order[i]) if i < len(order) else f"dimension {i}"
        if right == -1:
            if not may_be_free:
                message = f"{name} is {shown(size)}, and the graph takes any"
                place.at(i).advice(message, "write -1, or say why")
            continue
        graph_size = "free" if size == -1 else shown(size)
        place.at(i).problem(f"{name} is {graph_size}, and {right} in the graph", f"write {right}")


def _check_spec(item: dict[str, Any], entries: Mapping[str, str], base: Place) -> None:
    """Compare the description in the ONNX file with the one that the item was made from."""
    from camp_detector_core.stac import spec_from_item

    if METADATA_KEY not in entries:
        message = f"the ONNX file has no {METADATA_KEY}, so it is not one that this software runs"
        base.unchecked(message, "export it with python -m training export")
        return
    try:
        true = ModelSpec.from_json(entries[METADATA_KEY])
    except SpecError as error:
        base.problem(shown(error), "export the model again")
        return
    findings = base.findings
    _check_agreement(properties_of(item), true, findings.at("properties"))
    place = findings.at("properties", SPEC_PROPERTY)
    if SPEC_PROPERTY not in properties_of(item):
        place.unchecked("the item does not repeat the description in the ONNX file")
        return
    try:
        item_spec = spec_from_item(item)
    except SpecError as error:
        place.problem(shown(error), "python -m training stac makes it")
        return
    fields, stated_fields = true.to_dict(), item_spec.to_dict()
    differ = [k for k in {**fields, **stated_fields} if fields.get(k) != stated_fields.get(k)]
    if differ:
        message = f"differs from the description in the ONNX file in {', '.join(differ)}"
        place.problem(message, "make the item again from this model")
    else:
        findings.passed.append("description in the ONNX file")


def _check_agreement(properties: dict[str, Any], spec: ModelSpec, place: Place) -> None:
    """Compare any item's properties with the description in the file."""
    bands = [
        band.get("name") if isinstance(band, dict) else band
        for band in as_list(first_dict(properties.get("mlm:input")).get("bands"))
    ]
    true = [band.name for band in spec.bands]
    if bands and bands != true:
        message = f"are {shown(bands)}, and the model takes {shown(true)}"
        place.at("mlm:input", 0, "bands").problem(message, "write those of the model")
    licence = properties.get("license")
    if spec.licence and isinstance(licence, str) and licence not in {spec.licence, "other"}:
        message = f"is {shown(licence)!r}, and the model file says {shown(spec.licence)!r}"
        place.at("license").problem(message, "write that of the model")
