"""Inputs, outputs and weights of an ONNX file's network, without the onnx library.

GraphProto (onnx/onnx.proto): field 5 are the weights (TensorProto: dimensions 1, type 2, name 8),
11 the inputs and 12 the outputs, each a ValueInfoProto of name (1) and type (2); TypeProto: tensor
(1) of element type (1) and shape (2); a shape is a list of dimensions (1) with a value (1) or a
name (2). Nothing is run, and the values of the weights are skipped, not read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from camp_detector_core.engine.predictors.onnx_file import require_whole
from camp_detector_core.engine.predictors.protobuf import fields, last_text, messages

if TYPE_CHECKING:
    from collections.abc import Iterator

_GRAPH = 7
_WEIGHTS, _INPUTS, _OUTPUTS = 5, 11, 12
_NAME, _TYPE = 1, 2
_TENSOR, _ELEMENT, _SHAPE, _DIMENSION, _SIZE = 1, 1, 2, 1, 1
_DIMS_OF_WEIGHT, _TYPE_OF_WEIGHT, _NAME_OF_WEIGHT = 1, 2, 8
_SIGN = 1 << 63
_TYPES = {
    1: ("float32", 4), 2: ("uint8", 1), 3: ("int8", 1), 4: ("uint16", 2), 5: ("int16", 2),
    6: ("int32", 4), 7: ("int64", 8), 9: ("bool", 1), 10: ("float16", 2), 11: ("float64", 8),
    12: ("uint32", 4), 13: ("uint64", 8), 14: ("cfloat32", 8), 15: ("cfloat64", 16),
    16: ("bfloat16", 2),
}  # fmt: skip
"""TensorProto.DataType: name, and bytes per element."""
_NOT_IN_STAC = {"bool", "bfloat16"}
_FLOATS, _BYTES = {"float32", "float16", "float64", "bfloat16"}, {"uint8", "int8"}


@dataclass(frozen=True)
class Tensor:
    """Input or output of a graph."""

    name: str
    """Name in the file."""
    dtype: str
    """Type in STAC's words (`float32`); ``other`` if it has none."""
    shape: tuple[int, ...] | None
    """Sizes, -1 for free dimensions; None if the file gives no rank."""


@dataclass(frozen=True)
class Graph:
    """Inputs and outputs of a network."""

    inputs: tuple[Tensor, ...]
    """Inputs without weights, which old files list as inputs, too."""
    outputs: tuple[Tensor, ...]


@dataclass(frozen=True)
class Weights:
    """Size of a network's weights."""

    parameters: int
    """Number of floating-point weights."""
    size: int
    """Bytes of all weights in memory."""
    quantised: bool
    """True if some weights have 8 bits."""


def read_graph(data: bytes, origin: str) -> Graph:
    """Read the inputs and outputs of a model.

    Args:
        data: The ONNX file.
        origin: Its name, for messages.

    Raises:
        PredictorError: The bytes are no ONNX model, or its weights lie outside of its file.
    """
    graph = _graph(data, origin)
    inputs = [_tensor(value) for _, value in messages(graph, _INPUTS)]
    if len(inputs) > 1:
        weights = {last_text(w, _NAME_OF_WEIGHT) for _, w in messages(graph, _WEIGHTS)}
        inputs = [tensor for tensor in inputs if tensor.name not in weights]
    return Graph(tuple(inputs), tuple(_tensor(value) for _, value in messages(graph, _OUTPUTS)))


def read_weights(data: bytes, origin: str) -> Weights:
    """Count the weights of a model; the arguments and errors are those of `read_graph`."""
    parameters = size = 0
    quantised = False
    for _, weight in messages(_graph(data, origin), _WEIGHTS):
        name, width = _TYPES.get(_number(weight, _TYPE_OF_WEIGHT), ("", 0))
        count = math.prod(_dimensions(weight))
        parameters += count if name in _FLOATS else 0
        size += count * width
        quantised |= name in _BYTES
    return Weights(parameters, size, quantised)


def _graph(data: bytes, origin: str) -> memoryview:
    """The one graph of a model, of which every message is known to be sound."""
    require_whole(data, origin)
    return next(graph for _, graph in messages(memoryview(data), _GRAPH))


def _number(message: memoryview, field_number: int) -> int:
    """Read the last integer of a field number; 0 if there is none."""
    numbers = [v for n, v in fields(message) if n == field_number and isinstance(v, int)]
    return numbers[-1] if numbers else 0


def _tensor(message: memoryview) -> Tensor:
    """Read a ValueInfoProto."""
    dtype, shape = "other", None
    for _, kind in messages(message, _TYPE):
        for _, tensor in messages(kind, _TENSOR):
            name, _ = _TYPES.get(_number(tensor, _ELEMENT), ("other", 0))
            dtype = "other" if name in _NOT_IN_STAC else name
            for _, dimensions in messages(tensor, _SHAPE):
                sizes = [_number(size, _SIZE) for _, size in messages(dimensions, _DIMENSION)]
                shape = tuple(size if 0 < size < _SIGN else -1 for size in sizes)
    return Tensor(last_text(message, _NAME) or "", dtype, shape)


def _dimensions(weight: memoryview) -> Iterator[int]:
    """Yield the sizes of a weight, written one by one or packed into one field."""
    for number, value in fields(weight):
        if number == _DIMS_OF_WEIGHT and isinstance(value, int):
            yield value
        elif number == _DIMS_OF_WEIGHT:
            yield from _packed(bytes(value or b""))


def _packed(data: bytes) -> Iterator[int]:
    """Yield the numbers of a packed field."""
    number = shift = 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            yield number
            number = shift = 0
