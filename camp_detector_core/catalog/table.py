"""Copy of all items as stac-geoparquet, for DuckDB, GeoPandas and other readers of tables."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import CatalogError, extra
from .names import COLLECTION, TABLE, resolve

if TYPE_CHECKING:
    from .entry import Entry

_Path = tuple[str, ...]
_FREE = ("properties", "assets")
"""Objects of an item whose content differs between models."""


def table_of(entries: list[Entry]) -> bytes | None:
    """Write all items to one Parquet file, with hrefs relative to the catalogue's root.

    Models of unknown ground are left out: rustac writes no row without a geometry, and a made-up
    one would be found by every search.

    Returns:
        Its bytes; None where there is no row, since such a table has no columns.

    Raises:
        CatalogError: rustac is not installed, or cannot write one of the items.
    """
    rustac = extra("rustac")
    rows = _with_one_type([_from_root(e) for e in entries if e.item.get("geometry") is not None])
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
    """Return the item with hrefs relative to the table, which lies at the root."""
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


def _with_one_type(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Make each column of one type, as Parquet requires.

    A value that is a number in one model and a word in another becomes text in all of them; empty
    objects, which Parquet has no place for, are left out.
    """
    kinds: dict[_Path, set[str]] = {}
    for row in rows:
        for key in _FREE:
            _collect(row.get(key), (key,), kinds)
    mixed_paths = {path for path, types in kinds.items() if len(types) > 1}
    return [
        {**row, **{key: _fit_columns(row.get(key), (key,), mixed_paths) for key in _FREE}}
        for row in rows
    ]


def _collect(value: object, path: _Path, kinds: dict[_Path, set[str]]) -> None:
    """Collect the types of values at each path."""
    if value is None:
        return
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    kinds.setdefault(path, set()).add("number" if number else type(value).__name__)
    if isinstance(value, dict):
        for key, inner in value.items():
            _collect(inner, (*path, f".{key}"), kinds)
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, (*path, "[]"), kinds)


def _fit_columns(value: Any, path: _Path, mixed_paths: set[_Path]) -> Any:  # noqa: ANN401 - any JSON
    if path in mixed_paths:
        return value if value is None or isinstance(value, str) else json.dumps(value)
    if isinstance(value, dict):
        inner = {k: _fit_columns(v, (*path, f".{k}"), mixed_paths) for k, v in value.items()}
        return {k: v for k, v in inner.items() if v != {}}
    if isinstance(value, list):
        return [_fit_columns(v, (*path, "[]"), mixed_paths) for v in value]
    return value
