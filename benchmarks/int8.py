"""Throughput of a quantised model beside the float one that it was made from, on the same tiles.

Run with ``make bench`` or ``python benchmarks/int8.py --float F.onnx --int8 Q.onnx``; without them
the shipped model and the one that it was made from. With ``--float`` alone that model is quantised
in the simplest way, with ranges from generated scenes: right for the time it takes, not for what
it finds. Each model runs on one thread, and its processor time counts; tile by tile the two take
turns and the ratio is taken turn by turn, so a machine that others use too spoils it least.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.engine.predictors.ort import OnnxPredictor
from camp_detector_core.engine.prepare import normalise
from camp_detector_core.model_file import default_model_path, open_model
from camp_detector_core.scene import SceneOptions, generate_scene

if TYPE_CHECKING:
    from camp_detector_core.engine.spec import ModelSpec

SCENES = 4
"""Different tiles of each size."""


def scene_tiles(spec: ModelSpec, side: int) -> list[np.ndarray]:
    """Normalised tiles (bands, side, side) of generated scenes."""
    valid = np.ones((side, side), bool)
    scenes = (
        generate_scene(SceneOptions(seed=i, height=side, width=side)).image for i in range(SCENES)
    )
    return [normalise(s[: len(spec.bands)], valid, spec.bands) for s in scenes]


def quantised(data: bytes, spec: ModelSpec) -> bytes:
    """The model in 8 bits, with ranges from generated scenes."""
    from training.quantise.graph import plain_graph
    from training.quantise.recipe import quantise_graph

    model = quantise_graph(plain_graph(data, spec), scene_tiles(spec, 256), spec=spec)
    return model.SerializeToString()


def seconds(predictor: OnnxPredictor, tile: np.ndarray) -> float:
    """Processor time of one run."""
    start = time.process_time()
    predictor.predict(tile[None])
    return time.process_time() - start


def measure(before: OnnxPredictor, after: OnnxPredictor, side: int, turns: int) -> dict:
    """Times and ratios for one size of tiles."""
    tiles = scene_tiles(before.spec, side)
    for predictor in (before, after):
        seconds(predictor, tiles[0])
    pairs = [
        (seconds(before, tiles[i % SCENES]), seconds(after, tiles[i % SCENES]))
        for i in range(turns)
    ]
    ratios = sorted(a / b for a, b in pairs)
    return {
        "side": side,
        "float_seconds": statistics.median(a for a, _ in pairs),
        "int8_seconds": statistics.median(b for _, b in pairs),
        "ratio": statistics.median(ratios),
        "ratio_least": ratios[0],
        "ratio_most": ratios[-1],
    }


def table(result: dict) -> str:
    """The figures for a reader."""
    size = "{:.1f} MB, {:.1f} MB".format(*(result[k] / 1e6 for k in ("float_bytes", "int8_bytes")))
    lines = [
        f"float, int8      {result['float']}, {result['int8']}",
        f"size             {size}",
        "side   float s   int8 s   float / int8, median of turns (least to most)",
    ]
    lines += [
        f"{r['side']:>4}   {r['float_seconds']:7.3f}   {r['int8_seconds']:6.3f}   "
        f"{r['ratio']:.2f} ({r['ratio_least']:.2f} to {r['ratio_most']:.2f})"
        for r in result["tiles"]
    ]
    return "\n".join(lines)


def main() -> None:
    """Parse, measure, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--float", type=Path, help="default: what the shipped model was made from")
    parser.add_argument(
        "--int8", type=Path, help="default: the shipped model, or made from --float"
    )
    parser.add_argument("--turns", type=int, default=12, help="of each model and size (12)")
    parser.add_argument("--tiles", default="256,512", help="sizes (256,512)")
    parser.add_argument("--json", type=Path, default=None, help="write the figures here")
    args = parser.parse_args()
    shipped = default_model_path()
    model = open_model(args.float or shipped.parent / "float32" / shipped.name)
    path = args.int8 or (None if args.float else shipped)
    data = open_model(path).onnx if path else quantised(model.onnx, model.spec)
    before = OnnxPredictor(model.onnx, spec=model.spec, threads=1)
    after = OnnxPredictor(data, spec=model.spec, threads=1)
    result = {
        "float": str(args.float or f"float32/{shipped.name}"),
        "int8": path.name if path else "made from it",
        "float_bytes": len(model.onnx),
        "int8_bytes": len(data),
        "tiles": [measure(before, after, int(s), args.turns) for s in args.tiles.split(",")],
    }
    print(table(result))
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
