"""Parameters and metrics of a run, read from its folder."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from training.artefacts.run_figures import read_figures
from training.fit.record import LOGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from training.fit.options import TrainOptions

_PIXELS = ("iou", "precision", "recall", "f1")
_DWELLINGS = ("precision", "recall", "f1", "count_error")


class Point(NamedTuple):
    """Value of a metric at a step."""

    key: str
    value: float
    step: int


def params_of(options: TrainOptions) -> dict[str, str]:
    """Flatten the options to ``data.gsd``, ``optim.lr`` and so on.

    With a dot in each name, none is one of those that ``mlflow run`` logs itself, which would
    differ in spelling. Paths tell nothing of the machine.
    """
    raw = options.to_dict()
    for name in ("out", "resume"):
        raw.pop(name)
    return dict(_flat("", raw))


def shown_path(path: str | Path) -> str:
    """A path as seen from the current folder; of one outside, its last two names."""
    whole = Path(path).absolute()
    try:
        return whole.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return Path("...", *whole.parts[1:][-2:]).as_posix()


def _flat(prefix: str, raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in raw.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _flat(f"{key}.", value)
        else:
            yield (key if prefix else f"run.{name}"), _text(name, value)


def _text(name: str, value: Any) -> str:  # noqa: ANN401 - whatever options hold
    if value is None:
        return "none"
    if name in {"chips", "labels", "file"}:
        return shown_path(value)
    if isinstance(value, list):
        return ",".join(str(v["name"]) if isinstance(v, dict) else str(v) for v in value)
    return str(value)


def epochs_of(folder: Path) -> list[Point]:
    """Read all figures of all epochs and resumptions, by step of the optimiser."""
    logs = folder / LOGS
    files = [*sorted(logs.glob("metrics-*.csv")), logs / "metrics.csv"]
    values: dict[tuple[str, int], float] = {}
    for path in (p for p in files if p.is_file()):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                step = int(float(row.pop("step", None) or 0))
                values |= {(k, step): float(v) for k, v in row.items() if v}
    return [Point(key, value, step) for (key, step), value in values.items()]


def final_of(folder: Path, *, way: str) -> dict[str, float]:
    """Read the final figures: ``validation/iou``, ``test/dwelling_f1`` and so on.

    Args:
        folder: Of the run.
        way: How the exported model tells dwellings apart, ``none`` if not at all.

    Raises:
        FiguresError: A file of the evaluation is damaged.
    """
    out: dict[str, float] = {}
    for part, figures in read_figures(folder, None if way == "none" else way).items():
        pixels, dwellings = figures.pixels, figures.dwellings
        out |= {f"{part}/{n}": pixels[n] for n in _PIXELS if n in pixels}
        out |= {f"{part}/dwelling_{n}": dwellings[n] for n in _DWELLINGS if n in dwellings}
    return {key: float(value) for key, value in out.items() if math.isfinite(value)}
