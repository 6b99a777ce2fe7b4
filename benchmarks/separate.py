"""Measure the processor seconds of separating touching dwellings, at once and in strips.

Run with ``make bench`` or ``python benchmarks/separate.py``. The mask is a dense camp: rows of
tents of 16 to 36 by 18 to 28 pixels, most of which touch their neighbours, and nearly half of all
pixels; the further channel is their outline.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that a checkout can be measured without being installed

import numpy as np  # noqa: E402

from camp_detector_core.engine.grid import Shape, Window  # noqa: E402
from camp_detector_core.engine.instances import Separator, separate  # noqa: E402
from camp_detector_core.engine.polygons.components import label_runs  # noqa: E402
from camp_detector_core.engine.scores import to_classes  # noqa: E402
from camp_detector_core.engine.separation import Separation  # noqa: E402
from camp_detector_core.engine.spec import Band, ClassDef, ModelSpec  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SPEC = ModelSpec(
    name="rows",
    version="1",
    bands=(Band("grey", 1.0, 0.0, 1.0),),
    classes=(ClassDef(1, "dwelling", "#FF0000"),),
    gsd=0.2,
    separation=Separation("border", 0.5, reach=4, min_seed=5),
)
STREET, OUTLINE = 30, 2


def camp(height: int, width: int, seed: int) -> tuple[NDArray[np.uint8], int]:
    """Scores (2, height, width) of rows of tents and their outlines, and how many tents."""
    rng = np.random.default_rng(seed)
    scores, count = np.zeros((2, height, width), np.uint8), 0
    for row in range(10, height - STREET, STREET):
        col = 5
        while col < width - 40:
            tall, wide = int(rng.integers(18, 28)), int(rng.integers(16, 36))
            if rng.random() < 0.75:  # noqa: PLR2004 - else a gap
                tent = scores[:, row : row + tall, col : col + wide]
                tent[...] = 220
                tent[1, OUTLINE:-OUTLINE, OUTLINE:-OUTLINE] = 0
                count += 1
                col += wide + int(rng.choice([0, 0, 4]))
            else:
                col += int(rng.integers(10, 60))
    return scores + rng.integers(0, 30, scores.shape, dtype=np.uint8), count


def in_strips(scores: NDArray[np.uint8], rows: int) -> None:
    """Part as in a detection."""
    shape = Shape(*scores.shape[1:])
    separator = Separator(SPEC, Window(0, 0, *shape), shape)
    for row in range(0, shape.height, rows):
        part = scores[:, row : row + rows]
        separator.add(Window(row, 0, part.shape[1], shape.width), part)


def best(work: Callable[[], object], turns: int) -> float:
    """The least processor seconds of several turns: other work on the machine only adds."""
    seconds = []
    for _ in range(turns):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


def main() -> None:
    """Parse, measure, print a table and JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--height", type=int, default=2048, help="rows of the mask (2048)")
    parser.add_argument("--width", type=int, default=8192, help="columns of the mask (8192)")
    parser.add_argument("--rows", type=int, default=480, help="height of the strips (480)")
    parser.add_argument("--seed", type=int, default=0, help="of the mask (0)")
    parser.add_argument("--turns", type=int, default=5, help="the best of so many counts (5)")
    parser.add_argument("--json", type=Path, default=None, help="also write the figures here")
    args = parser.parse_args()
    scores, tents = camp(args.height, args.width, args.seed)
    plain, parted = to_classes(scores, SPEC.threshold, [1]), separate(scores, SPEC, row=0, col=0)
    seconds = {
        "threshold alone": best(lambda: to_classes(scores, SPEC.threshold, [1]), args.turns),
        "parted in one piece": best(lambda: separate(scores, SPEC, row=0, col=0), args.turns),
        "parted in strips": best(lambda: in_strips(scores, args.rows), args.turns),
    }
    result = {
        "megapixels": args.height * args.width / 1e6,
        "tents": tents,
        "patches": label_runs(plain).count,
        "dwellings": label_runs(parted).count,
        "processor_seconds": seconds,
    }
    print(f"{tents} tents, {result['patches']} patches, {result['dwellings']} dwellings")
    for name, value in seconds.items():
        print(f"{name:<20} {value:6.3f} s")
    print(json.dumps(result))
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
