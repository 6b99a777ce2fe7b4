"""Final figures of a run, read from the files of its evaluation."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import CampDetectorError
from training.artefacts.dwelling_score import MASK_ONLY
from training.artefacts.method_scores import SEPARATIONS
from training.output import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PARTS = {"validation": "val", "test": "test"}
"""Parts of the split that are measured: folder of the evaluation, and name in the split."""
_DWELLINGS = ("precision", "recall", "f1", "count_error", "predicted", "labelled")


class FiguresError(CampDetectorError):
    """The figures of a run cannot be read."""


@dataclass(frozen=True)
class PartFigures:
    """Figures of the exported model on one part of the split."""

    pixels: Mapping[str, float]
    """Counts and ratios of the pixels of the mask."""
    dwellings: Mapping[str, float]
    """Counts and ratios at an IoU of one half; empty where they were not measured."""


def read_figures(run: Path, method: str | None) -> dict[str, PartFigures]:
    """Read the figures of the parts that were measured, by the part's folder.

    Args:
        run: Folder of the run.
        method: How the exported model separates dwellings; None: by the mask alone.

    Raises:
        FiguresError: A file is damaged.
    """
    folder = run / "evaluation"
    parts = {part: folder / part / "summary.json" for part in PARTS}
    dwellings = _dwellings(folder / SEPARATIONS, MASK_ONLY if method is None else method)
    return {
        part: PartFigures(_pixels(path), dwellings.get(PARTS[part], {}))
        for part, path in parts.items()
        if path.is_file()
    }


def _pixels(path: Path) -> dict[str, float]:
    """Figures of a summary; those that are null are left out."""
    pixels = read_json(path, FiguresError).get("pixels")
    if not isinstance(pixels, dict):
        raise _damaged(path, "it holds no pixels")
    return {name: value for name, value in pixels.items() if value is not None}


def _dwellings(path: Path, method: str) -> dict[str, dict[str, float]]:
    """Figures of one method by part of the split; none where a run has no such table."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            # Without a method: a run of an older release.
            rows = [r for r in csv.DictReader(file) if r.get("method") in {method, ""}]
        return {r["part"]: {n: _number(r[n]) for n in _DWELLINGS if r.get(n)} for r in rows}
    except FileNotFoundError:
        return {}  # the same
    except (OSError, ValueError, KeyError, csv.Error) as error:
        raise _damaged(path, str(error)) from error


def _number(text: str) -> float:
    """A number of a table; counts stay whole."""
    return int(text) if text.isdecimal() else float(text)


def _damaged(path: Path, reason: str) -> FiguresError:
    return FiguresError(
        f"the figures in {path} cannot be read ({reason}): take the file from a copy, or train anew"
    )
