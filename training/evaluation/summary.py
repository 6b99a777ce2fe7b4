"""An evaluation as a table to read and as JSON to keep."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from camp_detector_core import __version__
from training.evaluation.measure import EDGE_RULE

if TYPE_CHECKING:
    from training.evaluation.measure import Evaluation
    from training.evaluation.score import Score


def to_dict(evaluation: Evaluation) -> dict[str, Any]:
    """Plain values for JSON: what was measured, how, and what came out."""
    options, spec = evaluation.options, evaluation.spec
    return {
        "model": {
            "id": spec.id,
            "file": options.model.name,
            "sha256": evaluation.model.sha256,
        },
        "data": {
            "chips": str(options.chips),
            "labels": str(options.labels),
            "split": None if options.split is None else str(options.split),
            "part": "all" if options.split is None else options.part,
            "count": sum(len(a.chips) for a in evaluation.areas),
            "hectares": round(sum(a.hectares for a in evaluation.areas), 4),
        },
        "settings": {
            "threshold": spec.threshold,
            "min_area_m2": spec.min_area,
            "building_iou": options.iou,
            "edge_rule": EDGE_RULE,
        },
        "total": evaluation.total.to_dict(),
        "classes": {c.name: evaluation.of_class(c.name).to_dict() for c in spec.classes},
        "areas": [
            {
                "chips": list(a.chips),
                "hectares": round(a.hectares, 4),
                "classes": {name: score.to_dict() for name, score in a.classes.items()},
            }
            for a in evaluation.areas
        ],
        "software": f"camp-detector {__version__}",
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "seconds": round(evaluation.seconds, 1),
    }


def to_table(evaluation: Evaluation) -> str:
    """Lines for a terminal."""
    options, spec = evaluation.options, evaluation.spec
    part = "all chips" if options.split is None else f"part {options.part} of {options.split.name}"
    count = sum(len(a.chips) for a in evaluation.areas)
    areas = len(evaluation.areas)
    size = f"{count} chips in {areas} area{'s' if areas != 1 else ''}"
    hectares = sum(a.hectares for a in evaluation.areas)
    lines = [
        f"{spec.id} on {part}: {size}, {hectares:.2f} ha",
        f"threshold {spec.threshold:g}, smallest dwelling {spec.min_area:g} m2",
        "",
        f"{'':<24}{'IoU':>8}{'precision':>11}{'recall':>8}{'F1':>8}",
    ]
    rows = {c.name: evaluation.of_class(c.name) for c in spec.classes}
    if len(rows) > 1:
        rows["all"] = evaluation.total
    for name, score in rows.items():
        lines += _rows(name if len(rows) > 1 else "", score, options.iou)
    return "\n".join(lines)


def _rows(name: str, score: Score, iou: float) -> list[str]:
    pixels, buildings = score.pixels, score.buildings
    prefix = f"{name}: " if name else ""
    error = buildings.to_dict()["count_error"]
    shown = "no label to compare with" if error is None else f"count error {error:+.1%}"
    counts = (
        f"{buildings.predicted} found, {buildings.labelled} labelled, "
        f"{buildings.matched} of them the same; {shown}"
    )
    return [
        _row(f"{prefix}pixels", pixels.iou, pixels.precision, pixels.recall, pixels.f1),
        _row(f"{prefix}all pixels marked", pixels.all_ones_iou),
        _row(
            f"{prefix}dwellings (IoU {iou:g})",
            None,
            buildings.precision,
            buildings.recall,
            buildings.f1,
        ),
        f"{'':<24}{counts}",
    ]


def _row(title: str, *figures: float | None) -> str:
    widths = (8, 11, 8, 8)
    cells = (
        " " * width if value is None else f"{value:{width}.4f}"
        for value, width in zip(figures, widths, strict=False)
    )
    return f"{title:<24}{''.join(cells)}"
