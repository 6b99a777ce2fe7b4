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


def open_catalog(location: str, *, assets_to: str | None = None) -> Catalog:
    """Open the catalogue at a location, without reading it or connecting yet.

    Args:
        location: A folder, ``s3://bucket/prefix``, ``https://...`` or ``postgresql://...``.
        assets_to: For a database: folder or ``s3://bucket/prefix`` for the files; None
            leaves them where they are.

    Raises:
        CatalogError: The location is not valid, or the library that it needs is not installed.
    """
    if "://" in location and _parts(location).scheme in _DATABASES:
        from .pgstac import PgStacCatalog

        return PgStacCatalog(location, open_store(assets_to) if assets_to else None)
    if assets_to:
        msg = "only a catalogue in PostgreSQL has its files elsewhere; any other keeps them itself"
        raise CatalogError(msg, parameter="assets_to", remedy="leave {assets_to} out")
    from .static import StaticCatalog

    return StaticCatalog(open_store(location))


def open_store(location: str) -> Store:
    """Open the storage of a static catalogue's files.

    Raises:
        CatalogError: The location is not valid, or the library that it needs is not installed.
    """
    from .local_store import LocalStore

    if "://" not in location:  # also a folder of the name s3:
        return LocalStore(Path(location).expanduser())
    parts = _parts(location)
    if parts.scheme in {"s3", "http", "https"}:
        from .remote_store import open_remote

        return open_remote(location)
    if parts.scheme == "file":
        return LocalStore(Path(path_of_url(location)))
    msg = (
        f"a catalogue cannot be kept at {parts.scheme}://...: name a folder, s3://bucket/prefix, "
        "https://... or postgresql://..."
    )
    raise CatalogError(msg)


def _parts(location: str) -> SplitResult:
    """Split an address into its parts.

    Raises:
        CatalogError: The address is not valid.
    """
    try:
        return urlsplit(location)
    except ValueError as error:
        msg = f"the catalogue's address is not valid ({error}): name a folder or a whole address"
        raise CatalogError(msg) from error
