"""Interface that every catalogue has, in a folder, a bucket or a database."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from camp_detector_core.engine.wording import shown

from .errors import CatalogError, UnknownModelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camp_detector_core.engine.ports import Progress

    from .entry import Asset, Entry
    from .ready_model import ReadyModel


@dataclass(frozen=True)
class Addition:
    """Result of adding a model."""

    entry: Entry
    changed: bool
    """False if the catalogue already held exactly this model."""


class Catalog(Protocol):
    """A catalogue of models; every failure is a `CatalogError`."""

    location: str
    """Location for messages, without passwords."""

    def add(
        self, model: ReadyModel, *, overwrite: bool = False, progress: Progress | None = None
    ) -> Addition:
        """Add a model, its files first; adding the same bytes again changes nothing."""

    def items(self) -> list[Entry]:
        """List all models in order of their ids."""

    def get(self, model_id: str) -> Entry:
        """Read one model; raises `UnknownModelError` if there is none of that id."""

    def check_known(self, model_id: str) -> None:
        """Raise `UnknownModelError` if there is nothing of that id to remove."""

    def remove(self, model_id: str) -> None:
        """Remove a model, with the files that lie in the catalogue."""

    def chunks(self, entry: Entry, asset: Asset) -> Iterator[bytes]:
        """Read an asset in chunks, without verifying it."""

    def local_item(self, entry: Entry) -> Path | None:
        """Path of the item if it lies here with its assets; None if it must be downloaded."""


def unknown(model_id: str, ids: list[str], location: str) -> UnknownModelError:
    """Make the error for an id that the catalogue lacks, with the most similar ids."""
    similar = difflib.get_close_matches(model_id, ids, n=3, cutoff=0.4)
    hint = f"; near it: {', '.join(similar)}" if similar else ""
    if not ids:
        hint = "; it is empty: add a model with camp-detector catalog add"
    return UnknownModelError(f"{location} has no model {shown(model_id)}{hint}")


def other_content(model_id: str, location: str) -> CatalogError:
    """Make the error for a model that would replace another one of its id."""
    msg = f"{location} has a model {model_id} with other content already"
    remedy = "give it another version | replace it with {overwrite}"
    return CatalogError(msg, parameter="overwrite", remedy=remedy)
