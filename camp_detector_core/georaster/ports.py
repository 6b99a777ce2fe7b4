"""Protocols of a library that reads rasters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ..engine.errors import RasterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ..engine.grid import Grid, Shape, Transform, Window


class ReadError(RasterError):
    """Pixels cannot be read; the message is the library's own text."""


class Crs(Protocol):
    """Coordinate reference system; x is always east or longitude."""

    @property
    def wkt(self) -> str:
        """Full text in WKT."""

    @property
    def label(self) -> str:
        """Short name for messages."""

    @property
    def is_geographic(self) -> bool:
        """True for longitude and latitude."""

    @property
    def is_projected(self) -> bool:
        """True for a projection of the Earth."""

    @property
    def unit(self) -> float:
        """One unit in radians, or in metres if it is projected."""

    def same(self, other: Crs) -> bool:
        """Test if coordinates mean the same in another CRS."""

    def lonlat(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Compute longitude and latitude in degrees on its own ellipsoid (`Ellipsoid.longlat`).

        They are not finite where there is no such place; all of them may be where one is.
        """


@dataclass(frozen=True)
class Header:
    """Header of a raster as the library reads it, before any check."""

    shape: Shape
    transform: Transform
    """Transform from pixel corners to CRS units; the identity if the file has none."""
    crs: Crs | None
    dtypes: tuple[str, ...]
    """Numpy name of each band's type."""
    colors: tuple[str, ...]
    """GDAL's colour name of each band, in lower case."""
    descriptions: tuple[str, ...]
    """Description of each band, or empty."""
    nodata: tuple[float | None, ...]
    """NoData value of each band."""
    masked: bool
    """True if one mask, neither an alpha band nor a NoData value, holds for all bands."""
    block: tuple[int, int]
    """Height and width of the blocks in the file."""
    driver: str
    """GDAL's name of the format."""
    has_points: bool
    """True if control points or a camera model give the place."""
    subdatasets: tuple[str, ...]
    """Names of the rasters in a file that has several."""
    tags: dict[str, str]
    """Metadata of the whole file."""
    masked_bands: tuple[int, ...] = ()
    """Numbers of the bands that have a mask of their own, without a mask for all."""
    settled: bool = False
    """True if the mask already includes alpha and NoData values."""


class Reader(Protocol):
    """Open raster, read from one thread at a time."""

    @property
    def shape(self) -> Shape:
        """Height and width in pixels."""

    @property
    def dtypes(self) -> tuple[str, ...]:
        """Numpy name of each band's type."""

    @property
    def colors(self) -> tuple[str, ...]:
        """GDAL's colour name of each band, in lower case."""

    def header(self) -> Header:
        """Read the header without pixels.

        Raises:
            RasterError: It cannot be understood.
        """

    def files(self) -> tuple[str, ...]:
        """List the files of the raster, one level deep if it is virtual.

        Raises:
            RasterError: They cannot be told.
        """

    def read(
        self,
        bands: Sequence[int],
        window: Window,
        *,
        shape: tuple[int, int] | None = None,
        average: bool = False,
    ) -> NDArray[np.generic]:
        """Read the pixels (bands, height, width) of a window.

        Args:
            bands: Numbers from 1.
            window: Lies in the raster.
            shape: Fewer rows and columns to take of it.
            average: Average the pixels where fewer are taken, or else take every n-th.

        Raises:
            ReadError: They cannot be read.
            RasterError: Memory or the limit of open files does not suffice.
        """

    def read_mask(
        self, window: Window, *, band: int = 1, shape: tuple[int, int] | None = None
    ) -> NDArray[np.uint8]:
        """Read the mask (height, width) of a band, 0 for missing pixels.

        Raises:
            ReadError: It cannot be read.
            RasterError: Memory or the limit of open files does not suffice.
        """

    def close(self) -> None:
        """Close the files; may be called twice."""


Bounds = tuple[float, float, float, float]
"""xmin, ymin, xmax, ymax in CRS units."""


class Area(Protocol):
    """An area of interest in the CRS of a raster; a pixel is inside if its centre is."""

    def within(self, extent: Bounds | None) -> Bounds:
        """Give the part of a rectangle, or of everything, that the area can reach.

        Raises:
            RasterError: No polygon touches the rectangle.
        """

    def mask(self, grid: Grid) -> NDArray[np.bool_]:
        """Give (height, width) True where a pixel of a grid is inside.

        Raises:
            RasterError: It cannot be drawn.
        """


class StoredText(Protocol):
    """Text of a virtual raster in memory."""

    @property
    def name(self) -> str:
        """Name to open it by, also from other virtual rasters."""

    def close(self) -> None:
        """Free the text."""


class Library(Protocol):
    """Library that reads rasters."""

    def is_layer(self, name: str) -> bool:
        """Tell if a name is that of a host's layer, which no file and no address has."""

    def open(self, name: str, *, label: str | None = None) -> Reader:
        """Open a raster.

        Args:
            name: A file, another GDAL name, or the text of a virtual raster.
            label: Its name in messages, default ``name``.

        Raises:
            RasterError: It does not exist, or is not a raster that the library can read.
        """

    def store_text(self, text: str) -> StoredText:
        """Store the text of a virtual raster in memory under a short name."""

    def crs(self, code: str) -> Crs:
        """Make the CRS of a code such as EPSG:3857.

        Raises:
            RasterError: The library does not know it; the message holds its own words alone.
        """

    def allow_cache(self, size: int) -> None:
        """Let the library cache decoded blocks up to a size, if the cache is ours."""
