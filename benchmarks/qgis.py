"""The algorithm in QGIS beside `camp-detector detect`, on the same raster and model.

Run with ``make bench`` or ``python benchmarks/qgis.py``; it needs Debian's ``qgis``. Both write the
dwellings as GeoPackage and the probabilities as Cloud-Optimized GeoTIFF, each in a process of its
own, and take turns; ratios are taken turn by turn. QGIS' start and memory without a run are those
of the algorithm Model information.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent)
ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT))


def measure(folder: Path, *, turns: int, threads: int) -> dict:
    """Measure one run."""
    from _measure import child, in_own_process
    from _qgis_profile import QGIS, profile
    from detect import detect_command, write_scene

    from camp_detector_core.model_file import default_model_path

    scene, origin = in_own_process(write_scene, folder)
    variables = in_own_process(profile, folder)
    os.environ.update({k: v for k, v in variables.items() if k != "PYTHONPATH"})
    libraries = f"PYTHONPATH={folder / 'libraries'}"
    run = ["/usr/bin/env", libraries, QGIS, "run"]
    start, base, _ = child(*run, "campdetector:modelinformation")
    rows = []
    for turn in range(turns):
        wall, rss, _ = child(
            *detect_command(scene, folder / "cli.gpkg", default_model_path(), threads)
        )
        out = folder / f"qgis{turn}"
        out.mkdir()
        inside, peak, _ = child(
            *run, "campdetector:detectdwellings", "--", f"INPUT={scene}",
            f"OUTPUT={out / 'found.gpkg'}", f"PROBABILITY={out / 'probability.tif'}",
        )  # fmt: skip
        rows.append(
            {
                "cli_seconds": round(wall, 2),
                "qgis_seconds": round(inside, 2),
                "ratio": round(inside / wall, 3),
                "ratio_without_start": round((inside - start) / wall, 3),
                "cli_peak_mb": round(rss),
                "qgis_peak_mb": round(peak),
                "memory_ratio": round(peak / rss, 3),
            }
        )
        print(json.dumps(rows[-1]), flush=True)
    return {
        "scene": origin,
        "qgis_start_seconds": round(start, 2),
        "qgis_base_mb": round(base),
        "median_ratio": statistics.median(r["ratio"] for r in rows),
        "median_ratio_without_start": statistics.median(r["ratio_without_start"] for r in rows),
        "median_memory_ratio": statistics.median(r["memory_ratio"] for r in rows),
        "turns": rows,
    }


def main() -> None:
    """Measure, print, and keep the figures."""
    from _qgis_profile import QGIS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/qgis.json")
    options = parser.parse_args()
    if not Path(QGIS).exists():
        print(f"{QGIS} is missing, so nothing is measured: sudo apt-get install qgis")
        return
    threads = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        results = measure(Path(folder), turns=options.turns, threads=threads)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(json.dumps({k: v for k, v in results.items() if k != "turns"}, indent=2))


if __name__ == "__main__":
    main()
