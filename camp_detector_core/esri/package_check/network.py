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

if TYPE_CHECKING:
    from camp_detector_core.onnx_model.graph import Graph
    from camp_detector_core.stac.validation.findings import Findings

    from .archive import Package
    from .definition import Definition

_MAX_IR, _MAX_OPSET = 9, 20
"""Limits of ONNX Runtime 1.17 in ArcGIS Pro 3.3 (by its table of versions; not tried there)."""
_RANK = 4
_LONG = 500
"""Length limit of a sentence of this software, which ends in its remedy."""
_REBUILD = "build the package again"


def check_network(package: Package, definition: Definition, findings: Findings) -> None:
    """Check the model file that a definition names, and its TorchScript."""
    json_path, stated_name = (definition.name, "ModelFile"), definition.fields.get("ModelFile")
    if not isinstance(stated_name, str) or not stated_name:
        if not definition.ours:
            findings.advice(json_path, "is missing", "name the file of the model")
        return
    name = package.find(stated_name)
    if name is None:
        findings.problem(json_path, f"{shown(stated_name)} is not in the package", _REBUILD)
        return
    if name.lower().endswith(".onnx"):
        data = package.read(name, MAX_NETWORK)
        if data is not None:
            _check_onnx(data, name, definition, findings)
    else:
        if definition.ours:
            findings.problem(json_path, f"{shown(stated_name)} is not an ONNX model", _REBUILD)
        words = "is no ONNX model and was not looked into; loading a pickle runs what is in it"
        findings.unchecked((name,), words, "take it from people whom you trust")
    _check_script(package, definition, findings)


def _check_onnx(data: bytes, name: str, definition: Definition, findings: Findings) -> None:
    problem_count = findings.problems()
    try:
        facts = onnx_facts(data, name)
        graph, metadata = read_graph(data, name), read_metadata(data, name)
    except CampDetectorError as error:
        findings.problem((name,), shown(error, _LONG), "put the model in again")
        return
    _check_spec(metadata.get(METADATA_KEY), name, definition, findings)
    _check_input(graph, name, definition, findings)
    if definition.spec is not None:
        _check_outputs(graph, name, definition.spec, findings)
    ir, opset = facts.ir_version, facts.opsets.get("", 0)
    if ir > _MAX_IR or opset > _MAX_OPSET:
        message = f"has IR version {ir} and opset {opset}, and ONNX Runtime 1.17 of ArcGIS Pro 3.3"
        findings.advice((name,), f"{message} knows {_MAX_IR} and {_MAX_OPSET}", "export it for 17")
    if findings.problems() == problem_count:
        findings.passed.append("network")


def _check_spec(
    spec_text: str | None, name: str, definition: Definition, findings: Findings
) -> None:
    """Check that the description in the network is the one in the definition."""
    if definition.spec is None:
        return
    if spec_text is None:
        findings.problem((name,), f"has no {METADATA_KEY} in its metadata", "export it again")
        return
    try:
        is_same = ModelSpec.from_json(spec_text) == definition.spec
    except CampDetectorError as error:
        findings.problem((name,), shown(error), "export it again")
        return
    if not is_same:
        message = f"and {definition.name} describe different models"
        findings.problem((name,), message, _REBUILD)


def _check_input(graph: Graph, name: str, definition: Definition, findings: Findings) -> None:
    if len(graph.inputs) != 1:
        note = findings.problem if definition.ours else findings.advice
        note((name,), f"has {len(graph.inputs)} inputs, and one is expected", "see that it fits")
        return
    shape = graph.inputs[0].shape
    if shape is None or len(shape) != _RANK:
        note = findings.problem if definition.ours else findings.advice
        note(
            (name,), f"takes the shape {shown(shape)}, and not four dimensions", "see that it fits"
        )
        return
    bands = len(as_list(definition.fields.get("ExtractBands")))
    last = shape[3] == bands and shape[1] != bands and not definition.ours
    channels, sides = (shape[3], shape[1:3]) if last else (shape[1], shape[2:])
    if bands and channels not in {-1, bands}:
        message = f"takes {channels} bands, and ExtractBands names {bands}"
        findings.problem((name,), message, _REBUILD)
    for key, side in zip(("ImageHeight", "ImageWidth"), sides, strict=True):
        stated_side = definition.fields.get(key)
        if is_whole(stated_side) and side not in {-1, stated_side}:
            findings.problem((name,), f"takes {side} pixels where {key} is {stated_side}", _REBUILD)
        elif side != -1 and definition.fields.get("SupportsVariableTileSize") is True:
            message = f"takes {side} pixels alone, and SupportsVariableTileSize is true"
            findings.problem((name,), message, "export it with free height and width")


def _check_outputs(graph: Graph, name: str, spec: ModelSpec, findings: Findings) -> None:
    expected = [len(spec.classes), *([1] if spec.separation is not None else [])]
    shapes = [output.shape or () for output in graph.outputs]
    fit = len(shapes) == len(expected) and all(
        len(shape) == _RANK and shape[1] in {-1, channels}
        for shape, channels in zip(shapes, expected, strict=True)
    )
    if not fit:
        message = f"gives {shown(shapes)}, and its description wants {expected} channels"
        findings.problem((name,), message, "export it again")


def _check_script(package: Package, definition: Definition, findings: Findings) -> None:
    """Check that the TorchScript exists and is of the same model."""
    script_name, json_path = (
        definition.fields.get("TorchScriptFile"),
        (definition.name, "TorchScriptFile"),
    )
    if script_name is None or not definition.ours:
        return
    name = package.find(script_name)
    if name is None:
        findings.problem(json_path, f"{shown(script_name)} is not in the package", _REBUILD)
        return
    data = package.read(name, MAX_NETWORK)
    if data is None:
        return
    spec_text = script_spec(data)
    if spec_text is None:
        findings.problem((name,), "is not TorchScript that training exported", _REBUILD)
    elif definition.spec is not None and spec_text != definition.spec.to_json():
        findings.problem((name,), f"and {definition.name} describe different models", _REBUILD)
