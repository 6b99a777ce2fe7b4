"""The run report: what was run, with what, on what, and what came out, as JSON."""

from __future__ import annotations

import json
import math
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from typing import TYPE_CHECKING, Any

from camp_detector_core import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camp_detector_core.detection.outcome import Outcome
    from camp_detector_core.engine.messages import Words
    from camp_detector_core.georaster.source import PlacedSource

_OTHER_NAMES = {"min_area", "simplify", "separate"}
"""Settings that the report holds under names of its own, with units."""
_PACKAGES = ("numpy", "onnxruntime", "rasterio", "pyogrio", "shapely")


def software() -> dict[str, str]:
    """Versions of what took part."""
    import rasterio

    return {
        "camp-detector": __version__,
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in _PACKAGES},
        "gdal": rasterio.__gdal_version__,
        "system": platform.platform(),
    }


def make_report(run: Outcome, words: Words) -> dict[str, Any]:
    """The report as plain values for JSON, its warnings in a host's words."""
    setup, spec, grid = run.setup, run.spec, run.grid
    source, model = setup.source, setup.model
    size = {} if setup.request.outputs.grid == "model" else {"output_size": _size(source)}
    return {
        "model": {
            "id": spec.id,
            "file": model.origin if model else None,
            "sha256": model.sha256 if model else None,
            "licence": spec.licence,
            "attribution": list(spec.attribution),
        },
        "input": {
            "images": list(setup.request.images),
            "files": list(source.files),
            "bands": list(source.bands),
            "dtype": source.dtype.name,
        },
        "grid": {
            "height": grid.shape.height,
            "width": grid.shape.width,
            "crs": _crs_name(grid.crs_wkt),
            "crs_wkt": grid.crs_wkt,
            "transform": [float(v) for v in grid.transform],
            "gsd_m": list(grid.gsd),
            "native_gsd_m": list(source.native_grid.gsd),
            "missing_share": run.missing_share,
            "resampled": source.is_resampled,
        },
        "parameters": _parameters(run),
        "result": asdict(run.counts),
        "tiles": asdict(run.tiles),
        "seconds": _rounded(run.all_seconds),
        "outputs": {name: str(path) for name, path in run.paths.items()},
        "warnings": [warning.render(words) for warning in run.warnings],
        **size,
        "started": run.started.isoformat(timespec="seconds"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "software": software(),
    }


def _crs_name(wkt: str | None) -> str | None:
    """Return a name such as EPSG:32645; None without a CRS, or where no register has it."""
    from rasterio.crs import CRS

    authority = CRS.from_wkt(wkt).to_authority(confidence_threshold=100) if wkt else None
    return ":".join(authority) if authority else None


def _size(source: PlacedSource) -> dict[str, int]:
    """Height and width of rasters on the grid of the image."""
    height, width = source.native_grid.shape
    return {"height": height, "width": width}


def _parameters(run: Outcome) -> dict[str, Any]:
    """Every value that had a say, whether the user's or the model's."""
    spec, setup = run.spec, run.setup
    settings, source = setup.request.settings, setup.request.source
    return {
        **{name: value for name, value in vars(settings).items() if name not in _OTHER_NAMES},
        "threshold": spec.threshold,
        "min_area_m2": spec.min_area,
        "tile_size": max(run.tiles.size_px),
        "overlap": spec.overlap,
        "simplify_px": setup.finding.tolerance,
        "separation": asdict(spec.separation) if spec.separation else None,
        "gsd": source.gsd,
        "nodata": _value(source.nodata),
        "pixel_size": source.pixel_size,
        "stretch": asdict(setup.finding.stretch) if setup.finding.stretch else None,
        "provider": setup.predictor.provider,
        "overwrite": setup.request.outputs.overwrite,
    }


def _value(number: float | None) -> float | str | None:
    """A number of the user's; JSON has no word for those that are not finite, but texts."""
    return number if number is None or math.isfinite(number) else str(number)


def _rounded(seconds: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, 3) if isinstance(value, float) else _rounded(value)
        for name, value in seconds.items()
    }


def report_bytes(report: dict[str, Any]) -> bytes:
    """The report as a JSON file."""
    text = json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False)
    # Bytes of file names that are not UTF-8 become escapes, which JSON has too.
    return (text + "\n").encode(errors="backslashreplace")
