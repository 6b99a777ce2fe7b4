"""The copy of all items as stac-geoparquet, for DuckDB, GeoPandas and other readers of tables."""

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
"""Where models differ in what they say."""


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
    rows = _of_one_kind([_from_root(e) for e in entries if e.item.get("geometry") is not None])
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


def _of_one_kind(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows whose values fit into columns, which take values of one kind alone.

    A value that is a number in one model and a word in another becomes text in all of them; empty
    objects, which Parquet has no place for, are left out.
    """
    kinds: dict[_Path, set[str]] = {}
    for row in rows:
        for key in _FREE:
            _collect(row.get(key), (key,), kinds)
    mixed = {path for path, found in kinds.items() if len(found) > 1}
    return [{**row, **{key: _fitted(row.get(key), (key,), mixed) for key in _FREE}} for row in rows]


def _collect(value: object, path: _Path, kinds: dict[_Path, set[str]]) -> None:
    """Note which kinds of values there are at each path."""
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


def _fitted(value: Any, path: _Path, mixed: set[_Path]) -> Any:  # noqa: ANN401 - any JSON
    if path in mixed:
        return value if value is None or isinstance(value, str) else json.dumps(value)
    if isinstance(value, dict):
        inner = {k: _fitted(v, (*path, f".{k}"), mixed) for k, v in value.items()}
        return {k: v for k, v in inner.items() if v != {}}
    if isinstance(value, list):
        return [_fitted(v, (*path, "[]"), mixed) for v in value]
    return value
