"""Changes to files that chance makes: the same for a seed, whatever the machine."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

Change = Callable[[bytearray, random.Random], None]

_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_NASTY = (
    b"\x00",
    b"\xff",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\x1b[2J",
    b"\n",
    b"..",
    b"../../x",
    b"/etc/passwd",
    b"/vsicurl/http://127.0.0.1:9/x.tif",
    b"http://127.0.0.1:9/x",
    b"C:\\x",
    b"%2e%2e/",
    b"nan",
    b"NaN",
    b"inf",
    b"-1",
    b"1e400",
    b"9" * 400,
    b"9" * 5000,
    b"{" * 300,
    b"[" * 3000,
    b"'",
    b'"',
    b"<",
    b"&#0;",
)
"""Pieces that readers of texts, paths and numbers were seen to stumble over."""
_BY_VALUE = 0.7
_SIZES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 2**63 - 1, 2**64 - 1)


def flip(data: bytearray, chance: random.Random) -> None:
    """A bit."""
    at = chance.randrange(len(data))
    data[at] ^= 1 << chance.randrange(8)


def overwrite(data: bytearray, chance: random.Random) -> None:
    """Some bytes by others."""
    at = chance.randrange(len(data))
    piece = chance.randbytes(chance.randint(1, 16))
    data[at : at + len(piece)] = piece


def cut(data: bytearray, chance: random.Random) -> None:
    """The end."""
    del data[chance.randrange(len(data)) :]


def remove(data: bytearray, chance: random.Random) -> None:
    """Bytes from the middle."""
    at = chance.randrange(len(data))
    del data[at : at + chance.randint(1, 64)]


def repeat(data: bytearray, chance: random.Random) -> None:
    """A piece once more."""
    at = chance.randrange(len(data))
    data[at:at] = data[at : at + chance.randint(1, 200)]


def nasty(data: bytearray, chance: random.Random) -> None:
    """A piece that readers stumble over, in place of others."""
    at = chance.randrange(len(data))
    piece = chance.choice(_NASTY)
    data[at : at + chance.choice((0, 1, len(piece)))] = piece


def size(data: bytearray, chance: random.Random) -> None:
    """An integer at the edge of its type: sizes, offsets and counts of binary files."""
    at = chance.randrange(len(data))
    width = chance.choice((1, 2, 4, 8))
    value = chance.choice(_SIZES) % (1 << 8 * width)
    data[at : at + width] = value.to_bytes(width, chance.choice(("little", "big")))


def number(data: bytearray, chance: random.Random) -> None:
    """A number that is written in digits."""
    hits = list(_NUMBER.finditer(data))
    if not hits:
        return flip(data, chance)
    hit = chance.choice(hits)
    wild = (
        b"0",
        b"-1",
        b"1e400",
        b"-1e-400",
        b"NaN",
        b"Infinity",
        b"9" * 400,
        b"2147483648",
        b"null",
    )
    data[hit.start() : hit.end()] = chance.choice(wild)
    return None


CHANGES: tuple[Change, ...] = (flip, overwrite, cut, remove, repeat, nasty, size, number)

_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    2**31,
    2**63,
    10**400,
    -(10**400),
    1e308,
    "",
    " ",
    "\x00",
    "\x1b[2J",
    "../x",
    "/etc/passwd",
    "http://127.0.0.1:9/x",
    "9" * 400,
    "\ud800",
    "a" * 3000,
    [],
    {},
    [[]],
    [None],
    {"": None},
    [0] * 3,
    {"a": {"a": {"a": []}}},
    ["a", "a"],
    "NaN",
    [1e999, -1e999],
)
"""Values that stand where another one belongs; infinite ones are written as Python does."""


def mutated_json(data: bytes, chance: random.Random) -> bytes:
    """JSON in which values were exchanged, taken out, doubled or renamed."""
    content = json.loads(data)
    for _ in range(chance.choice((1, 1, 2, 3))):
        places = list(_places(content))
        if not places:
            break
        holder, key = chance.choice(places)
        action = chance.randrange(4)
        if action == 0:
            del holder[key]
        elif action == 1 and isinstance(holder, dict):
            holder[chance.choice(("", "x", "__class__", "type", key + key))] = holder.pop(key)
        elif action == 2 and isinstance(holder, list):
            holder += [holder[key]] * chance.choice((1, 2, 300))
        else:
            holder[key] = copy.deepcopy(chance.choice(_VALUES))
    return json.dumps(content).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each object or list with each of its keys."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, below in list(pairs):
        yield value, key
        if isinstance(below, dict | list):
            yield from _places(below)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes of a file with one to four changes; of JSON mostly of its values."""
    if data[:1] in (b"{", b"[") and chance.random() < _BY_VALUE:
        return mutated_json(data, chance)
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        if not out:
            break
        chance.choice(CHANGES)(out, chance)
    return bytes(out)
