"""A table of models on places that they never saw: JSON, CSV and Markdown."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.outputs.output_set import cannot_write
from camp_detector_core.outputs.whole_file import write_whole
from training.evaluation.score import plain
from training.output import write_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from training.artefacts.place_figures import PlaceFigures

_HEAD = ("place", "dwellings", "F1", "precision", "recall", "count error", "pixel IoU", "all ones")

_CAPTION = (
    "Each place measured with a model that never saw it; dwellings at an IoU of 0.5. "
    '"All ones" is the pixel IoU of a mask that marks everything.'
)

_CHOSEN = "Threshold, separation and smallest dwelling of each place were chosen in other regions."


def write_table(
    stem: Path, figures: Sequence[PlaceFigures], *, missing: int, of_other_regions: bool = False
) -> None:
    """Write ``STEM.json``, ``STEM.csv`` and ``STEM.md``, each whole or as it was.

    Args:
        stem: Path without an ending.
        figures: Of each place that is measured.
        missing: Number of places that are not yet.
        of_other_regions: True where each place was measured with the settings of other regions.

    Raises:
        OutputError: A file cannot be written.
    """
    rows = [
        {k: plain(v) if isinstance(v, float) else v for k, v in each.to_dict().items()}
        for each in figures
    ]
    summary = summary_of(figures)
    write_json(
        stem.with_suffix(".json"), {"places": rows, "summary": summary, "places_missing": missing}
    )
    buffer = StringIO(newline="")
    if rows:
        writer = csv.DictWriter(buffer, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    for path, text in (
        (stem.with_suffix(".csv"), buffer.getvalue()),
        (
            stem.with_suffix(".md"),
            markdown(figures, missing=missing, of_other_regions=of_other_regions),
        ),
    ):
        try:
            write_whole(path, text.encode())
        except OSError as error:
            raise cannot_write(path, error) from error


def summary_of(figures: Sequence[PlaceFigures]) -> dict[str, dict[str, float | None]]:
    """Mean and worst figures over places; of count errors, the size without the sign."""
    if not figures:
        return {}
    f1, errors, iou = (
        np.array([abs(getattr(each, name)) for each in figures])
        for name in ("f1", "count_error", "pixel_iou")
    )
    return {
        "mean": {
            "f1": plain(float(f1.mean())),
            "count_error": plain(float(errors.mean())),
            "pixel_iou": plain(float(iou.mean())),
        },
        "worst": {
            "f1": plain(float(f1.min())),
            "count_error": plain(float(errors.max())),
            "pixel_iou": plain(float(iou.min())),
        },
    }


def markdown(
    figures: Sequence[PlaceFigures], *, missing: int, of_other_regions: bool = False
) -> str:
    """The table for people."""
    lines = [
        f"{_CHOSEN} {_CAPTION}" if of_other_regions else _CAPTION,
        "",
        f"| {' | '.join(_HEAD)} |",
        f"|---|{'---:|' * (len(_HEAD) - 1)}",
        *(f"| {' | '.join(_row(each))} |" for each in figures),
    ]
    for name, own in summary_of(figures).items():
        f1, error, iou = (own[key] for key in ("f1", "count_error", "pixel_iou"))
        cells = (f"**{name}**", "", _number(f1), "", "", _percent(error), _number(iou), "")
        lines.append(f"| {' | '.join(cells)} |")
    if missing:
        lines += ["", f"Not measured yet: {missing} of {missing + len(figures)} places."]
    return "\n".join(lines) + "\n"


def _row(figures: PlaceFigures) -> tuple[str, ...]:
    return (
        figures.place,
        str(figures.labelled),
        *(f"{value:.3f}" for value in (figures.f1, figures.precision, figures.recall)),
        _percent(figures.count_error, sign="+"),
        *(f"{value:.3f}" for value in (figures.pixel_iou, figures.all_ones_iou)),
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _percent(value: float | None, *, sign: str = "") -> str:
    return "-" if value is None or not np.isfinite(value) else f"{value:{sign}.0%}"
