"""Measure what adapting to a place is worth: taught on its west, measured on its east.

    python benchmarks/adapt.py --model MODEL --image IMAGE --labels LABELS --counts 25,50,100

For each count the reviewed area is the strip of the western half that holds so many dwellings,
from the west on. The eastern half is measured as `python -m training evaluate` does it, with the
model as it was and with what `python -m training adapt` made of it. One row each: dwellings taught,
what was kept, F1, count error and IoU on the east, and the minutes that it took.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import rasterio
import shapely
from rasterio.windows import Window

from training.adapt.options import AdaptOptions
from training.adapt.run import adapt_model
from training.data.polygons import read_polygons
from training.data.reprojection import moved
from training.evaluation.measure import EvaluateOptions, evaluate_model

if TYPE_CHECKING:
    from numpy.typing import NDArray


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--counts", default="25,50,100")
    parser.add_argument("--minutes", type=float, default=AdaptOptions.minutes)
    parser.add_argument("--steps", type=int, default=AdaptOptions.steps)
    parser.add_argument("--lr", type=float, default=AdaptOptions.lr)
    parser.add_argument("--start-decay", type=float, default=AdaptOptions.start_decay)
    words = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        middles = middles_of(words.image, words.labels)
        half = float(np.median(middles[:, 0]))
        east = write_east(words.image, half, folder / "east.tif")
        measured = EvaluateOptions(words.model, east, words.labels)
        print("dwellings  kept      F1     count   IoU    minutes")
        print(row("0", "start", measured, 0.0), flush=True)
        options = AdaptOptions(
            words.model, words.image, words.labels, folder, minutes=words.minutes,
            steps=words.steps, lr=words.lr, start_decay=words.start_decay,
        )  # fmt: skip
        for count in map(int, words.counts.split(",")):
            area = strip(words.image, middles, half, count, folder / f"area{count}.geojson")
            began = time.monotonic()
            out = folder / f"adapted{count}"
            result = adapt_model(replace(options, area=area, out=out))
            minutes = (time.monotonic() - began) / 60
            print(result.sentence, flush=True)
            own = replace(measured, model=result.model or words.model)
            print(row(str(count), result.verdict.winner, own, minutes), flush=True)


def middles_of(image: Path, labels: Path) -> NDArray[np.float64]:
    """(n, 2) the middles of the dwellings on an image, in its CRS."""
    layer = read_polygons(labels)
    with rasterio.open(image) as source:
        polygons = moved(layer.shapes, layer.crs, source.crs)
        inside = shapely.contains(shapely.box(*source.bounds), polygons)
    points: NDArray[np.float64] = shapely.get_coordinates(shapely.centroid(polygons[inside]))
    return points


def write_east(image: Path, half: float, path: Path) -> Path:
    """Write the part of an image that lies east of a line."""
    with rasterio.open(image) as source:
        col = int((half - source.transform.c) / source.transform.a)
        window = Window(col, 0, source.width - col, source.height)
        profile = {**source.profile, "driver": "GTiff", "width": window.width}
        profile |= {"transform": source.window_transform(window)}
        profile.pop("blockxsize", None), profile.pop("blockysize", None)
        pixels, mask = source.read(window=window), source.dataset_mask(window=window)
    with rasterio.open(path, "w", **profile) as out:
        out.write(pixels)
        out.write_mask(mask)
    return path


def strip(image: Path, middles: NDArray[np.float64], half: float, count: int, path: Path) -> Path:
    """Write the strip of the western half that holds so many dwellings, or all of that half."""
    west = np.sort(middles[middles[:, 0] < half, 0])
    edge = half if count >= len(west) else float(west[count - 1 : count + 1].mean())
    with rasterio.open(image) as source:
        box = shapely.box(source.bounds.left, source.bounds.bottom, edge, source.bounds.top)
        placed = moved(np.array([box], object), source.crs, rasterio.CRS.from_epsg(4326))
    path.write_text(shapely.to_geojson(placed[0]))
    return path


def row(count: str, winner: str, options: EvaluateOptions, minutes: float) -> str:
    """Measure a model on the east: one line of the table."""
    total = evaluate_model(options).total
    score = total.buildings
    return (
        f"{count:>9}  {winner:<8}  {score.f1:.3f}  {score.count_error:+6.0%}  "
        f"{total.pixels.iou:.3f}  {minutes:.1f}"
    )


if __name__ == "__main__":
    main()
