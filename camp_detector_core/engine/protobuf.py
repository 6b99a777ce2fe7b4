"""The wire format of protocol buffers: the fields of a message, without a library or a schema.

It is described at protobuf.dev/programming-guides/encoding. Where this reader and the library of
ONNX Runtime could understand bytes differently, this one refuses them.
"""

from __future__ import annotations

from typing import Iterator, Optional, Union

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MAX_VARINT_BITS = 63
_MAX_KEY = 1 << 32

Value = Union[int, memoryview, None]
"""Of a field: a number, bytes, or None for those of fixed width."""


def fields(message: memoryview) -> Iterator[tuple[int, Value]]:
    """The fields of a message: their numbers and values; None for those of fixed width.

    Raises:
        ValueError: It is no message.
        IndexError: It ends early.
    """
    for number, value, _, _ in placed_fields(message):
        yield number, value


def placed_fields(message: memoryview) -> Iterator[tuple[int, Value, int, int]]:
    """The same, each with the place where it begins and the place after it.

    Raises:
        ValueError: It is no message.
        IndexError: It ends early.
    """
    at, end = 0, len(message)
    while at < end:
        start = at
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        value: Value = None
        if kind == _BYTES:
            size, at = _varint(message, at)
            value = message[at : at + size]
            at += size
        elif kind == _VARINT:
            value, at = _varint(message, at)
        elif kind == _FIXED64:
            at += 8
        elif kind == _FIXED32:
            at += 4
        else:
            msg = f"wire type {kind}"
            raise ValueError(msg)
        if at > end or number == 0 or key >= _MAX_KEY:
            msg = "a field sticks out of its message"
            raise ValueError(msg)
        yield number, value, start, at


def bytes_field(number: int, content: bytes) -> bytes:
    """A field that holds bytes: a text, or a message."""
    return varint(number << 3 | _BYTES) + varint(len(content)) + content


def number_field(number: int, value: int) -> bytes:
    """A field that holds a whole number, not negative."""
    return varint(number << 3 | _VARINT) + varint(value)


def varint(value: int) -> bytes:
    """A number, not negative, of seven bits a byte, lowest first."""
    out = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """The number at a place, and the place after it."""
    value = message[at]
    at += 1
    if value < 0x80:  # noqa: PLR2004 - one byte, as most are
        return value, at
    value &= 0x7F
    shift = 7
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


def last_text(message: memoryview, number: int) -> Optional[str]:
    """The last text of a number; None where there is none.

    Raises:
        ValueError: It is no message, or the text no UTF-8.
        IndexError: It ends early.
    """
    text = None
    for this, value in fields(message):
        if this == number and isinstance(value, memoryview):
            text = bytes(value).decode()
    return text
