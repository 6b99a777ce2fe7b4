"""An evaluation as a table to read and as JSON to keep."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from camp_detector_core import __version__
from training.evaluation.bootstrap import NO_INTERVAL, intervals
from training.evaluation.compare import TITLES, figure, span
from training.evaluation.measure import EDGE_RULE
from training.evaluation.pixel import sweep_rows

if TYPE_CHECKING:
    from training.evaluation.measure import Evaluation
    from training.evaluation.score import Score

PIXEL_RULE = (
    "pixels are those of the thresholded probability of the class, before touching dwellings are "
    "separated, outlines simplified and small dwellings dropped"
)
"""Rule for the figures of pixels."""


MASK_NOTE = (
    "labels are masks, in which dwellings that touch are one: where the model parts them, it seems "
    "to find too many"
)


def to_dict(evaluation: Evaluation) -> dict[str, Any]:
    """Plain values for JSON: what was measured, how, and what came out."""
    spec, total = evaluation.spec, evaluation.total
    return {
        "model": {
            "id": spec.id,
            "file": evaluation.options.model.name,
            "sha256": evaluation.model.sha256,
            "licence": spec.licence,
            "attribution": list(spec.attribution),
        },
        "data": _data(evaluation),
        "settings": _settings(evaluation),
        "total": {**total.to_long_dict(), "threshold_sweep": sweep_rows(total.histogram)},
        "classes": {c.name: evaluation.of_class(c.name).to_long_dict() for c in spec.classes},
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


def _data(evaluation: Evaluation) -> dict[str, Any]:
    options = evaluation.options
    return {
        "chips": str(options.chips),
        "labels": str(options.labels),
        "split": None if options.split is None else str(options.split),
        "part": "all" if options.split is None else options.part,
        "count": sum(len(a.chips) for a in evaluation.areas),
        "hectares": round(sum(a.hectares for a in evaluation.areas), 4),
        "notes": list(evaluation.notes),
    }


def _settings(evaluation: Evaluation) -> dict[str, Any]:
    options, spec = evaluation.options, evaluation.spec
    settings = options.settings
    return {
        "threshold": spec.threshold,
        "min_area_m2": spec.min_area,
        "building_iou": options.iou,
        "block_metres": options.block_metres,
        "simplify_metres": "one pixel" if settings.simplify is None else settings.simplify,
        "square": settings.square,
        "tta": settings.tta,
        "separation": None if spec.separation is None else dict(vars(spec.separation)),
        "edge_rule": EDGE_RULE,
        "pixel_rule": PIXEL_RULE,
    }


def to_table(evaluation: Evaluation) -> str:
    """Lines for a terminal."""
    options, spec = evaluation.options, evaluation.spec
    part = "all chips" if options.split is None else f"part {options.part} of {options.split.name}"
    count = sum(len(a.chips) for a in evaluation.areas)
    areas = len(evaluation.areas)
    size = f"{count} chip{'s' if count != 1 else ''} in {areas} area{'s' if areas != 1 else ''}"
    hectares = sum(a.hectares for a in evaluation.areas)
    lines = [
        f"{spec.id} on {part}: {size}, {hectares:.2f} ha",
        f"threshold {spec.threshold:g}, smallest dwelling {spec.min_area:g} m2",
        "",
        f"{'':<26}{'IoU':>8}{'precision':>11}{'recall':>8}{'F1':>8}",
    ]
    rows = {c.name: evaluation.of_class(c.name) for c in spec.classes}
    if len(rows) > 1:
        rows["all"] = evaluation.total
    for name, score in rows.items():
        lines += _rows(name if len(rows) > 1 else "", score, options.iou)
    trust = _trust(evaluation.total, options.block_metres)
    if evaluation.masks:
        trust.append(MASK_NOTE)
    trust += evaluation.notes
    return "\n".join([*lines, "", *trust])


def _rows(name: str, score: Score, iou: float) -> list[str]:
    pixels, buildings = score.pixels, score.buildings
    prefix = f"{name}: " if name else ""
    error = buildings.to_dict()["count_error"]
    error_text = "no label to compare with" if error is None else f"count error {error:+.1%}"
    counts = (
        f"{buildings.predicted} found, {buildings.labelled} labelled, "
        f"{buildings.matched} matched; {error_text}"
    )
    area = score.dwellings.area_error
    quality = f"panoptic quality {score.dwellings.panoptic_quality:.4f}"
    if area is not None:
        quality += f"; their areas are off by {area:+.1%} in the median"
    right = (buildings.precision, buildings.recall, buildings.f1)
    return [
        _row(f"{prefix}pixels", pixels.iou, pixels.precision, pixels.recall, pixels.f1),
        _row(f"{prefix}all pixels marked", pixels.all_ones_iou),
        _row(f"{prefix}dwellings (IoU {iou:g})", None, *right),
        _row(f"{prefix}mean, IoU 0.5 to 0.95", None, None, None, score.figures["mean_f1"]),
        f"{'':<26}{counts}",
        f"{'':<26}{quality}",
    ]


def _row(title: str, *figures: float | None) -> str:
    widths = (8, 11, 8, 8)
    cells = (
        " " * width if value is None else f"{value:{width}.4f}"
        for value, width in zip(figures, widths, strict=False)
    )
    return f"{title:<26}{''.join(cells)}"


def _trust(score: Score, metres: float) -> list[str]:
    """Intervals and calibration."""
    bounds = intervals(score.blocks)
    reliability = score.reliability
    calibration = (
        f"calibration error {reliability.error:.4f}, Brier score {reliability.brier:.4f} (pixels)"
    )
    if not bounds:
        return [NO_INTERVAL, calibration]
    lines = [f"95 % intervals, {len(score.blocks.counts)} blocks of {metres:g} m drawn again:"]
    lines += [
        f"  {title:<14}{figure(score.figures, name):>9}   "
        f"{span(list(bounds[name]) if name in bounds else None, name)}"
        for name, title in TITLES.items()
    ]
    return [*lines, calibration]
