"""Measure a model on changed pictures: other light, other colours, other pixel sizes.

Run with ``python benchmarks/appearance.py --chips CHIPS --labels LABELS --split split.json``. The
held-out chips are measured as they are and after changes that a camera, a season or a seller of
imagery makes, stronger than those that training varies its samples by. Chips must have their place
in their names or be georeferenced; the changed ones are written to a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from PIL import Image, ImageFilter

from camp_detector_core.model_file import default_model_path
from training.data.chips import read_chips, read_pixels
from training.data.split import Split
from training.evaluation.measure import EvaluateOptions, evaluate_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from training.data.chips import Chip

    Change = Callable[[Image.Image], Image.Image]


def coarse(factor: float) -> Change:
    """Pixels so many times as wide; the file gets fewer of them."""

    def change(image: Image.Image) -> Image.Image:
        width, height = (max(1, round(side / factor)) for side in image.size)
        return image.resize((width, height), Image.Resampling.BOX)

    return change


def tinted(red: float, green: float, blue: float) -> Change:
    """Scale the bands by other gains."""

    def change(image: Image.Image) -> Image.Image:
        scaled = np.asarray(image) * np.array((red, green, blue))
        return Image.fromarray(np.clip(scaled, 0, 255).astype(np.uint8))

    return change


def curved(gamma: float) -> Change:
    """Another gamma."""

    def change(image: Image.Image) -> Image.Image:
        curve = 255 * (np.asarray(image) / 255) ** gamma
        return Image.fromarray(curve.round().astype(np.uint8))

    return change


def hazy(share: float) -> Change:
    """Mixed with bright grey."""

    def change(image: Image.Image) -> Image.Image:
        return Image.blend(image, Image.new("RGB", image.size, (205, 210, 215)), share)

    return change


CHANGES: dict[str, Change] = {
    "as it is": lambda image: image,
    "grey": lambda image: image.convert("L").convert("RGB"),
    "warm tint (1.35, 1, 0.65)": tinted(1.35, 1.0, 0.65),
    "cold tint (0.65, 0.95, 1.3)": tinted(0.65, 0.95, 1.3),
    "red and blue exchanged": lambda image: Image.merge("RGB", image.split()[::-1]),
    "dark (gamma 2)": curved(2.0),
    "bright (gamma 0.5)": curved(0.5),
    "haze, half of the light": hazy(0.5),
    "blur, 3 pixels": lambda image: image.filter(ImageFilter.GaussianBlur(3)),
    "pixels twice as wide": coarse(2),
    "pixels three times as wide": coarse(3),
    "pixels five times as wide": coarse(5),
}


def write_changed(chips: list[Chip], folder: Path, change: Change) -> None:
    """The chips after a change, under their own names and on the same ground."""
    for chip in chips:
        pixels, _ = read_pixels(chip, bands=3)
        changed = np.asarray(change(Image.fromarray(np.moveaxis(pixels, 0, -1)))).transpose(2, 0, 1)
        profile = {"count": 3, "dtype": "uint8", "driver": "GTiff", "compress": "deflate"}
        height, width = changed.shape[1:]
        if chip.grid is not None:
            t = chip.grid.transform
            across, down = chip.shape.width / width, chip.shape.height / height
            affine = rasterio.Affine(t.a * across, t.b * down, t.c, t.d * across, t.e * down, t.f)
            profile |= {"crs": chip.grid.crs_wkt, "transform": affine}
        path = folder / f"{chip.name}.tif"
        with rasterio.open(path, "w", height=height, width=width, **profile) as out:
            out.write(changed)


def main() -> None:
    """Print a table and write JSON."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=default_model_path())
    parser.add_argument("--chips", type=Path)
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--split", type=Path)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--out", type=Path, help="JSON file for the figures")
    options = parser.parse_args()
    if not (options.chips and options.labels and options.split):
        print("needs real chips: give --chips, --labels and --split")
        return
    chips = Split.read(options.split).select(read_chips(options.chips), "test")
    rows = {}
    print(f"{'':<30}{'pixel IoU':>10}{'F1':>8}{'count':>9}")
    for name, change in CHANGES.items():
        with tempfile.TemporaryDirectory() as folder:
            write_changed(chips, Path(folder), change)
            total = evaluate_model(
                EvaluateOptions(
                    options.model, Path(folder), options.labels, threads=options.threads
                )
            ).total.to_dict()
        rows[name] = total
        pixels, dwellings = total["pixels"], total["buildings"]
        print(
            f"{name:<30}{pixels['iou']:>10.3f}{dwellings['f1']:>8.3f}"
            f"{dwellings['count_error']:>+9.1%}",
            flush=True,
        )
    if options.out:
        options.out.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
