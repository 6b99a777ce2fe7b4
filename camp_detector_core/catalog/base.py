"""What every catalogue can do, wherever it is kept."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from camp_detector_core.engine.wording import shown

from .errors import UnknownModelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camp_detector_core.engine.ports import Progress

    from .entry import Asset, Entry
    from .package import Package


@dataclass(frozen=True)
class Added:
    """What became of adding a model."""

    entry: Entry
    changed: bool
    """False where the catalogue held just this already."""


class Catalog(Protocol):
    """A catalogue of models; whatever goes wrong is a `CatalogError`."""

    where: str
    """For messages, without secrets."""

    def add(
        self, package: Package, *, overwrite: bool = False, progress: Progress | None = None
    ) -> Added:
        """Put a model in, its files first; the same bytes again change nothing."""

    def items(self) -> list[Entry]:
        """All models, in order of their ids."""

    def get(self, model_id: str) -> Entry:
        """One model; raises `UnknownModelError` where there is none."""

    def remove(self, model_id: str) -> None:
        """Take a model out, with the files that lie in the catalogue."""

    def chunks(self, entry: Entry, asset: Asset) -> Iterator[bytes]:
        """An asset piece by piece, as it lies there: not verified."""

    def local_item(self, entry: Entry) -> Path | None:
        """The item as a file with its files beside it; None where it must be fetched."""


def unknown(model_id: str, ids: list[str], where: str) -> UnknownModelError:
    """The error for an id that a catalogue has not, with those that are near."""
    near = difflib.get_close_matches(model_id, ids, n=3, cutoff=0.4)
    hint = f"; near it: {', '.join(near)}" if near else ""
    if not ids:
        hint = "; it is empty: add a model with camp-detector catalog add"
    return UnknownModelError(f"{where} has no model {shown(model_id)}{hint}")
