"""A catalogue in PostgreSQL with PostGIS and PgSTAC, for those who run a STAC service.

The database holds items alone, and gives their hrefs out as they were put in. So they are
absolute: files are copied into a folder or bucket that is named, or stay where they are.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from .base import Addition, other_content, unknown
from .copying import Counter, put_files
from .entry import Asset, Entry, canonical, entry_of
from .errors import CatalogError, UnreachableError, extra
from .layout import new_collection, web_links
from .names import COLLECTION_ID, check_id, item_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camp_detector_core.engine.ports import Progress

    from .ready_model import ReadyModel
    from .stores import Store

_EXTRA = "pgstac"
_TIMEOUT = 15
"""Seconds to wait for the server."""
_MAX_ITEMS = 10_000
_LOCK = 0x63616D70
"""Number of the lock that writers hold: "camp" in ASCII."""


class PgStacCatalog:
    """A catalogue in a database; adding the first model makes the missing tables of PgSTAC."""

    def __init__(self, dsn: str, store: Store | None) -> None:
        """Name the database without connecting yet.

        Args:
            dsn: ``postgresql://user:password@host:port/database``.
            store: Storage of the files; None leaves them in their place.
        """
        self._dsn = dsn.replace("postgres://", "postgresql://", 1)
        self._store = store
        parts = urlsplit(self._dsn)
        self.location = f"postgresql://{parts.netloc.rpartition('@')[2]}{parts.path}"

    # Reading.

    def items(self) -> list[Entry]:
        """List all models in order of their ids."""
        with self._connected() as db:
            if not _is_set_up(db):
                return []
            rows = db.execute(
                "SELECT id, get_item(id, collection)::text FROM items WHERE collection = %s "
                "ORDER BY id LIMIT %s",
                (COLLECTION_ID, _MAX_ITEMS),
            ).fetchall()
        return sorted((self._entry(*row) for row in rows), key=lambda e: e.id)

    def get(self, model_id: str) -> Entry:
        """Read one model.

        Raises:
            UnknownModelError: The catalogue has no model of that id.
        """
        with self._connected() as db:
            text = _item(db, model_id) if _is_set_up(db) else None
        if text is None:
            raise unknown(model_id, [e.id for e in self.items()], self.location)
        return self._entry(model_id, text)

    def _entry(self, model_id: str, text: str) -> Entry:
        entry = entry_of(text.encode(), item_path(check_id(model_id)), self.location)
        if entry.id != model_id:
            msg = f"{self.location} gives another model for {model_id}: it is damaged"
            raise CatalogError(msg)
        return entry

    def chunks(self, entry: Entry, asset: Asset) -> Iterator[bytes]:
        """Read an asset in chunks from the place that its href names."""
        from .storage import open_store

        parts = urlsplit(asset.href)
        folder, _, name = asset.href.rpartition("/")
        if parts.scheme not in {"file", "s3", "http", "https"} or not name:
            msg = f"the asset {asset.key} of {entry.id} has no absolute href: add the model again"
            raise CatalogError(msg)
        return open_store(folder).chunks(unquote(name))

    def local_item(self, _entry: Entry) -> Path | None:
        """Return None, because items are rows of the database."""
        return None

    # Changing.

    def add(
        self, model: ReadyModel, *, overwrite: bool = False, progress: Progress | None = None
    ) -> Addition:
        """Add a model: its files first, then its row.

        Raises:
            CatalogError: Another model of that id is there already, its training area is not
                known, or it cannot be written.
        """
        if model.item.get("geometry") is None:
            msg = (
                f"it is not known where {model.id} was trained, and PgSTAC takes no item without "
                "a geometry: add the stac_item.json of a training run, or use a folder or bucket"
            )
            raise CatalogError(msg)
        home = f"models/{model.id}/{model.revision}"
        item = {
            **model.with_hrefs(lambda name: self._href(model, home, name)),
            "collection": COLLECTION_ID,
            "links": web_links(model.item),
        }
        with self._connected() as db:
            self._set_up(db)
            with db.transaction():
                db.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                stored_text = _item(db, model.id)
                changed = stored_text is None or not _is_same(json.loads(stored_text), item)
                if stored_text is not None and changed and not overwrite:
                    raise other_content(model.id, self.location)
                if self._store is not None:
                    with self._store.changing():
                        put_files(self._store, model, home, Counter(model.bytes * 2, progress))
                if changed:
                    db.execute("SELECT upsert_item(%s::jsonb)", (canonical(item).decode(),))
        return Addition(Entry(model.id, item, item_path(model.id)), changed)

    def _href(self, model: ReadyModel, home: str, name: str) -> str:
        if self._store is not None:
            return self._store.url(f"{home}/{name}")
        source = next(f.source for f in model.files.values() if f.name == name)
        return source.resolve().as_uri()

    def _set_up(self, db: Any) -> None:  # noqa: ANN401 - psycopg's connection
        """Make PgSTAC's tables and the collection if they are missing."""
        if not _is_set_up(db):
            self._migrate()
        collection_row = db.execute(
            "SELECT 1 FROM collections WHERE id = %s", (COLLECTION_ID,)
        ).fetchone()
        if collection_row is None:
            collection = {**new_collection(), "links": []}
            db.execute("SELECT upsert_collection(%s::jsonb)", (json.dumps(collection),))

    def _migrate(self) -> None:
        import psycopg
        from pypgstac.db import PgstacDB
        from pypgstac.migrate import Migrate

        database = PgstacDB(dsn=self._dsn)
        try:
            Migrate(database).run_migration()
        except psycopg.Error as error:
            msg = (
                f"PgSTAC cannot be set up in {self.location} ({_reason(error)}): install PostGIS "
                "and run pypgstac migrate as a superuser"
            )
            raise CatalogError(msg) from error
        finally:
            database.close()

    def check_known(self, model_id: str) -> None:
        """Look for a model.

        Raises:
            UnknownModelError: The catalogue has no model of that id.
        """
        self.get(model_id)

    def remove(self, model_id: str) -> None:
        """Remove a model, and its files if the store of files is known.

        Raises:
            UnknownModelError: The catalogue has no model of that id.
        """
        entry = self.get(model_id)
        with self._connected() as db:
            db.execute("SELECT delete_item(%s, %s)", (model_id, COLLECTION_ID))
        if self._store is not None:
            with self._store.changing():
                paths_by_url = {
                    self._store.url(n): n for n in self._store.names(f"models/{entry.id}")
                }
                for asset in entry.assets:
                    if asset.href in paths_by_url:
                        self._store.delete(paths_by_url[asset.href])

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        """Connect with PgSTAC's search path; errors are sentences without passwords."""
        extra("pypgstac", _EXTRA)
        psycopg = extra("psycopg", _EXTRA)
        try:
            with psycopg.connect(self._dsn, connect_timeout=_TIMEOUT, autocommit=True) as db:
                db.execute("SET search_path TO pgstac, public")
                yield db
        except psycopg.OperationalError as error:
            is_denied = "authentication" in str(error) or "does not exist" in str(error)
            kind = CatalogError if is_denied else UnreachableError
            msg = (
                f"{self.location} cannot be used ({_reason(error)}): check address, user and "
                "password"
            )
            raise kind(msg) from error
        except psycopg.Error as error:
            msg = f"{self.location} refuses ({_reason(error)}): check that it is a PgSTAC database"
            raise CatalogError(msg) from error


def _is_set_up(db: Any) -> bool:  # noqa: ANN401 - psycopg's connection
    """Test if the database has PgSTAC's tables."""
    return bool(db.execute("SELECT to_regclass('pgstac.items') IS NOT NULL").fetchone()[0])


def _item(db: Any, model_id: str) -> str | None:  # noqa: ANN401 - psycopg's connection
    """Read the text of an item; None if there is none."""
    row = db.execute("SELECT get_item(%s, %s)::text", (model_id, COLLECTION_ID)).fetchone()
    return None if row is None else row[0]


def _is_same(stored: dict[str, Any], item: dict[str, Any]) -> bool:
    """Compare an item of the database; PgSTAC drops nulls and rewrites links."""
    return bool(
        _without_nulls({**stored, "links": None}) == _without_nulls({**item, "links": None})
    )


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Remove nulls from any JSON."""
    if isinstance(value, dict):
        return {k: _without_nulls(v) for k, v in value.items() if v is not None}
    return [_without_nulls(v) for v in value] if isinstance(value, list) else value


def _reason(error: Exception) -> str:
    """Pick the most informative line of PostgreSQL's message."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    fatal = [line for line in lines if "FATAL" in line or "ERROR" in line]
    text = (fatal or lines or [type(error).__name__])[-1]
    return " ".join(text.split())[:300].rstrip(".")
