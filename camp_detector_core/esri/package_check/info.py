"""Item information of a package for portals, and the papers beside its model."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers import expat  # a parser that only counts elements here, without entities

from camp_detector_core.engine.wording import shown
from camp_detector_core.esri.item_info import PACKAGE_TYPE
from camp_detector_core.esri.thumbnail import png_fault

from .archive import REBUILD

if TYPE_CHECKING:
    from camp_detector_core.stac.validation.findings import Findings

    from .archive import Package

_MAX_XML, _MAX_PICTURE = 1 << 20, 4 << 20
_MAX_DEPTH = 20
_ITEM, _INFO = "esriinfo/iteminfo.xml", "esriinfo/item.pkinfo"
_ROOTS = {_ITEM: "ESRI_ItemInformation", _INFO: "pkinfo"}
_PROJECT_FILES = (_ITEM, _INFO, "esriinfo/thumbnail/thumbnail.png", "MODEL_CARD.md", "LICENSE.txt")


def check_info(package: Package, *, is_ours: bool) -> None:
    """Check item information and pictures, which only packages of this project need."""
    findings = package.findings
    for name in _PROJECT_FILES:
        if is_ours and name not in package.names:
            findings.at(name).advice("is missing", REBUILD)
    own_names = sorted(name for name in package.names if name.lower().startswith("esriinfo/"))
    if not own_names:
        return
    with findings.passing("item information"):
        for name in own_names:
            root, is_picture = _ROOTS.get(name.lower()), name.lower().endswith(".png")
            if root is None and not is_picture:
                continue
            data = package.read(name, _MAX_XML if root else _MAX_PICTURE)
            if data is not None and root:
                _check_xml(data, name, root, findings)
            elif data is not None and png_fault(data):
                findings.at(name).problem(f"is no sound PNG: {png_fault(data)}", REBUILD)


class _Refused(Exception):  # noqa: N818 - ends the parser, and never leaves this module
    """Stops the parser at a refused construct."""


class _Document:
    """Root of a document, and its ``type``; entities are refused."""

    def __init__(self, data: bytes) -> None:
        """Parse the whole document.

        Raises:
            _Refused: It is not what it should be.
        """
        self.root = ""
        self.kind = ""
        self._way: list[str] = []
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = self._text, self._doctype
        try:
            parser.Parse(data, True)  # noqa: FBT003 - expat takes no names
        except (expat.ExpatError, ValueError, LookupError) as error:
            msg = f"is not well-formed XML: {shown(error)}"
            raise _Refused(msg) from error

    def _start(self, element: str, _attributes: dict[str, str]) -> None:
        self.root = self.root or element
        self._way.append(element)
        if len(self._way) > _MAX_DEPTH:
            msg = "is nested too deep"
            raise _Refused(msg)

    def _end(self, _element: str) -> None:
        self._way.pop()

    def _text(self, words: str) -> None:
        if self._way[1:] == ["type"]:
            self.kind += words

    def _doctype(self, *_: object) -> None:
        msg = "declares a document type"
        raise _Refused(msg)


def _check_xml(data: bytes, name: str, root: str, findings: Findings) -> None:
    """Check that a document is well-formed, without entities, and of the right kind."""
    try:
        document = _Document(data)
    except _Refused as error:
        findings.at(name).problem(str(error), REBUILD)
        return
    if document.root != root:
        findings.at(name).problem(f"is <{shown(document.root)}> and not <{root}>", REBUILD)
    elif document.kind and document.kind.strip() != PACKAGE_TYPE:
        message = f"has the type {shown(document.kind)!r}, and not {PACKAGE_TYPE!r}"
        findings.at(name).advice(message, "correct it")
