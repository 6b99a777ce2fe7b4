"""What is in a raster file, read once from its header."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import rasterio
import rasterio.errors
from rasterio.enums import ColorInterp, MaskFlags

from camp_detector_core.engine.errors import RasterError
from camp_detector_core.engine.grid import Shape, Transform

if TYPE_CHECKING:
    from rasterio.crs import CRS
    from rasterio.io import DatasetReader

_DTYPES = {"uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"}
_MAX_SHEAR = 0.01
"""Pixels by which rows may lean over the whole raster and still count as straight."""
_MIN_PIXEL = 1e-12
_MAX_COORDINATE = 1e15
"""Sizes beyond these are no units on Earth, and a double has no place for their pixels."""


@dataclass(frozen=True)
class Layout:
    """The header of one raster, as far as reading and mosaicking need it."""

    name: str
    """The name that GDAL opens it by; absolute for local files."""
    shape: Shape
    """Height and width in pixels."""
    transform: Transform | None
    """From pixel corners to CRS units; None without georeference."""
    crs: CRS | None
    """Coordinate reference system, None where it has none."""
    dtype: str
    """Smallest numpy dtype that holds every band."""
    colors: tuple[ColorInterp, ...]
    """What each band shows."""
    descriptions: tuple[str, ...]
    """Name of each band in lower case, or empty."""
    nodata: float | None
    """The value that marks a missing pixel, the same in all bands; may be NaN."""
    has_mask: bool
    """Whether a mask band (inside the file, beside it, or of a VRT) says which pixels count."""
    block: tuple[int, int]
    """Height and width of the blocks in the file."""
    driver: str
    """GDAL's name of the format."""

    @property
    def label(self) -> str:
        """Short name for messages."""
        return "the mosaic" if self.name.lstrip().startswith("<") else self.name

    @property
    def alpha(self) -> int | None:
        """Number of the alpha band, from 1, or None."""
        hits = [i for i, c in enumerate(self.colors, 1) if c is ColorInterp.alpha]
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


def open_dataset(name: str, *, label: str | None = None) -> DatasetReader:
    """Open a raster by its GDAL name or VRT text.

    Raises:
        RasterError: It does not exist, or is not a raster that GDAL can read.
    """
    label = label or name
    is_file = not name.startswith(("/vsi", "<")) and Path(name).is_file()
    if is_file and not Path(name).stat().st_size:
        msg = f"{label} is empty (0 bytes): copy or download it again"
        raise RasterError(msg)
    try:
        with warnings.catch_warnings():
            # Whether there is a georeference is looked at and reported by the caller.
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
            return rasterio.open(name)
    except (rasterio.errors.RasterioError, OSError) as error:
        if not name.startswith(("/vsi", "<")) and ":" not in name[2:] and not Path(name).exists():
            msg = f"{label} does not exist"
        else:
            msg = f"{label} cannot be opened as a raster: {_reason(error, name)}"
        raise RasterError(msg) from error


def _reason(error: BaseException, name: str) -> str:
    text = " ".join(str(error).split()).replace(f"'{name}' ", "").replace(f"{name}: ", "")
    if "not recognized as being in a supported file format" in text:
        return "it is not in a format that GDAL knows, or it is damaged"
    return text.rstrip(".")[:300]


def read_layout(name: str) -> Layout:
    """Read the header of a raster.

    Raises:
        RasterError: It cannot be opened, or has what cannot be worked with: no band, complex
            numbers, a palette, rotated rows.
    """
    with open_dataset(name) as dataset:
        return layout_of(dataset, name)


def layout_of(dataset: DatasetReader, name: str) -> Layout:
    """The layout of an open dataset; see `read_layout`."""
    if dataset.count == 0:
        parts = dataset.subdatasets
        hint = f": name one of its parts, e.g. {parts[0]}" if parts else ""
        msg = f"{name} has no band of pixels{hint}"
        raise RasterError(msg)
    _refuse_values(dataset, name)
    alpha = MaskFlags.alpha in dataset.mask_flag_enums[0]
    return Layout(
        name=name,
        shape=Shape(dataset.height, dataset.width),
        transform=_straight_transform(dataset, name),
        crs=dataset.crs or None,
        dtype=str(np.result_type(*dataset.dtypes)),
        colors=tuple(dataset.colorinterp),
        descriptions=tuple((d or "").strip().lower() for d in dataset.descriptions),
        nodata=_nodata(dataset, name),
        has_mask=MaskFlags.per_dataset in dataset.mask_flag_enums[0] and not alpha,
        block=dataset.block_shapes[0],
        driver=dataset.driver,
    )


def _refuse_values(dataset: DatasetReader, name: str) -> None:
    """Refuse pixels that are not plain numbers."""
    if ColorInterp.palette in dataset.colorinterp:
        msg = (
            f"{name} is a palette image, whose numbers are no colours: expand it first with "
            "gdal_translate -expand rgb"
        )
        raise RasterError(msg)
    odd = [d for d in dataset.dtypes if d not in _DTYPES]
    if odd:
        msg = f"{name} has pixels of type {odd[0]}, which no model takes"
        raise RasterError(msg)


def _nodata(dataset: DatasetReader, name: str) -> float | None:
    """The nodata value of the bands other than alpha."""
    values = {
        None if v is None else float(v)
        for v, c in zip(dataset.nodatavals, dataset.colorinterp, strict=True)
        if c is not ColorInterp.alpha
    }
    if len({str(v) for v in values}) > 1:
        msg = (
            f"{name} has different nodata values in its bands ({dataset.nodatavals}): give all "
            "the same with gdal_translate -a_nodata"
        )
        raise RasterError(msg)
    return values.pop() if values else None


def _straight_transform(dataset: DatasetReader, name: str) -> Transform | None:
    """The transform without the rounding dust of a rotation; None without georeference.

    Raises:
        RasterError: The rows are rotated or sheared, or only control points say where it lies.
    """
    affine = dataset.transform
    if affine.is_identity and not dataset.crs:
        if dataset.gcps[0] or dataset.rpcs:
            msg = (
                f"{name} is placed by control points or a camera model only: rectify it first "
                "with gdalwarp"
            )
            raise RasterError(msg)
        return None
    _refuse_nowhere(dataset, name)
    lean = max(
        abs(affine.b) * dataset.height / max(abs(affine.a), 1e-300),
        abs(affine.d) * dataset.width / max(abs(affine.e), 1e-300),
    )
    if lean > _MAX_SHEAR:
        msg = (
            f"{name} is rotated (its rows do not run along the axes of the CRS): turn it north up "
            "first with gdalwarp"
        )
        raise RasterError(msg)
    return Transform(affine.a, 0.0, affine.c, 0.0, affine.e, affine.f)


def _refuse_nowhere(dataset: DatasetReader, name: str) -> None:
    """Refuse pixels without size and corners that are no numbers."""
    affine = dataset.transform
    right, bottom = affine.c + affine.a * dataset.width, affine.f + affine.e * dataset.height
    corners = (affine.c, affine.f, right, bottom, affine.b, affine.d)
    if (
        all(math.isfinite(v) and abs(v) <= _MAX_COORDINATE for v in corners)
        and min(abs(affine.a), abs(affine.e)) >= _MIN_PIXEL
    ):
        return
    msg = (
        f"{name} has a georeference that cannot be (pixels of {affine.a:g} x {-affine.e:g} from "
        f"x {affine.c:g}, y {affine.f:g}): assign the right one with gdal_edit.py -a_ullr"
    )
    raise RasterError(msg)
