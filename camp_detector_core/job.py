"""What to detect in which files and where to put it: the options of one run."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from .engine.errors import SpecError

if TYPE_CHECKING:
    from pathlib import Path

    from .engine.grid import Grid
    from .engine.spec import ModelSpec
    from .georaster.options import SourceOptions

_MAX_SIMPLIFY = 1000.0
_MAX_AREA = 1e6
"""Square metres: no dwelling is as large as a square kilometre."""

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
class Settings:
    """How the model is run and its answer made into outlines; None is the model's own value.

    Raises:
        SpecError: A value out of range.
    """

    threshold: float | None = None
    """Probability from which a pixel belongs to a dwelling."""
    min_area: float | None = None
    """Smallest dwelling, square metres."""
    tile_size: int | None = None
    """Side of the chips, pixels of the model; None: the side up to the model's own that leaves the
    fewest pixels to compute."""
    overlap: int | None = None
    """Pixels that neighbouring chips share."""
    simplify: float | None = None
    """Greatest distance in metres by which outlines may be straightened; None: one pixel, which
    turns the stairs of slanting walls into lines; 0: exact pixel edges."""
    square: bool = False
    """Whether nearly rectangular outlines become rectangles."""
    separate: bool | None = None
    """Whether touching dwellings are parted; None: where the model can."""
    tta: bool = False
    """Test-time augmentation: the mean over the flips and turns of each chip."""

    def __post_init__(self) -> None:
        """Refuse what no distance or area of a dwelling is; the rest is checked by the spec."""
        if self.simplify is not None and not 0 <= self.simplify <= _MAX_SIMPLIFY:
            msg = f"--simplify must be 0 to {_MAX_SIMPLIFY:g} metres, got {self.simplify:g}"
            raise SpecError(msg)
        if self.min_area is not None and not self.min_area <= _MAX_AREA:
            msg = f"--min-area must be 0 to {_MAX_AREA:.0f} square metres, got {self.min_area:g}"
            raise SpecError(msg)

    def apply(self, spec: ModelSpec) -> ModelSpec:
        """The model's spec with the user's values in place of its own.

        Raises:
            SpecError: A value that the model cannot be run with.
        """
        if self.separate and spec.separation is None:
            msg = (
                f"the model {spec.id} cannot tell touching dwellings apart: leave out --separate, "
                "or choose another model"
            )
            raise SpecError(msg)
        own = ("threshold", "min_area", "tile_size", "overlap")
        chosen: dict[str, Any] = {
            name: getattr(self, name) for name in own if getattr(self, name) is not None
        }
        if self.separate is False:
            chosen["separation"] = None
        return replace(spec, **chosen)

    def tolerance(self, grid: Grid) -> float:
        """``simplify`` in pixels of a grid."""
        if self.simplify is None:
            return 1.0
        return self.simplify / math.sqrt(grid.pixel_area)


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
