"""The algorithm Detect dwellings beside the QGIS plugin Deepness: same raster, same ONNX file.

Run with ``python benchmarks/deepness.py --deepness FOLDER [--opencv FOLDER]``. The first folder
holds the plugin (``deepness/``, unpacked from QGIS' official repository; 0.6.5 was measured), the
second ``cv2`` where QGIS' Python has none; Debian's ``qgis`` is needed, and the ``training`` extra
for the model. Every run is a process of its own; the two take turns, ratios are taken turn by turn,
and above 1 Deepness takes more.

The model is the shipped one with its tile fixed, as Deepness takes it, and without the output that
parts touching dwellings, which Deepness has no use for. Both use the same ONNX Runtime and the
model's threshold. ``equal`` gives Deepness our overlap and no median filter, ``defaults`` what its
dock is set to: 15 % and 9 pixels. It leaves its polygons in memory, while ours are written to a
GeoPackage. QGIS' start is taken off once for each: Model information here, loading QGIS and
Deepness there.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import statistics
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from _measure import child, in_own_process

sys.path[0] = str(Path(__file__).resolve().parent)
ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT))
PYTHON = Path(os.environ.get("QGIS_PYTHON", "/usr/bin/python3"))
"""QGIS' own."""
SETTINGS = ("equal", "defaults")


def fixed_model(source: Path, target: Path) -> tuple[int, int]:
    """Write the model with one output and the tile of its description; its tile and overlap."""
    import onnx

    from camp_detector_core.model_file import open_model
    from camp_detector_core.onnx_model.metadata import (
        deepness_metadata,
        set_metadata,
        spec_metadata,
    )

    spec = replace(open_model(source).spec, separation=None)
    model = onnx.utils.Extractor(onnx.load(source)).extract_model(["input"], ["output"])
    del model.graph.value_info[:]
    for end, channels in (
        (model.graph.input[0], len(spec.bands)),
        (model.graph.output[0], len(spec.classes)),
    ):
        sides = end.type.tensor_type.shape.dim[1:]
        for dim, size in zip(sides, (channels, spec.tile_size, spec.tile_size), strict=True):
            dim.dim_value = size
    set_metadata(model, {**spec_metadata(spec), **deepness_metadata(spec)})
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, target)
    return spec.tile_size, spec.overlap


class Plugins:
    """The commands of the two programs for one model."""

    def __init__(self, folder: Path, source: Path, options: argparse.Namespace) -> None:
        """Remember what every run needs.

        Args:
            folder: Of the profile with our plugin, and of what is written.
            source: The ONNX file that the one for both is made from.
            options: Of the command line.
        """
        from _qgis_profile import QGIS

        self._folder, self._model = folder, folder / source.name
        self._more = ["--batch", str(options.batch), *(["--cache"] if options.cache else [])]
        self._tile, self.overlap = in_own_process(fixed_model, source, self._model)
        libraries = [folder / "libraries"]
        self._camp_detector_command = ["/usr/bin/env", _path(libraries), QGIS, "run"]
        libraries_of_deepness = [*libraries, options.deepness, *filter(None, [options.opencv])]
        run = Path(__file__).with_name("_deepness_run.py")
        self._deepness_command = [
            "/usr/bin/env",
            _path(libraries_of_deepness),
            str(PYTHON),
            str(run),
        ]

    def start(self) -> dict[str, dict[str, float]]:
        """Seconds and memory without a run."""
        start_ours, memory_ours, _ = child(
            *self._camp_detector_command, "campdetector:modelinformation"
        )
        start_deepness, other, _ = child(*self._deepness_command)
        return {
            "ours": {"seconds": start_ours, "peak_mb": memory_ours},
            "deepness": {"seconds": start_deepness, "peak_mb": other},
        }

    def camp_detector(self, scene: Path, *, keep: Path | None = None) -> dict[str, float]:
        """Run our algorithm once; its polygons stay in ``keep``, if a file is named."""
        with tempfile.TemporaryDirectory(dir=self._folder) as scratch:
            out = keep or Path(scratch, "found.gpkg")
            seconds, peak, _ = child(
                *self._camp_detector_command, "campdetector:detectdwellings", "--",
            f"INPUT={scene}",
                f"MODEL_FILE={self._model}", f"OUTPUT={out}",
            )  # fmt: skip
            with closing(sqlite3.connect(out)) as file:
                (table,) = file.execute("SELECT table_name FROM gpkg_contents").fetchone()
                (dwellings,) = file.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
        return {"seconds": seconds, "peak_mb": peak, "dwellings": dwellings}

    def deepness(self, scene: Path, setting: str, *, keep: Path | None = None) -> dict[str, float]:
        """Run Deepness once; mask and polygons stay in ``keep``, if a folder is named."""
        command = ["--scene", str(scene), "--model", str(self._model), *self._more]
        if setting == "equal":
            command += ["--overlap", str(self.overlap), "--small", "0"]
        if keep is not None:
            command += ["--keep", str(keep)]
        seconds, peak, text = child(*self._deepness_command, *command)
        dwellings = json.loads(text.strip().splitlines()[-1])["dwellings"]
        return {"seconds": seconds, "peak_mb": peak, "dwellings": dwellings}

    def floor(self, scene: Path) -> float:
        """Seconds of bare ONNX Runtime on the same tiles without overlap."""
        import detect

        threads = len(os.sched_getaffinity(0))
        command = ["--floor", str(scene), "--model", str(self._model), "--threads", str(threads)]
        _, _, text = child(sys.executable, detect.__file__, *command, "--tile", str(self._tile))
        return float(json.loads(text)["seconds"])


def _path(folders: list[Path]) -> str:
    return f"PYTHONPATH={os.pathsep.join(str(f.resolve()) for f in folders)}"


def turn(plugins: Plugins, scene: Path, start: dict) -> dict:
    """Run each plugin once, and divide Deepness' figures by ours."""
    row = {"floor_seconds": plugins.floor(scene), "ours": plugins.camp_detector(scene)}
    figures = row["ours"]
    for setting in SETTINGS:
        row[setting] = figures_deepness = plugins.deepness(scene, setting)
        figures_deepness["ratio"] = figures_deepness["seconds"] / figures["seconds"]
        figures_deepness["ratio_without_start"] = (
            figures_deepness["seconds"] - start["deepness"]["seconds"]
        ) / (figures["seconds"] - start["ours"]["seconds"])
        figures_deepness["memory_ratio"] = figures_deepness["peak_mb"] / figures["peak_mb"]
    return row


def growth(plugins: Plugins, scene: Path, *, times: int, rows: list[dict]) -> dict:
    """Memory of one run of each on the scene so many times below itself, beside that of turns."""
    import detect

    before = {
        "ours": max(row["ours"]["peak_mb"] for row in rows),
        "deepness": max(row["equal"]["peak_mb"] for row in rows),
    }
    tall = detect.stack(scene, times)
    more = detect.SIDE**2 * (times - 1)
    after = {"ours": plugins.camp_detector(tall), "deepness": plugins.deepness(tall, "equal")}
    result: dict = {"megapixels": round(detect.SIDE**2 * times / 1e6)}
    for name, row in after.items():
        grown = row["peak_mb"] - before[name]
        result[name] = row | {
            "times_the_memory": row["peak_mb"] / before[name],
            "bytes_for_a_pixel_more": grown * 2**20 / more,
        }
    result["ratio"] = after["deepness"]["seconds"] / after["ours"]["seconds"]
    result["memory_ratio"] = after["deepness"]["peak_mb"] / after["ours"]["peak_mb"]
    return result


def agreement(plugins: Plugins, scene: Path, folder: Path) -> dict[str, float]:
    """Compare the pixels that both mark, with equal settings; the files stay in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ours.gpkg").unlink(missing_ok=True)
    plugins.camp_detector(scene, keep=folder / "ours.gpkg")
    plugins.deepness(scene, "equal", keep=folder)
    return in_own_process(overlaps, scene, folder)


def overlaps(scene: Path, folder: Path) -> dict[str, float]:
    """Compare the files of both, drawn on the pixels of the scene."""
    import geopandas
    import numpy as np
    import rasterio
    from rasterio.features import rasterize

    with rasterio.open(scene) as raster:
        shape, transform = raster.shape, raster.transform

    def rasterised(path: Path) -> np.ndarray:
        return rasterize(geopandas.read_file(path).geometry, shape, transform=transform) > 0

    def iou(one: np.ndarray, other: np.ndarray) -> float:
        return float((one & other).sum() / (one | other).sum())

    our_mask, mask = rasterised(folder / "ours.gpkg"), np.load(folder / "deepness.npy") > 0
    return {
        "iou_of_masks": iou(our_mask, mask),
        "iou_of_polygons": iou(our_mask, rasterised(folder / "deepness.gpkg")),
        "our_pixels": int(our_mask.sum()),
        "deepness_pixels": int(mask.sum()),
    }


def measure(folder: Path, options: argparse.Namespace) -> dict:
    """Measure one run."""
    from _qgis_profile import profile
    from detect import write_scene

    from camp_detector_core.model_file import default_model_path

    scene, origin = in_own_process(write_scene, folder)
    os.environ.update({k: v for k, v in profile(folder).items() if k != "PYTHONPATH"})
    shipped = default_model_path()
    sources = {"int8": shipped, "float32": shipped.parent / "float32" / shipped.name}
    result: dict = {"scene": origin, "batch": options.batch, "cache": options.cache}
    for kind in options.models.split(","):
        plugins = Plugins(folder, sources[kind], options)
        start = plugins.start()
        rows = [turn(plugins, scene, start) for _ in range(options.turns)]
        entry = result[kind] = {"start": start, "turns": rows, "overlap_px": plugins.overlap}
        for setting in SETTINGS:
            entry[setting] = {
                key: statistics.median(row[setting][key] for row in rows)
                for key in ("ratio", "ratio_without_start", "memory_ratio")
            }
        if options.times > 1:
            entry["taller"] = growth(plugins, scene, times=options.times, rows=rows)
        entry["agreement"] = agreement(plugins, scene, options.out.parent / f"deepness-{kind}")
        print(json.dumps({kind: _rounded(entry)}, indent=1), flush=True)
    return _rounded(result)


def _rounded(value: object) -> dict:
    return json.loads(json.dumps(value), parse_float=lambda text: round(float(text), 3))


def main() -> None:
    """Measure, print, and keep the figures."""
    from _qgis_profile import QGIS

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--deepness", type=Path, help="folder with Deepness' folder deepness/")
    parser.add_argument("--opencv", type=Path, help="folder with cv2, where QGIS' Python has none")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--batch", type=int, default=1, help="tiles in a run of Deepness (1)")
    parser.add_argument("--cache", action="store_true", help="Deepness' own: its mask on disk")
    parser.add_argument("--models", default="int8,float32", help="(int8,float32)")
    parser.add_argument("--times", type=int, default=4, help="height of the taller raster (4)")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/deepness.json")
    options = parser.parse_args()
    if options.deepness is None:
        print(
            "Deepness is not measured: unpack it from QGIS' plugin repository and give "
            "--deepness FOLDER, where FOLDER holds its folder deepness/"
        )
        return
    if not (options.deepness / "deepness").is_dir():
        parser.error(f"{options.deepness} holds no folder deepness/: unpack the plugin there")
    if not Path(QGIS).exists():
        print(f"{QGIS} is missing, so nothing is measured: sudo apt-get install qgis")
        return
    with tempfile.TemporaryDirectory() as folder:
        summary = measure(Path(folder), options)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
