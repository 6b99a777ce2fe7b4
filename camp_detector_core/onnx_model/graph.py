"""Inputs and outputs of an ONNX file's network, without the onnx library.

GraphProto (onnx/onnx.proto): field 5 are the weights (TensorProto, name 8), 11 the inputs and 12
the outputs, each a ValueInfoProto of name (1) and type (2); TypeProto: tensor (1) of element type
(1) and shape (2); a shape is a list of dimensions (1) with a value (1) or a name (2). Nothing is
run, and the weights are skipped, not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.engine.predictors.onnx_file import require_whole
from camp_detector_core.engine.predictors.protobuf import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

_GRAPH = 7
_WEIGHTS, _INPUTS, _OUTPUTS = 5, 11, 12
_NAME, _TYPE = 1, 2
_TENSOR, _ELEMENT, _SHAPE, _DIMENSION, _SIZE = 1, 1, 2, 1, 1
_NAME_OF_WEIGHT = 8
_MAX_FIELDS = 1_000_000
"""Largest number of fields in a file; the largest models in practice have some 10,000."""
_SIGN = 1 << 63
_DTYPES = {
    1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64",
    10: "float16", 11: "float64", 12: "uint32", 13: "uint64", 14: "cfloat32", 15: "cfloat64",
}  # fmt: skip
"""Names of TensorProto.DataType in STAC; the others have none."""


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


class _Reader:
    """Reader of messages, up to a limit."""

    def __init__(self) -> None:
        self._left = _MAX_FIELDS

    def _fields(self, message: memoryview) -> Iterator[tuple[int, memoryview | int | None]]:
        for field in fields(message):
            self._left -= 1
            if self._left < 0:
                msg = "too many fields"
                raise ValueError(msg)
            yield field

    def parts(self, message: memoryview, *numbers: int) -> Iterator[tuple[int, memoryview]]:
        """Yield the byte fields with these numbers."""
        for number, value in self._fields(message):
            if number in numbers and isinstance(value, memoryview):
                yield number, value

    def number(self, message: memoryview, field_number: int) -> int | None:
        """Read the last integer of a field number, with its sign."""
        last = None
        for number, value in self._fields(message):
            if number == field_number and isinstance(value, int):
                last = value if value < _SIGN else value - 2 * _SIGN
        return last

    def text(self, message: memoryview, field_number: int) -> str:
        """Read the last text of a field number; empty if there is none."""
        last = ""
        for _, value in self.parts(message, field_number):
            last = bytes(value).decode()
        return last

    def tensor(self, message: memoryview) -> Tensor:
        """Read a ValueInfoProto."""
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
        """Read the (last) graph; None if there is none."""
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
    """Read the inputs and outputs of a model.

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
