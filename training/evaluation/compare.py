"""Several models, or several ways of making dwellings of one, measured on the same ground."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from training.evaluation.bootstrap import difference_intervals, intervals
from training.evaluation.score import plain, rounded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from training.evaluation.measure import Evaluation

TITLES = {
    "pixel_iou": "pixel IoU",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "mean_f1": "mean F1",
    "count_error": "count error",
}
"""Names of figures as people read them."""


def comparison_rows(evaluations: Mapping[str, Evaluation]) -> list[dict[str, Any]]:
    """Make one row for each evaluation, the others compared with the first one.

    To compare ways of making dwellings, evaluate one model with other `EvaluateOptions.settings`
    or another `EvaluateOptions.spec`, each under a name::

        comparison_rows({
            name: evaluate_model(replace(options, spec=spec)) for name, spec in ways.items()
        })

    Args:
        evaluations: By name, on the same images and labels.

    Returns:
        The figures; their 95 % intervals; and for all but the first row the intervals of the
        difference to it. Where such an interval holds no zero, the difference is more than chance.
    """
    rows: list[dict[str, Any]] = []
    first = next(iter(evaluations.values())).total.blocks if evaluations else None
    for name, evaluation in evaluations.items():
        score = evaluation.total
        row: dict[str, Any] = {
            "name": name,
            "model": evaluation.spec.id,
            "sha256": evaluation.model.sha256,
            "threshold": evaluation.spec.threshold,
            "labelled": score.buildings.labelled,
            "found": score.buildings.predicted,
            **{key: plain(value) for key, value in score.figures.items()},
            "intervals_95": rounded(intervals(score.blocks)),
        }
        if rows and first is not None:
            row["difference_95"] = rounded(difference_intervals(score.blocks, first))
        rows.append(row)
    return rows


def comparison_table(rows: list[dict[str, Any]]) -> str:
    """The rows as lines for a terminal, with the interval of the difference below each figure."""
    width = max(24, *(len(r["name"]) + 2 for r in rows))
    lines = [f"{'':<{width}}" + "".join(f"{title:>19}" for title in TITLES.values())]
    for row in rows:
        lines.append(f"{row['name']:<{width}}" + "".join(f"{figure(row, n):>19}" for n in TITLES))
        if row.get("difference_95"):
            cells = "".join(f"{span(row['difference_95'].get(n), n):>19}" for n in TITLES)
            lines.append(f"{'  difference, 95 %':<{width}}{cells}")
    return "\n".join(lines)


def figure(figures: Mapping[str, Any], name: str) -> str:
    """Format one figure for people; a dash if there is none."""
    value = figures.get(name)
    if value is None or not math.isfinite(value):
        return "-"
    return f"{value:+.1%}" if name == "count_error" else f"{value:.3f}"


def span(bounds: list[float] | None, name: str) -> str:
    """An interval as people read it, a dash where there is none."""
    if bounds is None:
        return "-"
    low, high = bounds
    if name == "count_error":
        return f"{low:+.1%} to {high:+.1%}"
    return f"{low:.3f} to {high:.3f}"
