"""End-to-end `camp-detector detect` beside its floor: bare ONNX Runtime over the same pixels once.

Run with ``make bench`` or ``python benchmarks/detect.py``. Every figure comes from a process of its
own; floor and detect take turns, and the ratio is taken turn by turn, so a machine that others
use too spoils it least. The floor gets normalised chips that lie ready in memory, without overlap,
in ONNX Runtime's best setting: as many single-threaded runs side by side as there are processors,
with the fastest of several chip sizes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import rasterio
import rasterio.errors
from _measure import child, in_own_process
from rasterio.transform import from_origin

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "data" / "banepa"
SIDE = 7104
"""Pixels along each side of the scene: 50.5 megapixels."""
GSD = 0.2


def real_or_generated() -> tuple[np.ndarray, str]:
    """A patch of imagery (3, h, w) uint8 to tile the scene from, and what it is."""
    warnings.filterwarnings("ignore", category=rasterio.errors.NotGeoreferencedWarning)
    files = sorted(REAL.glob("*/OAM-*.tif"))
    if files:
        chips = []
        for path in files[:49]:
            with rasterio.open(path) as chip:
                chips.append(chip.read([1, 2, 3]))
        rows = [np.concatenate(chips[i : i + 7], axis=2) for i in range(0, 49, 7)]
        return np.concatenate(rows, axis=1), f"{len(chips)} real chips of Banepa"
    from camp_detector_core.scene import SceneOptions, generate_scene

    scene = generate_scene(SceneOptions(seed=1, height=1024, width=1024))
    return scene.image, "a generated scene"


def write_scene(folder: Path) -> tuple[Path, str]:
    """The 50-megapixel scene as a tiled, deflated GeoTIFF."""
    patch, origin = real_or_generated()
    times = -(-SIDE // patch.shape[1])
    image = np.tile(patch, (1, times, times))[:, :SIDE, :SIDE]
    path = folder / "scene.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=SIDE,
        height=SIDE,
        count=3,
        dtype="uint8",
        crs="EPSG:32645",
        transform=from_origin(350000, 3056000, GSD, GSD),
        tiled=True,
        blockxsize=256,
        blockysize=256,
        compress="deflate",
        photometric="RGB",
    ) as scene:
        scene.write(image)
    return path, origin


def stack(scene: Path, times: int) -> Path:
    """A virtual raster with the scene ``times`` times below itself."""
    sources = "".join(
        f'<SimpleSource><SourceFilename relativeToVRT="1">{scene.name}</SourceFilename>'
        f"<SourceBand>BAND</SourceBand>"
        f'<SrcRect xOff="0" yOff="0" xSize="{SIDE}" ySize="{SIDE}"/>'
        f'<DstRect xOff="0" yOff="{i * SIDE}" xSize="{SIDE}" ySize="{SIDE}"/></SimpleSource>'
        for i in range(times)
    )
    bands = "".join(
        f'<VRTRasterBand dataType="Byte" band="{b}"><ColorInterp>{name}</ColorInterp>'
        f"{sources.replace('BAND', str(b))}</VRTRasterBand>"
        for b, name in enumerate(("Red", "Green", "Blue"), start=1)
    )
    with rasterio.open(scene) as first:
        wkt, t = first.crs.to_wkt().replace("&", "&amp;").replace("<", "&lt;"), first.transform
    path = scene.with_name(f"scene_x{times}.vrt")
    path.write_text(
        f'<VRTDataset rasterXSize="{SIDE}" rasterYSize="{SIDE * times}"><SRS>{wkt}</SRS>'
        f"<GeoTransform>{t.c},{t.a},0,{t.f},0,{t.e}</GeoTransform>{bands}</VRTDataset>",
        encoding="utf-8",
    )
    return path


def trivial_model(folder: Path) -> Path:
    """A network of the right form that costs nothing and finds nothing."""
    import onnx
    from onnx import TensorProto, helper

    from camp_detector_core.engine.spec import METADATA_KEY, Band, ClassDef, ModelSpec

    spec = ModelSpec(
        name="trivial",
        version="1",
        bands=tuple(Band(n, 1 / 255, 0.0, 1.0) for n in ("red", "green", "blue")),
        classes=(ClassDef(1, "dwelling", "#FF0000"),),
        gsd=GSD,
        overlap=32,
    )
    nodes = [
        helper.make_node("Conv", ["input", "w"], ["x"]),
        helper.make_node("Clip", ["x", "low", "high"], ["output"]),
    ]
    weights = [
        helper.make_tensor("w", TensorProto.FLOAT, [1, 3, 1, 1], [0.0] * 3),
        helper.make_tensor("low", TensorProto.FLOAT, [], [0.0]),
        helper.make_tensor("high", TensorProto.FLOAT, [], [1.0]),
    ]
    ends = [
        helper.make_tensor_value_info(n, TensorProto.FLOAT, ["n", c, "h", "w_"])
        for n, c in (("input", 3), ("output", 1))
    ]
    graph = helper.make_graph(nodes, "trivial", ends[:1], ends[1:], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {METADATA_KEY: spec.to_json()})
    path = folder / "trivial.onnx"
    onnx.save(model, path)
    return path


def floor(scene: Path, model: Path, tile: int, threads: int) -> None:
    """Child process: bare runs over every pixel once; prints the seconds."""
    import onnxruntime

    from camp_detector_core.engine.predictors.ort import OnnxPredictor
    from camp_detector_core.engine.prepare import normalise

    spec = OnnxPredictor(model.read_bytes()).spec
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.read_bytes(), options, providers=["CPUExecutionProvider"]
    )
    with rasterio.open(scene) as raster:
        image = raster.read()
    valid = np.ones((tile, tile), bool)
    last = SIDE - tile
    starts = [min(i, last) for i in range(0, SIDE, tile)]
    # The chips at the far ends overlap their neighbours: their share is counted out below.
    share = SIDE**2 / (len(starts) * tile) ** 2
    chips = [(row, col) for row in starts for col in starts]
    spent, lock = [0.0], threading.Lock()

    def prepared(batch: list[tuple[int, int]]) -> list[np.ndarray]:
        return [
            normalise(image[:, r : r + tile, c : c + tile], valid, spec.bands)[None]
            for r, c in batch
        ]

    def work(arrays: list[np.ndarray]) -> None:
        for array in arrays:
            session.run(None, {"input": array})

    work(prepared(chips[:2]))
    step = 16 * threads
    for at in range(0, len(chips), step):
        arrays = prepared(chips[at : at + step])
        start = time.perf_counter()
        workers = [
            threading.Thread(target=work, args=(arrays[i::threads],)) for i in range(threads)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        with lock:
            spent[0] += time.perf_counter() - start
    print(json.dumps({"seconds": spent[0] * share}))


def detect_command(image: Path, out: Path, model: Path, threads: int) -> list[str]:
    """The command line that is measured."""
    return [
        *(sys.executable, "-m", "camp_detector_core", "detect", str(image), "-o", str(out)),
        *("--model", str(model), "--probability", "--report", "--overwrite", "--quiet"),
        *("--threads", str(threads)),
    ]


def measure(folder: Path, model: Path, *, turns: int, threads: int, tiles: list[int]) -> dict:
    """Measure one run."""
    scene, origin = in_own_process(write_scene, folder)
    out = folder / "out.gpkg"
    rows = []
    for _ in range(turns):
        bare = {}
        for tile in tiles:
            me = [sys.executable, __file__, "--floor", str(scene), "--model", str(model)]
            _, _, text = child(*me, "--tile", str(tile), "--threads", str(threads))
            bare[tile] = json.loads(text)["seconds"]
        wall, rss, _ = child(*detect_command(scene, out, model, threads))
        report = json.loads(out.with_name("out_report.json").read_text(encoding="utf-8"))
        best = min(bare.values())
        rows.append(
            {
                "floor_seconds": {str(k): round(v, 2) for k, v in bare.items()},
                "detect_seconds": round(wall, 2),
                "ratio": round(wall / best, 3),
                "peak_rss_mb": round(rss),
                "stages": report["seconds"],
                "dwellings": report["result"]["dwellings"],
            }
        )
        print(f"  floor {best:.1f} s, detect {wall:.1f} s: ratio {wall / best:.3f}, {rss:.0f} MB")
    trivial = in_own_process(trivial_model, folder)
    memory = {}
    for times in (1, 10):
        image = in_own_process(stack, scene, times)
        _, rss, _ = child(*detect_command(image, out, trivial, threads))
        memory[f"x{times}"] = round(rss)
    return {
        "scene": f"{SIDE} x {SIDE} px tiled from {origin}",
        "model": model.name,
        "threads": threads,
        "turns": rows,
        "ratio_median": statistics.median(r["ratio"] for r in rows),
        "megapixels_per_second": round(
            SIDE**2 / 1e6 / statistics.median(r["detect_seconds"] for r in rows), 2
        ),
        "peak_rss_mb": max(r["peak_rss_mb"] for r in rows),
        "rss_mb_by_height": memory,
        "rss_ratio_ten_times_height": round(memory["x10"] / memory["x1"], 3),
    }


def table(result: dict) -> str:
    """The figures for a reader."""
    heights = "({x1} -> {x10} MB, virtual raster, trivial network)".format(
        **result["rss_mb_by_height"]
    )
    lines = [
        f"scene                        {result['scene']}",
        f"model, threads               {result['model']}, {result['threads']}",
        f"detect / bare ONNX Runtime   {result['ratio_median']:.3f} (median of turns)",
        f"throughput                   {result['megapixels_per_second']} megapixels/s, all stages",
        f"peak memory                  {result['peak_rss_mb']} MB",
        f"memory at 10 x the height    {result['rss_ratio_ten_times_height']:.3f} x {heights}",
        "seconds by stage, last turn (stages overlap):",
    ]
    stages = result["turns"][-1]["stages"]
    inner = stages.pop("stages of detect")
    lines += [f"  {name:<18} {seconds:8.2f}" for name, seconds in stages.items()]
    lines += [f"  detect: {name:<10} {seconds:8.2f}" for name, seconds in inner.items()]
    return "\n".join(lines)


def main() -> None:
    """Parse, measure, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=None, help="default: the shipped model")
    parser.add_argument("--turns", type=int, default=3, help="floor and detect, in turn (3)")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--tiles", default="256,512", help="chip sizes of the floor (256,512)")
    parser.add_argument("--json", type=Path, default=None, help="write the figures here")
    parser.add_argument("--floor", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--tile", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.model is None:
        from camp_detector_core.model_file import default_model_path

        args.model = default_model_path()
    if args.floor:
        floor(args.floor, args.model, args.tile, args.threads)
        return
    with tempfile.TemporaryDirectory() as folder:
        result = measure(
            Path(folder),
            args.model,
            turns=args.turns,
            threads=args.threads,
            tiles=[int(t) for t in args.tiles.split(",")],
        )
    result["children_peak_rss_mb"] = round(
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    )
    print(table(result))
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
