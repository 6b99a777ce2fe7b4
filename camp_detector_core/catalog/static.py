"""A static, self-contained STAC catalogue of files, in a folder, a bucket or on the web.

    catalog.json
    models.parquet
    models/collection.json
    models/ID/ID.json
    models/ID/REVISION/best_model.onnx ...

Files are written from the leaves up: assets into a folder named after their content, then the
item, then the collection that lists it. So a reader sees each model whole, as it was before or
as it is after, and a command that is killed leaves files that nothing leads to. Each JSON file is
replaced only in the version that was read, so of two writers none undoes what the other did.
"""

from __future__ import annotations

import posixpath
from contextlib import suppress
from typing import TYPE_CHECKING

from .base import Addition, other_content, unknown
from .copying import Counter, put_files
from .entry import Asset, Entry, canonical, entry_of
from .errors import CatalogError, ConflictError, UnknownModelError, extra
from .layout import at_home, item_paths, new_collection, parse, with_child, with_items
from .local_store import LocalStore
from .names import CATALOG, COLLECTION, TABLE, check_id, item_path, resolve
from .stores import ABSENT
from .table import table_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from camp_detector_core.engine.ports import Progress

    from .ready_model import ReadyModel
    from .stores import Store

_TURNS = 50
"""Attempts to make a change while others change the catalogue, too."""


class StaticCatalog:
    """A catalogue made of files."""

    def __init__(self, store: Store) -> None:
        """Name the storage without reading yet."""
        self._store = store
        self.location = store.location

    # Reading.

    def items(self) -> list[Entry]:
        """List all models in order of their ids.

        Raises:
            CatalogError: It cannot be read, or leads out of itself.
        """
        for _ in range(_TURNS):
            collection, version = self._collection()
            paths = self._paths(collection)
            try:
                return sorted((self._entry(p) for p in paths), key=lambda e: e.id)
            except UnknownModelError:
                if self._collection()[1] == version:
                    raise  # it was not removed just now: its file is lost
        raise self._busy()

    def get(self, model_id: str) -> Entry:
        """Read one model.

        Raises:
            UnknownModelError: The catalogue has no model of that id.
            CatalogError: It cannot be read.
        """
        paths_of_items = self._paths(self._collection()[0])
        paths = {posixpath.basename(p).removesuffix(".json"): p for p in paths_of_items}
        if model_id not in paths:
            raise unknown(model_id, list(paths), self.location)
        return self._entry(paths[model_id])

    def chunks(self, entry: Entry, asset: Asset) -> Iterator[bytes]:
        """Read an asset in chunks.

        Raises:
            CatalogError: It is missing, or does not lie in the catalogue.
        """
        return self._store.chunks(resolve(asset.href, entry.path))

    def local_item(self, entry: Entry) -> Path | None:
        """Path of the item if the catalogue is a folder."""
        return self._store.file(entry.path) if isinstance(self._store, LocalStore) else None

    def _paths(self, collection: dict[str, Any] | None) -> list[str]:
        """Paths of all items; none if there is no catalogue yet."""
        if collection is not None:
            return item_paths(collection, self.location)
        root = self._store.read(CATALOG)
        if root.version != ABSENT:
            parse(root.data, CATALOG, self.location, "Catalog")
        return []

    def _collection(self) -> tuple[dict[str, Any] | None, str]:
        """Read the collection and its version."""
        blob = self._store.read(COLLECTION)
        if blob.version == ABSENT:
            return None, ABSENT
        return parse(blob.data, COLLECTION, self.location, "Collection"), blob.version

    def _entry(self, path: str) -> Entry:
        blob = self._store.read(path)
        if blob.version == ABSENT:
            msg = f"{self.location} lists {path}, which is missing: add that model again"
            raise UnknownModelError(msg)
        entry = entry_of(blob.data, path, self.location)
        if f"{entry.id}.json" != posixpath.basename(path):
            msg = (
                f"{self.location}, {path} says it is {check_id(entry.id)}: the catalogue is damaged"
            )
            raise CatalogError(msg)
        return entry

    # Changing.

    def add(
        self, model: ReadyModel, *, overwrite: bool = False, progress: Progress | None = None
    ) -> Addition:
        """Add a model.

        Raises:
            CatalogError: Another model of that id is there already, or it cannot be written.
            Cancelled: The user wants to stop; the catalogue is as it was.
        """
        path = item_path(model.id)
        home = f"{posixpath.dirname(path)}/{model.revision}"
        item = at_home(model.with_hrefs(lambda name: f"./{model.revision}/{name}"))
        data = canonical(item)
        entry = Entry(model.id, item, path)
        table_of([entry])  # what no table can hold is found before anything is written
        with self._store.changing():
            stored = self._store.read(path)
            changed = stored.data != data
            if changed and stored.version != ABSENT and not overwrite:
                raise other_content(model.id, self.location)
            if changed or not self._is_whole(entry):
                self._put_files(model, home, progress)
            if changed:
                self._put_item(path, data, stored.version, model.id)
            self._list(entry.path, entry)
            if changed and stored.version != ABSENT:
                with suppress(CatalogError):  # an item that is damaged does not tell its files
                    self._drop_files(entry_of(stored.data, path, self.location), kept_folder=home)
        return Addition(entry, changed)

    def _put_files(self, model: ReadyModel, home: str, progress: Progress | None) -> None:
        """Copy a model's files in, and delete the copies after an error."""
        old_names = set(self._store.names(home))
        try:
            # Written, then read again.
            put_files(self._store, model, home, Counter(2 * model.bytes, progress))
        except BaseException:
            with suppress(CatalogError):  # the first error is the one to tell
                for name in set(self._store.names(home)) - old_names:
                    self._store.delete(name)
            raise

    def _is_whole(self, entry: Entry) -> bool:
        """Test if all files of a model exist."""
        names = set(self._store.names(posixpath.dirname(entry.path)))
        hrefs = (a.href for a in entry.assets if a.href.startswith("./"))
        return {resolve(href, entry.path) for href in hrefs} <= names

    def _put_item(self, path: str, data: bytes, version: str, model_id: str) -> None:
        try:
            self._store.put(path, data, expected=version)
        except ConflictError as error:
            msg = (
                f"somebody else has just added a model {model_id} to {self.location}: look, try "
                "again"
            )
            raise CatalogError(msg) from error

    def check_known(self, model_id: str) -> None:
        """Look for a model in the list, and for files that a removal left when it was cut short.

        Raises:
            UnknownModelError: There is neither.
            CatalogError: The catalogue cannot be read.
        """
        path = item_path(check_id(model_id))
        listed_paths = self._paths(self._collection()[0])
        if path not in listed_paths and not self._store.names(posixpath.dirname(path)):
            raise unknown(model_id, [e.id for e in self.items()], self.location)

    def remove(self, model_id: str) -> None:
        """Remove a model from the list, then its files.

        Raises:
            UnknownModelError: The catalogue has no model of that id.
            CatalogError: It cannot be changed.
        """
        extra("rustac")
        path = item_path(check_id(model_id))
        with self._store.changing():
            self.check_known(model_id)
            self._list(path, None)
            names = self._store.names(posixpath.dirname(path))
            for name in sorted(names, key=lambda name: name != path):  # the item first
                self._store.delete(name)

    def _list(self, path: str, entry: Entry | None) -> None:
        """Update the list of models, then the root and the table.

        Args:
            path: Path of the model that changes.
            entry: New entry; None if the model was removed.
        """
        for _ in range(_TURNS):
            collection, version = self._collection()
            other_paths = [p for p in self._paths(collection) if p != path]
            entries = [*self._those_there(other_paths), *([entry] if entry else [])]
            data = canonical(with_items(collection or new_collection(), entries))
            try:
                self._store.put(COLLECTION, data, expected=version)
            except ConflictError:
                continue  # somebody else was faster: look again
            self._put_root()
            self._put_table()
            return
        raise self._busy()

    def _those_there(self, paths: list[str]) -> Iterator[Entry]:
        """Yield the models at some paths, skipping those whose files are lost."""
        for path in paths:
            try:
                yield self._entry(path)
            except UnknownModelError:
                continue

    def _busy(self) -> CatalogError:
        return CatalogError(f"{self.location} is changed by others all the time: try again later")

    def _put_root(self) -> None:
        for _ in range(_TURNS):
            blob = self._store.read(CATALOG)
            exists = blob.version != ABSENT
            old = parse(blob.data, CATALOG, self.location, "Catalog") if exists else None
            new = with_child(old)
            if new == old:
                return
            try:
                self._store.put(CATALOG, canonical(new), expected=blob.version)
            except ConflictError:
                continue
            return

    def _put_table(self) -> None:
        """Write the table of listed models, again if the list has changed in the meantime."""
        for _ in range(_TURNS):
            version = self._collection()[1]
            data = table_of(self.items())
            if data is None:
                self._store.delete(TABLE)
            else:
                self._store.put(TABLE, data)
            if self._collection()[1] == version:
                return

    def _drop_files(self, replaced: Entry, kept_folder: str) -> None:
        """Delete the files of a replaced model that lie in its folder."""
        folder = posixpath.dirname(replaced.path)
        for asset in replaced.assets:
            try:
                path = resolve(asset.href, replaced.path)
            except CatalogError:
                continue  # on the web
            if path.startswith(f"{folder}/") and not path.startswith(f"{kept_folder}/"):
                self._store.delete(path)
