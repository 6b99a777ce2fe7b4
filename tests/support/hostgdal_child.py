"""Open rasters through GDAL's own Python bindings; runs on the system's Python.

usage: python hostgdal_child.py FOLDER PACKAGE JOBS OUT, where FOLDER holds a copy of what a host
carries under the name PACKAGE, JOBS is a JSON list of {"paths", "spec", "options"} (with "driver",
open datasets are passed: those of the paths, or for MEM their copies), and OUT a folder: for each
job ``N.json`` with grid, bands, warnings or the error, and ``N.npz`` with pixels.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import numpy as np

CHUNK = 61


def whole(source, window_of):
    """All pixels, read in pieces, and which are valid."""
    height, width = source.grid.shape
    pixels = np.zeros((len(source.bands), height, width), source.dtype)
    valid = np.zeros((height, width), bool)
    for row in range(0, height, CHUNK):
        for col in range(0, width, CHUNK):
            window = window_of(row, col, min(CHUNK, height - row), min(CHUNK, width - col))
            pixels[(slice(None), *window.slices)], valid[window.slices] = source.read(window)
    return pixels, valid


def images_of(job):
    """Return the rasters of a job as a host passes them: by name, or as open datasets."""
    if "driver" not in job:
        return job["paths"]
    from osgeo import gdal

    datasets = [gdal.Open(path) for path in job["paths"]]
    if job["driver"] == "MEM":
        return [gdal.GetDriverByName("MEM").CreateCopy("", dataset) for dataset in datasets]
    return datasets


def main():
    folder, package, jobs, out = sys.argv[1:]
    sys.path.insert(0, folder)

    def module(name):
        return importlib.import_module(f"{package}.{name}")

    open_source = module("hostgdal.opening").open_gdal_source
    errors, grid, spec = module("engine.errors"), module("engine.grid"), module("engine.spec")
    options, stretch = module("georaster.options"), module("georaster.stretch")
    for number, job in enumerate(json.loads(Path(jobs).read_text(encoding="utf-8"))):
        arguments = {k: tuple(v) if isinstance(v, list) else v for k, v in job["options"].items()}
        readings = {}
        try:
            model = spec.ModelSpec.from_json(job["spec"])
            source_options = options.SourceOptions(**arguments)
            with open_source(images_of(job), model, source_options) as source:
                pixels, valid = whole(source, grid.Window)
                picture = source.picture(40)
                choice = stretch.choose_stretch(source, model, source_options)
                readings = {
                    "shape": source.grid.shape,
                    "transform": source.grid.transform,
                    "wkt": source.grid.crs_wkt,
                    "metres": source.grid.metres_per_unit,
                    "bands": source.bands,
                    "warnings": [str(w) for w in (*source.warnings, *choice.warnings)],
                    "stretch": choice.stretch and [choice.stretch.low, choice.stretch.high],
                    "scale": picture.scale,
                }
            np.savez(
                Path(out, f"{number}.npz"),
                pixels=pixels, valid=valid, small=picture.pixels, small_valid=picture.valid,
            )  # fmt: skip
        except errors.CampDetectorError as error:
            readings = {"error": str(error)}
        Path(out, f"{number}.json").write_text(json.dumps(readings), encoding="utf-8")


if __name__ == "__main__":
    main()
