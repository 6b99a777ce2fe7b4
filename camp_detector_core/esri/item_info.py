"""Item information for Esri's portals and ArcGIS: ``esriinfo/iteminfo.xml``, ``item.pkinfo``.

No public document gives the two formats whole; the elements are those that portals give for items
(``/sharing/content/items/ID/info/iteminfo.xml``) and that packages of other kinds hold.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from xml.sax.saxutils import escape

PACKAGE_TYPE = "Deep Learning Package"
THUMBNAIL = "thumbnail/thumbnail.png"
"""Path relative to ``esriinfo``."""
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_SPACE = uuid.UUID("5c6a1a44-6a53-5d0e-9d1c-0b9f6a1d2f11")
"""Namespace of the identifiers of packages."""
_MAX_SNIPPET = 250
"""Length of a summary that portals show."""


@dataclass(frozen=True)
class ItemInfo:
    """Title, summary and credits of a package."""

    name: str
    """Stem of the package's file."""
    title: str
    snippet: str
    """Summary, one sentence; cut to the length that portals show."""
    description: str
    credits: str
    """Names to credit."""
    licence: str
    tags: tuple[str, ...]

    def item_xml(self) -> bytes:
        """Write ``iteminfo.xml`` in ASCII, with other characters as references."""
        tags = "".join(f"<tag>{_text(tag)}</tag>" for tag in self.tags)
        words = ("Deep Learning", PACKAGE_TYPE, "Raster", "dlpk")
        keywords = "".join(f"<typekeyword>{word}</typekeyword>" for word in words)
        snippet = self.snippet[:_MAX_SNIPPET]
        lines = [
            f"<name>{_text(self.name)}</name>",
            f"<title>{_text(self.title)}</title>",
            f"<type>{PACKAGE_TYPE}</type>",
            f"<typekeywords>{keywords}</typekeywords>",
            f"<tags>{tags}</tags>",
            f"<snippet>{_text(snippet)}</snippet>",
            f"<summary>{_text(snippet)}</summary>",
            f"<description>{_text(self.description)}</description>",
            f"<accessinformation>{_text(self.credits)}</accessinformation>",
            f"<licenseinfo>{_text(self.licence)}</licenseinfo>",
            f"<thumbnail>{THUMBNAIL}</thumbnail>",
        ]
        return _document("ESRI_ItemInformation", lines)

    def package_xml(self, digest: str) -> bytes:
        """Write ``item.pkinfo``.

        Args:
            digest: Digest of the package's content, from which its identifier is made.
        """
        identifier = str(uuid.uuid5(_SPACE, f"{self.name} {digest}")).upper()
        lines = [
            f"<ID>{{{identifier}}}</ID>",
            f"<name>{_text(self.name)}</name>",
            "<version>1.0</version>",
            "<size>-1</size>",
            f"<type>{PACKAGE_TYPE}</type>",
        ]
        return _document("pkinfo", lines)


def _document(root: str, lines: list[str]) -> bytes:
    body = "\n".join(lines)
    text = f'{_HEAD}<{root} Culture="en-US">\n{body}\n</{root}>\n'
    return text.encode("ascii", "xmlcharrefreplace")


def _text(text: str) -> str:
    """Make a model's text valid for XML, with unknown characters as blanks."""
    return escape("".join(c if c.isprintable() else " " for c in text))
