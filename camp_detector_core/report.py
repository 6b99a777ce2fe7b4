"""The run report: what was run, with what, on what, and what came out, as JSON."""

from __future__ import annotations

import json
import math
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from typing import TYPE_CHECKING, Any

import numpy as np

from . import __version__
from .engine.limits import HUGE_DWELLING
from .engine.messages import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .engine.detect import DetectStats
    from .engine.plan import Axis, TilePlan
    from .engine.prepare import Stretch
    from .engine.spec import ModelSpec
    from .georaster.source import PlacedSource
    from .job import Job
    from .model_file import ModelFile
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
            total_area_m2=_hundredths(table.area.sum()),
            median_area_m2=_hundredths(np.median(table.area)) if len(table.area) else None,
        )


def doubts_of(table: DwellingTable) -> tuple[Message, ...]:
    """What in a result is likely to be no dwelling, one sentence each."""
    huge = int((table.area > HUGE_DWELLING).sum())
    if not huge:
        return ()
    what = "1 polygon is" if huge == 1 else f"{huge} polygons are"
    sentence = (
        f"{what} larger than {HUGE_DWELLING:,.0f} m2, which hardly any dwelling is: look there "
        "first. Borders and holes of one colour that the file does not call nodata are taken for "
        "roofs"
    )
    return (Message(sentence, "nodata", "; {nodata=VALUE} leaves them out"),)


def _hundredths(area: float) -> float:
    """An area without digits that no imagery can tell."""
    return round(float(area), 2)


@dataclass(frozen=True)
class Tiles:
    """The chips that were run, which small rasters and networks of fixed size set too."""

    total: int
    inferred: int
    skipped: int
    """Without a valid pixel, so the model was not run on them."""
    size_px: tuple[int, int]
    """Height and width of a chip."""
    overlap_px: tuple[int, int]
    """Pixels that neighbours share, along rows and columns; 0 where there is one chip."""

    @classmethod
    def of(cls, stats: DetectStats, plan: TilePlan) -> Tiles:
        """What a detection says and the plan that it followed."""
        return cls(
            total=stats.windows,
            inferred=stats.inferred,
            skipped=stats.skipped,
            size_px=(plan.tile.height, plan.tile.width),
            overlap_px=(_overlap(plan.rows), _overlap(plan.cols)),
        )


def _overlap(axis: Axis) -> int:
    """Pixels that the first two chips share."""
    if len(axis.starts) == 1:
        return 0
    return axis.size - (axis.starts[1] - axis.starts[0])


@dataclass(frozen=True)
class Run:
    """Everything that is known after a run."""

    job: Job
    model: ModelFile
    spec: ModelSpec
    """The model's spec with the user's values."""
    source: PlacedSource
    stretch: Stretch | None
    simplify_px: float
    provider: str
    """ONNX Runtime's name of what ran the model."""
    counts: Counts
    tiles: Tiles
    missing_share: float
    """Share of the grid's pixels without an image, 0 to 1."""
    started: datetime
    seconds: Mapping[str, float | Mapping[str, float]]
    """Seconds by stage; the stages of the detection itself overlap."""
    warnings: tuple[Message, ...]


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
        "seconds": _rounded(run.seconds),
        "outputs": {name: str(path) for name, path in run.job.products.paths().items()},
        "warnings": [str(warning) for warning in run.warnings],
        "started": run.started.isoformat(timespec="seconds"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "software": software(),
    }


def _crs_name(wkt: str | None) -> str | None:
    """Such as EPSG:32645; None where there is no CRS, or no register has it."""
    from rasterio.crs import CRS

    found = CRS.from_wkt(wkt).to_authority(confidence_threshold=100) if wkt else None
    return ":".join(found) if found else None


def _parameters(run: Run) -> dict[str, Any]:
    """Every value that had a say, whether the user's or the model's."""
    spec, job = run.spec, run.job
    return {
        "threshold": spec.threshold,
        "min_area_m2": spec.min_area,
        "tile_size": max(run.tiles.size_px),
        "overlap": spec.overlap,
        "simplify_px": run.simplify_px,
        "square": job.settings.square,
        "separation": asdict(spec.separation) if spec.separation else None,
        "tta": job.settings.tta,
        "gsd": job.source.gsd,
        "nodata": _value(job.source.nodata),
        "pixel_size": job.source.pixel_size,
        "stretch": asdict(run.stretch) if run.stretch else None,
        "threads": job.machine.threads,
        "device": job.machine.device,
        "provider": run.provider,
        "overwrite": job.overwrite,
    }


def _value(number: float | None) -> float | str | None:
    """A number of the user's; JSON has no word for those that are not finite, but texts."""
    return number if number is None or math.isfinite(number) else str(number)


def _rounded(seconds: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, 3) if isinstance(value, float) else _rounded(value)
        for name, value in seconds.items()
    }


def report_bytes(run: Run) -> bytes:
    """The report as a JSON file."""
    text = json.dumps(make_report(run), indent=2, ensure_ascii=False, allow_nan=False)
    # Bytes of file names that are not UTF-8 become escapes, which JSON has too.
    return (text + "\n").encode(errors="backslashreplace")
