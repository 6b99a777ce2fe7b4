"""Names that parsers of URLs, of GDAL's prefixes or of shells take for something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECES = (
    "!", ";", "&", "%", "%41", "%2F", "#", "?", "=", "+", "*", "|", ":", "@", ",", "$", "~", "\t",
    "\n", "\r", " ", "'", '"', "[", "]", "{", "}", "(", ")", "<", ">", "`", "^", "..", ".", "-",
    "ü", "日", "\u200e", "zip:", "zip+", "tar:", "file:", "http:", "s3:", "GPKG:", "vsizip",
    ".zip", ".zip!", ".gdb", "|layername=", "$HOME", "C:",
)  # fmt: skip
_LETTERS = ("y", "x", "Ab", "1")


@st.composite
def stems(draw: st.DrawFn) -> str:
    """A name without its ending: some pieces that mean something to someone, and letters."""
    pieces = draw(st.lists(st.sampled_from(PIECES + _LETTERS * 5), min_size=1, max_size=5))
    return "".join([*pieces, draw(st.sampled_from(("", "y")))]) or "y"


def misreadings(name: str) -> set[str]:
    """The names that a parser might make of a name: its parts, unquoted, quoted and trimmed."""
    names = set(_misread(name))
    return {n for n in names if n not in {"", ".", "..", name} and not set(n) & set("/\0")}


def _misread(name: str) -> Iterator[str]:
    stem, dot, suffix = name.rpartition(".")
    for cut in range(1, len(name)):
        yield name[:cut]
        yield name[cut:]
        yield f"{name[:cut]}{dot}{suffix}"
    yield from (unquote(name), quote(name), name.strip(), name.lstrip(), f"{stem.strip()}.{suffix}")
    yield re.sub(r"[\t\r\n]", "", name)
    yield re.sub(r"[^\w.]", "_", name)
