"""Find dwellings as a host does; runs on the system's Python with its GDAL and ONNX Runtime.

usage: python hostgdal_run.py FOLDER PACKAGE REQUEST, where FOLDER holds a copy of what a host
carries under the name PACKAGE, and REQUEST is a JSON file: "libraries" (a folder with ONNX
Runtime), "images", "model", "settings", "source", and what else `HostJob` takes; "cancel" stops
the run at once where it is true, and "exceptions" says how the host has set GDAL's bindings up.
Prints one line of JSON.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path


class Progress:
    """Counts, and stops at once where it is asked to."""

    def __init__(self, cancel):
        self.seen = []
        self._cancel = cancel

    def update(self, done, total):
        self.seen.append((done, total))

    def cancelled(self):
        return self._cancel and len(self.seen) > 1


def state_of(gdal):
    """Return GDAL's state as the host sees it, in its own thread."""
    names = ("CPL_LOG", "GDAL_HTTP_MAX_RETRY", "GDAL_ERROR_ON_LIBJPEG_WARNING")
    options = [gdal.GetConfigOption(name) for name in names]
    local = [gdal.GetThreadLocalConfigOption(name) for name in names]
    return gdal.GetUseExceptions(), gdal.GetCacheMax(), options, local


def main():
    folder, package, request = sys.argv[1:]
    asked = json.loads(Path(request).read_text(encoding="utf-8"))
    sys.path[:0] = [folder, asked.pop("libraries")]
    from osgeo import gdal

    if asked.pop("exceptions", False):
        gdal.UseExceptions()
    gdal.SetConfigOption("GDAL_HTTP_MAX_RETRY", "7")
    gdal.SetThreadLocalConfigOption("GDAL_ERROR_ON_LIBJPEG_WARNING", "FALSE")
    before = state_of(gdal)

    def module(name):
        return importlib.import_module(f"{package}.{name}")

    errors, run = module("engine.errors"), module("hostgdal.run")
    source, settings = module("georaster.options"), module("georaster.settings")
    progress = Progress(asked.pop("cancel", False))
    if "area" in asked:
        asked["area"] = [bytes.fromhex(polygon) for polygon in asked["area"]]
    images = asked.pop("images")
    if asked.pop("opened", False):
        images = gdal.Open(images[0])
    try:
        predictor = module("engine.ort").OnnxPredictor(Path(asked.pop("model")).read_bytes())
        job = run.HostJob(
            settings=settings.Settings(**asked.pop("settings", {})),
            source=source.SourceOptions(**asked.pop("source", {})),
            **{k: tuple(v) if isinstance(v, list) else v for k, v in asked.items()},
        )
        found = run.detect_raster(images, predictor, job, progress=progress)
        result = {
            "rows": [row._asdict() for row in found.rows],
            "warnings": [str(w) for w in found.warnings],
            "wkt": found.grid.crs_wkt,
            "progress": progress.seen[-1],
        }
    except errors.CampDetectorError as error:
        result = {"error": str(error), "kind": type(error).__name__}
    result["changed"] = state_of(gdal) != before
    print(json.dumps(result))


if __name__ == "__main__":
    main()
