"""The network of a package, held against its definition; it is neither loaded nor run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.onnx_file import onnx_facts
from camp_detector_core.engine.spec import METADATA_KEY, ModelSpec
from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.json_values import as_list, is_whole
from camp_detector_core.model_file.metadata import read_metadata
from camp_detector_core.model_file.package import MAX_NETWORK
from camp_detector_core.packaging.onnx_graph import read_graph
from camp_detector_core.packaging.package_source import script_spec

if TYPE_CHECKING:
    from camp_detector_core.packaging.onnx_graph import Graph
    from camp_detector_core.packaging.validation.findings import Findings

    from .archive import Package
    from .definition import Definition

_MAX_IR, _MAX_OPSET = 9, 20
"""Of ONNX Runtime 1.17, which ArcGIS Pro 3.3 brings (by its table of versions; not tried there)."""
_RANK = 4
_LONG = 500
"""Characters of a sentence of our own, which ends in its remedy."""
_AGAIN = "build the package again"


def check_network(package: Package, definition: Definition, findings: Findings) -> None:
    """Judge the model file that a definition names, and its TorchScript."""
    where, stated = (definition.name, "ModelFile"), definition.fields.get("ModelFile")
    if not isinstance(stated, str) or not stated:
        if not definition.ours:
            findings.advice(where, "is missing", "name the file of the model")
        return
    name = package.find(stated)
    if name is None:
        findings.problem(where, f"{shown(stated)} is not in the package", _AGAIN)
        return
    if name.lower().endswith(".onnx"):
        data = package.read(name, MAX_NETWORK)
        if data is not None:
            _check_onnx(data, name, definition, findings)
    else:
        if definition.ours:
            findings.problem(where, f"{shown(stated)} is not an ONNX model", _AGAIN)
        words = "is no ONNX model and was not looked into; loading a pickle runs what is in it"
        findings.unchecked((name,), words, "take it from people whom you trust")
    _check_script(package, definition, findings)


def _check_onnx(data: bytes, name: str, definition: Definition, findings: Findings) -> None:
    before = findings.problems()
    try:
        facts = onnx_facts(data, name)
        graph, told = read_graph(data, name), read_metadata(data, name)
    except CampDetectorError as error:
        findings.problem((name,), shown(error, _LONG), "put the model in again")
        return
    _check_spec(told.get(METADATA_KEY), name, definition, findings)
    _check_input(graph, name, definition, findings)
    if definition.spec is not None:
        _check_outputs(graph, name, definition.spec, findings)
    ir, opset = facts.ir_version, facts.opsets.get("", 0)
    if ir > _MAX_IR or opset > _MAX_OPSET:
        what = f"has IR version {ir} and opset {opset}, and ONNX Runtime 1.17 of ArcGIS Pro 3.3"
        findings.advice((name,), f"{what} knows {_MAX_IR} and {_MAX_OPSET}", "export it for 17")
    if findings.problems() == before:
        findings.passed.append("network")


def _check_spec(told: str | None, name: str, definition: Definition, findings: Findings) -> None:
    """Whether the description in the network is the one in the definition."""
    if definition.spec is None:
        return
    if told is None:
        findings.problem((name,), f"has no {METADATA_KEY} in its metadata", "export it again")
        return
    try:
        same = ModelSpec.from_json(told) == definition.spec
    except CampDetectorError as error:
        findings.problem((name,), shown(error), "export it again")
        return
    if not same:
        what = f"and {definition.name} describe different models"
        findings.problem((name,), what, _AGAIN)


def _check_input(graph: Graph, name: str, definition: Definition, findings: Findings) -> None:
    if len(graph.inputs) != 1:
        say = findings.problem if definition.ours else findings.advice
        say((name,), f"has {len(graph.inputs)} inputs, and one is expected", "see that it fits")
        return
    shape = graph.inputs[0].shape
    if shape is None or len(shape) != _RANK:
        say = findings.problem if definition.ours else findings.advice
        say((name,), f"takes the shape {shown(shape)}, and not four dimensions", "see that it fits")
        return
    bands = len(as_list(definition.fields.get("ExtractBands")))
    last = shape[3] == bands and shape[1] != bands and not definition.ours
    channels, sides = (shape[3], shape[1:3]) if last else (shape[1], shape[2:])
    if bands and channels not in {-1, bands}:
        what = f"takes {channels} bands, and ExtractBands names {bands}"
        findings.problem((name,), what, _AGAIN)
    for key, side in zip(("ImageHeight", "ImageWidth"), sides, strict=True):
        told = definition.fields.get(key)
        if is_whole(told) and side not in {-1, told}:
            findings.problem((name,), f"takes {side} pixels where {key} is {told}", _AGAIN)
        elif side != -1 and definition.fields.get("SupportsVariableTileSize") is True:
            what = f"takes {side} pixels alone, and SupportsVariableTileSize is true"
            findings.problem((name,), what, "export it with free height and width")


def _check_outputs(graph: Graph, name: str, spec: ModelSpec, findings: Findings) -> None:
    wanted = [len(spec.classes), *([1] if spec.separation is not None else [])]
    shapes = [output.shape or () for output in graph.outputs]
    fit = len(shapes) == len(wanted) and all(
        len(shape) == _RANK and shape[1] in {-1, channels}
        for shape, channels in zip(shapes, wanted, strict=True)
    )
    if not fit:
        what = f"gives {shown(shapes)}, and its description wants {wanted} channels"
        findings.problem((name,), what, "export it again")


def _check_script(package: Package, definition: Definition, findings: Findings) -> None:
    """Whether the TorchScript is there and of the same model."""
    stated, where = definition.fields.get("TorchScriptFile"), (definition.name, "TorchScriptFile")
    if stated is None or not definition.ours:
        return
    name = package.find(stated)
    if name is None:
        findings.problem(where, f"{shown(stated)} is not in the package", _AGAIN)
        return
    data = package.read(name, MAX_NETWORK)
    if data is None:
        return
    told = script_spec(data)
    if told is None:
        findings.problem((name,), "is not TorchScript that training exported", _AGAIN)
    elif definition.spec is not None and told != definition.spec.to_json():
        findings.problem((name,), f"and {definition.name} describe different models", _AGAIN)
