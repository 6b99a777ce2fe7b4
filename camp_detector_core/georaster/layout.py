"""Header of a raster file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..engine.errors import RasterError
from ..engine.grid import Shape, Transform
from .ground import is_local
from .validity import can_be

if TYPE_CHECKING:
    from .ports import Crs, Header

ALPHA = "alpha"
"""GDAL's colour name of a band of validity."""
_PALETTE = "palette"
DTYPES = {"uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"}
"""numpy's names of the pixels that a raster may have."""
MAX_BLOCK_BYTES = 1 << 30
"""Largest block in bytes, which is decoded whole. Blocks of 512 x 512 pixels are usual; a file of
300 bytes can claim one of many gigabytes."""
_MAX_SHEAR = 0.01
"""Lean of the rows over the whole raster, in pixels, that still counts as straight."""
_MIN_PIXEL = 1e-12
_MAX_COORDINATE = 1e15
"""Larger coordinates are no units on Earth, and a double cannot tell their pixels apart."""
_NO_PLACE = 1e-5
"""Distance from the identity up to which a transform is GDAL's sign of none."""
NOWHERE = Transform(1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
"""Transform of a raster without a place."""
_DOWNWARDS = (1.0, 0.0, 0.0, 0.0, -1.0, 0.0)
"""The same transform for rows that are numbered from the north down."""


@dataclass(frozen=True)
class Layout:
    """Header of one raster, as far as reading and mosaicking need it."""

    name: str
    """Name for GDAL; absolute for local files."""
    shape: Shape
    """Height and width in pixels."""
    transform: Transform | None
    """Transform from pixel corners to CRS units; None without georeference."""
    crs: Crs | None
    """Coordinate reference system; None if unknown."""
    dtype: str
    """Smallest numpy dtype that holds every band."""
    colors: tuple[str, ...]
    """Colour interpretation of each band, in lower case."""
    descriptions: tuple[str, ...]
    """Description of each band in lower case, or empty."""
    nodata: tuple[float | None, ...]
    """NoData value of each band; may be NaN."""
    has_mask: bool
    """True if one mask for all bands (in the file, beside it, or of a VRT) gives the validity."""
    masked_bands: tuple[int, ...]
    """Numbers of the bands that have a mask of their own."""
    is_settled: bool
    """True if the mask already includes alpha and NoData values."""
    block: tuple[int, int]
    """Height and width of the blocks in the file."""
    driver: str
    """GDAL's name of the format."""
    lost_crs: bool = False
    """True if the file names a CRS but no place in it, so that ``crs`` is None."""

    @property
    def placeless(self) -> str:
        """Reason for a missing place, if ``transform`` is None."""
        return "has a CRS but no place" if self.lost_crs else "has no georeference"

    @property
    def label(self) -> str:
        """Short name for messages."""
        return "the mosaic" if self.name.lstrip().startswith("<") else self.name

    @property
    def alpha(self) -> int | None:
        """Number of the alpha band from 1, or None."""
        hits = [i for i, c in enumerate(self.colors, 1) if c == ALPHA]
        return hits[-1] if hits else None

    @property
    def row_bytes(self) -> int:
        """Bytes of a decoded row if whole rows are decoded at a time, as far as known, else 0.

        A virtual raster does not say how the files behind it are organised.
        """
        if self.block[1] < self.shape.width and self.driver != "VRT":
            return 0
        return self.shape.width * len(self.colors) * np.dtype(self.dtype).itemsize

    @property
    def is_north_up(self) -> bool:
        """True if rows run south and columns east."""
        return self.transform is None or (self.transform.a > 0 and self.transform.e < 0)


def layout_of(header: Header, name: str) -> Layout:
    """Read the layout of an open raster.

    Raises:
        RasterError: It has what cannot be worked with: no band, complex numbers, a palette,
            rotated rows.
    """
    if not header.dtypes:
        parts = header.subdatasets
        hint = f": name one of its parts, e.g. {parts[0]}" if parts else ""
        msg = f"{name} has no band of pixels{hint}"
        raise RasterError(msg)
    _refuse_values(header, name)
    refuse_block(header, name)
    transform = straight_transform(header, name)
    return Layout(
        name=name,
        shape=header.shape,
        transform=transform,
        crs=None if transform is None else header.crs,
        dtype=str(np.result_type(*header.dtypes)),
        colors=header.colors,
        descriptions=tuple(d.strip().lower() for d in header.descriptions),
        nodata=_nodata(header),
        has_mask=header.masked,
        masked_bands=header.masked_bands,
        is_settled=header.settled,
        block=header.block,
        driver=header.driver,
        lost_crs=transform is None and header.crs is not None,
    )


def refuse_block(header: Header, name: str) -> None:
    """Refuse blocks that would fill the memory, before one is read.

    Raises:
        RasterError: The message says how large they are.
    """
    height, width = header.block
    sizes = [np.dtype(d).itemsize for d in header.dtypes if d in DTYPES]
    if height * width * sum(sizes) > MAX_BLOCK_BYTES:
        raise large_block(name, height=height, width=width, size=height * width * sum(sizes))


def large_block(name: str, *, height: int, width: int, size: int) -> RasterError:
    """Make the error for a raster whose blocks are too large to decode."""
    return RasterError(
        f"{name} is stored in blocks of {width} x {height} pixels, each of which takes "
        f"{size / 2**30:,.1f} GiB of memory (at most {MAX_BLOCK_BYTES >> 30} is taken)",
        remedy="it is damaged, or must be written anew with {tool:tile}",
    )


def _refuse_values(header: Header, name: str) -> None:
    """Refuse pixel types that are not plain numbers."""
    if _PALETTE in header.colors:
        msg = f"{name} is a palette image, whose values are not colours"
        raise RasterError(msg, remedy="expand it first with {tool:expand_palette}")
    unsupported = [d for d in header.dtypes if d not in DTYPES]
    if unsupported:
        msg = f"{name} has pixels of type {unsupported[0]}, which no model takes"
        raise RasterError(msg)


def _nodata(header: Header) -> tuple[float | None, ...]:
    """Return the NoData value of each band but alpha, if its pixels can have it."""
    return tuple(
        None if v is None or color == ALPHA or not can_be(v, dtype) else float(v)
        for v, color, dtype in zip(header.nodata, header.colors, header.dtypes)
    )


def straight_transform(header: Header, name: str) -> Transform | None:
    """Clear a transform of the rounding of a rotation; None without georeference.

    Raises:
        RasterError: The rows are rotated or sheared, or only control points say where it lies.
    """
    affine, shape = header.transform, header.shape
    if is_placeless(affine, header.crs):
        if header.has_points:
            msg = f"{name} is placed by control points or a camera model only"
            raise RasterError(msg, remedy="rectify it first with {tool:warp}")
        return None
    lean = max(
        abs(affine.b) * shape.height / max(abs(affine.a), 1e-300),
        abs(affine.d) * shape.width / max(abs(affine.e), 1e-300),
    )
    if lean > _MAX_SHEAR and all(math.isfinite(v) for v in affine):
        msg = f"{name} is rotated (its rows do not run along the axes of the CRS)"
        raise RasterError(msg, remedy="turn it north up first with {tool:warp}")
    _refuse_nowhere(header, name)
    return Transform(affine.a, 0.0, affine.c, 0.0, affine.e, affine.f)


def is_placeless(transform: Transform, crs: Crs | None) -> bool:
    """Test if a transform only numbers the pixels, which is GDAL's sign of none.

    Programs that write rows from the north down number them downwards. In a CRS of the Earth no
    imagery begins at its very origin with pixels of one unit; in a site's own grid it may, and so
    may a picture whose world file says so.
    """
    if all(abs(v - i) < _NO_PLACE for v, i in zip(transform, NOWHERE)):
        return True
    if crs is None or is_local(crs):
        return False
    return all(abs(v - i) < _NO_PLACE for v, i in zip(transform, _DOWNWARDS))


def _refuse_nowhere(header: Header, name: str) -> None:
    """Refuse pixels without size, and corners that are not finite."""
    affine, shape = header.transform, header.shape
    right, bottom = affine.c + affine.a * shape.width, affine.f + affine.e * shape.height
    corners = (affine.c, affine.f, right, bottom, affine.b, affine.d)
    if (
        all(math.isfinite(v) and abs(v) <= _MAX_COORDINATE for v in corners)
        and min(abs(affine.a), abs(affine.e)) >= _MIN_PIXEL
    ):
        return
    msg = (
        f"{name} has a georeference that cannot be (pixels of {affine.a:g} x {-affine.e:g} from "
        f"x {affine.c:g}, y {affine.f:g})"
    )
    raise RasterError(msg, remedy="assign the right one with {tool:assign_place}")
