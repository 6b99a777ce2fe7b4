"""Catalogues of models: static STAC in a folder, a bucket or on the web, or PgSTAC.

Reading a folder needs the standard library alone. Whatever else is imported where it is used:
rustac writes the table, obstore speaks to S3 and web servers, pypgstac to PostgreSQL.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from camp_detector_core.model_file.hrefs import path_of_url

from .errors import CatalogError, ConflictError, UnknownModelError, UnreachableError

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from .base import Catalog
    from .stores import Store

__all__ = [
    "CatalogError",
    "ConflictError",
    "UnknownModelError",
    "UnreachableError",
    "open_catalog",
    "open_store",
]

_DATABASES = {"postgresql", "postgres"}


def open_catalog(where: str, *, assets_to: str | None = None) -> Catalog:
    """The catalogue at a place; nothing is read and nobody is asked yet.

    Args:
        where: A folder, ``s3://bucket/prefix``, ``https://...`` or ``postgresql://...``.
        assets_to: For a database: where files go, a folder or ``s3://bucket/prefix``; None
            leaves them where they are.

    Raises:
        CatalogError: It is no such place, or the library for it is not installed.
    """
    if "://" in where and _parts(where).scheme in _DATABASES:
        from .pgstac import PgStacCatalog

        return PgStacCatalog(where, open_store(assets_to) if assets_to else None)
    if assets_to:
        msg = "--assets-to is for a catalogue in PostgreSQL; any other keeps the files itself"
        raise CatalogError(msg)
    from .static import StaticCatalog

    return StaticCatalog(open_store(where))


def open_store(where: str) -> Store:
    """The place of a static catalogue's files.

    Raises:
        CatalogError: It is no such place, or the library for it is not installed.
    """
    from .local_store import LocalStore

    if "://" not in where:  # also a folder of the name s3:
        return LocalStore(Path(where).expanduser())
    parts = _parts(where)
    if parts.scheme in {"s3", "http", "https"}:
        from .remote_store import open_remote

        return open_remote(where)
    if parts.scheme == "file":
        return LocalStore(Path(path_of_url(where)))
    msg = (
        f"a catalogue cannot be kept at {parts.scheme}://...: name a folder, s3://bucket/prefix, "
        "https://... or postgresql://..."
    )
    raise CatalogError(msg)


def _parts(where: str) -> SplitResult:
    """The parts of an address.

    Raises:
        CatalogError: It is none.
    """
    try:
        return urlsplit(where)
    except ValueError as error:
        msg = f"the catalogue's address is not valid ({error}): name a folder or a whole address"
        raise CatalogError(msg) from error
