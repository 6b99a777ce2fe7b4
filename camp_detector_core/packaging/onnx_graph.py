"""What goes into the network of an ONNX file and what comes out, without a library that knows ONNX.

GraphProto (onnx/onnx.proto): field 5 are the weights (TensorProto, name 8), 11 the inputs and 12
the outputs, each a ValueInfoProto of name (1) and type (2); TypeProto: tensor (1) of element type
(1) and shape (2); a shape is a list of dimensions (1) with a value (1) or a name (2). Nothing is
run, and the weights are skipped, not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.engine.onnx_file import require_whole
from camp_detector_core.engine.protobuf import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

_GRAPH = 7
_WEIGHTS, _INPUTS, _OUTPUTS = 5, 11, 12
_NAME, _TYPE = 1, 2
_TENSOR, _ELEMENT, _SHAPE, _DIMENSION, _SIZE = 1, 1, 2, 1, 1
_NAME_OF_WEIGHT = 8
_MAX_FIELDS = 1_000_000
"""Fields that a file is searched for; the largest models that were looked at have some 10,000."""
_SIGN = 1 << 63
_DTYPES = {
    1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64",
    10: "float16", 11: "float64", 12: "uint32", 13: "uint64", 14: "cfloat32", 15: "cfloat64",
}  # fmt: skip
"""TensorProto.DataType in the names of STAC; the others have none."""


@dataclass(frozen=True)
class Tensor:
    """One input or output of a graph."""

    name: str
    """As the file has it."""
    dtype: str
    """In STAC's words (`float32`); ``other`` where they have none."""
    shape: tuple[int, ...] | None
    """-1 where a dimension is free; None where the file does not give the rank."""


@dataclass(frozen=True)
class Graph:
    """The ends of a network."""

    inputs: tuple[Tensor, ...]
    """Without weights, which old files list as inputs, too."""
    outputs: tuple[Tensor, ...]


class _Reader:
    """Walks messages, and no further than a file may be long."""

    def __init__(self) -> None:
        self._left = _MAX_FIELDS

    def _fields(self, message: memoryview) -> Iterator[tuple[int, memoryview | int | None]]:
        for field in fields(message):
            self._left -= 1
            if self._left < 0:
                msg = "too many fields"
                raise ValueError(msg)
            yield field

    def parts(self, message: memoryview, *wanted: int) -> Iterator[tuple[int, memoryview]]:
        """The fields of these numbers that are made of bytes."""
        for number, value in self._fields(message):
            if number in wanted and isinstance(value, memoryview):
                yield number, value

    def number(self, message: memoryview, wanted: int) -> int | None:
        """The last integer of this number, with its sign."""
        found = None
        for number, value in self._fields(message):
            if number == wanted and isinstance(value, int):
                found = value if value < _SIGN else value - 2 * _SIGN
        return found

    def text(self, message: memoryview, wanted: int) -> str:
        """The last text of this number; empty where there is none."""
        found = ""
        for _, value in self.parts(message, wanted):
            found = bytes(value).decode()
        return found

    def tensor(self, message: memoryview) -> Tensor:
        """A ValueInfoProto."""
        dtype, shape = "other", None
        for _, kind in self.parts(message, _TYPE):
            for _, tensor in self.parts(kind, _TENSOR):
                dtype = _DTYPES.get(self.number(tensor, _ELEMENT) or 0, "other")
                for _, dimensions in self.parts(tensor, _SHAPE):
                    sizes = [
                        self.number(size, _SIZE) for _, size in self.parts(dimensions, _DIMENSION)
                    ]
                    shape = tuple(size if size and size > 0 else -1 for size in sizes)
        return Tensor(self.text(message, _NAME), dtype, shape)

    def graph(self, data: memoryview) -> Graph | None:
        """The ends of the (last) graph; None where there is none."""
        graph = None
        for _, graph in self.parts(data, _GRAPH):  # noqa: B007 - the last one counts
            pass
        if graph is None:
            return None
        ends = list(self.parts(graph, _INPUTS, _OUTPUTS))
        inputs = [self.tensor(value) for number, value in ends if number == _INPUTS]
        outputs = [self.tensor(value) for number, value in ends if number == _OUTPUTS]
        if len(inputs) > 1:
            weights = {self.text(w, _NAME_OF_WEIGHT) for _, w in self.parts(graph, _WEIGHTS)}
            inputs = [tensor for tensor in inputs if tensor.name not in weights]
        return Graph(tuple(inputs), tuple(outputs))


def read_graph(data: bytes, origin: str) -> Graph:
    """The inputs and outputs of a model.

    Args:
        data: The ONNX file.
        origin: Its name, for messages.

    Raises:
        PredictorError: The bytes are no ONNX model, or its weights lie outside of its file.
    """
    require_whole(data, origin)
    try:
        graph = _Reader().graph(memoryview(data))
    except (ValueError, IndexError) as error:
        msg = f"{origin} is not an ONNX model, or it is damaged: export or download it again"
        raise PredictorError(msg) from error
    if graph is None:
        msg = f"{origin} is not an ONNX model: it holds no network"
        raise PredictorError(msg)
    return graph
