"""Hold an item against the ONNX file that it leads to: its graph, and its own description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.errors import CampDetectorError, SpecError
from camp_detector_core.engine.spec import METADATA_KEY, ModelSpec
from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.metadata import read_metadata
from camp_detector_core.model_file.untrusted import read_file
from camp_detector_core.packaging.onnx_graph import read_graph

from .lint_assets import is_onnx
from .reading import as_dict, as_list, assets_of, is_whole, properties_of, roles_of, texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from camp_detector_core.packaging.onnx_graph import Graph, Tensor

    from .findings import Findings, Where

_MAX_BYTES = 1 << 30
_NAME = "ONNX graph"
_LONG = 500
"""Characters of a sentence of our own, which ends in its remedy."""


def check_onnx(item: dict[str, Any], files: Mapping[str, Path], findings: Findings) -> None:
    """Note where an item says other than the ONNX files of its models."""
    seen = False
    for key, asset in assets_of(item).items():
        if key not in files or not is_onnx(asset) or "mlm:model" not in roles_of(asset):
            continue
        seen = True
        where: Where = ("assets", key)
        before = findings.problems()
        try:
            data = read_file(files[key], _MAX_BYTES)
            graph = read_graph(data, files[key].name)
            entries = read_metadata(data, files[key].name)
        except CampDetectorError as error:
            findings.problem((*where, "href"), shown(error, _LONG), "lead it to an ONNX model")
            continue
        _check_ends(item, graph, findings)
        if findings.problems() == before:
            findings.passed.append(f"{_NAME} of {shown(key)}")
        _check_spec(item, entries, where, findings)
    if not seen:
        what = "mlm:input and mlm:output were held against no graph: no ONNX model is at hand"
        findings.unchecked(("assets",), what)


def _check_ends(item: dict[str, Any], graph: Graph, findings: Findings) -> None:
    for key, structure, ends in (
        ("mlm:input", "input", graph.inputs),
        ("mlm:output", "result", graph.outputs),
    ):
        where: Where = ("properties", key)
        told = [as_dict(entry) for entry in as_list(properties_of(item).get(key))]
        names = [entry.get("name") for entry in told]
        true = [end.name for end in ends]
        if len(told) != len(ends):
            what = f"speaks of {len(told)} tensors, and the ONNX graph has {shown(true)}"
            findings.problem(where, what, "describe each")
            continue
        by_name = {end.name: end for end in ends}
        strange = not all(isinstance(name, str) for name in names) or set(names) != set(true)
        if key == "mlm:output" and strange:
            what = f"is named {shown(names)}, and the ONNX graph has {shown(true)}"
            findings.problem(where, what, "use the names of the graph")
        for i, (entry, end) in enumerate(zip(told, ends, strict=True)):
            name = entry.get("name")
            right = by_name.get(name, end) if isinstance(name, str) else end
            free = key == "mlm:output"
            place = (*where, i, structure)
            _check_tensor(as_dict(entry.get(structure)), right, place, findings, free=free)


def _check_tensor(
    told: dict[str, Any], true: Tensor, where: Where, findings: Findings, *, free: bool
) -> None:
    """One tensor.

    Args:
        told: Shape, order and type in the item.
        true: The tensor of the graph.
        where: Place of ``told``.
        findings: Receives the notes.
        free: Whether the item may know a size that the graph leaves free: few exporters know
            the sizes of what comes out.
    """
    if true.dtype != "other" and told.get("data_type") != true.dtype:
        what = (
            f"is {shown(told.get('data_type'))}, and {shown(true.name)} of the graph {true.dtype}"
        )
        findings.problem((*where, "data_type"), what, f"write {true.dtype}")
    place = (*where, "shape")
    if true.shape is None:
        findings.unchecked(place, f"the graph does not give the shape of {shown(true.name)}")
        return
    shape, order = as_list(told.get("shape")), texts(told.get("dim_order"))
    if len(shape) != len(true.shape):
        what = f"has {len(shape)} dimensions, and {shown(true.name)} of the graph {len(true.shape)}"
        findings.problem(place, what, f"write {list(true.shape)}")
        return
    for i, (size, right) in enumerate(zip(shape, true.shape, strict=True)):
        if size == right or not is_whole(size):
            continue
        name = shown(order[i]) if i < len(order) else f"dimension {i}"
        if right == -1:
            if not free:
                what = f"{name} is {shown(size)}, and the graph takes any"
                findings.advice((*place, i), what, "write -1, or say why")
            continue
        said = "free" if size == -1 else shown(size)
        findings.problem(
            (*place, i), f"{name} is {said}, and {right} in the graph", f"write {right}"
        )


def _check_spec(
    item: dict[str, Any], entries: Mapping[str, str], where: Where, findings: Findings
) -> None:
    """The description in the ONNX file against the one that the item was made from."""
    from camp_detector_core.packaging.stac import spec_from_item

    if METADATA_KEY not in entries:
        what = f"the ONNX file has no {METADATA_KEY}, so it is not one that this software runs"
        findings.unchecked(where, what, "export it with python -m training export")
        return
    try:
        true = ModelSpec.from_json(entries[METADATA_KEY])
    except SpecError as error:
        findings.problem(where, shown(error), "export the model again")
        return
    _check_agreement(item, true, findings)
    if "camp_detector:spec" not in properties_of(item):
        what = "the item does not repeat the description in the ONNX file"
        findings.unchecked(("properties", "camp_detector:spec"), what)
        return
    place: Where = ("properties", "camp_detector:spec")
    try:
        told = spec_from_item(item)
    except SpecError as error:
        findings.problem(place, shown(error), "python -m training stac makes it")
        return
    differ = [k for k, v in true.to_dict().items() if told.to_dict().get(k) != v]
    differ += [k for k in told.to_dict() if k not in true.to_dict()]
    if differ:
        what = f"differs from the description in the ONNX file in {', '.join(differ)}"
        findings.problem(place, what, "make the item again from this model")
    else:
        findings.passed.append("description in the ONNX file")


def _check_agreement(item: dict[str, Any], spec: ModelSpec, findings: Findings) -> None:
    """What any item says against the description in the file."""
    inputs = as_list(properties_of(item).get("mlm:input"))
    bands = [
        band.get("name") if isinstance(band, dict) else band
        for band in as_list(as_dict(inputs[0] if inputs else None).get("bands"))
    ]
    true = [band.name for band in spec.bands]
    if bands and bands != true:
        what = f"are {shown(bands)}, and the model takes {shown(true)}"
        findings.problem(("properties", "mlm:input", 0, "bands"), what, "write those of the model")
    licence = properties_of(item).get("license")
    if spec.licence and isinstance(licence, str) and licence not in {spec.licence, "other"}:
        what = f"is {shown(licence)!r}, and the model file says {shown(spec.licence)!r}"
        findings.problem(("properties", "license"), what, "write that of the model")
