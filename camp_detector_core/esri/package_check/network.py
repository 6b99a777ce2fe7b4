"""Network of a package, compared with its definition without loading or running it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.predictors.onnx_file import onnx_facts
from camp_detector_core.engine.spec import METADATA_KEY, ModelSpec
from camp_detector_core.engine.wording import shown
from camp_detector_core.esri.package_source import script_spec
from camp_detector_core.model_file.json_values import as_list, is_whole
from camp_detector_core.model_file.metadata import read_metadata
from camp_detector_core.model_file.package import MAX_NETWORK
from camp_detector_core.onnx_model.graph import read_graph

from .archive import REBUILD

if TYPE_CHECKING:
    from camp_detector_core.model_file.package import Definition
    from camp_detector_core.onnx_model.graph import Graph
    from camp_detector_core.stac.validation.findings import Place

    from .archive import Package

_MAX_IR, _MAX_OPSET = 9, 20
"""Limits of ONNX Runtime 1.17 in ArcGIS Pro 3.3 (by its table of versions; not tried there)."""
_RANK = 4
_LONG = 500
"""Length limit of a sentence of this software, which ends in its remedy."""


def check_network(package: Package, definition: Definition) -> None:
    """Check the model file that a definition names, and its TorchScript."""
    findings, key = package.findings, "ModelFile"
    place, stated_name = findings.at(definition.name, key), definition.fields.get(key)
    if not isinstance(stated_name, str) or not stated_name:
        if not definition.is_ours:
            place.advice("is missing", "name the file of the model")
        return
    name = package.find(definition, key)
    if name is None:
        return
    if name.lower().endswith(".onnx"):
        data = package.read(name, MAX_NETWORK)
        if data is not None:
            with findings.passing("network"):
                _check_onnx(data, definition, findings.at(name))
    else:
        if definition.is_ours:
            place.problem(f"{shown(stated_name)} is not an ONNX model", REBUILD)
        words = "is no ONNX model and was not looked into; loading a pickle runs what is in it"
        findings.at(name).unchecked(words, "take it from people whom you trust")
    _check_script(package, definition)


def _check_onnx(data: bytes, definition: Definition, network: Place) -> None:
    name = str(network)
    try:
        facts = onnx_facts(data, name)
        graph, metadata = read_graph(data, name), read_metadata(data, name)
    except CampDetectorError as error:
        network.problem(shown(error, _LONG), "put the model in again")
        return
    _check_spec(metadata.get(METADATA_KEY), definition, network)
    _check_input(graph, definition, network)
    if definition.spec is not None:
        _check_outputs(graph, definition.spec, network)
    ir, opset = facts.ir_version, facts.opsets.get("", 0)
    if ir > _MAX_IR or opset > _MAX_OPSET:
        message = f"has IR version {ir} and opset {opset}, and ONNX Runtime 1.17 of ArcGIS Pro 3.3"
        network.advice(f"{message} knows {_MAX_IR} and {_MAX_OPSET}", "export it for 17")


def _check_spec(spec_text: str | None, definition: Definition, network: Place) -> None:
    """Check that the description in the network is the one in the definition."""
    if definition.spec is None:
        return
    if spec_text is None:
        network.problem(f"has no {METADATA_KEY} in its metadata", "export it again")
        return
    try:
        is_same = ModelSpec.from_json(spec_text) == definition.spec
    except CampDetectorError as error:
        network.problem(shown(error), "export it again")
        return
    if not is_same:
        network.problem(f"and {definition.name} describe different models", REBUILD)


def _check_input(graph: Graph, definition: Definition, network: Place) -> None:
    shape = graph.inputs[0].shape if len(graph.inputs) == 1 else None
    if shape is None or len(shape) != _RANK:
        message = f"takes the shape {shown(shape)}, and not four dimensions"
        if len(graph.inputs) != 1:
            message = f"has {len(graph.inputs)} inputs, and one is expected"
        with network.findings.as_advice(on=not definition.is_ours):
            network.problem(message, "see that it fits")
        return
    bands = len(as_list(definition.fields.get("ExtractBands")))
    last = shape[3] == bands and shape[1] != bands and not definition.is_ours
    channels, sides = (shape[3], shape[1:3]) if last else (shape[1], shape[2:])
    if bands and channels not in {-1, bands}:
        message = f"takes {channels} bands, and ExtractBands names {bands}"
        network.problem(message, REBUILD)
    for key, side in zip(("ImageHeight", "ImageWidth"), sides, strict=True):
        stated_side = definition.fields.get(key)
        if is_whole(stated_side) and side not in {-1, stated_side}:
            network.problem(f"takes {side} pixels where {key} is {stated_side}", REBUILD)
        elif side != -1 and definition.fields.get("SupportsVariableTileSize") is True:
            message = f"takes {side} pixels alone, and SupportsVariableTileSize is true"
            network.problem(message, "export it with free height and width")


def _check_outputs(graph: Graph, spec: ModelSpec, network: Place) -> None:
    expected = [len(spec.classes), *([1] if spec.separation is not None else [])]
    shapes = [output.shape or () for output in graph.outputs]
    fit = len(shapes) == len(expected) and all(
        len(shape) == _RANK and shape[1] in {-1, channels}
        for shape, channels in zip(shapes, expected, strict=True)
    )
    if not fit:
        message = f"gives {shown(shapes)}, and its description wants {expected} channels"
        network.problem(message, "export it again")


def _check_script(package: Package, definition: Definition) -> None:
    """Check that the TorchScript exists and is of the same model."""
    findings, key = package.findings, "TorchScriptFile"
    if definition.fields.get(key) is None or not definition.is_ours:
        return
    name = package.find(definition, key)
    data = None if name is None else package.read(name, MAX_NETWORK)
    if name is None or data is None:
        return
    spec_text = script_spec(data)
    if spec_text is None:
        findings.at(name).problem("is not TorchScript that training exported", REBUILD)
    elif definition.spec is not None and spec_text != definition.spec.to_json():
        findings.at(name).problem(f"and {definition.name} describe different models", REBUILD)
