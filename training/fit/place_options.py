"""The options of a place that a model is trained on: its chips, labels, share and split."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import inf
from pathlib import Path  # noqa: TC003 - types of options are read at run time
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import CampDetectorError
from training.data.names import chip_name

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDEST_BAND, _LONGEST_SHIFT, _WIDEST_CUT = 5.0, 100.0, 1.0
"""Metres; more says that the labels belong elsewhere."""
_ROUNDING = 1e-6
"""Error of a sum of shares that decimals may have."""


class OptionsError(CampDetectorError, ValueError):
    """Options that contradict each other or make no sense."""


@dataclass(frozen=True)
class SplitOptions:
    """Options of the split of chips into training, validation and test, by whole blocks."""

    file: Path | None = None
    """A ``split.json`` that decides, of this place or of several; nothing else counts then."""
    val_columns: tuple[str, ...] = ()
    """Columns of chips (x of their names, or 0, 1 ... from the west) for validation."""
    test_columns: tuple[str, ...] = ()
    """Columns of chips that are held out altogether."""
    val_share: float = 0.2
    """Share of the blocks for validation, where no columns are named."""
    test_share: float = 0.2
    """Share of the blocks that is held out, where no columns are named."""
    block: int = 2
    """Side of a block, in chips."""

    def __post_init__(self) -> None:
        """Refuse shares that leave nothing to train on."""
        if not (0 <= self.val_share < 1 and 0 <= self.test_share < 1):
            msg = f"shares must lie between 0 and 1, got {self.val_share} and {self.test_share}"
            raise OptionsError(msg)
        if self.val_share + self.test_share >= 1:
            msg = "validation and test together take all chips: nothing is left for training"
            raise OptionsError(msg)
        if self.block < 1:
            msg = f"a block holds at least one chip, got {self.block}"
            raise OptionsError(msg)
        shared = set(self.val_columns) & set(self.test_columns)
        if shared:
            msg = f"columns {sorted(shared)} cannot be for validation and for test"
            raise OptionsError(msg)


@dataclass(frozen=True)
class Selection:
    """Polygons of a vector file, chosen by an attribute."""

    field: str
    """Name of the attribute; ``feature`` stands for the number in the file, from 0 on."""
    values: tuple[str | float, ...]
    """Its values; numbers and texts that read the same are equal."""

    def __post_init__(self) -> None:
        """Refuse a choice of nothing."""
        if not self.values:
            msg = f"the attribute {self.field} needs at least one value in its list"
            raise OptionsError(msg)


@dataclass(frozen=True)
class LabelChanges:
    """Changes of the polygons of a place before they are labels."""

    leave_out: tuple[Selection, ...] = ()
    """Polygons whose ground is background, such as houses without a roof."""
    ignore: tuple[Selection, ...] = ()
    """Polygons whose ground counts for nothing, because nobody can say what it shows."""
    ignore_band: float = 0.0
    """Metres to either side of each outline in which the class of a pixel counts for nothing."""
    shift: tuple[float, ...] = (0.0, 0.0)
    """Metres to the east and to the north by which all polygons are moved."""
    join: float = 0.0
    """Metres that polygons of a class lie apart at most to be one dwelling, such as labels that
    were cut at the edges of chips; 0 joins none."""
    area: Path | None = None
    """Vector file of polygons within which the labels are complete; beyond them nothing is known.
    None: they are complete everywhere."""

    def __post_init__(self) -> None:
        """Refuse lengths that are none."""
        if not 0 <= self.ignore_band <= _WIDEST_BAND:
            msg = f"ignore_band must be 0 to {_WIDEST_BAND:g} metres, got {self.ignore_band}"
            raise OptionsError(msg)
        if not 0 <= self.join <= _WIDEST_CUT:
            msg = f"join must be 0 to {_WIDEST_CUT:g} metres, got {self.join}"
            raise OptionsError(msg)
        if len(self.shift) != 2 or not all(abs(m) <= _LONGEST_SHIFT for m in self.shift):  # noqa: PLR2004 - east, north
            msg = (
                f"shift must be two numbers, metres east and north, of at most "
                f"{_LONGEST_SHIFT:g}, got {list(self.shift)}"
            )
            raise OptionsError(msg)

    @property
    def are_none(self) -> bool:
        """True if labels stay as they are."""
        return self == LabelChanges()


@dataclass(frozen=True, kw_only=True)
class ChipOptions:
    """Facts that chips and labels do not say of themselves."""

    class_field: str | None = None
    """Attribute of the vector file that names the class; without it all features are the first."""
    layer: str | None = None
    """Layer of the vector file, where it has several."""
    chip_gsd: float | None = None
    """Metres a pixel of chips that say nothing about it."""
    imagery_date: str | None = None
    """Time of the images, ISO 8601 in UTC, or START/END; for the description alone."""

    def __post_init__(self) -> None:
        """Refuse a size or a date that is none."""
        if self.chip_gsd is not None and not 0 < self.chip_gsd < inf:
            msg = f"chip_gsd must be positive and finite, got {self.chip_gsd}"
            raise OptionsError(msg)
        if self.imagery_date is not None:
            from camp_detector_core.stac import StacError, span_of

            try:
                span_of(self.imagery_date)
            except StacError as error:
                raise OptionsError(error.sentence, remedy=error.remedy) from error


@dataclass(frozen=True)
class PlaceOptions(ChipOptions):
    """One of the places that a model is trained on."""

    name: str
    """Name of the place; empty where there is one place alone."""
    chips: Path
    """Folder of images, or one image of any size."""
    labels: Path
    """Folder of masks with the same stems, or one vector file (or folder that is one, .gdb)."""
    share: float | None = None
    """Share of the samples of places; None: an equal part of what others leave."""
    split: SplitOptions | None = None
    """Options by which its chips are dealt; None: those of the run."""
    region: str | None = None
    """Name that places of one town or landscape share: who has seen one of them has seen all, so
    they are left out together. None: the place is alone."""
    measure: bool = True
    """False: the place is learned from, and its labels are too poor or too few to measure by, where
    models that never saw a place are compared."""
    tune: bool = True
    """False: no settings are tuned on it, such as where most of the labels are those of its region,
    so that models without them tell little of one that has learned from all."""
    changes: LabelChanges = field(default_factory=LabelChanges)
    attribution: tuple[str, ...] = ()
    """Credits that its data ask for."""

    def __post_init__(self) -> None:
        """Refuse names that no folder can have, and shares that are none."""
        super().__post_init__()
        for name, kind in ((self.name, "place"), (self.region, "region")):
            if name and not re.fullmatch(r"\w[\w .-]*", name):
                msg = f"{name!r} is no name of a {kind}: use letters, digits, space, - and _"
                raise OptionsError(msg)
        if self.share is not None and not 0 < self.share <= 1:
            msg = f"share must lie above 0 and be at most 1, got {self.share}"
            raise OptionsError(msg)

    @property
    def home(self) -> str:
        """Name of its region; a place without one is a region of its own."""
        return self.region or self.name

    def prefixed(self, name: str) -> str:
        """Give the name of a chip as the run knows it: ``place/chip`` where there are places."""
        return chip_name(self.name, name)


def refuse_like_names(places: Sequence[PlaceOptions]) -> None:
    """Refuse names of places or regions that differ by capitals alone.

    They name folders, and Windows and macOS take such folders for one.

    Raises:
        OptionsError: The message names both.
    """
    for names in ({p.name for p in places}, {p.home for p in places}):
        by_folder: dict[str, str] = {}
        for name in sorted(names):
            other = by_folder.setdefault(name.casefold(), name)
            if other != name:
                msg = f"{other} and {name} would be one folder on Windows: rename one of them"
                raise OptionsError(msg)


def shares_of(places: Sequence[PlaceOptions]) -> dict[str, float]:
    """Share of the samples by place; they add up to 1.

    Raises:
        OptionsError: Shares do not add up, or leave nothing for a place without one.
    """
    total = sum(p.share for p in places if p.share is not None)
    others = [p.name for p in places if p.share is None]
    if total > 1 + _ROUNDING:
        msg = f"the shares of the places add up to {total:.4g}, which is more than 1"
        raise OptionsError(msg)
    if others and total > 1 - _ROUNDING:
        msg = f"the shares of the other places leave nothing for {others[0]}: make them smaller"
        raise OptionsError(msg)
    if not others and total < 1 - _ROUNDING:
        msg = f"the shares of all places add up to {total:.4g}: make it 1, or leave one share out"
        raise OptionsError(msg)
    rest = (1 - total) / max(1, len(others))
    return {p.name: rest if p.share is None else p.share / max(1.0, total) for p in places}
