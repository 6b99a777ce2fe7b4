"""Grid of a raster: windows, affine transforms and the CRS.

Order is always (row, col) and (height, width). Pixel corners, not centres, carry integer
coordinates: pixel (0, 0) covers x in [0, 1] and y in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Iterator, NamedTuple, Optional, Sequence

import numpy as np

from .errors import GridError

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Shape(NamedTuple):
    """Size of an array of pixels."""

    height: int
    width: int


@dataclass(frozen=True)
class Window:
    """Rectangle of pixels, never empty and never of negative origin.

    Raises:
        GridError: An origin below zero or a size below one.
    """

    row: int
    col: int
    height: int
    width: int

    def __post_init__(self) -> None:
        """Refuse impossible rectangles."""
        if self.row < 0 or self.col < 0:
            msg = f"window origin must not be negative, got row {self.row}, col {self.col}"
            raise GridError(msg)
        if self.height < 1 or self.width < 1:
            msg = f"window must hold a pixel, got {self.height} x {self.width}"
            raise GridError(msg)

    @property
    def stop_row(self) -> int:
        """Row after the last one."""
        return self.row + self.height

    @property
    def stop_col(self) -> int:
        """Column after the last one."""
        return self.col + self.width

    @property
    def shape(self) -> Shape:
        """Height and width."""
        return Shape(self.height, self.width)

    @property
    def slices(self) -> tuple[slice, slice]:
        """Row and column slices into an array that starts at (0, 0)."""
        return slice(self.row, self.stop_row), slice(self.col, self.stop_col)

    def slices_in(self, outer: Window) -> tuple[slice, slice]:
        """Row and column slices of this window into an array that covers ``outer``.

        Raises:
            GridError: This window sticks out of ``outer``.
        """
        if not outer.contains(self):
            msg = f"{self} does not lie in {outer}"
            raise GridError(msg)
        row, col = self.row - outer.row, self.col - outer.col
        return slice(row, row + self.height), slice(col, col + self.width)

    def contains(self, other: Window) -> bool:
        """True if every pixel of ``other`` lies in this window."""
        return (
            self.row <= other.row
            and self.col <= other.col
            and other.stop_row <= self.stop_row
            and other.stop_col <= self.stop_col
        )

    def intersection(self, other: Window) -> Optional[Window]:
        """Window of the common pixels, or None."""
        row, col = max(self.row, other.row), max(self.col, other.col)
        stop_row = min(self.stop_row, other.stop_row)
        stop_col = min(self.stop_col, other.stop_col)
        if stop_row <= row or stop_col <= col:
            return None
        return Window(row, col, stop_row - row, stop_col - col)


def blocks(shape: Sequence[int], *, height: int, width: int) -> Iterator[Window]:
    """Cut a raster into blocks of at most ``height`` x ``width`` pixels, row by row.

    Args:
        shape: Height and width of the raster.
        height: Largest height of a block.
        width: Largest width of a block.

    Raises:
        GridError: A side below one pixel.
    """
    if height < 1 or width < 1:
        msg = f"a block must hold a pixel, got {height} x {width}"
        raise GridError(msg)
    rows, cols = shape
    for row in range(0, rows, height):
        for col in range(0, cols, width):
            yield Window(row, col, min(height, rows - row), min(width, cols - col))


class Transform(NamedTuple):
    """Affine transform from (col, row) pixel corners to (x, y) CRS units.

    ``x = a * col + b * row + c`` and ``y = d * col + e * row + f``, in the order of rasterio's
    ``Affine``.
    """

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    @property
    def determinant(self) -> float:
        """Signed area of one pixel in square CRS units."""
        return self.a * self.e - self.b * self.d

    def apply(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute CRS coordinates of pixel corners.

        Args:
            points: (n, 2) columns and rows (x first), pixels.

        Returns:
            (n, 2) float64 x and y in CRS units.
        """
        x, y = points[:, 0], points[:, 1]
        return np.column_stack((self.a * x + self.b * y + self.c, self.d * x + self.e * y + self.f))

    @property
    def gdal(self) -> tuple[float, ...]:
        """The numbers in the order of GDAL's geotransform."""
        return (self.c, self.a, self.b, self.f, self.d, self.e)

    def shifted(self, *, row: int, col: int) -> Transform:
        """Return the transform of an array whose first pixel is (row, col) of this one."""
        return self._replace(
            c=self.a * col + self.b * row + self.c,
            f=self.d * col + self.e * row + self.f,
        )


@dataclass(frozen=True)
class Grid:
    """Place of a raster on the ground; slicing it with a window moves the transform along.

    Raises:
        GridError: An empty shape, a degenerate transform, or sizes in metres that are not positive.
    """

    shape: Shape
    """Height and width in pixels."""
    transform: Transform
    """Transform from pixel corners to CRS units."""
    crs_wkt: Optional[str]
    """CRS as WKT; None if unknown."""
    metres_per_unit: tuple[float, float] = (1.0, 1.0)
    """Metres on the ground for one CRS unit along x and along y, at the middle of the raster.

    (1, 1) for a metric projection without distortion; about (111320 cos(lat), 110574) for degrees;
    (cos(lat), cos(lat)) for Web Mercator.
    """
    square_metres_per_unit: Optional[float] = None
    """Square metres on the ground for one square CRS unit, at the middle of the raster.

    None is the product of ``metres_per_unit``. It is less where the axes of the CRS are not square
    to each other on the ground, and differs a little where the metres are those of a survey.
    """

    def __post_init__(self) -> None:
        """Refuse grids with impossible transforms."""
        if self.shape[0] < 1 or self.shape[1] < 1:
            msg = f"a grid needs at least one pixel, got {self.shape[0]} x {self.shape[1]}"
            raise GridError(msg)
        if not np.isfinite(self.transform).all() or self.transform.determinant == 0:
            msg = f"the affine transform {tuple(self.transform)} maps pixels to nowhere"
            raise GridError(msg)
        if not all(np.isfinite(m) and m > 0 for m in self.metres_per_unit):
            msg = f"metres per CRS unit must be positive, got {self.metres_per_unit}"
            raise GridError(msg)
        if not (np.isfinite(self.pixel_area) and self.pixel_area > 0):
            msg = f"a pixel must have an area on the ground, got {self.pixel_area} m2"
            raise GridError(msg)

    @property
    def window(self) -> Window:
        """Window of the whole grid."""
        return Window(0, 0, self.shape[0], self.shape[1])

    @property
    def gsd(self) -> tuple[float, float]:
        """Ground sampling distance in metres along (x, y): the sides of one pixel."""
        mx, my = self.metres_per_unit
        t = self.transform
        return float(np.hypot(t.a * mx, t.d * my)), float(np.hypot(t.b * mx, t.e * my))

    @property
    def pixel_area(self) -> float:
        """Area of one pixel on the ground in square metres."""
        mx, my = self.metres_per_unit
        square = mx * my if self.square_metres_per_unit is None else self.square_metres_per_unit
        return abs(self.transform.determinant) * square

    def __getitem__(self, window: Window) -> Grid:
        """Return the grid of one window.

        Raises:
            GridError: The window sticks out of the grid.
        """
        if not self.window.contains(window):
            msg = f"{window} does not lie in a grid of {self.shape[0]} x {self.shape[1]} pixels"
            raise GridError(msg)
        transform = self.transform.shifted(row=window.row, col=window.col)
        return replace(self, shape=window.shape, transform=transform)
