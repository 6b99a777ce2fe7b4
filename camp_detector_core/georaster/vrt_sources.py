"""File names in the text of a virtual raster."""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.parsers import expat

_NAMES = re.compile(r"(?:filename|dataset|cutlineds|dempath|ur[il]|href)$")
"""Endings of the elements that hold a name."""
_KEYED = {
    "mdi": re.compile(r"overview_file$|[xy]_dataset$"),
    "argument": re.compile(r".*(?:filename|dataset)"),
    "option": re.compile(r".*(?:filename|dataset|_dem$)"),
    "ooi": re.compile(r".*(?:file|dataset|ur[il])"),
}
"""Elements whose attribute tells their content, with the value that means a name."""
_BASE = ":::base:::"
"""GDAL's word for the folder of the file, before the name of its overviews."""


class BrokenVrtError(ValueError):
    """The text is not XML, or GDAL could read other names in it."""


class Source(NamedTuple):
    """File that a virtual raster reads."""

    name: str
    relative: bool
    """True if it is relative to the virtual raster's folder, not to the current one."""


def sources_of(text: bytes) -> list[Source]:
    """List all file names in a virtual raster, or in an ``.aux.xml``.

    Args:
        text: All of it.

    Raises:
        BrokenVrtError: See there.
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    parser.CommentHandler = reader.split
    parser.ProcessingInstructionHandler = reader.split
    parser.StartCdataSectionHandler = parser.EndCdataSectionHandler = reader.split
    parser.StartDoctypeDeclHandler = reader.refuse
    try:
        # GDAL takes the text as UTF-8, whatever it says of itself.
        text.decode("utf-8")
        parser.Parse(text.removeprefix(b"\xef\xbb\xbf").strip(b"\0 \t\r\n"), True)  # noqa: FBT003
    except UnicodeDecodeError as error:
        msg = f"byte {error.start} of it is not UTF-8"
        raise BrokenVrtError(msg) from error
    except expat.ExpatError as error:
        msg = f"it is not XML ({error})"
        raise BrokenVrtError(msg) from error
    return list(dict.fromkeys(reader.sources))


class _Reader:
    """Collects the names from the parser's events."""

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self._open: list[tuple[str, dict[str, str], list[str]]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.split()
        values = {key.lower(): value for key, value in attributes.items()}
        self._open.append((tag.lower(), values, [""]))

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1][2][-1] += text

    def split(self, *_: object) -> None:
        """Start a new piece of text, which GDAL reads as a text of its own."""
        if self._open:
            self._open[-1][2].append("")

    def refuse(self, *_: object) -> None:
        msg = "it declares a document type, which no virtual raster needs"
        raise BrokenVrtError(msg)

    def end(self, _tag: str) -> None:
        tag, attributes, pieces = self._open.pop()
        self.split()
        key = attributes.get("key", attributes.get("name", "")).lower()
        if not (_KEYED[tag].match(key) if tag in _KEYED else _NAMES.search(tag)):
            return
        texts = [piece.lstrip() for piece in pieces if piece.strip()]
        if len(texts) > 1:
            msg = f"<{tag}> holds more than a name"
            raise BrokenVrtError(msg)
        for text in texts:
            based = text.lower().startswith(_BASE)
            relative = based or attributes.get("relativetovrt", "0").strip() not in {"", "0"}
            self.sources.append(Source(text[len(_BASE) :] if based else text, relative))
