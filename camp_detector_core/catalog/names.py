"""Names and paths inside a catalogue: whatever a stranger wrote, they stay inside."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote, urlsplit

from camp_detector_core.engine.wording import shown

from .errors import CatalogError

CATALOG = "catalog.json"
COLLECTION = "models/collection.json"
COLLECTION_ID = "models"
TABLE = "models.parquet"
"""The copy as stac-geoparquet."""
LOCK = ".lock"

_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,126}[A-Za-z0-9_+-])?")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
"""Names that Windows gives to devices, with any ending."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._+-]+")
_LONGEST_FILE = 120


def is_id(text: str) -> bool:
    """Whether a text can be a model's id: the name of a folder on every system."""
    return bool(_ID.fullmatch(text)) and ".." not in text and not _RESERVED.fullmatch(text)


def check_id(text: object) -> str:
    """The id, if it can be one.

    Raises:
        CatalogError: It cannot name a folder.
    """
    if not isinstance(text, str) or not is_id(text):
        msg = (
            f"{shown(text)!r} cannot be the id of a model in a catalogue: it is made of up to 128 "
            "letters, digits, '.', '_', '+' and '-'"
        )
        raise CatalogError(msg)
    return text


def item_path(model_id: str) -> str:
    """Where the item of a model lies, from the catalogue's root."""
    return f"models/{model_id}/{model_id}.json"


def file_name(href: str) -> str:
    """A name for a copy of what an href leads to: its last part, harmless on every system."""
    last = posixpath.basename(unquote(urlsplit(href).path).replace("\\", "/"))
    clean = _UNSAFE.sub("_", last).lstrip(".")[-_LONGEST_FILE:] or "file"
    return f"_{clean}" if _RESERVED.fullmatch(clean) else clean


def resolve(href: object, start: str) -> str:
    """The path, from the catalogue's root, that a relative href means.

    Args:
        href: As it stands in a catalogue.
        start: Path of the file that it stands in.

    Raises:
        CatalogError: It is no relative href, or leads out of the catalogue.
    """
    text = href if isinstance(href, str) else ""
    parts = urlsplit(text)
    plain = unquote(parts.path)
    path = posixpath.normpath(posixpath.join(posixpath.dirname(start), plain))
    outside = path.startswith(("/", "..")) or "\\" in plain or ":" in plain or "\0" in plain
    if not plain or parts.scheme or parts.netloc or outside:
        msg = f"{start} leads to {shown(href)}, which does not lie in the catalogue"
        raise CatalogError(msg)
    return path
