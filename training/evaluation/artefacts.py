"""The files that show how a training run went."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.engine.scores import NODATA_SCORE
from training.evaluation.pixel import Confusion, ScoreHistogram
from training.output import write_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from camp_detector_core.engine.grid import Window
    from camp_detector_core.engine.spec import ModelSpec
    from training.evaluation.predict import Prediction


def write_confusion(confusion: Confusion, folder: Path, *, name: str) -> None:
    """``confusion_matrix.json`` and ``.png``: pixels by truth and by prediction."""
    write_json(folder / "confusion_matrix.json", confusion.to_dict())
    table = np.array([[confusion.tn, confusion.fp], [confusion.fn, confusion.tp]], np.float64)
    share = table / max(1.0, table.sum())
    figure = new_figure(4, 3.6)
    axes = figure.add_subplot()
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks([0, 1], ["background", name])
    axes.set_yticks([0, 1], ["background", name])
    axes.set_xlabel("predicted")
    axes.set_ylabel("labelled")
    for (row, col), value in np.ndenumerate(share):
        dark = value > 0.5  # noqa: PLR2004 - half of the colour map
        axes.text(col, row, f"{value:.1%}", ha="center", color="white" if dark else "black")
    _save(figure, folder / "confusion_matrix.png")


def write_chip_table(predictions: Sequence[Prediction], spec: ModelSpec, path: Path) -> None:
    """Write one row for each chip: labelled and predicted pixels, IoU."""
    rows = []
    for prediction in predictions:
        for name, place in prediction.places():
            rows_, cols = place.slices
            histogram = ScoreHistogram.of(
                prediction.class_scores[:, rows_, cols],
                prediction.targets[:, rows_, cols],
            ).confusion(spec.threshold)
            rows.append(
                {
                    "chip": name,
                    "iou": round(histogram.iou, 6),
                    "labelled_share": round(histogram.all_ones_iou, 6),
                    "precision": round(histogram.precision, 6),
                    "recall": round(histogram.recall, 6),
                }
            )
    write_csv(path, sorted(rows, key=lambda r: str(r["chip"])))


def write_examples(
    predictions: Sequence[Prediction], spec: ModelSpec, folder: Path, *, count: int = 6
) -> None:
    """PNGs of chips: input, prediction and label side by side."""
    folder.mkdir(parents=True, exist_ok=True)
    places = [(p, name, w) for p in predictions for name, w in p.places()]
    step = max(1, len(places) // count)
    for prediction, name, window in places[::step][:count]:
        rows, cols = window.slices
        figure = new_figure(9, 3.3)
        panels = (
            ("input", _picture(prediction.pixels[:, rows, cols], spec)),
            ("probability", prediction.scores[0, rows, cols] / 254.0),
            ("label", prediction.targets[0, rows, cols].astype(np.float64)),
        )
        for i, (title, image) in enumerate(panels):
            axes = figure.add_subplot(1, 3, i + 1)
            axes.imshow(np.clip(image, 0, 1), vmin=0, vmax=1, cmap="gray", interpolation="nearest")
            axes.set_title(title)
            axes.set_axis_off()
        _save(figure, folder / f"{name.replace('/', '-')}.png")


def write_example(predictions: Sequence[Prediction], spec: ModelSpec, folder: Path) -> None:
    """``example_input.png``, ``example_pred.png`` and ``example_target.png`` of one chip.

    It is the chip with most labelled pixels, in the model's pixels; the prediction is the
    probability of the first class, 0 black and 1 white, and labels are white.
    """
    from matplotlib.image import imsave

    places = [(p, w) for p in predictions for _, w in p.places()]
    if not places:
        return
    prediction, window = max(places, key=lambda each: int(_labels(*each).sum()))
    rows, cols = window.slices
    scores = prediction.scores[0, rows, cols]
    panels = {
        "input": np.clip(_picture(prediction.pixels[:, rows, cols], spec), 0, 1),
        "pred": np.where(scores == NODATA_SCORE, 0, scores) / 254.0,
        "target": _labels(prediction, window).astype(np.float64),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, image in panels.items():
        grey = np.ascontiguousarray((255 * image).round().astype(np.uint8))
        rgb = grey if grey.ndim == 3 else np.repeat(grey[..., None], 3, axis=-1)  # noqa: PLR2004
        imsave(folder / f"example_{name}.png", rgb)


def _labels(prediction: Prediction, window: Window) -> NDArray[np.bool_]:
    """(height, width) of the first class on a chip."""
    rows, cols = window.slices
    labels: NDArray[np.bool_] = prediction.targets[0, rows, cols]
    return labels


def write_curves(logs: Path, path: Path) -> None:
    """Losses and IoU by epoch, from the CSV files of a run and of its resumptions.

    Args:
        logs: Their folder; in the order of their names a later file is right about an epoch.
        path: The PNG.
    """
    rows: list[dict[str, str]] = []
    for log in sorted(logs.glob("metrics*.csv")):
        with log.open() as file:
            read = list(csv.DictReader(file))
        first = min((int(r["epoch"]) for r in read if r.get("epoch")), default=0)
        rows = [r for r in rows if int(r["epoch"]) < first] + [r for r in read if r.get("epoch")]
    figure = new_figure(9, 3.6)
    for i, (title, keys) in enumerate(
        (("loss", ("train_loss", "val_loss")), ("IoU", ("train_iou", "val_iou")))
    ):
        axes = figure.add_subplot(1, 2, i + 1)
        for key in keys:
            points = [(int(r["epoch"]), float(r[key])) for r in rows if r.get(key)]
            if points:
                axes.plot(*zip(*points, strict=True), label=key, marker="o", markersize=3)
        axes.set_title(title)
        axes.set_xlabel("epoch")
        if axes.lines:
            axes.legend()
    _save(figure, path)


def _picture(pixels: NDArray[np.float32], spec: ModelSpec) -> NDArray[np.float64]:
    """(height, width, 3) of the first three bands, or (height, width) of the first."""
    bands_shown = 3 if len(spec.bands) >= 3 else 1  # noqa: PLR2004 - red, green, blue
    scaled = np.stack(
        [pixels[i] * b.scale for i, b in enumerate(spec.bands[:bands_shown])], axis=-1
    )
    out: NDArray[np.float64] = scaled.astype(np.float64)
    return out if bands_shown > 1 else out[..., 0]


def new_figure(width: float, height: float) -> Figure:
    """A figure that is drawn into files, whatever display there is."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, dpi=100)


def write_csv(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows under the names of the first one's columns; without a row no file."""
    if not rows:
        return
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
