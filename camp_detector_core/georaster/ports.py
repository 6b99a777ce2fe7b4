"""What is asked of a library that reads rasters, as small protocols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ..engine.errors import RasterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ..engine.grid import Shape, Transform, Window


class ReadError(RasterError):
    """Pixels cannot be read; the message holds the library's own words alone."""


class Crs(Protocol):
    """A coordinate reference system; x is always east or longitude."""

    @property
    def wkt(self) -> str:
        """The whole of it as text."""

    @property
    def label(self) -> str:
        """A short name for messages."""

    @property
    def is_geographic(self) -> bool:
        """Whether it is in longitude and latitude."""

    @property
    def is_projected(self) -> bool:
        """Whether it is a projection of the Earth."""

    @property
    def unit(self) -> float:
        """One unit in radians, or in metres where it is projected."""

    def same(self, other: Crs) -> bool:
        """Whether coordinates mean the same in the other one."""

    def lonlat(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longitude and latitude in degrees on its own ellipsoid (`ellipsoid.Ellipsoid.longlat`).

        They are not finite where there is no such place; all of them may be where one is.
        """


@dataclass(frozen=True)
class Header:
    """What the library says about a raster, before it is judged."""

    shape: Shape
    transform: Transform
    """From pixel corners to CRS units; the identity where the file has none."""
    crs: Crs | None
    dtypes: tuple[str, ...]
    """numpy's name of each band's type."""
    colors: tuple[str, ...]
    """GDAL's name of what each band shows, in lower case."""
    descriptions: tuple[str, ...]
    """Name of each band, or empty."""
    nodata: tuple[float | None, ...]
    """Nodata value of each band."""
    masked: bool
    """Whether one mask holds for all bands that is neither an alpha band nor a nodata value."""
    block: tuple[int, int]
    """Height and width of the blocks in the file."""
    driver: str
    """GDAL's name of the format."""
    has_points: bool
    """Whether control points or a camera model say where it lies."""
    subdatasets: tuple[str, ...]
    """Names of the rasters in a file that has several."""
    tags: dict[str, str]
    """Metadata of the whole file."""
    masked_bands: tuple[int, ...] = ()
    """Numbers of the bands that have a mask of their own, where there is no mask for all."""
    settled: bool = False
    """Whether the mask heeds all that says what is missing, alpha and nodata values included."""


class Reader(Protocol):
    """An open raster; it is read from one thread at a time."""

    @property
    def shape(self) -> Shape:
        """Height and width in pixels."""

    @property
    def dtypes(self) -> tuple[str, ...]:
        """Numpy's name of each band's type."""

    @property
    def colors(self) -> tuple[str, ...]:
        """GDAL's name of what each band shows, in lower case."""

    def header(self) -> Header:
        """All that can be known without reading pixels."""

    def files(self) -> tuple[str, ...]:
        """The files that it is made of, one level deep where it is virtual."""

    def read(
        self,
        bands: Sequence[int],
        window: Window,
        *,
        shape: tuple[int, int] | None = None,
        average: bool = False,
    ) -> NDArray[np.generic]:
        """Pixels (bands, height, width) of a window.

        Args:
            bands: Numbers from 1.
            window: Lies in the raster.
            shape: Fewer rows and columns to take of it.
            average: Average the pixels where fewer are taken, or else take every n-th.

        Raises:
            ReadError: They cannot be read.
        """

    def read_mask(
        self, window: Window, *, band: int = 1, shape: tuple[int, int] | None = None
    ) -> NDArray[np.uint8]:
        """The mask (height, width) of a band, 0 where pixels are missing.

        Raises:
            ReadError: It cannot be read.
        """

    def close(self) -> None:
        """Let go of the files; may be called twice."""


class Kept(Protocol):
    """The text of a virtual raster that a library holds."""

    @property
    def name(self) -> str:
        """The name by which it is opened, also by other virtual rasters."""

    def close(self) -> None:
        """Let go of it."""


class Library(Protocol):
    """A library that reads rasters."""

    def open(self, name: str, *, label: str | None = None) -> Reader:
        """Open a raster.

        Args:
            name: A file, another GDAL name, or the text of a virtual raster.
            label: Its name in messages, default ``name``.

        Raises:
            RasterError: It does not exist, or is not a raster that the library can read.
        """

    def keep(self, text: str) -> Kept:
        """Hold the text of a virtual raster under a short name."""

    def crs(self, code: str) -> Crs:
        """The CRS of a code such as EPSG:3857.

        Raises:
            RasterError: The library does not know it; the message holds its own words alone.
        """

    def allow_cache(self, needed: int) -> None:
        """Keep as many bytes of decoded blocks as a pass needs, if that is ours to say."""
