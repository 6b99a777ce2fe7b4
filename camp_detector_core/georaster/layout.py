"""What is in a raster file, read once from its header."""

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
"""GDAL's name of what a band of validity shows."""
_PALETTE = "palette"
_DTYPES = {"uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"}
MAX_BLOCK_BYTES = 1 << 30
"""Most bytes of a block, which is decoded whole. Blocks of 512 x 512 pixels are usual; a file of
300 bytes can claim one of many gigabytes."""
_MAX_SHEAR = 0.01
"""Pixels by which rows may lean over the whole raster and still count as straight."""
_MIN_PIXEL = 1e-12
_MAX_COORDINATE = 1e15
"""Sizes beyond these are no units on Earth, and a double has no place for their pixels."""
_NO_PLACE = 1e-5
"""A transform so near the identity is GDAL's way to say that there is none."""
NOWHERE = Transform(1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
"""The transform of a raster without a place."""
_DOWNWARDS = (1.0, 0.0, 0.0, 0.0, -1.0, 0.0)
"""The same with rows that are numbered from the north down."""


@dataclass(frozen=True)
class Layout:
    """The header of one raster, as far as reading and mosaicking need it."""

    name: str
    """The name that GDAL opens it by; absolute for local files."""
    shape: Shape
    """Height and width in pixels."""
    transform: Transform | None
    """From pixel corners to CRS units; None without georeference."""
    crs: Crs | None
    """Coordinate reference system, None where it has none."""
    dtype: str
    """Smallest numpy dtype that holds every band."""
    colors: tuple[str, ...]
    """What each band shows, in lower case."""
    descriptions: tuple[str, ...]
    """Name of each band in lower case, or empty."""
    nodata: tuple[float | None, ...]
    """The value of each band that marks a missing pixel; may be NaN."""
    has_mask: bool
    """Whether one mask for all bands (in the file, beside it, or of a VRT) says what counts."""
    masked_bands: tuple[int, ...]
    """Numbers of the bands that have a mask of their own."""
    is_settled: bool
    """Whether the mask heeds all that says so, alpha and nodata values included."""
    block: tuple[int, int]
    """Height and width of the blocks in the file."""
    driver: str
    """GDAL's name of the format."""
    lost_crs: bool = False
    """Whether the file names a CRS but no place in it, so that ``crs`` is None."""

    @property
    def placeless(self) -> str:
        """Why the raster lies nowhere, where ``transform`` is None."""
        return "has a CRS but no place" if self.lost_crs else "has no georeference"

    @property
    def label(self) -> str:
        """Short name for messages."""
        return "the mosaic" if self.name.lstrip().startswith("<") else self.name

    @property
    def alpha(self) -> int | None:
        """Number of the alpha band, from 1, or None."""
        hits = [i for i, c in enumerate(self.colors, 1) if c == ALPHA]
        return hits[-1] if hits else None

    @property
    def row_bytes(self) -> int:
        """Bytes of a decoded row if whole rows are decoded at a time, as far as is known, else 0.

        A virtual raster does not say how the files behind it are organised.
        """
        if self.block[1] < self.shape.width and self.driver != "VRT":
            return 0
        return self.shape.width * len(self.colors) * np.dtype(self.dtype).itemsize

    @property
    def is_north_up(self) -> bool:
        """Whether rows run south and columns east."""
        return self.transform is None or (self.transform.a > 0 and self.transform.e < 0)


def layout_of(header: Header, name: str) -> Layout:
    """The layout of an open raster.

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
    sizes = [np.dtype(d).itemsize for d in header.dtypes if d in _DTYPES]
    if height * width * sum(sizes) > MAX_BLOCK_BYTES:
        raise large_block(name, height=height, width=width, size=height * width * sum(sizes))


def large_block(name: str, *, height: int, width: int, size: int) -> RasterError:
    """The error for a raster whose blocks, of so many bytes, are too large to be decoded."""
    return RasterError(
        f"{name} is stored in blocks of {width} x {height} pixels, each of which takes "
        f"{size / 2**30:,.1f} GiB of memory (at most {MAX_BLOCK_BYTES >> 30} is taken)",
        remedy="it is damaged, or must be written anew with {tool:tile}",
    )


def _refuse_values(header: Header, name: str) -> None:
    """Refuse pixels that are not plain numbers."""
    if _PALETTE in header.colors:
        msg = f"{name} is a palette image, whose numbers are no colours"
        raise RasterError(msg, remedy="expand it first with {tool:expand_palette}")
    odd = [d for d in header.dtypes if d not in _DTYPES]
    if odd:
        msg = f"{name} has pixels of type {odd[0]}, which no model takes"
        raise RasterError(msg)


def _nodata(header: Header) -> tuple[float | None, ...]:
    """The nodata value of each band but alpha, where its pixels can have it."""
    return tuple(
        None if v is None or color == ALPHA or not can_be(v, dtype) else float(v)
        for v, color, dtype in zip(header.nodata, header.colors, header.dtypes)
    )


def straight_transform(header: Header, name: str) -> Transform | None:
    """The transform without the rounding dust of a rotation; None without georeference.

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
    """Whether a transform only numbers the pixels, which is how GDAL says that there is none.

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
    """Refuse pixels without size and corners that are no numbers."""
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
