"""Catalogues of models: static STAC in a folder, a bucket or on the web, or PgSTAC.

Reading a folder needs the standard library alone. Whatever else is imported where it is used:
rustac writes the table, obstore speaks to S3 and web servers, pypgstac to PostgreSQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import CatalogError, ConflictError, UnknownModelError, UnreachableError
from .storage import open_store, parts_of

if TYPE_CHECKING:
    from .base import Catalog

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
    if "://" in location and parts_of(location).scheme in _DATABASES:
        from .pgstac import PgStacCatalog

        return PgStacCatalog(location, open_store(assets_to) if assets_to else None)
    if assets_to:
        msg = "only a catalogue in PostgreSQL has its files elsewhere; any other keeps them itself"
        raise CatalogError(msg, parameter="assets_to", remedy="leave {assets_to} out")
    from .static import StaticCatalog

    return StaticCatalog(open_store(location))
