"""Storage of a catalogue's files by its address: a folder, a bucket or a web server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from camp_detector_core.model_file.hrefs import path_of_url

from .errors import CatalogError

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from .stores import Store


def open_store(location: str) -> Store:
    """Open the storage of a static catalogue's files.

    Raises:
        CatalogError: The location is not valid, or the library that it needs is not installed.
    """
    from .local_store import LocalStore

    if "://" not in location:  # also a folder of the name s3:
        return LocalStore(Path(location).expanduser())
    parts = parts_of(location)
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


def parts_of(location: str) -> SplitResult:
    """Split an address into its parts.

    Raises:
        CatalogError: The address is not valid.
    """
    try:
        return urlsplit(location)
    except ValueError as error:
        msg = f"the catalogue's address is not valid ({error}): name a folder or a whole address"
        raise CatalogError(msg) from error
