"""Put a copy of the engine through its paces; runs on Python 3.9 with numpy 1.20 alone.

usage: python floor_smoke.py FOLDER PACKAGE, where FOLDER holds a copy of the engine under the name
PACKAGE. Prints one line of JSON: the versions, the modules imported, and what came out.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import pkgutil
import platform
import sys

import numpy as np

HEIGHT, WIDTH = 150, 90


def import_all(package):
    """Import every module but those that need a library, which is not part of the floor."""
    root = importlib.import_module(package)
    walk = pkgutil.walk_packages(root.__path__, f"{package}.")
    names = sorted(m.name[len(package) + 1 :] for m in walk)
    for name in names:
        if name not in {"predictors.ort", "predictors.torchscript"}:
            importlib.import_module(f"{package}.{name}")
    return names


def picture():
    """RGB (3, HEIGHT, WIDTH) uint8: two rectangles, one with a hole; a corner is nodata."""
    pixels = np.zeros((3, HEIGHT, WIDTH), np.uint8)
    pixels[:, 10:60, 20:70] = 255
    pixels[:, 30:40, 30:50] = 0
    pixels[:, 100:103, 5:9] = 255
    valid = np.ones((HEIGHT, WIDTH), bool)
    valid[120:, :30] = False
    return pixels, valid


def scores_of(package):
    """Run the loop over windows with a predictor that answers the first band."""
    module = {
        name.rpartition(".")[2]: importlib.import_module(f"{package}.{name}")
        for name in ("grid", "spec", "tiling.detect")
    }
    grid, spec = module["grid"], module["spec"]
    pixels, valid = picture()

    class Source:
        def __init__(self):
            self.grid = grid.Grid(
                grid.Shape(HEIGHT, WIDTH), grid.Transform(0.5, 0, 100, 0, -0.5, 200), None
            )

        def read(self, window):
            return pixels[(slice(None), *window.slices)], valid[window.slices]

    class Predictor:
        workers, batch_size = 2, 2

        def predict(self, batch):
            return batch[:, :1]

    class Sink:
        def __init__(self):
            self.scores = np.zeros((1, HEIGHT, WIDTH), np.uint8)

        def write(self, window, scores, classes):
            self.scores[(slice(None), *window.slices)] = scores

    bands = tuple(spec.Band(n, 1 / 255, 0.0, 1.0) for n in ("red", "green", "blue"))
    model = spec.ModelSpec(
        "floor", "1", bands, (spec.ClassDef(1, "dwelling", "#FF0000"),),
        gsd=0.5, tile_size=64, overlap=16,
    )  # fmt: skip
    if spec.ModelSpec.from_json(model.to_json()) != model:
        sys.exit("a description does not survive its own JSON")
    sink = Sink()
    module["detect"].detect(Source(), Predictor(), model, [sink])
    return sink.scores, model


def parted(package):
    """Two blocks with a line between, grown from their seeds in one piece and strip by strip."""
    module = {
        name.rpartition(".")[2]: importlib.import_module(f"{package}.{name}")
        for name in ("grid", "spec", "separation", "instances", "polygons.components")
    }
    grid, spec, instances = module["grid"], module["spec"], module["instances"]
    separation = module["separation"].Separation("border", 0.5, reach=4, min_seed=3)
    model = spec.ModelSpec(
        "floor", "2", (spec.Band("red", 1.0, 0.0, 1.0),),
        (spec.ClassDef(1, "dwelling", "#FF0000"),), gsd=0.5, separation=separation,
    )  # fmt: skip
    if spec.ModelSpec.from_json(model.to_json()) != model:
        sys.exit("a separation does not survive its own JSON")
    scores = np.zeros((2, HEIGHT, WIDTH), np.uint8)
    scores[0, 10:130, 10:80] = 254
    scores[1, 10:130, 42:46] = scores[1, 70:73, 10:80] = 254
    scores[:, 100:110, 20:30] = 255
    whole = instances.separate(scores, model, row=0, col=0)
    block = grid.Window(0, 5, HEIGHT, 60)
    separator = instances.Separator(model, block, grid.Shape(HEIGHT, WIDTH))
    area, pieces = separator.area, []
    for row in range(0, HEIGHT, 40):
        strip = grid.Window(row, area.col, min(40, HEIGHT - row), area.width)
        finished = separator.add(strip, scores[(slice(None), *strip.slices)])
        pieces += [] if finished is None else [finished.classes]
    if not np.array_equal(np.concatenate(pieces), whole[block.slices]):
        sys.exit("strips differ from the whole")
    return {
        "classes": hashlib.sha256(whole.tobytes()).hexdigest(),
        "parts": module["components"].label_runs((whole == 1).astype(np.uint8)).count,
    }


def dwellings_of(package, scores, classes):
    """Trace the picture in two blocks, link them, and redraw the outlines."""
    grid = importlib.import_module(f"{package}.grid")
    vectorise = importlib.import_module(f"{package}.polygons.vectorise")
    shape = grid.Shape(HEIGHT, WIDTH)
    linker, dwellings = vectorise.Linker(shape), []
    for window in (grid.Window(0, 0, 37, WIDTH), grid.Window(37, 0, HEIGHT - 37, WIDTH)):
        part = classes[window.slices], scores[0][window.slices]
        dwellings += linker.add(vectorise.trace_block(window, *part, shape))
    dwellings += linker.finish()
    outline = importlib.import_module(f"{package}.polygons.outline")
    options = outline.OutlineOptions(tolerance=1.5, square=True, min_pixels=20)
    redrawn = outline.refine_all(dwellings, options)
    return {"exact": [rounded(d) for d in dwellings], "redrawn": [rounded(d) for d in redrawn]}


def area(ring):
    """Area of a closed ring in pixels."""
    x, y = (np.asarray(ring, float) - ring[0]).T
    return abs(float(x[:-1] @ y[1:] - x[1:] @ y[:-1])) / 2


def rounded(dwelling):
    """A dwelling as JSON can hold it; outlines to a billionth of a pixel."""
    return {
        "area": round(area(dwelling.exterior) - sum(map(area, dwelling.holes)), 9),
        "exterior": np.round(np.asarray(dwelling.exterior, float), 9).tolist(),
        "holes": [np.round(np.asarray(hole, float), 9).tolist() for hole in dwelling.holes],
        "probability": float(dwelling.mean_probability),
    }


def main(folder, package):
    sys.path.insert(0, folder)
    names = import_all(package)
    scores, model = scores_of(package)
    classes = importlib.import_module(f"{package}.scores").to_classes(
        scores, model.threshold, [c.value for c in model.classes]
    )
    print(
        json.dumps(
            {
                "python": platform.python_version(),
                "numpy": np.__version__,
                "modules": names,
                "pixels": [int((classes == v).sum()) for v in (0, 1, 255)],
                "scores": hashlib.sha256(scores.tobytes()).hexdigest(),
                "parted": parted(package),
                "dwellings": dwellings_of(package, scores, classes),
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
