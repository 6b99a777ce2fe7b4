"""Properties of a raster that checks and runs need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import ToolError
from .ground import CellSize, cell_size, is_known, metres_per_unit

if TYPE_CHECKING:
    import arcpy

    from camp_detector_core.engine.spec import ModelSpec

PIXEL_TYPES = {
    "U1": "1 bit", "U2": "2 bits", "U4": "4 bits", "U8": "uint8", "S8": "int8",
    "U16": "uint16", "S16": "int16", "U32": "uint32", "S32": "int32",
    "F32": "float32", "F64": "float64", "D64": "float64",
}  # fmt: skip
"""numpy's names of ArcGIS' pixel types."""


@dataclass(frozen=True)
class RasterFacts:
    """One raster."""

    path: str
    """Path of the file or the dataset, or an empty text."""
    bands: int
    dtype: str
    reference: arcpy.SpatialReference
    """``arcpy.SpatialReference``."""
    cells: tuple[float, float]
    """Sides of a pixel along x and y, units of the reference."""
    bounds: tuple[float, float, float, float]
    """Least x, least y, greatest x, greatest y."""

    @property
    def has_place(self) -> bool:
        """True if its coordinate system is known."""
        return is_known(self.reference)

    def metres(self, x: float, y: float) -> tuple[float, float]:
        """Metres on the ground of one unit along x and y at a place.

        Raises:
            ToolError: It lies nowhere on Earth.
        """
        return metres_per_unit(self.reference, (x, y))

    def cell_size(self, spec: ModelSpec) -> CellSize:
        """The cell size to run a model with; the raster must have a place.

        Raises:
            ToolError: It lies nowhere on Earth.
        """
        # The middle of the whole raster, as the engine's readers do, so that both agree.
        left, bottom, right, top = self.bounds
        middle = (left + right) / 2, (bottom + top) / 2
        return cell_size(self.cells, metres_per_unit(self.reference, middle), spec.gsd)


def box_of(extent: arcpy.Extent) -> tuple[float, float, float, float]:
    """Least x, least y, greatest x, greatest y of an extent."""
    return float(extent.XMin), float(extent.YMin), float(extent.XMax), float(extent.YMax)


def facts_of(raster: object) -> RasterFacts:
    """Ask arcpy about a raster.

    Raises:
        ToolError: It cannot be opened.
    """
    import arcpy

    try:
        dataset = arcpy.Raster(raster)
        extent = dataset.extent
        return RasterFacts(
            path=str(dataset.catalogPath or ""),
            bands=int(dataset.bandCount),
            dtype=PIXEL_TYPES.get(str(dataset.pixelType), str(dataset.pixelType)),
            reference=dataset.spatialReference,
            cells=(float(dataset.meanCellWidth), float(dataset.meanCellHeight)),
            bounds=box_of(extent),
        )
    except (RuntimeError, arcpy.ExecuteError, OSError, TypeError, AttributeError) as error:
        reason = " ".join(str(error).split())[:200]
        msg = f"{raster} cannot be opened as a raster: {reason}"
        raise ToolError(msg) from error
