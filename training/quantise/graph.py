"""Makes the graph of an exported model plain, so that all of it can run on 8-bit values.

Exporters compute paddings and sizes from the shape of the input, node by node. Quantised, that
arithmetic goes wrong; left in float, it parts the 8-bit nodes. For all chips that a model is meant
for (sides that are multiples of ``spec.multiple``) the results are constants, so constants they
become.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime as ort
from onnx import helper, numpy_helper

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.network.export import IR_VERSION
from camp_detector_core.network.trial_chips import random_chips

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from camp_detector_core.engine.spec import ModelSpec

TOLERANCE = 1e-4
"""Largest difference of a probability between a graph and its plain form."""
OLDEST_OPSET = 13
"""The first whose QuantizeLinear knows a scale for each channel
(https://onnx.ai/onnx/operators/onnx__QuantizeLinear.html)."""
_QUANTISED = ("Quantize", "Dequantize", "QLinear", "DynamicQuantize", "ConvInteger")
_NOT_DATA = {"Clip": 1, "Resize": 1, "Pad": 1, "Slice": 1, "Reshape": 1, "Conv": 1, "Split": 1}
"""Number of first inputs of a node that are feature maps; all of them for other operators."""
_PADS_INPUT, _SIZES_INPUT = 1, 3


class QuantiseError(CampDetectorError):
    """A model that cannot be quantised, or not well enough."""


def plain_graph(data: bytes, spec: ModelSpec) -> onnx.ModelProto:
    """Optimise a float graph, with constants in place of arithmetic on shapes.

    Args:
        data: The ONNX file, with free height and width.
        spec: Says which sides chips have.

    Raises:
        QuantiseError: It is quantised already, too old, or cannot be made plain.
    """
    original = onnx.load_from_string(data)
    _refuse_unfit(original)
    model = _optimised(data)
    _name(model.graph)
    chips = random_chips(spec)
    _fold_shapes(model, chips)
    _drop_unused(model.graph)
    import_what_is_used(model)
    del model.graph.value_info[:]  # shapes of what lies between, which may not hold any more
    outputs = [o.name for o in original.graph.output]
    for chip in chips:
        pairs = zip(_run(data, outputs, chip), _run(_bytes(model), outputs, chip), strict=True)
        worst = max(float(np.abs(a - b).max()) for a, b in pairs)
        if not worst <= TOLERANCE:  # catches NaN too
            msg = f"the simplified graph differs from the model by {worst:.1e}: not quantised"
            raise QuantiseError(msg)
    return model


def head_of(graph: onnx.GraphProto) -> list[str]:
    """Names of the nodes from the last convolution on: what makes probabilities of features."""
    makers = {o: n for n in graph.node for o in n.output}
    heads: dict[str, None] = {}
    todo = [o.name for o in graph.output]
    while todo:
        node = makers.get(todo.pop())
        if node is None or node.name in heads:
            continue
        heads[node.name] = None
        if node.op_type != "Conv":
            todo += _features(node)
    return [n.name for n in graph.node if n.name in heads]


def body_of(graph: onnx.GraphProto) -> list[str]:
    """Names of the other nodes that feature maps flow through, in order."""
    makers = {o: n for n in graph.node for o in n.output}
    body: set[str] = set()
    todo = [o.name for o in graph.output]
    while todo:
        node = makers.get(todo.pop())
        if node is not None and node.name not in body:
            body.add(node.name)
            todo += _features(node)
    head = set(head_of(graph))
    return [n.name for n in graph.node if n.name in body - head]


def stretches(graph: onnx.GraphProto, count: int) -> list[tuple[str, ...]]:
    """The body in up to ``count`` parts of as many convolutions each, in order."""
    kinds = {n.name: n.op_type for n in graph.node}
    body = body_of(graph)
    step = max(1, -(-sum(kinds[n] == "Conv" for n in body) // count))
    parts: list[list[str]] = []
    end = 0
    for name in body:
        if kinds[name] == "Conv":
            if end % step == 0:
                parts.append([])
            end += 1
        if parts:
            parts[-1].append(name)
    return [tuple(p) for p in parts]


def _features(node: onnx.NodeProto) -> list[str]:
    return list(node.input)[: _NOT_DATA.get(node.op_type)]


def _refuse_unfit(model: onnx.ModelProto) -> None:
    if any(n.op_type.startswith(_QUANTISED) for n in model.graph.node):
        msg = "the model is quantised already: give the float32 one that it was made from"
        raise QuantiseError(msg)
    opset = next((o.version for o in model.opset_import if o.domain in {"", "ai.onnx"}), 0)
    if opset < OLDEST_OPSET:
        msg = f"the model is of opset {opset} and {OLDEST_OPSET} is needed: export it with opset 17"
        raise QuantiseError(msg)
    sides = model.graph.input[0].type.tensor_type.shape.dim[2:]
    if any(d.HasField("dim_value") for d in sides):
        msg = "the model takes chips of one size only: give the one with free height and width"
        raise QuantiseError(msg)


def _optimised(data: bytes) -> onnx.ModelProto:
    """Constants folded, batch normalisation in the convolutions."""
    options = _options()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "optimised.onnx")
        options.optimized_model_filepath = str(path)
        ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        return onnx.load(str(path))


def _name(graph: onnx.GraphProto) -> None:
    """Name the nodes that have no name: all that follows tells them apart by it."""
    names = {n.name for n in graph.node}
    for index, node in enumerate(graph.node):
        if not node.name:
            name = f"{node.op_type}_{index}"
            while name in names:
                name += "_"
            node.name = name
            names.add(name)


def _fold_shapes(model: onnx.ModelProto, chips: Sequence[NDArray[np.float32]]) -> None:
    graph = model.graph
    pads = {n.name: n.input[_PADS_INPUT] for n in graph.node if n.op_type == "Pad"}
    sizes = {
        n.name: (n.input[0], n.input[_SIZES_INPUT])
        for n in graph.node
        if n.op_type == "Resize" and len(n.input) > _SIZES_INPUT and n.input[_SIZES_INPUT]
    }
    names = sorted({*pads.values(), *(name for pair in sizes.values() for name in pair)})
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    outputs = {o.name for o in graph.output}
    probe.graph.output.extend(onnx.ValueInfoProto(name=n) for n in names if n not in outputs)
    shapes = [
        dict(zip(names, _run(_bytes(probe), names, chip), strict=True)) if names else {}
        for chip in chips
    ]
    for node in list(graph.node):
        if node.name in pads:
            _fold_pad(graph, node, [s[pads[node.name]] for s in shapes])
        elif node.name in sizes:
            before, after = sizes[node.name]
            _fold_resize(graph, node, [s[after] / np.array(s[before].shape) for s in shapes])


def _fold_pad(graph: onnx.GraphProto, node: onnx.NodeProto, shapes: list[NDArray[Any]]) -> None:
    """Fold a constant zero padding into the convolution that follows."""
    users = [n for n in graph.node if node.output[0] in n.input]
    constants = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    fill = constants.get(node.input[2], np.ones(1)) if len(node.input) > 2 and node.input[2] else 0  # noqa: PLR2004
    amount = shapes[0]
    mode = {a.name: a.s for a in node.attribute}.get("mode", b"constant")
    half = len(amount) // 2
    fits = (
        [n.op_type for n in users] == ["Conv"]
        and mode == b"constant"
        and not np.any(fill)
        and all(np.array_equal(amount, s) for s in shapes)
        and amount.min() >= 0
        and not amount[[0, 1, half, half + 1]].any()
        and "auto_pad" not in {a.name for a in users[0].attribute if a.s != b"NOTSET"}
    )
    if not fits:
        return
    extra = [int(v) for v in (*amount[2:half], *amount[half + 2 :])]
    conv = users[0]
    own = next((a for a in conv.attribute if a.name == "pads"), None)
    if own is None:
        conv.attribute.append(helper.make_attribute("pads", extra))
    else:
        own.ints[:] = [a + b for a, b in zip(own.ints, extra, strict=True)]
    conv.input[0] = node.input[0]


def _fold_resize(graph: onnx.GraphProto, node: onnx.NodeProto, shapes: list[NDArray[Any]]) -> None:
    """Replace the size of a resize by its factor, if that is always the same whole number."""
    factor = shapes[0]
    if any(not np.array_equal(factor, s) for s in shapes) or (factor % 1).any():
        return
    name = f"{node.name}_scales"
    graph.initializer.append(numpy_helper.from_array(factor.astype(np.float32), name))
    source = node.input[0]
    del node.input[:]
    node.input.extend([source, "", name])


def _drop_unused(graph: onnx.GraphProto) -> None:
    while True:
        inputs_used = {i for n in graph.node for i in n.input} | {o.name for o in graph.output}
        unused = [n for n in graph.node if inputs_used.isdisjoint(n.output)]
        if not unused:
            break
        for node in unused:
            graph.node.remove(node)
    for value in [i for i in graph.initializer if i.name not in inputs_used]:
        graph.initializer.remove(value)


def import_what_is_used(model: onnx.ModelProto) -> None:
    """Import the operators that a model uses, and no others, in a version that readers take."""
    domains = {n.domain for n in model.graph.node}
    imports = [(o.domain, o.version) for o in model.opset_import if o.domain in domains]
    del model.opset_import[:]
    model.opset_import.extend(helper.make_opsetid(d, v) for d, v in imports)
    model.ir_version = min(model.ir_version, IR_VERSION)


def _bytes(model: onnx.ModelProto) -> bytes:
    out: bytes = model.SerializeToString()
    return out


def _options() -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return options


def _run(data: bytes, names: Iterable[str], chips: NDArray[np.float32]) -> list[NDArray[Any]]:
    session = ort.InferenceSession(data, _options(), providers=["CPUExecutionProvider"])
    feed = {session.get_inputs()[0].name: chips}
    arrays: list[NDArray[Any]] = session.run(list(names), feed)
    return arrays
