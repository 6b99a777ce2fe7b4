"""Ground measures of a CRS through rasterio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camp_detector_core.georaster import ground, table

from .library import RasterioCrs, crs_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from rasterio.crs import CRS

    from camp_detector_core.engine.grid import Grid


def on_ground(grid: Grid, crs: CRS | None) -> Grid:
    """Return a grid with the ground size of a CRS unit; see `georaster.ground`.

    Raises:
        RasterError: Coordinates that the CRS does not have, as latitudes beyond the poles.
    """
    return ground.on_ground(grid, None if crs is None else RasterioCrs(crs))


def pixel_areas(grid: Grid, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute (n,) square metres of a pixel at some points (n, 2), columns and rows."""
    return table.pixel_areas(grid, grid.transform.apply(points), crs_of(grid.crs_wkt))


def metres_per_unit(
    crs: CRS | None, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute ground metres per CRS unit at some points; see `georaster.ground`.

    Raises:
        RasterError: Coordinates that the CRS does not have, as latitudes beyond the poles.
    """
    return ground.metres_per_unit(None if crs is None else RasterioCrs(crs), x, y)


def is_local(crs: CRS) -> bool:
    """True if the CRS is a site's own grid without relation to the Earth."""
    return ground.is_local(RasterioCrs(crs))
