"""The charts of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.evaluation.artefacts import new_figure
from training.evaluation.maps import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.evaluation.reliability import Reliability

_DPI = 110
_BLUE, _ORANGE, _GREEN, _GREY = "#0072B2", "#D55E00", "#009E73", "#666666"
"""Colours of Okabe and Ito; see `training.evaluation.maps`."""


def draw_reliability(reliability: Reliability) -> Image:
    """The share of labelled pixels by probability, above how many pixels there are."""
    bins = len(reliability.pixels)
    edges = np.linspace(0, 1, bins + 1)
    middle, width = (edges[:-1] + edges[1:]) / 2, 1 / bins
    figure = new_figure(5.4, 5.2)
    upper, lower = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": (3, 1)})
    upper.bar(middle, reliability.share, width * 0.94, color="#A6CBE3", label="labelled share")
    upper.plot([0, 1], [0, 1], color=_GREY, linestyle="--", label="perfectly calibrated")
    upper.plot(
        reliability.confidence, reliability.share, "o-", color=_BLUE, label="at mean probability"
    )
    upper.set_xlim(0, 1)
    upper.set_ylim(0, 1)
    upper.set_ylabel("share that is labelled")
    upper.legend(loc="upper left")
    share = reliability.pixels / max(1, reliability.pixels.sum())
    lower.bar(middle, share, width * 0.94, color=_GREY)
    lower.set_ylabel("share of pixels")
    lower.set_xlabel("probability")
    return Image.of(figure, "png", dpi=_DPI)


def draw_sweep(rows: Sequence[dict[str, Any]], threshold: float) -> Image:
    """Figures of pixels by threshold, and the threshold that was used."""
    figure = new_figure(5.4, 4.2)
    axes = figure.add_subplot()
    at = [r["threshold"] for r in rows]
    for name, title, color, style in (
        ("iou", "IoU", _BLUE, "o-"),
        ("precision", "precision", _ORANGE, "--"),
        ("recall", "recall", _GREEN, "-."),
    ):
        axes.plot(at, [r[name] for r in rows], style, color=color, label=title, markersize=4)
    axes.axvline(threshold, color=_GREY, linestyle=":", label=f"used: {threshold:g}")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("threshold")
    axes.set_ylabel("figure of pixels")
    axes.grid(alpha=0.3)
    axes.legend(loc="lower center", ncols=2)
    return Image.of(figure, "png", dpi=_DPI)
