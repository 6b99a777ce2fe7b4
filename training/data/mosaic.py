"""Neighbouring chips as one area, so that samples may lie across their borders.

An area is made of chips of one part of the split only: what lies beyond them is not valid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from camp_detector_core.engine.errors import RasterError
from camp_detector_core.engine.grid import Grid, Shape, Window
from training.data.names import place_and_stem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.data.chip_labels import Labels
    from training.data.chip_store import ChipStore
    from training.data.chips import Chip


@dataclass(frozen=True)
class Patch:
    """Pixels with their labels."""

    pixels: NDArray[np.generic]
    """(bands, height, width) raw values."""
    classes: NDArray[np.uint8]
    """(height, width) class values, 0 for background."""
    valid: NDArray[np.bool_]
    """(height, width), True where pixels have an image."""
    is_known: NDArray[np.bool_]
    """(height, width), True where they have an image and the labels say something."""
    is_certain: NDArray[np.bool_]
    """(height, width), True where they do and the class counts; see `ChipLabels.is_certain`."""
    owner: NDArray[np.int32]
    """(height, width) which dwelling a pixel belongs to, 0 for none."""

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return sum(array.nbytes for array in vars(self).values())


class LabelledArea(Protocol):
    """A labelled piece of ground."""

    @property
    def shape(self) -> Shape:
        """Height and width in its own pixels."""

    @property
    def gsd(self) -> tuple[float, float]:
        """Metres a pixel along (x, y)."""

    @property
    def pieces(self) -> Sequence[Window]:
        """Windows that hold pixels; samples are centred on these."""

    def read(self, window: Window) -> Patch:
        """The pixels of a window of it; not valid where it has none."""


class ArrayArea:
    """An area in memory, such as a generated scene."""

    def __init__(self, patch: Patch, gsd: tuple[float, float]) -> None:
        """Store the arrays."""
        self._patch = patch
        self.gsd = gsd
        self.shape = Shape(*patch.valid.shape)
        self.pieces: tuple[Window, ...] = (Window(0, 0, *self.shape),)

    def read(self, window: Window) -> Patch:
        """A view of the arrays."""
        rows, cols = window.slices
        return Patch(**{k: v[..., rows, cols] for k, v in vars(self._patch).items()})


class ChipArea:
    """Chips that adjoin, placed on the pixels of the first of them."""

    def __init__(
        self,
        chips_and_windows: Sequence[tuple[Chip, Window]],
        store: ChipStore,
        gsd: tuple[float, float],
    ) -> None:
        """Take the chips with their windows; the first row and column with a pixel are 0.

        Args:
            chips_and_windows: Each chip and its window in the area.
            store: Where their pixels come from.
            gsd: Metres a pixel along (x, y).
        """
        self._chips_and_windows = tuple(chips_and_windows)
        self._store = store
        self.gsd = gsd
        self.pieces = tuple(w for _, w in chips_and_windows)
        self.shape = Shape(
            max(w.stop_row for w in self.pieces), max(w.stop_col for w in self.pieces)
        )

    @property
    def labels(self) -> Labels:
        """The labels of the place that the chips are of."""
        return self._store.labels

    @property
    def place(self) -> str:
        """Name of the place that the chips are of; empty where there is one place alone."""
        return place_and_stem(self.chips[0].name)[0]

    @property
    def chips(self) -> tuple[Chip, ...]:
        """The chips in it."""
        return tuple(c for c, _ in self._chips_and_windows)

    @property
    def grid(self) -> Grid | None:
        """Grid of the area, or None for one plain image."""
        chip, place = self._chips_and_windows[0]
        if chip.grid is None:
            return None
        transform = chip.grid.transform.shifted(row=-place.row, col=-place.col)
        return replace(chip.grid, shape=self.shape, transform=transform)

    def read(self, window: Window) -> Patch:
        """Paste the chips that touch a window.

        Raises:
            RasterError: A chip cannot be read, or has another dtype than its neighbours.
        """
        out: Patch | None = None
        for chip, place in self._chips_and_windows:
            common = place.intersection(window)
            if common is None:
                continue
            patch = self._store.patch(chip)
            out = out or _blank(patch, window.shape)
            if patch.pixels.dtype != out.pixels.dtype:
                msg = f"{chip.path} is {patch.pixels.dtype}, its neighbours {out.pixels.dtype}"
                raise RasterError(msg)
            to, from_ = common.slices_in(window), common.slices_in(place)
            # What is missing in a chip, or not labelled, does not hide another one below it.
            shown = patch.valid[from_] & (patch.is_known[from_] | ~out.is_known[to])
            mask: NDArray[np.bool_] | bool = True if shown.all() else shown  # faster
            for name, array in vars(patch).items():
                np.copyto(getattr(out, name)[..., *to], array[..., *from_], where=mask)
        return out or _blank(self._store.patch(self._chips_and_windows[0][0]), window.shape)


def join_chips(chips: Sequence[Chip], store: ChipStore, *, chip_gsd: float) -> list[ChipArea]:
    """Make areas of chips: those that adjoin become one.

    Args:
        chips: Of one part of the split.
        store: Where their pixels come from.
        chip_gsd: Metres a pixel of chips without a georeference, each an area of its own.
    """
    areas = [
        ChipArea([(c, Window(0, 0, *c.shape))], store, (chip_gsd, chip_gsd))
        for c in chips
        if c.grid is None
    ]
    for family in _families([c for c in chips if c.grid is not None]):
        for group in _touching(family):
            row = min(w.row for _, w in group)
            col = min(w.col for _, w in group)
            moved = [(c, Window(w.row - row, w.col - col, w.height, w.width)) for c, w in group]
            gsd = moved[0][0].gsd
            if gsd is not None:
                areas.append(ChipArea(moved, store, gsd))
    return areas


def _families(chips: Sequence[Chip]) -> list[list[Chip]]:
    """Chips that can lie on one grid: same CRS, and pixels of the same size to a thousandth."""
    families: list[list[Chip]] = []
    for chip in chips:
        for family in families:
            if _alike(family[0].grid, chip.grid):
                family.append(chip)
                break
        else:
            families.append([chip])
    return families


def _alike(one: Grid | None, other: Grid | None) -> bool:
    if one is None or other is None or one.crs_wkt != other.crs_wkt:
        return False
    sides = [(one.transform[i], other.transform[i]) for i in (0, 1, 3, 4)]
    longest = max(abs(a) for a, _ in sides)
    return all(abs(a - b) <= longest * 1e-3 for a, b in sides)


def _touching(family: Sequence[Chip]) -> list[list[tuple[Chip, Window]]]:
    """Groups of chips whose windows touch, each with its place on the family's pixels."""
    chips_and_windows = _place(family)
    groups: list[list[tuple[Chip, Window]]] = []
    for item in chips_and_windows:
        near = [g for g in groups if any(_near(item[1], w) for _, w in g)]
        merged = [item]
        for group in near:
            merged = group + merged
            groups.remove(group)
        groups.append(merged)
    return [sorted(g, key=lambda cw: cw[0].name) for g in groups]


def _place(family: Sequence[Chip]) -> list[tuple[Chip, Window]]:
    first = family[0].grid
    if first is None:
        return []
    t = first.transform
    offsets = []
    for chip in family:
        if chip.grid is None:
            continue
        dx, dy = chip.grid.transform.c - t.c, chip.grid.transform.f - t.f
        col = round((t.e * dx - t.b * dy) / t.determinant)
        row = round((t.a * dy - t.d * dx) / t.determinant)
        offsets.append((chip, row, col))
    top, left = min(o[1] for o in offsets), min(o[2] for o in offsets)
    return [(c, Window(r - top, k - left, *c.shape)) for c, r, k in offsets]


def _near(one: Window, other: Window) -> bool:
    """Return True if two windows overlap, or lie side by side at most one pixel apart."""
    return (
        one.row <= other.stop_row + 1
        and other.row <= one.stop_row + 1
        and one.col <= other.stop_col + 1
        and other.col <= one.stop_col + 1
    )


def _blank(like: Patch, shape: Shape) -> Patch:
    return Patch(
        np.zeros((like.pixels.shape[0], *shape), like.pixels.dtype),
        np.zeros(shape, np.uint8),
        np.zeros(shape, np.bool_),
        np.zeros(shape, np.bool_),
        np.zeros(shape, np.bool_),
        np.zeros(shape, np.int32),
    )
