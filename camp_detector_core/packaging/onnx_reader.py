"""The metadata of an ONNX file, without a library that knows ONNX.

A file is one protocol buffer message, ModelProto (onnx/onnx.proto): field 7 is the graph, field 14
the metadata, each entry a message of key (1) and value (2). The wire format is described at
protobuf.dev/programming-guides/encoding. Only the outermost fields are looked at, so the time
does not depend on the size of the network. `onnx_graph` reads what goes in and what comes out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..engine.errors import PredictorError

if TYPE_CHECKING:
    from collections.abc import Iterator

_GRAPH, _METADATA = 7, 14
_KEY, _VALUE = 1, 2
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MAX_VARINT_BITS = 63


def read_metadata(data: bytes, origin: str) -> dict[str, str]:
    """All metadata entries of a model.

    Args:
        data: The ONNX file.
        origin: Its name, for messages.

    Raises:
        PredictorError: The bytes are no ONNX model.
    """
    entries: dict[str, str] = {}
    has_graph = False
    try:
        for number, value in fields(memoryview(data)):
            if not isinstance(value, memoryview):
                continue
            if number == _GRAPH:
                has_graph = True
            elif number == _METADATA:
                entry = {
                    n: bytes(v).decode() for n, v in fields(value) if isinstance(v, memoryview)
                }
                entries[entry.get(_KEY, "")] = entry.get(_VALUE, "")
    except (ValueError, IndexError) as error:
        msg = f"{origin} is not an ONNX model, or it is damaged"
        raise PredictorError(msg) from error
    if not has_graph:
        msg = f"{origin} is not an ONNX model: it holds no network"
        raise PredictorError(msg)
    return entries


def fields(message: memoryview) -> Iterator[tuple[int, int | memoryview | None]]:
    """The fields of a message: their numbers and values; None for those of fixed width.

    Raises:
        ValueError: It is no message.
        IndexError: It ends early.
    """
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        value: int | memoryview | None = None
        if kind == _VARINT:
            value, at = _varint(message, at)
        elif kind == _FIXED64:
            at += 8
        elif kind == _FIXED32:
            at += 4
        elif kind == _BYTES:
            size, at = _varint(message, at)
            value = message[at : at + size]
            at += size
        else:
            msg = f"wire type {kind}"
            raise ValueError(msg)
        if at > len(message) or number == 0:
            msg = "a field sticks out of its message"
            raise ValueError(msg)
        yield number, value


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, lowest first, and the place after it."""
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, at
        shift += 7
        if shift > _MAX_VARINT_BITS:
            msg = "a number of more than 64 bits"
            raise ValueError(msg)
