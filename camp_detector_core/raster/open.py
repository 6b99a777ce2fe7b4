"""From the paths that the user gives to pixels on the grid that the model is run on."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.transform import Affine
from rasterio.vrt import WarpedVRT

from camp_detector_core.engine.errors import RasterError
from camp_detector_core.engine.grid import Grid, Shape, Transform

from .bands import choose_bands
from .env import allow_cache
from .ground import metres_per_unit
from .inputs import read_layouts
from .layout import open_dataset
from .mosaic import MAX_SIDE, MosaicPlan, plan_mosaic
from .source import Access, RasterioSource
from .xyz import CRS_CODE, tile_transform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rasterio.io import DatasetReader

    from camp_detector_core.engine.spec import ModelSpec

    from .layout import Layout
    from .options import SourceOptions

NATIVE_TOLERANCE = 0.1
"""A raster is read on its own grid if its GSD differs from the model's by at most this."""
_MAX_ENLARGEMENT = 10.0
_MAX_REDUCTION = 1000.0
_NO_GEOJSON = "; a GeoJSON of it would be taken for longitude and latitude, other formats not"
# The warp only resamples: the CRS at both ends is the same stand-in, which also serves rasters
# without CRS and spares transforming coordinates forth and back.
_STAND_IN = CRS.from_epsg(3857)
# Error of the approximated coordinates, pixels; the transform is linear, so it is exact anyway
# (rasterio cannot open a warp with a tolerance of 0).
_WARP_TOLERANCE = 1e-6


@dataclass(frozen=True)
class _Placed:
    """What is known of the input before any pixel is read."""

    plan: MosaicPlan
    grid: Grid
    """The raster's own grid."""
    layout: Layout
    """Of the first part."""
    warnings: tuple[str, ...]


def open_source(paths: Sequence[str], spec: ModelSpec, options: SourceOptions) -> RasterioSource:
    """Open rasters as one source on the grid that the model is run on.

    Args:
        paths: Files, folders, URLs and other GDAL names; more than one raster is a mosaic.
        spec: Says which bands and which ground sampling distance the model wants.
        options: The user's choices.

    Returns:
        The source; the caller closes it.

    Raises:
        RasterError: A raster cannot be opened, does not fit the others, or is not what the model
            can be run on.
    """
    layouts = read_layouts(paths)
    if options.nodata is not None:
        layouts = [_with_nodata(layout, options.nodata) for layout in layouts]
    placed = _place(layouts, spec, options)
    choice = choose_bands(placed.layout, spec, wanted=options.bands)
    warnings = placed.warnings + ((choice.warning,) if choice.warning else ())
    target = _target_grid(placed.grid, spec, options, placed.layout.label)
    unique = tuple(dict.fromkeys(choice.bands))
    plain = placed.layout
    if len(placed.plan.parts) == 1 and target == placed.grid and options.nodata is None:
        base, bands = open_dataset(plain.name), choice.bands
    else:
        base = open_dataset(placed.plan.vrt(unique), label=plain.name)
        bands = tuple(unique.index(b) + 1 for b in choice.bands)
    _allow_cache(placed, target, spec)
    access = Access(
        base=base,
        warped=None if target == placed.grid else _warp(base, plain, target, placed.grid),
        native=placed.grid,
        chosen=choice.bands,
        bands=bands,
        nodata=plain.nodata,
        has_mask=plain.has_mask or (len(placed.plan.parts) > 1 and plain.nodata is None),
        parts=placed.plan.parts,
    )
    return RasterioSource(access, target, warnings=warnings)


def _with_nodata(layout: Layout, value: float) -> Layout:
    """The layout with the user's nodata value, where the file leaves that open."""
    if layout.alpha is not None or layout.has_mask:
        msg = f"{layout.name} has a mask that says which pixels are valid: leave out --nodata"
        raise RasterError(msg)
    if np.dtype(layout.dtype).kind in "iu":
        limits = np.iinfo(layout.dtype)
        if not (float(value).is_integer() and limits.min <= value <= limits.max):
            msg = (
                f"--nodata {value:g} is no value of {layout.name}, whose pixels are {layout.dtype}"
            )
            raise RasterError(msg)
    return replace(layout, nodata=float(value))


def _allow_cache(placed: _Placed, target: Grid, spec: ModelSpec) -> None:
    """Have room for the rows of a row of chips and of one more block."""
    layouts = [part.layout for part in placed.plan.parts]
    rows = spec.tile_size * abs(target.transform.e / placed.grid.transform.e)
    needed = max(layout.row_bytes * (rows + layout.block[0]) for layout in layouts)
    allow_cache(int(needed * 1.25))


def _place(layouts: list[Layout], spec: ModelSpec, options: SourceOptions) -> _Placed:
    """Put the rasters on one grid; where they lie nowhere, say so and go on in pixels."""
    warnings: list[str] = []
    metres = 1.0
    if options.pixel_size is None:
        layouts = _place_tiles(layouts, warnings)
    first = layouts[0]
    if len(layouts) == 1 and first.transform is None:
        metres = options.pixel_size or spec.gsd
        first = replace(first, transform=Transform(1.0, 0.0, 0.0, 0.0, -1.0, 0.0))
        layouts = [first]
        source = "" if options.pixel_size else ", the model's (--pixel-size sets it)"
        warnings.append(
            f"{first.name} has no georeference: results are in pixels of the picture, and a pixel "
            f"is taken as {metres:g} m{source}{_NO_GEOJSON}"
        )
    elif options.pixel_size is not None:
        msg = f"--pixel-size is for pictures without georeference, and {first.name} has one"
        raise RasterError(msg)
    plan = plan_mosaic(layouts)
    if first.crs is None and metres == 1.0 and not warnings:
        warnings.append(
            f"{first.name} has no CRS: its units are taken as metres, and the results carry none"
            f"{_NO_GEOJSON}"
        )
    grid = Grid(plan.shape, plan.transform, None)
    x, y = _centre(grid)
    try:
        mx, my = metres_per_unit(first.crs, np.array([x]), np.array([y]))
    except RasterError as error:
        msg = f"{first.name}: {error}"
        raise RasterError(msg) from error
    scale = (float(mx[0]) * metres, float(my[0]) * metres)
    wkt = first.crs.to_wkt() if first.crs is not None else None
    grid = replace(grid, crs_wkt=wkt, metres_per_unit=scale)
    return _Placed(plan, grid, first, tuple(warnings))


def _place_tiles(layouts: list[Layout], warnings: list[str]) -> list[Layout]:
    """Give web map tiles the place that their names stand for."""
    crs = CRS.from_string(CRS_CODE)
    out, named = [], []
    for layout in layouts:
        height, width = layout.shape
        found = None
        if layout.transform is None:
            found = tile_transform(layout.name, height=height, width=width)
        out.append(layout if found is None else replace(layout, transform=found, crs=crs))
        if found is not None:
            named.append(layout.name)
    if named:
        others = f" and {len(named) - 1} more" if len(named) > 1 else ""
        warnings.append(
            f"without georeference, placed as the web map tiles that their names say, in "
            f"{CRS_CODE}: {named[0]}{others}"
        )
    return out


def _centre(grid: Grid) -> tuple[float, float]:
    middle = np.array([[grid.shape.width / 2, grid.shape.height / 2]])
    ((x, y),) = grid.transform.apply(middle)
    return float(x), float(y)


def _target_grid(own: Grid, spec: ModelSpec, options: SourceOptions, label: str) -> Grid:
    """The grid to run the model on: north up, at the wanted ground sampling distance."""
    wanted = options.gsd if isinstance(options.gsd, float | int) else spec.gsd
    native = options.gsd == "native" or (
        options.gsd == "auto" and all(abs(g / wanted - 1) <= NATIVE_TOLERANCE for g in own.gsd)
    )
    t = own.transform
    if native and t.a > 0 and t.e < 0:
        return own
    corners = own.transform.apply(np.array([[0.0, 0.0], [own.shape.width, own.shape.height]]))
    (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
    if native:
        a, e = abs(t.a), abs(t.e)
    else:
        _refuse_ratio(own, wanted, label, asked=not isinstance(options.gsd, str))
        mx, my = own.metres_per_unit
        a, e = wanted / mx, wanted / my
    # A sliver below a millionth of a pixel is rounding, not ground.
    shape = Shape(
        max(1, math.ceil((top - bottom) / e - 1e-6)), max(1, math.ceil((right - left) / a - 1e-6))
    )
    transform = Transform(a, 0.0, float(left), 0.0, -e, float(top))
    if max(shape) > MAX_SIDE:
        msg = f"{label} at {wanted:g} m a pixel would have {shape.width} x {shape.height}: cut it"
        raise RasterError(msg)
    return replace(own, shape=shape, transform=transform)


def _refuse_ratio(own: Grid, wanted: float, label: str, *, asked: bool) -> None:
    """Refuse to enlarge what holds no detail, or to shrink what cannot be in metres.

    ``asked`` says that the wanted size is the user's number and not the model's.
    """
    gx, gy = own.gsd
    limits = min(gx, gy) * _MAX_REDUCTION, max(gx, gy) / _MAX_ENLARGEMENT
    if asked and not limits[1] <= wanted <= limits[0]:
        msg = (
            f"--gsd {wanted:g} is too far from the {max(gx, gy):.3g} m of the pixels of {label}: "
            f"give {limits[1]:.3g} to {limits[0]:.3g} metres"
        )
        raise RasterError(msg)
    if max(gx, gy) > wanted * _MAX_ENLARGEMENT:
        msg = (
            f"{label} has pixels of {max(gx, gy):.3g} m and the model needs {wanted:.3g} m: so "
            "small things are not in the picture (--gsd native runs it all the same)"
        )
        raise RasterError(msg)
    if min(gx, gy) * _MAX_REDUCTION < wanted:
        msg = (
            f"{label} has pixels of {min(gx, gy):.3g} m and the model needs {wanted:.3g} m: its "
            "CRS is missing or wrong; assign it with gdal_edit.py -a_srs"
        )
        raise RasterError(msg)


def _warp(base: DatasetReader, layout: Layout, target: Grid, own: Grid) -> WarpedVRT:
    """A view of the raster on the target grid, computed block by block on read."""
    ratio = target.pixel_area / own.pixel_area
    if math.isclose(ratio, 1.0, rel_tol=1e-9):
        resampling = Resampling.nearest  # only turned over: pixel falls on pixel
    else:
        resampling = Resampling.average if ratio > 1 else Resampling.bilinear
    extras = {}
    if layout.nodata is not None:
        # As in `source`: which bands must be nodata for the pixel to be.
        unsigned = np.issubdtype(np.dtype(layout.dtype), np.unsignedinteger)
        extras["UNIFIED_SRC_NODATA"] = "YES" if unsigned else "PARTIAL"
    return WarpedVRT(
        base,
        src_crs=_STAND_IN,
        crs=_STAND_IN,
        transform=Affine(*target.transform),
        height=target.shape.height,
        width=target.shape.width,
        resampling=resampling,
        tolerance=_WARP_TOLERANCE,
        add_alpha=layout.alpha is None,
        **extras,
    )
