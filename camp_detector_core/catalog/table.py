"""The copy of all items as stac-geoparquet, for DuckDB, GeoPandas and other readers of tables."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import CatalogError, extra
from .names import COLLECTION, TABLE, resolve

if TYPE_CHECKING:
    from .entry import Entry


def table_of(entries: list[Entry]) -> bytes | None:
    """All items as one Parquet file, hrefs relative to the catalogue's root.

    Models of unknown ground are left out: rustac writes no row without a geometry, and a made-up
    one would be found by every search.

    Returns:
        Its bytes; None where there is no row, since such a table has no columns.

    Raises:
        CatalogError: rustac is not installed, or cannot write one of the items.
    """
    rustac = extra("rustac")
    rows = [_from_root(e) for e in entries if e.item.get("geometry") is not None]
    if not rows:
        return None
    with tempfile.TemporaryDirectory(prefix="camp-detector-") as folder:
        path = Path(folder) / TABLE
        try:
            rustac.write_sync(str(path), rows)
        except (rustac.RustacError, ValueError, TypeError) as error:
            msg = f"the table {TABLE} cannot be written, since an item is not valid: {error}"
            raise CatalogError(msg) from error
        return path.read_bytes()


def _from_root(entry: Entry) -> dict[str, Any]:
    """The item as seen from the table, which lies at the root."""
    assets = {
        key: {**asset, "href": _href(asset, entry)} if isinstance(asset, dict) else asset
        for key, asset in entry.item["assets"].items()
    }
    link = {"rel": "collection", "href": f"./{COLLECTION}", "type": "application/json"}
    return {**entry.item, "assets": assets, "links": [link]}


def _href(asset: dict[str, Any], entry: Entry) -> object:
    href = asset.get("href")
    try:
        return f"./{resolve(href, entry.path)}"
    except CatalogError:
        return href  # absolute already
