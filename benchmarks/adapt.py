"""Measure what adapting to a place is worth: taught on one half of it, measured on the other.

    python benchmarks/adapt.py --places PLACES.toml --unseen FOLDER --counts 25,50,100

Each place of the file that is measured is cut in two halves with as many dwellings, and each half
is taught in turn. For each count the reviewed area is the strip of the taught half that holds so
many dwellings, from its outer edge on; a count that the half does not have is left out, but for the
first above it, which takes all of the half. The other half is measured as
`python -m training evaluate` does it, with the model as it was and with what
`python -m training adapt` made of it. Labels are changed as the file says.

The model is ``--model``, or with ``--unseen``, the folder of `python -m training leave-one-out`,
the one that never saw the place. One row each: place, half that was taught, dwellings taught, what
was kept, F1, count error and IoU on the other half, the minutes that it took and the most memory
that the process had until then. The last rows are means over places and halves, and the worst
change of F1.
"""

from __future__ import annotations

import argparse
import logging
import resource
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import rasterio
import shapely

from camp_detector_core.model_file import default_model_path
from training.adapt.options import AdaptOptions
from training.adapt.run import adapt_model
from training.data.places_file import read_places
from training.data.polygons import read_polygons
from training.data.reprojection import moved
from training.evaluation.measure import EvaluateOptions, evaluate_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from training.evaluation.score import Score
    from training.fit.place_options import PlaceOptions

WGS84 = rasterio.CRS.from_epsg(4326)
_WIDE = 0.01
"""Degrees beyond the dwellings that the outer edge of a half lies."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--places", type=Path, required=True)
    parser.add_argument("--places-folder", type=Path)
    parser.add_argument("--place", action="append", help="one place alone; may be repeated")
    parser.add_argument("--unseen", type=Path)
    parser.add_argument("--model", type=Path, default=default_model_path())
    parser.add_argument("--counts", default="25,50,100")
    parser.add_argument("--minutes", type=float, default=AdaptOptions.minutes)
    parser.add_argument("--steps", type=int, default=AdaptOptions.steps)
    parser.add_argument("--lr", type=float, default=AdaptOptions.lr)
    parser.add_argument("--start-decay", type=float, default=AdaptOptions.start_decay)
    words = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    print(f"{'place':<16}half  taught  kept      F1     count   IoU    minutes  GB", flush=True)
    rows = []
    for place in read_places(words.places, folder=words.places_folder):
        if place.measure and (not words.place or place.name in words.place):
            model = words.model
            if words.unseen:
                model = words.unseen / place.home / "meta" / "best_model.onnx"
            options = AdaptOptions(
                model, place.chips, place.labels, Path(), class_field=place.class_field,
                layer=place.layer, changes=place.changes, minutes=words.minutes,
                steps=words.steps, lr=words.lr, start_decay=words.start_decay,
            )  # fmt: skip
            counts = [int(count) for count in words.counts.split(",")]
            for row in rows_of(place, options, counts):
                print(row.text(), flush=True)
                rows.append(row)
    for count in sorted({row.step for row in rows}):
        print(summary([row for row in rows if row.step == count]))


@dataclass(frozen=True)
class Row:
    """Figures of a model on a half after the other half was taught."""

    place: str
    half: str
    step: int
    """Number of dwellings that was asked for; 0: the start."""
    taught: int
    winner: str
    score: Score
    start: Score
    minutes: float

    def text(self) -> str:
        """One line of the table."""
        houses, gigabytes = self.score.buildings, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return (
            f"{self.place:<16}{self.half:<6}{self.taught:>6}  {self.winner:<8}  {houses.f1:.3f}  "
            f"{houses.count_error:+6.0%}  {self.score.pixels.iou:.3f}  {self.minutes:7.1f}  "
            f"{gigabytes / 1e6:.1f}"
        )


def summary(rows: list[Row]) -> str:
    """Means of the rows of one count, and the worst change."""
    f1, count, iou = (
        np.mean([values(row.score)[i] for row in rows]).item() for i in range(3)
    )  # fmt: skip
    changes = [row.score.buildings.f1 - row.start.buildings.f1 for row in rows]
    return (
        f"{rows[0].step:>4} in {len(rows)} halves: F1 {f1:.3f}, count error {count:.0%} to either "
        f"side, IoU {iou:.3f}; F1 changed by {np.mean(changes):+.3f}, at worst {min(changes):+.3f}"
    )


def values(score: Score) -> tuple[float, float, float]:
    """F1, size of the count error, and IoU of the pixels."""
    return score.buildings.f1, abs(score.buildings.count_error), score.pixels.iou


@dataclass(frozen=True)
class Half:
    """One half of a place, with as many dwellings as the other."""

    middles: NDArray[np.float64]
    """(n, 2) the middles of all dwellings, longitude and latitude."""
    axis: int
    """0 for halves in the west and east, 1 for those in the south and north."""
    side: int
    """-1 for the lower half, 1 for the upper."""

    @classmethod
    def both(cls, place: PlaceOptions) -> tuple[Half, Half]:
        """Cut a place across its longer side."""
        layer = read_polygons(place.labels)
        polygons = moved(layer.shapes, layer.crs, WGS84)
        middles: NDArray[np.float64] = shapely.get_coordinates(shapely.centroid(polygons))
        size = np.ptp(middles, axis=0) * [np.cos(np.radians(middles[0, 1])), 1]
        return cls(middles, int(np.argmax(size)), -1), cls(middles, int(np.argmax(size)), 1)

    @property
    def line(self) -> float:
        """Coordinate that divides the halves."""
        return float(np.median(self.middles[:, self.axis]))

    @property
    def inner(self) -> NDArray[np.float64]:
        """Distance of its dwellings from the line, the largest first, degrees."""
        distance = np.sort(self.side * (self.middles[:, self.axis] - self.line))[::-1]
        return distance[distance > 0]

    def write(self, path: Path, count: int) -> None:
        """Write the strip from the outer edge on that holds so many dwellings, as GeoJSON."""
        least = 0.0 if count >= len(self.inner) else float(self.inner[count - 1 : count + 1].mean())
        edges = [self.line + self.side * d for d in (least, self.inner[0] + _WIDE)]
        low, high = self.middles.min(axis=0) - _WIDE, self.middles.max(axis=0) + _WIDE
        low[self.axis], high[self.axis] = min(edges), max(edges)
        path.write_text(shapely.to_geojson(shapely.box(*low, *high)))


def rows_of(place: PlaceOptions, options: AdaptOptions, counts: list[int]) -> Iterator[Row]:
    """Teach each half of a place in turn."""
    low, high = Half.both(place)
    for half, other in ((low, high), (high, low)):
        name = (("west", "east"), ("south", "north"))[half.axis][half.side > 0]
        with tempfile.TemporaryDirectory() as folder:
            tested = Path(folder, "tested.geojson")
            other.write(tested, len(other.inner))
            measured = EvaluateOptions(
                options.model, place.chips, place.labels, class_field=place.class_field,
                layer=place.layer, changes=replace(place.changes, area=tested),
            )  # fmt: skip
            start = evaluate_model(measured).total
            yield Row(place.name, name, 0, 0, "start", start, start, 0.0)
            for count in counts:
                area = Path(folder, f"area{count}.geojson")
                half.write(area, count)
                own = replace(options, area=area, out=Path(folder, str(count)))
                began = time.monotonic()
                result = adapt_model(own)
                minutes = (time.monotonic() - began) / 60
                score = start
                if result.model:
                    score = evaluate_model(replace(measured, model=result.model)).total
                taught, winner = min(count, len(half.inner)), result.verdict.winner
                yield Row(place.name, name, count, taught, winner, score, start, minutes)
                if count >= len(half.inner):
                    break


if __name__ == "__main__":
    main()
