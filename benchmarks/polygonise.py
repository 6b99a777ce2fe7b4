"""Polygons from masks: the engine beside GDAL's polygonize, and the redrawing of outlines.

Run with ``make bench`` or ``python benchmarks/polygonise.py``. Both work on the same masks in turn,
each on one thread; the ratio is taken turn by turn, of seconds of processor time, so that other
work on the machine spoils it least. GDAL is called through ``rasterio.features.shapes`` with the
mask as its mask, so that it does not trace the background, and both end with one object for each
polygon: a dict of lists of coordinates there, a `Dwelling` with its mean probability here. The
engine gets the mask in strips, as in a detection.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that a checkout can be measured without being installed

import numpy as np  # noqa: E402
from rasterio import features  # noqa: E402

from camp_detector_core.engine.grid import Shape, Window  # noqa: E402
from camp_detector_core.engine.polygons.outline import OutlineOptions, refine_all  # noqa: E402
from camp_detector_core.engine.polygons.vectorise import Linker, trace_block  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from camp_detector_core.engine.polygons.vectorise import Dwelling

T = TypeVar("T")

SPACING = 40
"""Pixels between the middles of neighbouring buildings."""
REFINED = {
    "tolerance 1": OutlineOptions(tolerance=1.0),
    "tolerance 1, square": OutlineOptions(tolerance=1.0, square=True),
}


def building_mask(size: int, seed: int) -> NDArray[np.uint8]:
    """A mask (size, size) of 0 and 1 with a building for every 40 x 40 pixels.

    Rectangles of 8 to 30 pixels in any direction; three in ten are L-shaped, and three in twenty
    have a neighbour built onto a wall.
    """
    rng = np.random.default_rng(seed)
    mask = np.zeros((size, size), np.uint8)
    for row in np.arange(SPACING / 2, size, SPACING):
        for col in np.arange(SPACING / 2, size, SPACING):
            y, x = row + rng.uniform(-4, 4), col + rng.uniform(-4, 4)
            half = rng.uniform(4, 15, 2)
            angle = rng.uniform(0, np.pi)
            kind = rng.random()
            draw(mask, (y, x), half, angle, cut=kind < 0.3)  # noqa: PLR2004
            if kind > 0.85:  # noqa: PLR2004
                length = half[0] + 6
                y, x = y + length * np.sin(angle), x + length * np.cos(angle)
                draw(mask, (y, x), (6, half[1] / 2), angle)
    return mask


def draw(
    mask: NDArray[np.uint8],
    middle: tuple[float, float],
    half: tuple[float, float],
    angle: float,
    *,
    cut: bool = False,
) -> None:
    """Set the pixels whose middles lie in a rectangle (row, col; half sides), less a quarter."""
    reach = int(np.hypot(*half)) + 2
    top, left = (max(0, int(m) - reach) for m in middle)
    part = mask[top : int(middle[0]) + reach, left : int(middle[1]) + reach]
    y = np.arange(part.shape[0])[:, None] + (top + 0.5 - middle[0])
    x = np.arange(part.shape[1])[None] + (left + 0.5 - middle[1])
    lengthwise, across = (
        x * np.cos(angle) + y * np.sin(angle),
        y * np.cos(angle) - x * np.sin(angle),
    )
    inside = (np.abs(lengthwise) <= half[0]) & (np.abs(across) <= half[1])
    if cut:
        inside &= (lengthwise < 0) | (across < 0)
    part[inside] = 1


def noise_mask(size: int, seed: int) -> NDArray[np.uint8]:
    """A mask (size, size) in which every pixel is 0 or 1 by chance: nothing is harder to trace."""
    return np.random.default_rng(seed).integers(0, 2, (size, size), np.uint8)


def by_engine(mask: NDArray[np.uint8], rows: int) -> Iterator[list[Dwelling]]:
    """Dwellings, as they are complete."""
    shape = Shape(*mask.shape)
    linker = Linker(shape)
    scores = mask * np.uint8(200)
    for row in range(0, shape.height, rows):
        window = Window(row, 0, min(rows, shape.height - row), shape.width)
        yield linker.add(trace_block(window, mask[window.slices], scores[window.slices], shape))
    yield linker.finish()


def by_gdal(mask: NDArray[np.uint8]) -> int:
    """Number of polygons that GDAL finds."""
    return sum(1 for _ in features.shapes(mask, mask=mask.astype(bool), connectivity=4))


def timed(work: Callable[[], T]) -> tuple[T, dict[str, float]]:
    """Return the result of some work, and the time that it takes."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    return result, {
        "seconds": time.perf_counter() - wall,
        "processor_seconds": time.process_time() - processor,
    }


def compared(mask: NDArray[np.uint8], *, turns: int, rows: int) -> dict:
    """Figures of both on one mask."""
    out = []
    for _ in range(turns):
        engine_count, engine = timed(lambda: sum(len(part) for part in by_engine(mask, rows)))
        gdal_count, gdal = timed(lambda: by_gdal(mask))
        if engine_count != gdal_count:
            sys.exit(f"the engine finds {engine_count} polygons and GDAL {gdal_count}")
        ratio = engine["processor_seconds"] / gdal["processor_seconds"]
        out.append({"engine": engine, "gdal": gdal, "ratio": ratio})
    return {
        "size": list(mask.shape),
        "covered": float(mask.mean()),
        "polygons": engine_count,
        "ratio_median": statistics.median(turn["ratio"] for turn in out),
        "turns": out,
    }


def refined(mask: NDArray[np.uint8], rows: int) -> dict:
    """Figures of redrawing the outlines."""
    dwellings = [dwelling for part in by_engine(mask, rows) for dwelling in part]
    out = {"corners_before": corners(dwellings)}
    for name, options in REFINED.items():
        new, seconds = timed(lambda options=options: refine_all(dwellings, options))
        out[name] = {
            "microseconds_each": seconds["processor_seconds"] / len(dwellings) * 1e6,
            "corners": corners(new),
            **seconds,
        }
    return out


def corners(dwellings: list[Dwelling]) -> float:
    """Mean number of corners of the exteriors."""
    return sum(len(dwelling.exterior) - 1 for dwelling in dwellings) / len(dwellings)


def table(result: dict) -> str:
    """The figures for a reader."""
    lines = ["mask         polygons   engine s     GDAL s   engine / GDAL  (median of turns)"]
    for name, figures in result["masks"].items():
        engine, gdal = (
            statistics.median(turn[side]["processor_seconds"] for turn in figures["turns"])
            for side in ("engine", "gdal")
        )
        lines.append(
            f"{name:<10} {figures['polygons']:>10} {engine:>10.2f} {gdal:>10.2f} "
            f"{figures['ratio_median']:>15.2f}"
        )
    redrawn = result["refined"]
    lines.append(f"outlines of the buildings, {redrawn['corners_before']:.1f} corners each:")
    lines += [
        f"  {name:<22} {redrawn[name]['microseconds_each']:>6.1f} us each, "
        f"{redrawn[name]['corners']:.1f} corners"
        for name in REFINED
    ]
    return "\n".join(lines)


def main() -> None:
    """Parse, measure, print a table and JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=8192, help="side of the masks, pixels (8192)")
    parser.add_argument("--seed", type=int, default=0, help="of the masks (0)")
    parser.add_argument("--turns", type=int, default=3, help="engine and GDAL, in turn (3)")
    parser.add_argument("--rows", type=int, default=1024, help="height of the strips (1024)")
    parser.add_argument("--json", type=Path, default=None, help="also write the figures here")
    args = parser.parse_args()
    buildings = building_mask(args.size, args.seed)
    # Noise has a hundred times the polygons on the same area: a quarter of the side is plenty.
    noise = noise_mask(max(1, args.size // 4), args.seed)
    result = {
        "seed": args.seed,
        "rows": args.rows,
        "masks": {
            name: compared(mask, turns=args.turns, rows=args.rows)
            for name, mask in (("buildings", buildings), ("noise", noise))
        },
        "refined": refined(buildings, args.rows),
    }
    print(table(result))
    print(json.dumps(result))
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
