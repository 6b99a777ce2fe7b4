"""Write all files of an evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camp_detector_core.outputs.output_set import cannot_write
from training.evaluation.artefacts import write_csv
from training.evaluation.compare import comparison_rows
from training.evaluation.page import make_page
from training.evaluation.summary import to_dict
from training.evaluation.tables import block_rows, write_errors
from training.output import write_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from training.evaluation.measure import Evaluation

FILES = (
    "evaluation.json",
    "report.html",
    "dwellings_by_size.csv",
    "blocks.csv",
    "reliability.csv",
    "errors.gpkg",
)
"""The last one only of images with a place."""


def summary_of(evaluations: Mapping[str, Evaluation]) -> dict[str, Any]:
    """Return the content of ``evaluation.json``: one evaluation, others compared with it."""
    summary = to_dict(next(iter(evaluations.values())))
    if len(evaluations) > 1:
        summary["compared"] = comparison_rows(evaluations)
    return summary


def write_files(paths: Mapping[str, Path], evaluations: Mapping[str, Evaluation]) -> None:
    """Write all of `FILES`.

    Args:
        paths: Where to write each.
        evaluations: By name; the first one is reported, the others are compared with it.

    Raises:
        OutputError: A file cannot be written.
        RasterError: The images cannot be read for the maps.
    """
    evaluation = next(iter(evaluations.values()))
    summary = summary_of(evaluations)
    blocks = block_rows(evaluation)
    report = make_page(evaluation, summary, blocks=blocks, compared=summary.get("compared", ()))
    write_json(paths["evaluation.json"], summary)
    tables = {
        "dwellings_by_size.csv": summary["total"]["by_size"],
        "blocks.csv": blocks,
        "reliability.csv": summary["total"]["calibration"]["bins"],
    }
    try:
        paths["report.html"].write_text(report, encoding="utf-8")
        for name, rows in tables.items():
            write_csv(paths[name], rows)
    except OSError as error:
        raise cannot_write(paths["report.html"], error) from error
    write_errors(paths["errors.gpkg"], evaluation.areas)
