"""Labels of chips from mask rasters with the names of the chips."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.engine.errors import RasterError
from training.data.chip_labels import ChipLabels
from training.data.chips import SUFFIXES
from training.data.mask_file import look_through, read_mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from camp_detector_core.engine.spec import ClassDef
    from training.data.chips import Chip
    from training.data.mask_file import MaskFacts

_MOST_NAMES = 5
_MANY = 4
"""Different values that come from no list of classes, but from compression or resampling."""


class MaskLabels:
    """Mask rasters with the stems of the chips."""

    def __init__(
        self, folder: Path, classes: Sequence[ClassDef], *, paths: Mapping[str, Path] | None = None
    ) -> None:
        """List the masks.

        Args:
            folder: Where they are.
            classes: Their values count. With one class, 255 (or the largest value of the data
                type) is it as well, if no mask has another.
            paths: The masks by the names of their chips; None: all in the folder.

        Raises:
            RasterError: Two masks of one name.
        """
        self._paths = _masks_in(folder) if paths is None else dict(paths)
        self._classes = tuple(classes)
        self._folder = folder
        self._facts: dict[Path, MaskFacts] = {}
        self._meaning: dict[float, int] | None = None
        self.notes: tuple[str, ...] = ()
        """Sentences on what a user may not expect of them."""

    def __len__(self) -> int:
        """Count the masks."""
        return len(self._paths)

    def covers(self, chip: Chip) -> bool:
        """Return True if the chip has a mask."""
        return chip.stem in self._paths

    def have_unknown(self) -> bool:
        """Return True if any of the masks has a pixel without a label.

        Pictures among them that are no masks say nothing.
        """
        for path in self._paths.values():
            with suppress(RasterError):
                if self._look([path])[path].has_unknown:
                    return True
        return False

    def check(self, chips: Iterable[Chip]) -> None:
        """Look through the masks of some chips, and settle what their values mean.

        Raises:
            RasterError: No chip has a mask; or the masks have values that are no classes, mark no
                dwelling, or nothing else.
        """
        chips = list(chips)
        paths = [self._paths[c.stem] for c in chips if self.covers(c)]
        if not paths:
            some = ", ".join(sorted(self._paths)[:_MOST_NAMES]) or "no mask"
            msg = (
                f"{self._folder} holds no mask of the {len(chips)} chips (it holds {some}; chips "
                f"are {', '.join(c.stem for c in chips[:_MOST_NAMES])}): a mask has its chip's name"
            )
            raise RasterError(msg)
        facts = self._look(paths)
        self._meaning = _meaning(self._folder, facts, self._classes)
        if not any(fact.values & set(self._meaning) for fact in facts.values()):
            note = f"{self._folder.name}: the masks mark no dwelling, all their pixels are 0"
            self.notes = (*self.notes, note)

    def read(self, chip: Chip) -> ChipLabels:
        """Class values, known where the mask is not nodata; a mask does not tell dwellings apart.

        Raises:
            RasterError: No mask, one of another size or place, or one that cannot be read.
        """
        path = self._paths.get(chip.stem)
        if path is None:
            msg = f"{self._folder} holds no mask for chip {chip.name}"
            raise RasterError(msg)
        values, is_known = read_mask(path, chip)
        meaning = self._meaning
        if meaning is None:
            meaning = _values(self._look([path]), self._classes)
        out = np.zeros(values.shape, np.uint8)
        for value, kind in meaning.items():
            out[is_known & (values == value)] = kind
        return ChipLabels(out, is_known, is_known, out.astype(np.int32))

    def _look(self, paths: Iterable[Path]) -> dict[Path, MaskFacts]:
        """The facts of the masks; each is looked through once."""
        facts = {}
        for path in paths:
            if path not in self._facts:
                self._facts[path] = look_through(path)
            facts[path] = self._facts[path]
        return facts


def _masks_in(folder: Path) -> dict[str, Path]:
    """The masks by the names of their chips.

    Raises:
        RasterError: Two of one name.
    """
    masks: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        if path.stem in masks:
            msg = (
                f"{folder} holds two masks of {path.stem} ({masks[path.stem].name} and "
                f"{path.name}): leave the right one there"
            )
            raise RasterError(msg)
        masks[path.stem] = path
    return masks


def _meaning(
    folder: Path, facts: Mapping[Path, MaskFacts], classes: Sequence[ClassDef]
) -> dict[float, int]:
    """The class of each value.

    Raises:
        RasterError: See `MaskLabels.check`.
    """
    meaning = _values(facts, classes)
    present = frozenset[float]().union(*(f.values for f in facts.values()))
    unknown = any(f.has_unknown for f in facts.values())
    if not present:
        problem, cause = "say nothing", "all their pixels are transparent or NoData"
    elif unknown and not present & set(meaning):
        problem, cause = "mark no dwelling", "all their pixels are 0, transparent or NoData"
    elif 0 not in present and len(classes) == 1:
        problem = "mark nothing but dwellings"
        cause = "what is not marked is transparent or NoData" if unknown else "no pixel is 0"
    else:
        return meaning
    one = len(facts) == 1
    masks = f"the mask {next(iter(facts))}" if one else f"the {len(facts)} masks in {folder}"
    msg = f"{masks} {_singular(problem) if one else problem}, because {cause}"
    remedy = (
        "write 0 for background and a class for dwellings, and NoData only where nothing is known "
        "({tool:unset_nodata} takes it away)"
    )
    raise RasterError(msg, remedy=remedy)


def _singular(words: str) -> str:
    verb, _, object_ = words.partition(" ")
    return f"{verb}s {object_}"


def _values(facts: Mapping[Path, MaskFacts], classes: Sequence[ClassDef]) -> dict[float, int]:
    """The class of each value that masks have.

    Raises:
        RasterError: One is neither background nor a class.
    """
    own = {float(c.value): c.value for c in classes}
    first: dict[float, Path] = {}
    for path, fact in facts.items():
        for value in fact.values:
            first.setdefault(value, path)
    marked = set(first) - {0.0}
    if len(classes) == 1 and len(marked) == 1:
        most = max(f.largest for f in facts.values())
        binary = {v: classes[0].value for v in marked if v in {1.0, 255.0, most}}
        if binary:
            return binary
    alien = sorted(marked - set(own))
    if not alien:
        return own
    listed = ", ".join(f"{v:g}" for v in alien[:_MOST_NAMES])
    more = len(alien) - _MOST_NAMES
    meanings = ", ".join(f"{c.value} ({c.name})" for c in classes)
    msg = (
        f"{first[alien[0]]} holds the value{'s' if len(alien) > 1 else ''} {listed}"
        f"{f' and {more} more' if more > 0 else ''}, where masks have 0 for background and "
        f"{meanings}"
    )
    raise RasterError(msg, remedy=_remedy(len(alien), marked, own))


def _remedy(count: int, marked: set[float], own: Mapping[float, int]) -> str:
    """Say what to do with masks of so many unknown values, a template of `messages`."""
    if count >= _MANY:
        return (
            "compression with loss, smoothing or resampling leaves such values, or numbers of "
            "dwellings; write the mask anew with exact values"
        )
    if 255.0 in marked and marked & set(own):  # noqa: PLR2004 - the usual value for ignored pixels
        return "declare 255 as NoData ({tool:set_nodata} 255) if it stands for unknown"
    return "correct them, or declare what stands for unknown as NoData ({tool:set_nodata})"
