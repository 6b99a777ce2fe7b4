"""What to detect in which files and where to put it: the options of one run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from .georaster.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from .georaster.options import SourceOptions

Device = Literal["auto", "cpu", "cuda", "directml", "coreml"]


@dataclass(frozen=True)
class Products:
    """Which files are written; all lie beside the vector file and bear its name."""

    vector: Path
    """The dwellings: ``.gpkg``, ``.fgb``, ``.geojson`` or ``.shp``."""
    probability: bool = False
    """Probabilities as a Cloud-Optimized GeoTIFF, ``NAME_probability.tif``."""
    mask: bool = False
    """Classes as a Cloud-Optimized GeoTIFF, ``NAME_mask.tif``."""
    overlay: bool = False
    """A picture of the imagery with the outlines over it, ``NAME_overlay.png``."""
    report: bool = True
    """What was run, with what, on what and what came out, ``NAME_report.json``."""
    overlay_size: int = 2048
    """Longest side of the picture, pixels."""

    def paths(self) -> dict[str, Path]:
        """The path of each product that is wanted, by its name."""
        wanted = {"probability": ".tif", "mask": ".tif", "overlay": ".png", "report": ".json"}
        stem = self.vector.stem
        return {
            "dwellings": self.vector,
            **{
                name: self.vector.with_name(f"{stem}_{name}{suffix}")
                for name, suffix in wanted.items()
                if getattr(self, name)
            },
        }


@dataclass(frozen=True)
class Machine:
    """Where the model runs."""

    threads: int | None = None
    """Processors to use; None: all that the process may use."""
    device: Device = "auto"
    """``auto`` is a GPU where one can be used, else the processor."""


@dataclass(frozen=True)
class Job:
    """One run of detection over files."""

    images: tuple[str, ...]
    """Files, folders, URLs and other GDAL names; together one mosaic."""
    products: Products
    source: SourceOptions
    model: Path | None = None
    """None is the model that ships with the package."""
    settings: Settings = field(default_factory=Settings)
    machine: Machine = field(default_factory=Machine)
    overwrite: bool = False
    """Whether existing outputs may be replaced."""
