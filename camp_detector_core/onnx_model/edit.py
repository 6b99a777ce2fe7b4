"""Changes to the bytes of an ONNX file, without the onnx library.

All of a file that is not named here stays as it is, to the byte. Numbers of fields are those of
onnx/onnx.proto: ModelProto has the graph (7) and metadata (14); a graph has nodes (1), weights (5)
and outputs (12); a node has inputs (1), outputs (2), name (3), operator (4) and attributes (5).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from camp_detector_core.engine.predictors.protobuf import (
    bytes_field,
    last_text,
    located_fields,
    messages,
    number_field,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_GRAPH, _METADATA = 7, 14
_NODE, _WEIGHT, _OUTPUT = 1, 5, 12
_IN, _OUT, _NAME, _OPERATOR, _ATTRIBUTE = 1, 2, 3, 4, 5
_FLOAT, _INT64, _INT_ATTRIBUTE = 1, 7, 2
_PREFIX = "camp_detector_"
_NEUTRAL = {
    "Identity", "Cast", "Slice", "Gather", "Split", "Reshape", "Transpose", "Squeeze", "Unsqueeze",
    "Resize", "Upsample", "QuantizeLinear", "DequantizeLinear", "Crop",
}  # fmt: skip
"""Operators that pass values on unchanged, or values between them."""


def with_metadata(data: bytes, entries: Mapping[str, str]) -> bytes:
    """Return a model with these metadata entries, which replace those of the same names."""
    parts: list[bytes | memoryview] = []
    message = memoryview(data)
    for number, value, start, end in located_fields(message):
        is_entry = number == _METADATA and isinstance(value, memoryview)
        if not (is_entry and isinstance(value, memoryview) and last_text(value, 1) in entries):
            parts.append(message[start:end])
    new = [
        bytes_field(_METADATA, _text(1, key) + _text(2, entries[key])) for key in sorted(entries)
    ]
    return b"".join([*parts, *new])


def last_operator(data: bytes, output: str) -> str:
    """Find the operator that computes an output; empty if unknown."""
    makers: dict[str, tuple[str, str]] = {}
    for _, graph in messages(memoryview(data), _GRAPH):
        for _, node in messages(graph, _NODE):
            texts = [(n, bytes(v).decode()) for n, v in messages(node, _IN, _OUT)]
            first = next((t for n, t in texts if n == _IN), "")
            operator = last_text(node, _OPERATOR) or ""
            makers.update((t, (operator, first)) for n, t in texts if n == _OUT)
    visited: set[str] = set()
    name = output
    while name in makers and name not in visited:
        visited.add(name)
        operator, name = makers[name]
        if operator not in _NEUTRAL:
            return operator
    return ""


@dataclass(frozen=True)
class Ending:
    """Operation behind an output of a network."""

    output: str
    """Name of the output; it becomes the only one, unless others are kept."""
    activation: str = "none"
    """``none``, ``sigmoid`` or ``softmax`` (over the channels)."""
    channels: tuple[int, ...] | None = None
    """Channels to keep, in this order; None for all."""
    count: int = 1
    """Number of resulting channels."""
    extra_outputs: Collection[str] = ()
    """Other outputs that stay."""

    @property
    def is_nothing(self) -> bool:
        """True if the network's end stays unchanged."""
        return self.activation == "none" and self.channels is None


def with_ending(data: bytes, ending: Ending) -> bytes:
    """Return a model with another end that gives probabilities of the classes.

    Args:
        data: The ONNX file, with one graph.
        ending: New end of the network.
    """
    message = memoryview(data)
    parts: list[bytes | memoryview] = []
    for number, value, start, end in located_fields(message):
        if number == _GRAPH and isinstance(value, memoryview):
            parts.append(bytes_field(_GRAPH, _replace_end(value, ending)))
        else:
            parts.append(message[start:end])
    return b"".join(parts)


def _replace_end(graph: memoryview, ending: Ending) -> bytes:
    out: list[bytes | memoryview] = []
    nodes, weights, last = _tail(ending)
    for number, value, start, end in located_fields(graph):
        if number == _OUTPUT and isinstance(value, memoryview):
            name = last_text(value, 1)
            if name == ending.output and not ending.is_nothing:
                out.append(bytes_field(_OUTPUT, _value_info(last, ending.count)))
            elif name == ending.output or name in ending.extra_outputs:
                out.append(graph[start:end])
        else:
            out.append(graph[start:end])
    out += [bytes_field(_NODE, node) for node in nodes]
    out += [bytes_field(_WEIGHT, weight) for weight in weights]
    return b"".join(out)


def _tail(ending: Ending) -> tuple[list[bytes], list[bytes], str]:
    """Make the nodes and weights to add, and the name of the new output."""
    nodes, weights, name = [], [], ending.output
    if ending.activation != "none":
        operator = {"sigmoid": "Sigmoid", "softmax": "Softmax"}[ending.activation]
        axis = [] if ending.activation == "sigmoid" else [("axis", 1)]
        new = f"{_PREFIX}{ending.activation}"
        nodes.append(_node(operator, [name], new, axis))
        name = new
    if ending.channels is not None:
        indices, new = f"{_PREFIX}channels", f"{_PREFIX}classes"
        nodes.append(_node("Gather", [name, indices], new, [("axis", 1)]))
        weights.append(_integers(indices, ending.channels))
        name = new
    return nodes, weights, name


def _node(
    operator: str, inputs: Sequence[str], output: str, attributes: Sequence[tuple[str, int]]
) -> bytes:
    texts = [*(_text(_IN, name) for name in inputs), _text(_OUT, output), _text(_NAME, output)]
    attribute_fields = [
        bytes_field(
            _ATTRIBUTE, _text(1, name) + number_field(3, value) + number_field(20, _INT_ATTRIBUTE)
        )
        for name, value in attributes
    ]
    return b"".join([*texts, _text(_OPERATOR, operator), *attribute_fields])


def _integers(name: str, values: Sequence[int]) -> bytes:
    """Write a TensorProto: dimensions (1), type (2), name (8), bytes (9)."""
    raw = struct.pack(f"<{len(values)}q", *values)
    return b"".join(
        [number_field(1, len(values)), number_field(2, _INT64), _text(8, name), bytes_field(9, raw)]
    )


def _value_info(name: str, channels: int) -> bytes:
    """Write a ValueInfoProto of float32 (n, channels, height, width)."""
    sizes = [_text(2, "n"), number_field(1, channels), _text(2, "height"), _text(2, "width")]
    shape = b"".join(bytes_field(1, size) for size in sizes)
    tensor = number_field(1, _FLOAT) + bytes_field(2, shape)
    return _text(1, name) + bytes_field(2, bytes_field(1, tensor))


def _text(number: int, text: str) -> bytes:
    return bytes_field(number, text.encode())
