"""Split the chips into training, validation and test.

Chips next to each other show the same roofs and the same light, so they are dealt by blocks of
neighbours or by whole columns, never one by one. The result is a file that later commands read.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from rasterio.crs import CRS

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.json_text import parse_json
from training.data.names import place_and_stem
from training.data.reprojection import moved
from training.output import write_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from training.data.chips import Chip
    from training.fit.options import DataOptions
    from training.fit.place_options import SplitOptions

LOG = logging.getLogger(__name__)

PARTS = ("train", "val", "test")


class SplitError(CampDetectorError, ValueError):
    """A split that cannot be, or that does not fit the chips."""


@dataclass(frozen=True)
class Split:
    """Names of chips, each in one part only.

    Raises:
        SplitError: A chip in two parts, or nothing to train or validate on.
    """

    train: tuple[str, ...]
    val: tuple[str, ...]
    test: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse leaks."""
        names = [*self.train, *self.val, *self.test]
        if len(set(names)) != len(names):
            twice = sorted({n for n in names if names.count(n) > 1})
            msg = f"chips in more than one part of the split: {', '.join(twice[:3])}"
            raise SplitError(msg)
        if not self.train or not self.val:
            msg = (
                f"the split leaves {len(self.train)} chips for training and {len(self.val)} for "
                "validation, and both need at least one"
            )
            remedy = "take more chips, or smaller blocks ({block}) and shares ({test_share=0})"
            raise SplitError(msg, remedy=remedy)

    def part(self, name: str) -> tuple[str, ...]:
        """The chips of ``train``, ``val`` or ``test``."""
        if name not in PARTS:
            msg = f"a split has the parts {', '.join(PARTS)}, not {name!r}"
            raise SplitError(msg)
        chip_names: tuple[str, ...] = getattr(self, name)
        return chip_names

    def select(self, chips: Sequence[Chip], name: str) -> list[Chip]:
        """The chips of a part.

        Raises:
            SplitError: One of them is not there.
        """
        names, by_name = list(self.part(name)), {c.name: c for c in chips}
        if not by_name.keys() >= set(names):  # either is of one place, the other of several
            place = self._place_of(chips)
            names = [stem for each, stem in map(place_and_stem, names) if each == place]
            by_name = {c.stem: c for c in chips}
        missing = [n for n in names if n not in by_name]
        if missing:
            msg = f"the split names chip {missing[0]}, which is not among the chips"
            raise SplitError(msg)
        return [by_name[n] for n in names]

    def _place_of(self, chips: Sequence[Chip]) -> str:
        """The place of the split that some chips of one place are of; empty where it has none.

        Raises:
            SplitError: It is of several places, and these are chips of none of them.
        """
        stems: dict[str, set[str]] = {}
        for place, stem in map(place_and_stem, (*self.train, *self.val, *self.test)):
            stems.setdefault(place, set()).add(stem)
        if len(stems) == 1:
            return next(iter(stems))
        own = {place_and_stem(c.name)[0] for c in chips}
        there = {c.stem for c in chips}
        fits = [p for p in stems if p in own] or [p for p, names in stems.items() if names <= there]
        if len(fits) == 1:
            return fits[0]
        msg = f"the split is of the places {', '.join(stems)}, and these are the chips of none"
        raise SplitError(msg, remedy="give all chips of one of them")

    def to_dict(self) -> dict[str, list[str]]:
        """Names of chips by part."""
        return {part: list(self.part(part)) for part in PARTS}

    def write(self, path: Path) -> None:
        """Write the names as JSON.

        Raises:
            OutputError: The file cannot be written.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, self.to_dict())

    @classmethod
    def read(cls, path: Path) -> Split:
        """Read what `write` wrote.

        Raises:
            SplitError: Not such a file.
        """
        try:
            raw = parse_json(path.read_bytes())
        except (OSError, ValueError, RecursionError) as error:
            msg = f"{path} is not a split (JSON with lists train, val and test): {error}"
            raise SplitError(msg) from error
        parts = [raw.get(p, []) for p in PARTS] if isinstance(raw, dict) else []
        lists = [n for n in parts if isinstance(n, list) and all(isinstance(c, str) for c in n)]
        if len(lists) != len(PARTS):
            msg = f"{path} is not a split: lists train, val and test of names of chips are needed"
            raise SplitError(msg)
        try:
            return cls(*(tuple(names) for names in lists))
        except SplitError as error:
            sentence = f"{path}: {error.sentence}"
            raise error.with_sentence(sentence) from error


def make_split(chips: Sequence[Chip], options: SplitOptions, *, seed: int = 0) -> Split:
    """Deal chips; the same chips, options and seed give the same split.

    Where chips overlap on the ground, those of training that share ground with validation or test
    are left out, and so are those of validation that share ground with test.

    Raises:
        SplitError: Columns that are not there, or too few blocks.
    """
    parts = deal(chips, options, seed=seed)
    return Split(**{part: _names(parts[part]) for part in PARTS})


def split_data(data: DataOptions, chips: Mapping[str, Sequence[Chip]]) -> Split:
    """Deal the chips of a run, each place by itself.

    Args:
        data: Options of the places; those that are left out are for the test as a whole.
        chips: By the name of the place.

    Raises:
        SplitError: They cannot be dealt as asked; of several places the message names one.
    """
    if not data.places:
        return make_split(chips[""], data.split, seed=data.seed)
    whole: dict[str, list[Chip]] = {part: [] for part in PARTS}
    own_splits = {place.name: place.split for place in data.places}
    for name, own in chips.items():
        split, is_left_out = own_splits[name] or data.split, name in data.unseen
        if is_left_out and (own_splits[name] is not None or data.split.file is None):
            whole["test"] += own
            continue
        try:
            parts = _of_place(own, split, seed=data.seed, is_left_out=is_left_out)
        except SplitError as error:
            sentence = f"{name}: {error.sentence}"
            raise error.with_sentence(sentence) from error
        for part in PARTS:
            whole[part] += parts[part]
    # Places may show the same ground, as at two resolutions.
    whole = _without_shared_ground(whole)
    return Split(**{part: _names(whole[part]) for part in PARTS})


def _of_place(
    chips: Sequence[Chip], options: SplitOptions, *, seed: int, is_left_out: bool
) -> dict[str, list[Chip]]:
    """The chips of each part of one of several places.

    Raises:
        SplitError: Nothing is left to learn from, or a place that is left out is learned from.
    """
    parts = deal(chips, options, seed=seed)
    if is_left_out and (parts["train"] or parts["val"]):
        msg = f"{options.file} takes it for training or validation, and it is to be left out"
        raise SplitError(msg)
    if not (parts["train"] or is_left_out):
        msg = f"{len(chips)} chips are too few for all parts of the split: none is left to train on"
        remedy = "say val_share = 0 and test_share = 0 in the file of places, to train on all"
        raise SplitError(msg, remedy=remedy)
    return parts


def deal(chips: Sequence[Chip], options: SplitOptions, *, seed: int) -> dict[str, list[Chip]]:
    """The chips of each part, any of which may be empty.

    Raises:
        SplitError: A file that does not fit, or columns that are not there.
    """
    if options.file is not None:
        split = Split.read(options.file)
        return {part: split.select(chips, part) for part in PARTS}
    if options.val_columns or options.test_columns:
        return _without_shared_ground(_by_columns(chips, options, seed=seed))
    blocks = _blocks(chips, options.block)
    order = _shuffled(sorted(blocks), seed)
    test = _count(len(order), options.test_share) if options.test_share else 0
    val = max(1, _count(len(order), options.val_share)) if options.val_share else 0
    parts = {"test": order[:test], "val": order[test : test + val], "train": order[test + val :]}
    return _without_shared_ground(
        {p: [c for b in keys for c in blocks[b]] for p, keys in parts.items()}
    )


def _without_shared_ground(parts: dict[str, list[Chip]]) -> dict[str, list[Chip]]:
    """Leave out chips that show ground of a part that they are to be judged by."""
    test = parts["test"]
    val = _clear_of(parts["val"], test)
    train = _clear_of(parts["train"], [*val, *test])
    left = len(parts["val"]) + len(parts["train"]) - len(val) - len(train)
    if left:
        LOG.warning(
            "%d chips are in no part of the split, because they overlap chips that the model is "
            "judged by.",
            left,
        )
    return {"train": train, "val": val, "test": test}


def _clear_of(chips: Sequence[Chip], judges: Sequence[Chip]) -> list[Chip]:
    """Return the chips that share no more than the rim of a pixel with any of the others."""
    trees = {wkt: _tree(judges, wkt) for wkt in {_crs(c) for c in chips}}
    return [
        c
        for c in chips
        if c.grid is None or not len(trees[_crs(c)].query(_ground(c), predicate="intersects"))
    ]


def _tree(chips: Sequence[Chip], wkt: str | None) -> shapely.STRtree:
    """Index the ground of chips in a CRS; those without a CRS lie with their like alone."""
    outlines = []
    for own in {_crs(c) for c in chips if c.grid is not None}:
        ground = np.array([_ground(c) for c in chips if c.grid and _crs(c) == own], object)
        if own == wkt:
            outlines.append(ground)
        elif own is not None and wkt is not None:
            outlines.append(moved(ground, CRS.from_wkt(own), CRS.from_wkt(wkt)))
    return shapely.STRtree(np.concatenate([*outlines, np.empty(0, object)]))


def _crs(chip: Chip) -> str | None:
    return None if chip.grid is None else chip.grid.crs_wkt


def _ground(chip: Chip) -> shapely.Geometry:
    """The outline of a chip in its CRS, drawn in by half a pixel on each side; None without."""
    if chip.grid is None:
        return None
    (height, width), rim = chip.grid.shape, 0.5
    corners = [(rim, rim), (width - rim, rim), (width - rim, height - rim), (rim, height - rim)]
    return shapely.Polygon(chip.grid.transform.apply(np.array(corners)))


def _by_columns(
    chips: Sequence[Chip], options: SplitOptions, *, seed: int
) -> dict[str, list[Chip]]:
    columns: dict[str, list[Chip]] = {}
    places = _positions(chips)
    for chip in chips:
        columns.setdefault(chip.column or str(places[chip.name][1]), []).append(chip)
    columns_held_out = (*options.val_columns, *options.test_columns)
    missing = [c for c in columns_held_out if c not in columns]
    if missing:
        msg = f"there is no column {missing[0]}: the chips have {', '.join(sorted(columns))}"
        raise SplitError(msg)
    val = options.val_columns
    if not val:  # the test columns are named, validation is dealt
        remaining = [c for c in sorted(columns) if c not in options.test_columns]
        val = tuple(_shuffled(remaining, seed)[: max(1, _count(len(remaining), options.val_share))])
    return {
        "train": [c for k, cs in columns.items() if k not in {*val, *columns_held_out} for c in cs],
        "val": [c for k in val for c in columns[k]],
        "test": [c for k in options.test_columns for c in columns[k]],
    }


def _names(chips: Sequence[Chip]) -> tuple[str, ...]:
    return tuple(sorted(c.name for c in chips))


def _count(total: int, share: float) -> int:
    return min(max(1, round(total * share)), total)


def _shuffled(keys: Sequence[str], seed: int) -> list[str]:
    """An order that depends on the seed and the keys alone, on every machine and version."""
    return sorted(keys, key=lambda k: hashlib.sha256(f"{seed}:{k}".encode()).hexdigest())


def _blocks(chips: Sequence[Chip], side: int) -> dict[str, list[Chip]]:
    blocks: dict[str, list[Chip]] = {}
    places = _positions(chips)
    for chip in chips:
        row, col = places[chip.name]
        blocks.setdefault(f"{row // side:06d}/{col // side:06d}", []).append(chip)
    return blocks


def _positions(chips: Sequence[Chip]) -> dict[str, tuple[int, int]]:
    """Row and column of each chip, counted in chips from the north-west.

    Chips without a georeference stand in one row, in the order of their names.
    """
    chips_and_grids = [(c, c.grid) for c in chips if c.grid is not None]
    out = {c.name: (0, i) for i, c in enumerate(c for c in chips if c.grid is None)}
    if not chips_and_grids:
        return out
    width = max(abs(g.transform.a) * g.shape[1] for _, g in chips_and_grids)
    height = max(abs(g.transform.e) * g.shape[0] for _, g in chips_and_grids)
    left = min(g.transform.c for _, g in chips_and_grids)
    top = max(g.transform.f for _, g in chips_and_grids)
    below = 1 if out else 0
    for chip, grid in chips_and_grids:
        row = round((top - grid.transform.f) / height) + below
        out[chip.name] = (row, round((grid.transform.c - left) / width))
    return out
