"""The run report: what was run, with what, on what, and what came out, as JSON."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from typing import TYPE_CHECKING, Any

import numpy as np

from . import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .engine.prepare import Stretch
    from .engine.spec import ModelSpec
    from .job import Job
    from .packaging.model_file import ModelFile
    from .raster.source import RasterioSource
    from .vector import DwellingTable

_PACKAGES = ("numpy", "onnxruntime", "rasterio", "pyogrio", "shapely")


@dataclass(frozen=True)
class Counts:
    """What came out, in numbers."""

    dwellings: int
    by_class: dict[str, int]
    total_area_m2: float
    median_area_m2: float | None
    """None where there is no dwelling."""

    @classmethod
    def of(cls, table: DwellingTable, spec: ModelSpec) -> Counts:
        """Count the rows of a table."""
        classes = list(table.classes)
        return cls(
            dwellings=len(classes),
            by_class={c.name: classes.count(c.name) for c in spec.classes},
            total_area_m2=float(table.area.sum()),
            median_area_m2=float(np.median(table.area)) if len(table.area) else None,
        )


@dataclass(frozen=True)
class Tiles:
    """How many chips there were."""

    total: int
    inferred: int
    skipped: int
    """Without a valid pixel, so the model was not run on them."""


@dataclass(frozen=True)
class Run:
    """Everything that is known after a run."""

    job: Job
    model: ModelFile
    spec: ModelSpec
    """The model's spec with the user's values."""
    source: RasterioSource
    stretch: Stretch | None
    simplify_px: float
    provider: str
    """ONNX Runtime's name of what ran the model."""
    counts: Counts
    tiles: Tiles
    started: datetime
    seconds: Mapping[str, float | Mapping[str, float]]
    """Seconds by stage; the stages of the detection itself overlap."""
    warnings: tuple[str, ...]


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


def make_report(run: Run) -> dict[str, Any]:
    """The report as plain values for JSON."""
    spec, source = run.spec, run.source
    grid = source.grid
    return {
        "model": {
            "id": spec.id,
            "file": run.model.origin,
            "sha256": run.model.sha256,
            "licence": spec.licence,
            "attribution": list(spec.attribution),
        },
        "input": {
            "images": list(run.job.images),
            "files": list(source.files),
            "bands": list(source.bands),
            "dtype": source.dtype.name,
        },
        "grid": {
            "height": grid.shape.height,
            "width": grid.shape.width,
            "crs": grid.crs_wkt,
            "transform": [float(v) for v in grid.transform],
            "gsd_m": list(grid.gsd),
            "native_gsd_m": list(source.native_grid.gsd),
            "resampled": source.is_resampled,
        },
        "parameters": _parameters(run),
        "result": asdict(run.counts),
        "tiles": asdict(run.tiles),
        "seconds": _rounded(run.seconds),
        "outputs": {name: str(path) for name, path in run.job.products.paths().items()},
        "warnings": list(run.warnings),
        "started": run.started.isoformat(timespec="seconds"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "software": software(),
    }


def _parameters(run: Run) -> dict[str, Any]:
    """Every value that had a say, whether the user's or the model's."""
    spec, job = run.spec, run.job
    return {
        "threshold": spec.threshold,
        "min_area_m2": spec.min_area,
        "tile_size": spec.tile_size,
        "overlap": spec.overlap,
        "simplify_px": run.simplify_px,
        "square": job.settings.square,
        "gsd": job.source.gsd,
        "nodata": job.source.nodata,
        "pixel_size": job.source.pixel_size,
        "stretch": asdict(run.stretch) if run.stretch else None,
        "threads": job.machine.threads,
        "device": job.machine.device,
        "provider": run.provider,
        "overwrite": job.overwrite,
    }


def _rounded(seconds: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, 3) if isinstance(value, float) else _rounded(value)
        for name, value in seconds.items()
    }


def report_bytes(run: Run) -> bytes:
    """The report as a JSON file."""
    text = json.dumps(make_report(run), indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()
