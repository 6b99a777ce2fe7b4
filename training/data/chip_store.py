"""Chips and their labels in memory, so that samples do not decode a file each time."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from training.data.chips import read_pixels
from training.data.mosaic import Patch

if TYPE_CHECKING:
    from training.data.chip_labels import Labels
    from training.data.chips import Chip

CACHE_BYTES = 1 << 30
"""Decoded chips that one process keeps."""


class ChipCache:
    """The chips last used, of one place or of several, up to a number of bytes."""

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        """Start empty.

        Args:
            limit: Most bytes to keep; the chip last used stays in any case.
        """
        self._limit = limit
        self._bytes = 0
        self._patches: OrderedDict[str, Patch] = OrderedDict()

    def __getstate__(self) -> dict[str, object]:
        """Go to another process without the chips, which are faster read than sent."""
        return {"_limit": self._limit, "_bytes": 0, "_patches": OrderedDict()}

    def get(self, name: str) -> Patch | None:
        """Return the chip of that name; None where it is not kept."""
        patch = self._patches.get(name)
        if patch is not None:
            self._patches.move_to_end(name)
        return patch

    def keep(self, name: str, patch: Patch) -> None:
        """Keep a chip, and forget those that were not used for longest."""
        self._patches[name] = patch
        self._bytes += patch.size
        while self._bytes > self._limit and len(self._patches) > 1:
            _, old = self._patches.popitem(last=False)
            self._bytes -= old.size


class ChipStore:
    """Reads chips and their labels, and keeps the ones last used."""

    def __init__(self, labels: Labels, *, bands: int, cache: ChipCache | None = None) -> None:
        """Read nothing yet.

        Args:
            labels: Of all chips.
            bands: How many first bands of each chip.
            cache: What keeps the chips, for several places together where their chips have
                different names; None: one of its own.
        """
        self.labels = labels
        self._bands = bands
        self._cache = ChipCache() if cache is None else cache

    def patch(self, chip: Chip) -> Patch:
        """A whole chip.

        Raises:
            RasterError: The chip or its labels cannot be read.
        """
        cached = self._cache.get(chip.name)
        if cached is not None:
            return cached
        pixels, valid = read_pixels(chip, bands=self._bands)
        labels = self.labels.read(chip)
        is_known, is_certain = valid & labels.is_known, valid & labels.is_certain
        patch = Patch(pixels, labels.classes, valid, is_known, is_certain, labels.owner)
        self._cache.keep(chip.name, patch)
        return patch
