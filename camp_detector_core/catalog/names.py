"""Names and paths inside a catalogue, made safe whatever an untrusted item says."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote, urlsplit

from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.hrefs import HrefError, key_of_href

from .errors import CatalogError

CATALOG = "catalog.json"
COLLECTION = "models/collection.json"
COLLECTION_ID = "models"
TABLE = "models.parquet"
"""Copy of all items as stac-geoparquet."""
LOCK = ".lock"

_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,126}[A-Za-z0-9_+-])?")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
"""Device names of Windows, with any extension."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._+-]+")
_LONGEST_FILE = 120


def is_id(text: str) -> bool:
    """Test if a text can be a model's id, which names a folder on every system."""
    return bool(_ID.fullmatch(text)) and ".." not in text and not _RESERVED.fullmatch(text)


def check_id(text: object) -> str:
    """Return the id if it is valid.

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
    """Path of a model's item relative to the catalogue's root."""
    return f"models/{model_id}/{model_id}.json"


def file_name(href: str) -> str:
    """Make a file name from the last part of an href, safe on every system."""
    last = posixpath.basename(unquote(urlsplit(href).path).replace("\\", "/"))
    clean = _UNSAFE.sub("_", last).lstrip(".")[-_LONGEST_FILE:] or "file"
    return f"_{clean}" if _RESERVED.fullmatch(clean) else clean


def resolve(href: object, start: str) -> str:
    """Resolve a relative href to a path from the catalogue's root.

    Args:
        href: Value from a file of the catalogue.
        start: Path of the file that holds the href.

    Raises:
        CatalogError: The href is not relative, or leads out of the catalogue.
    """
    try:
        return key_of_href(href, start)
    except HrefError as error:
        msg = f"{start} leads to {shown(href)}, which does not lie in the catalogue"
        raise CatalogError(msg) from error
