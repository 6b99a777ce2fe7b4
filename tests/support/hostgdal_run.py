"""Find dwellings as a host does; runs on the system's Python with its GDAL and ONNX Runtime.

usage: python hostgdal_run.py FOLDER PACKAGE REQUEST, where FOLDER holds a copy of what a host
carries under the name PACKAGE, and REQUEST is a JSON file: "libraries" (a folder with ONNX
Runtime), "images", "model", "settings", "source", "extent", "area" (polygons as hexadecimal WKB),
and what `Outputs` takes; "cancel" stops the run at once where it is true, and "exceptions" says how
the host has set GDAL's bindings up.
Prints one line of JSON.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path


class Progress:
    """Counts, and stops at once where it is request_content to."""

    def __init__(self, cancel):
        self.calls = []
        self._cancel = cancel

    def update(self, count, total):
        self.calls.append((count, total))

    def cancelled(self):
        return self._cancel and len(self.calls) > 1


def state_of(gdal):
    """Return GDAL's state as the host sees it, in its own thread."""
    names = ("CPL_LOG", "GDAL_HTTP_MAX_RETRY", "GDAL_ERROR_ON_LIBJPEG_WARNING")
    options = [gdal.GetConfigOption(name) for name in names]
    local = [gdal.GetThreadLocalConfigOption(name) for name in names]
    return gdal.GetUseExceptions(), gdal.GetCacheMax(), options, local


def main():
    folder, package, request = sys.argv[1:]
    request_content = json.loads(Path(request).read_text(encoding="utf-8"))
    sys.path[:0] = [folder, request_content.pop("libraries")]
    from osgeo import gdal

    if request_content.pop("exceptions", False):
        gdal.UseExceptions()
    gdal.SetConfigOption("GDAL_HTTP_MAX_RETRY", "7")
    gdal.SetThreadLocalConfigOption("GDAL_ERROR_ON_LIBJPEG_WARNING", "FALSE")
    before = state_of(gdal)

    def module(name):
        return importlib.import_module(f"{package}.{name}")

    errors, requests = module("engine.errors"), module("detection.request")
    source, settings = module("georaster.options"), module("georaster.settings")

    class HostListener(Progress, module("detection.ports").Listener):
        """The host's progress."""

    progress = HostListener(request_content.pop("cancel", False))
    images = request_content.pop("images")
    area, extent = request_content.pop("area", None), request_content.pop("extent", None)
    try:
        predictor = module("engine.predictors.ort").OnnxPredictor(
            Path(request_content.pop("model")).read_bytes()
        )
        if area is not None:
            area = module("hostgdal.area").Area([bytes.fromhex(polygon) for polygon in area])
        request = requests.Request(
            tuple(images),
            predictor,
            settings.Settings(**request_content.pop("settings", {})),
            source.SourceOptions(
                **request_content.pop("source", {}), extent=extent and tuple(extent), area=area
            ),
            requests.Outputs(**request_content),
        )
        library = module("hostgdal.run").GdalRun()
        outcome = module("detection.run").detect(request, library, progress)
        result = {
            "rows": [row._asdict() for row in outcome.rows],
            "warnings": [str(w) for w in outcome.warnings],
            "wkt": outcome.grid.crs_wkt,
            "progress": progress.calls[-1],
        }
    except errors.CampDetectorError as error:
        result = {"error": str(error), "kind": type(error).__name__}
    result["changed"] = state_of(gdal) != before
    print(json.dumps(result))


if __name__ == "__main__":
    main()
