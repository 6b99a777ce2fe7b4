"""Put what hosts carry beside the engine through its paces; runs on Python 3.9 with numpy 1.20.

usage: python floor_carried.py FOLDER PACKAGE OUT, where FOLDER holds a copy of what a host carries
under the name PACKAGE, and models of all kinds. Prints one line of JSON.
"""

from __future__ import annotations

import importlib
import json
import math
import pkgutil
import platform
import sys
from pathlib import Path

import numpy as np

SIDE = 4
"""Pixels along the square, whose hole has half of that."""


class Degrees:
    """Longitude and latitude; see the port."""

    wkt = label = "degrees"
    is_geographic, is_projected, unit = True, False, math.pi / 180

    def same(self, other):
        return other is self

    def lonlat(self, x, y):
        return x, y


def square(low, high):
    return np.array([(low, low), (low, high), (high, high), (high, low), (low, low)], float)


def main():
    folder, package, out = sys.argv[1:]
    sys.path.insert(0, folder)

    def module(name):
        return importlib.import_module(f"{package}.{name}")

    names = sorted(m.name for m in pkgutil.iter_modules(module("georaster").__path__))
    for name in names:
        module(f"georaster.{name}")
    grids, spec = module("engine.grid"), module("engine.spec")
    dwelling = module("engine.polygons.dwelling").Dwelling(
        square(0, SIDE), (square(1, 1 + SIDE // 2),), 1, 12, 12 * 254
    )
    model = spec.ModelSpec(
        name="tiny", version="1.0", gsd=0.5, tile_size=64, overlap=16, multiple=32,
        bands=(spec.Band("red", 1 / 255, 0.0, 1.0),),
        classes=(spec.ClassDef(1, "dwelling", "#E31A1C"),),
        licence="CC0-1.0", attribution=("made by a test",),
    )  # fmt: skip
    step = 1e-5 / SIDE
    crs = Degrees()
    middle = np.array([60.0 - 2 * step])
    mx, my = module("georaster.ground").metres_per_unit(crs, np.array([10.0]), middle)
    grid = grids.Grid(
        grids.Shape(SIDE, SIDE), grids.Transform(step, 0, 10, 0, -step, 60), crs.wkt,
        (float(mx[0]), float(my[0])),
    )  # fmt: skip
    rows = module("georaster.table").rows_of([dwelling], grid, model, crs)
    turned = module("georaster.settings").Settings(simplify=0.5, tile_size=96)
    final = Path(out, "a.txt")
    output_set = module("outputs.output_set")
    with output_set.OutputSet([final], overwrite=False) as outputs:
        outputs.target(final).temporary.write_text("whole", encoding="utf-8")
        module("detection.own_inputs").refuse_own_inputs(output_set.standing([final]), [__file__])
        outputs.commit()
    files = Path(folder, "models")
    reader = module("model_file.reader")
    models = [reader.open_model(files / name) for name in ("tiny.onnx", "tiny.json", "tiny.dlpk")]
    models.append(
        reader.model_of_definition(module("model_file.package").open_definition(files / "tiny.emd"))
    )
    result = {
        "models": [[m.spec.id, m.sha256, len(m.item)] for m in models],
        "python": platform.python_version(),
        "modules": names,
        "areas": rows.area.tolist(),
        "rows": [row._asdict() for row in rows],
        "tile": turned.apply(model).tile_size,
        "written": [p.name for p in Path(out).iterdir() if p.is_file()],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
