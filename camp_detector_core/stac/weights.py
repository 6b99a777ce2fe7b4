"""Count of an ONNX file's weights, without a library that knows ONNX.

The numbers of the fields are those of onnx/onnx.proto: ModelProto, GraphProto and TensorProto.
Nothing of the network is decoded but the names and sizes of its weights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.engine.predictors.protobuf import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

_GRAPH, _WEIGHTS = 7, 5
_DIMS, _ELEMENT = 1, 2
_TYPES = {
    1: ("float32", 4), 2: ("uint8", 1), 3: ("int8", 1), 4: ("uint16", 2), 5: ("int16", 2),
    6: ("int32", 4), 7: ("int64", 8), 9: ("bool", 1), 10: ("float16", 2), 11: ("float64", 8),
    12: ("uint32", 4), 13: ("uint64", 8), 16: ("bfloat16", 2),
}  # fmt: skip
"""TensorProto.DataType: name, and bytes per element."""
_FLOATS, _BYTES = {"float32", "float16", "float64", "bfloat16"}, {"uint8", "int8"}


@dataclass(frozen=True)
class Weights:
    """Size of a network's weights."""

    parameters: int
    """Number of floating-point weights."""
    size: int
    """Bytes of all weights in memory."""
    quantised: bool
    """True if some weights have 8 bits."""


def read_weights(data: bytes, origin: str) -> Weights:
    """Count the weights of a model.

    Args:
        data: The ONNX file.
        origin: Its name, for messages.

    Raises:
        PredictorError: The bytes are no ONNX model.
    """
    parameters = size = 0
    quantised = False
    try:
        for graph in _messages(memoryview(data), _GRAPH):
            for tensor in _messages(graph, _WEIGHTS):
                count, kind = _tensor(tensor)
                name, width = _TYPES.get(kind, ("", 0))
                parameters += count if name in _FLOATS else 0
                size += count * width
                quantised |= name in _BYTES
    except (ValueError, IndexError) as error:
        msg = f"{origin} is not an ONNX model, or it is damaged"
        raise PredictorError(msg) from error
    return Weights(parameters, size, quantised)


def _messages(message: memoryview, number: int) -> Iterator[memoryview]:
    return (v for n, v in fields(message) if n == number and isinstance(v, memoryview))


def _tensor(message: memoryview) -> tuple[int, int]:
    """Read the number of elements and the type of a tensor."""
    sizes: list[int] = []
    kind = 0
    for number, value in fields(message):
        if number == _DIMS:
            sizes += [value] if isinstance(value, int) else list(_packed(value))
        elif number == _ELEMENT and isinstance(value, int):
            kind = value
    return math.prod(sizes), kind


def _packed(value: memoryview | None) -> Iterator[int]:
    """Count the numbers of a packed field."""
    number = shift = 0
    for byte in bytes(value or b""):
        number |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            yield number
            number = shift = 0
