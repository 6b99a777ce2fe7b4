"""Inspection of an ONNX file without the onnx library, before anything of it is run.

ONNX Runtime looks for weights that lie outside of the file in the current folder, where a model
comes as bytes, and no checksum covers them; and names that are no UTF-8 break its Python part. So
both are refused here, by whichever host. `_PARTS` and `_TEXTS` are of onnx/onnx.proto.
"""

from __future__ import annotations

from typing import Mapping, NamedTuple, Optional

from ..errors import PredictorError
from ..wording import shown
from .protobuf import Value, fields, last_text

MODEL, GRAPH, TENSOR = "Model", "Graph", "Tensor"
_PARTS: Mapping[str, Mapping[int, str]] = {
    MODEL: {
        7: GRAPH, 8: "OperatorSetId", 14: "Entry", 20: "TrainingInfo", 25: "Function",
        26: "DeviceConfiguration",
    },
    GRAPH: {
        1: "Node", 5: TENSOR, 11: "ValueInfo", 12: "ValueInfo", 13: "ValueInfo",
        14: "TensorAnnotation", 15: "SparseTensor", 16: "Entry",
    },
    "Node": {5: "Attribute", 9: "Entry", 10: "NodeDeviceConfiguration"},
    "Attribute": {
        5: TENSOR, 6: GRAPH, 10: TENSOR, 11: GRAPH, 14: "Type", 15: "Type", 22: "SparseTensor",
        23: "SparseTensor",
    },
    TENSOR: {13: "Entry", 16: "Entry"},
    "SparseTensor": {1: TENSOR, 2: TENSOR},
    "ValueInfo": {2: "Type", 4: "Entry"},
    "Type": {
        1: "TensorType", 4: "Sequence", 5: "Map", 7: "Opaque", 8: "TensorType", 9: "Sequence",
    },
    "TensorType": {2: "Shape"},
    "Shape": {1: "Dimension"},
    "Sequence": {1: "Type"},
    "Map": {2: "Type"},
    "TensorAnnotation": {2: "Entry"},
    "TrainingInfo": {1: GRAPH, 2: GRAPH, 3: "Entry", 4: "Entry"},
    "Function": {7: "Node", 9: "OperatorSetId", 11: "Attribute", 12: "ValueInfo", 14: "Entry"},
}  # fmt: skip
"""Messages by the number of the field that holds them; other fields hold nothing relevant."""
_TEXTS: Mapping[str, frozenset[int]] = {
    MODEL: frozenset({2, 3, 4, 6}),
    "OperatorSetId": frozenset({1}),
    GRAPH: frozenset({2, 10}),
    "Node": frozenset({1, 2, 3, 4, 6, 7, 8}),
    "Attribute": frozenset({1, 13, 21}),
    TENSOR: frozenset({8, 12}),
    "Entry": frozenset({1, 2}),
    "Type": frozenset({6}),
    "Dimension": frozenset({2, 3}),
    "Opaque": frozenset({1, 2}),
    "ValueInfo": frozenset({1, 3}),
    "TensorAnnotation": frozenset({1}),
    "Function": frozenset({1, 4, 5, 6, 8, 10, 13}),
    "NodeDeviceConfiguration": frozenset({1}),
    "DeviceConfiguration": frozenset({1, 3}),
}
"""Fields that hold text."""
_IGNORED: Mapping[int, str] = {}
_NO_TEXT: frozenset[int] = frozenset()
_MAX_FIELDS = 2_000_000
"""Largest number of fields in a file; the largest models in practice have some 10,000."""
_MAX_DEPTH = 100
"""Largest nesting of messages; the protobuf library goes no deeper, either."""
_IR, _DOMAIN, _VERSION = 1, 1, 2
_EXTERNAL_DATA, _DATA_LOCATION, _EXTERNAL, _KEY, _VALUE = 13, 14, 1, 1, 2
_INT32 = 0xFFFFFFFF


class OnnxFacts(NamedTuple):
    """Facts about a file besides its network."""

    ir_version: int
    """Version of the file format; 0 if not stated."""
    opsets: Mapping[str, int]
    """Operator version of each domain; the standard domain has the empty name."""
    outside: tuple[str, ...]
    """External files with weights, as the model names them; empty if it is complete."""


def onnx_facts(data: bytes, origin: str) -> OnnxFacts:
    """Inspect all messages of a model, also those of subgraphs, attributes and functions.

    Args:
        data: The ONNX file.
        origin: Its name, for messages.

    Raises:
        PredictorError: The bytes are no ONNX model, or a name in it is not UTF-8.
    """
    walk = _Walk()
    try:
        walk.visit_all(memoryview(data))
    except UnicodeDecodeError as error:
        msg = (
            f"{origin} holds a name that is not UTF-8, as ONNX wants names to be: it is damaged, "
            "or its exporter is at fault; copy, download or export it again"
        )
        raise PredictorError(msg) from error
    except (ValueError, IndexError) as error:
        msg = f"{origin} is not an ONNX model, or it is damaged: copy, download or export it again"
        raise PredictorError(msg) from error
    if not walk.has_graph:
        msg = f"{origin} is not an ONNX model: it holds no network"
        raise PredictorError(msg)
    return OnnxFacts(walk.ir_version, walk.opsets, tuple(walk.outside))


def require_whole(data: bytes, origin: str) -> OnnxFacts:
    """Refuse a model with weights outside of its file.

    Args:
        data: The ONNX file.
        origin: Its name, for messages.

    Raises:
        PredictorError: They do, or the bytes are no ONNX model.
    """
    facts = onnx_facts(data, origin)
    if facts.outside:
        names = shown(", ".join(facts.outside))
        msg = (
            f"{origin} has weights in another file ({names}), which no checksum covers: put both "
            "into one file with camp-detector describe, or save it again without external data"
        )
        raise PredictorError(msg)
    return facts


class _Walk:
    """Walk over all messages of a file, up to a limit."""

    def __init__(self) -> None:
        self.ir_version = 0
        self.opsets: dict[str, int] = {}
        self.outside: dict[str, None] = {}
        self.has_graph = False

    def visit_all(self, data: memoryview) -> None:
        """Visit each message once.

        Raises:
            ValueError: The data is not a model.
            IndexError: It ends early.
        """
        left = _MAX_FIELDS
        queue = [(MODEL, data, 0)]
        while queue:
            kind, message, depth = queue.pop()
            self._begin(kind, message, depth)
            parts, texts = _PARTS.get(kind, _IGNORED), _TEXTS.get(kind, _NO_TEXT)
            for number, value in fields(message):
                left -= 1
                if left < 0:
                    msg = "too many fields"
                    raise ValueError(msg)
                if not isinstance(value, memoryview):
                    self._number(kind, number, value, message)
                elif number in texts:
                    bytes(value).decode()
                elif number in parts:
                    queue.append((parts[number], value, depth + 1))

    def _begin(self, kind: str, message: memoryview, depth: int) -> None:
        """Visit a message as a whole."""
        if depth > _MAX_DEPTH:
            msg = "messages within each other without end"
            raise ValueError(msg)
        if kind == GRAPH and depth == 1:
            if self.has_graph:
                msg = "two networks, which the library of protocol buffers would merge"
                raise ValueError(msg)
            self.has_graph = True
        elif kind == "OperatorSetId" and depth == 1:
            self._opset(message)

    def _number(self, kind: str, number: int, value: Value, message: memoryview) -> None:
        """Visit a numeric field."""
        if kind == TENSOR and number == _DATA_LOCATION:
            self._locate(value, message)
        elif kind == MODEL and number == _IR and isinstance(value, int):
            self.ir_version = value

    def _locate(self, value: Value, tensor: memoryview) -> None:
        """Note the external file of a tensor."""
        if not _is_external(value):
            return
        location = external_data(tensor).get("location")
        self.outside[location or "a file without a name"] = None

    def _opset(self, message: memoryview) -> None:
        versions = [v for n, v in fields(message) if n == _VERSION and isinstance(v, int)]
        domain: Optional[str] = last_text(message, _DOMAIN)
        name = "" if domain in {None, "ai.onnx"} else str(domain)
        self.opsets[name] = versions[-1] if versions else 0


def parts_of(kind: str) -> Mapping[int, str]:
    """Return the kinds of a message's submessages by field number."""
    return _PARTS.get(kind, _IGNORED)


def is_outside(tensor: memoryview) -> bool:
    """Test if the values of a tensor lie in another file.

    Raises:
        ValueError: The data is not a message.
        IndexError: It ends early.
    """
    return any(n == _DATA_LOCATION and _is_external(v) for n, v in fields(tensor))


def _is_external(location: Value) -> bool:
    """Test a number for the value external, cut to 32 bits as protobuf cuts enumerations."""
    return isinstance(location, int) and location & _INT32 == _EXTERNAL


def external_data(tensor: memoryview) -> dict[str, str]:
    """Read the place of a tensor's values, by ``location``, ``offset`` and ``length``.

    Raises:
        ValueError: The data is not a message.
        IndexError: It ends early.
    """
    entries = [v for n, v in fields(tensor) if n == _EXTERNAL_DATA and isinstance(v, memoryview)]
    return {last_text(e, _KEY) or "": last_text(e, _VALUE) or "" for e in entries}
