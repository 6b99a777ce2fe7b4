"""From the paths that the user gives to pixels on the grid that the model is run on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..engine.errors import ParameterError, RasterError
from ..engine.grid import Grid, Shape, Transform
from ..engine.limits import MAX_ENLARGEMENT, MAX_REDUCTION, is_native, is_too_coarse, is_too_fine
from ..engine.messages import Message
from .bands import choose_bands
from .ground import on_ground
from .inputs import read_layouts
from .layout import ALPHA
from .mosaic import MAX_SIDE, MosaicPlan, plan_mosaic
from .proj import refuse_without_database
from .resources import Shelf
from .source import Access, PlacedSource
from .validity import marks_of, refuse_value
from .warp import warped_vrt
from .xyz import CRS_CODE, named_tile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..engine.spec import ModelSpec
    from .layout import Layout
    from .options import SourceOptions
    from .ports import Library

_OTHER_SIZE = 2.05
"""Times larger or smaller than the model's, from which pixels come with a warning."""

_MAX_PIXELS = 10**13
"""Months of work; and a raster of a country in the finest pixels of a drone has fewer."""
_MAX_ROW = 32 << 30
_ROW_BYTES = 16
"""Bytes: what a row of chips may take, and for each of its pixels beside the classes."""
_THE_MODELS = ", the model's"
_NO_GEOJSON = "; a GeoJSON of it would be taken for longitude and latitude, other formats not"


@dataclass(frozen=True)
class _Placed:
    """What is known of the input before any pixel is read."""

    plan: MosaicPlan
    grid: Grid
    """The raster's own grid."""
    layout: Layout
    """Of the first part."""
    warnings: tuple[Message, ...]


def place_source(
    paths: Sequence[str], spec: ModelSpec, options: SourceOptions, library: Library
) -> PlacedSource:
    """Open rasters as one source on the grid that the model is run on.

    Args:
        paths: Files, folders, URLs and other GDAL names; more than one raster is a mosaic.
        spec: Says which bands and which ground sampling distance the model wants.
        options: The user's choices.
        library: Reads the rasters.

    Returns:
        The source; the caller closes it.

    Raises:
        RasterError: A raster cannot be opened, does not fit the others, or is not what the model
            can be run on.
    """
    refuse_without_database(library)
    layouts = read_layouts(paths, library, external=options.external)
    if options.nodata is not None:
        layouts = [_with_nodata(layout, options.nodata) for layout in layouts]
    placed = _place(layouts, spec, options, library)
    choice = choose_bands(placed.layout, spec, wanted=options.bands, shown=options.shown)
    warnings = placed.warnings + ((choice.warning,) if choice.warning else ())
    target = _target_grid(placed.grid, spec, options, placed.layout.label)
    _refuse_size(target, spec, placed.layout.label)
    warnings += _other_size(target, spec)
    shelf = Shelf(library)
    try:
        access = _access(placed, choice.bands, target, library, shelf)
    except BaseException:
        shelf.close()
        raise
    _allow_cache(placed, target, spec, library)
    return PlacedSource(access, target, warnings=warnings)


def _access(
    placed: _Placed, chosen: Sequence[int], target: Grid, library: Library, shelf: Shelf
) -> Access:
    """Open the raster or the mosaic on its own grid and, where that is another, on the target."""
    layout, bands, unique = placed.layout, tuple(chosen), tuple(dict.fromkeys(chosen))
    if len(placed.plan.parts) > 1:
        layout = placed.plan.layout(unique, shelf.keep)
        bands = tuple(unique.index(b) + 1 for b in chosen)
        unique = tuple(range(1, len(unique) + 1))
    base = shelf.open(layout.name, label=placed.layout.name)
    warped = None
    if target != placed.grid:
        text = warped_vrt(layout, unique, target, placed.grid, shelf.keep)
        warped = shelf.open(text, label=placed.layout.name)
    return Access(
        library=library,
        shelf=shelf,
        base=base,
        warped=warped,
        native=placed.grid,
        crs=placed.layout.crs,
        chosen=tuple(chosen),
        bands=bands,
        numbers=tuple(unique.index(b) + 1 for b in bands),
        marks=marks_of(layout, bands),
        parts=placed.plan.parts,
    )


def _with_nodata(layout: Layout, value: float) -> Layout:
    """The layout with the user's nodata value; what alpha or a mask leaves out stays left out."""
    refuse_value(value, layout.dtype, layout.name)
    nodata = tuple(None if color == ALPHA else float(value) for color in layout.colors)
    return replace(layout, nodata=nodata)


def _allow_cache(placed: _Placed, target: Grid, spec: ModelSpec, library: Library) -> None:
    """Have room for the rows of a row of chips and of one more block."""
    layouts = [part.layout for part in placed.plan.parts]
    rows = spec.tile_size * abs(target.transform.e / placed.grid.transform.e)
    needed = max(layout.row_bytes * (rows + layout.block[0]) for layout in layouts)
    library.allow_cache(int(needed * 1.25))


def _place(
    layouts: list[Layout], spec: ModelSpec, options: SourceOptions, library: Library
) -> _Placed:
    """Put the rasters on one grid; where they lie nowhere, say so and go on in pixels."""
    warnings: list[Message] = []
    metres = 1.0
    if options.pixel_size is None:
        layouts = _place_tiles(layouts, warnings, library)
    first = layouts[0]
    if len(layouts) == 1 and first.transform is None:
        metres = options.pixel_size or spec.gsd
        first = replace(first, transform=Transform(1.0, 0.0, 0.0, 0.0, -1.0, 0.0))
        layouts = [first]
        given = options.pixel_size is not None
        sentence = (
            f"{first.name} {first.placeless}: results are in pixels of the picture, and a pixel "
            f"is taken as {metres:g} m{'' if given else _THE_MODELS}{_NO_GEOJSON}"
        )
        remedy = "" if given else "({pixel_size} sets another size)"
        warnings.append(Message(sentence, "pixel_size", remedy))
    elif options.pixel_size is not None:
        msg = f"is for pictures without georeference, and {first.name} has one"
        raise ParameterError(msg, parameter="pixel_size")
    plan = plan_mosaic(layouts)
    if first.crs is None and metres == 1.0 and not warnings:
        sentence = (
            f"{first.name} has no CRS: its units are taken as metres, and the results carry none"
            f"{_NO_GEOJSON}"
        )
        warnings.append(Message(sentence))
    grid = Grid(plan.shape, plan.transform, None)
    try:
        grid = on_ground(grid, first.crs, unit=metres)
    except RasterError as error:
        sentence = f"{first.name}: {error.sentence}"
        raise error.with_sentence(sentence) from error
    return _Placed(plan, grid, first, tuple(warnings))


def _place_tiles(layouts: list[Layout], warnings: list[Message], library: Library) -> list[Layout]:
    """Give web map tiles the place that their names stand for."""
    out: list[Layout] = []
    named: list[str] = []
    for layout in layouts:
        found = None
        if layout.transform is None:
            found = named_tile(layout.name, layout.shape)
        if found is None:
            out.append(layout)
        else:
            out.append(replace(layout, transform=found, crs=library.crs(CRS_CODE)))
            named.append(layout.name)
    if named:
        others = f" and {len(named) - 1} more" if len(named) > 1 else ""
        sentence = (
            f"without georeference, placed as the web map tiles that their names say, in "
            f"{CRS_CODE}: {named[0]}{others}"
        )
        warnings.append(Message(sentence))
    return out


def _target_grid(own: Grid, spec: ModelSpec, options: SourceOptions, label: str) -> Grid:
    """The grid to run the model on: north up, at about the wanted ground sampling distance."""
    wanted = spec.gsd if isinstance(options.gsd, str) else options.gsd
    native = options.gsd == "native" or (options.gsd == "auto" and is_native(own.gsd, wanted))
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
    # Whole pixels that fill the raster: none reaches beyond it, where there is no ground.
    shape = Shape(max(1, round((top - bottom) / e)), max(1, round((right - left) / a)))
    a, e = (right - left) / shape.width, (top - bottom) / shape.height
    transform = Transform(a, 0.0, float(left), 0.0, -e, float(top))
    if max(shape) > MAX_SIDE:
        msg = f"{label} at {wanted:g} m a pixel would have {shape.width} x {shape.height}: cut it"
        raise RasterError(msg)
    return replace(own, shape=shape, transform=transform)


def _other_size(target: Grid, spec: ModelSpec) -> tuple[Message, ...]:
    """A warning where the model is to work on pixels that are far from those it was trained on."""
    own = float(np.sqrt(target.gsd[0] * target.gsd[1]))
    if 1 / _OTHER_SIZE <= own / spec.gsd <= _OTHER_SIZE:
        return ()
    words = (
        f"the model works on pixels of {own:.3g} m here and was trained on {spec.gsd:g} m: it "
        "mostly misses dwellings then, or makes some up"
    )
    return (Message(words, "gsd", "; leave {gsd} out to work at the model's"),)


def _refuse_size(target: Grid, spec: ModelSpec, label: str) -> None:
    """Refuse what no memory or time would suffice for, before anything is made for it.

    Raises:
        RasterError: The message says how much is needed.
    """
    height, width = target.shape
    # Sums and validity of a row of chips, its scores and classes, and what tracing takes.
    row = width * min(height, spec.tile_size) * (5 * len(spec.classes) + _ROW_BYTES)
    if row > _MAX_ROW or height * width > _MAX_PIXELS:
        msg = (
            f"{label} would be worked on as {width} x {height} pixels, of which a row of chips "
            f"takes {row / 2**30:,.1f} GiB of memory"
        )
        raise RasterError(msg, remedy="cut out the part that is needed with {tool:cut}")


def _refuse_ratio(own: Grid, wanted: float, label: str, *, asked: bool) -> None:
    """Refuse to enlarge what holds no detail, or to shrink what cannot be in metres.

    ``asked`` says that the wanted size is the user's number and not the model's.
    """
    gx, gy = own.gsd
    limits = min(gx, gy) * MAX_REDUCTION, max(gx, gy) / MAX_ENLARGEMENT
    if asked and not limits[1] <= wanted <= limits[0]:
        msg = (
            f"is too far from the {max(gx, gy):.3g} m of the pixels of {label}: "
            f"give {limits[1]:.3g} to {limits[0]:.3g} metres"
        )
        raise ParameterError(msg, parameter="gsd", value=f"{wanted:g}")
    if is_too_coarse(own.gsd, wanted):
        msg = (
            f"{label} has pixels of {max(gx, gy):.3g} m and the model needs {wanted:.3g} m: so "
            "small things are not in the picture"
        )
        raise RasterError(msg, parameter="gsd", remedy="({gsd=native} runs it all the same)")
    if is_too_fine(own.gsd, wanted):
        msg = f"{label} has pixels of {min(gx, gy):.3g} m and the model needs {wanted:.3g} m"
        remedy = (
            "take another model, or, if the CRS is wrong, assign the right one with "
            "{tool:assign_crs}"
        )
        raise RasterError(msg, remedy=remedy)
