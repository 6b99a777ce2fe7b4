"""Wire format of protocol buffers: fields of a message, without a library or a schema.

It is described at protobuf.dev/programming-guides/encoding. Where this reader and the library of
ONNX Runtime could understand bytes differently, this one refuses them.
"""

from __future__ import annotations

from typing import Iterator, Optional, Union

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MAX_VARINT_BITS = 63
_MAX_KEY = 1 << 32

Value = Union[int, memoryview, None]
"""Value of a field: a number, bytes, or None for fixed width."""


def fields(message: memoryview) -> Iterator[tuple[int, Value]]:
    """Yield numbers and values of a message's fields; None for fixed width.

    Raises:
        ValueError: The data is not a message.
        IndexError: It ends early.
    """
    for number, value, _, _ in located_fields(message):
        yield number, value


def located_fields(message: memoryview) -> Iterator[tuple[int, Value, int, int]]:
    """Yield the fields with their start and end positions.

    Raises:
        ValueError: The data is not a message.
        IndexError: It ends early.
    """
    position, end = 0, len(message)
    while position < end:
        start = position
        key, position = _varint(message, position)
        number, kind = key >> 3, key & 7
        value: Value = None
        if kind == _BYTES:
            size, position = _varint(message, position)
            value = message[position : position + size]
            position += size
        elif kind == _VARINT:
            value, position = _varint(message, position)
        elif kind == _FIXED64:
            position += 8
        elif kind == _FIXED32:
            position += 4
        else:
            msg = f"wire type {kind}"
            raise ValueError(msg)
        if position > end or number == 0 or key >= _MAX_KEY:
            msg = "a field sticks out of its message"
            raise ValueError(msg)
        yield number, value, start, position


def bytes_field(number: int, content: bytes) -> bytes:
    """Encode a field that holds bytes: a text, or a message."""
    return varint(number << 3 | _BYTES) + varint(len(content)) + content


def number_field(number: int, value: int) -> bytes:
    """Encode a field that holds a non-negative integer."""
    return varint(number << 3 | _VARINT) + varint(value)


def varint(value: int) -> bytes:
    """Encode a non-negative integer in seven bits per byte, lowest first."""
    encoded = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    """Decode the number at a position; also returns the position after it."""
    value = message[position]
    position += 1
    if value < 0x80:  # noqa: PLR2004 - one byte, as most are
        return value, position
    value &= 0x7F
    shift = 7
    while True:
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, position
        shift += 7
        if shift > _MAX_VARINT_BITS:
            msg = "a number of more than 64 bits"
            raise ValueError(msg)


def messages(message: memoryview, *numbers: int) -> Iterator[tuple[int, memoryview]]:
    """Yield the fields of some numbers that hold bytes, such as other messages.

    Raises:
        ValueError: The data is not a message.
        IndexError: It ends early.
    """
    for number, value in fields(message):
        if number in numbers and isinstance(value, memoryview):
            yield number, value


def last_text(message: memoryview, number: int) -> Optional[str]:
    """Return the last text of a field number; None if there is none.

    Raises:
        ValueError: The data is not a message, or the text not UTF-8.
        IndexError: It ends early.
    """
    text = None
    for _, value in messages(message, number):
        text = bytes(value).decode()
    return text
