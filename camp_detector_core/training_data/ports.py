"""Features that hosts hand over for an export, and the port that writes for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Protocol, Sequence

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from ..engine.grid import Grid, Window


CLASS = "class"
"""Field of the dwellings with the class of each, where there are several."""


@dataclass(frozen=True)
class FeatureLayer:
    """Features of any geometry, as a host reads them."""

    name: str
    """Name of the layer or file, for messages."""
    geometries: Sequence[Optional[bytes]]
    """Well-known binary of each feature; None where it has no geometry."""
    crs_wkt: Optional[str]
    """CRS of the coordinates; None if nobody knows it."""
    classes: Optional[Sequence[Optional[str]]] = None
    """Class of each feature; None where there is one class alone."""
    path: Optional[str] = None
    """The file that it comes from, which no output may replace; None if there is none."""


@dataclass(frozen=True)
class ImageStyle:
    """Pixels of a GeoTIFF."""

    dtype: str
    """numpy's name of the pixels' type."""
    colors: tuple[str, ...]
    """GDAL's colour name of each band, in lower case."""
    descriptions: tuple[str, ...]
    """Description of each band, or empty."""

    @property
    def options(self) -> dict[str, str]:
        """GDAL's options to create the file: in tiles, compressed without loss."""
        is_float = self.dtype.startswith("float")
        is_rgb = self.colors[:3] == ("red", "green", "blue") and self.dtype in {"uint8", "uint16"}
        return {
            "TILED": "YES",
            "BLOCKXSIZE": "512",
            "BLOCKYSIZE": "512",
            "COMPRESS": "DEFLATE",
            "PREDICTOR": "3" if is_float else "2",
            "BIGTIFF": "IF_SAFER",
            "PHOTOMETRIC": "RGB" if is_rgb else "MINISBLACK",
        }


@dataclass(frozen=True)
class PolygonTable:
    """Polygons to write as a layer of a GeoPackage."""

    name: str
    """Name of the layer."""
    crs_wkt: str
    polygons: Sequence[bytes]
    """Well-known binary of each."""
    classes: Optional[Sequence[Optional[str]]] = None
    """Values of the field `CLASS`; None: no such field."""


class ImageFile(Protocol):
    """An open GeoTIFF that is being written."""

    def write(self, window: Window, pixels: NDArray[np.generic], valid: NDArray[np.bool_]) -> None:
        """Write the pixels (bands, height, width) and the validity (height, width) of a window."""

    def close(self) -> None:
        """Flush to the disk and close; may be called twice."""


class DataWriter(Protocol):
    """A library that moves and mends polygons, and writes images and layers."""

    @property
    def errors(self) -> tuple[type[BaseException], ...]:
        """Exceptions of what it writes, besides OSError."""

    def moved(
        self, points: NDArray[np.float64], source_wkt: str, target_wkt: str
    ) -> NDArray[np.float64]:
        """Compute the (n, 2) coordinates of points in another CRS.

        They are not finite where there is no such place.

        Raises:
            RasterError: It cannot read a CRS.
        """

    def mended(self, faces: Sequence[bytes]) -> Optional[list[bytes]]:
        """Give the ground that faces cover as valid polygons with an area.

        Args:
            faces: Polygons in well-known binary, at least one.

        Returns:
            Polygons in well-known binary; None if there is one face, and it is valid as it is, or
            nothing here can mend it.
        """

    def create_image(self, path: Path, grid: Grid, style: ImageStyle) -> ImageFile:
        """Create a GeoTIFF with a mask in the file."""

    def write_polygons(self, path: Path, table: PolygonTable) -> int:
        """Write a GeoPackage with one layer, and count the polygons that can be read of it."""
