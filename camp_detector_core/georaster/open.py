"""Opening of input rasters as one source on the grid of the run."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..engine.errors import ParameterError, RasterError
from ..engine.grid import Grid, Shape, Transform
from ..engine.limits import MAX_ENLARGEMENT, MAX_REDUCTION, is_native, size_fault
from ..engine.messages import Message
from .bands import choose_bands
from .ground import on_ground
from .inputs import read_layouts
from .layout import ALPHA
from .mosaic import MAX_SIDE, MosaicPlan, plan_mosaic
from .proj import refuse_without_database
from .source import Access, PlacedSource
from .validity import marks_of, refuse_value
from .warp import warped_vrt
from .xyz import CRS_CODE, named_tile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..engine.spec import ModelSpec
    from .layout import Layout
    from .options import SourceOptions
    from .ports import Library, Reader

_OTHER_SIZE = 2.05
"""Ratio to the model's pixel size, larger or smaller, from which a warning is given."""

_MAX_PIXELS = 10**13
"""Largest run, months of work; a country in the finest drone pixels has fewer."""
_MAX_ROW = 32 << 30
_ROW_BYTES = 16
"""Largest memory in bytes of a row of chips; and bytes per pixel besides the classes."""
_THE_MODELS = ", the model's"
_WITHOUT_PLACE = "set another size with {pixel_size} | place it with {tool:assign_place}"
_NO_GEOJSON = "; a GeoJSON of it would be taken for longitude and latitude, other formats not"


@dataclass(frozen=True)
class _PlacedInputs:
    """Input rasters on one grid, before any pixel is read."""

    plan: MosaicPlan
    grid: Grid
    """Native grid of the rasters."""
    layout: Layout
    """Layout of the first part."""
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
    inputs = _place(layouts, spec, options, library)
    choice = choose_bands(
        inputs.layout, spec, band_numbers=options.bands, display_bands=options.shown
    )
    warnings = inputs.warnings + ((choice.warning,) if choice.warning else ())
    target = _target_grid(inputs.grid, spec, options, inputs.layout.label)
    _refuse_size(target, spec, inputs.layout.label)
    warnings += _other_size(target, spec)
    with ExitStack() as guard:
        stack = guard.enter_context(ExitStack())
        access = _access(inputs, choice.bands, target, library, stack)
        _allow_cache(inputs, target, spec, library)
        source = guard.enter_context(PlacedSource(access, target, warnings=warnings))
        _keep_part(source, options)
        guard.pop_all()
    return source


def _keep_part(source: PlacedSource, options: SourceOptions) -> None:
    """Give only the pixels of the extent and those around the area of interest.

    Raises:
        RasterError: No pixel lies there.
    """
    if options.area is None:
        if options.extent is not None:
            source.restrict(options.extent)
        return
    bounds = options.area.within(options.extent)
    try:
        source.restrict(bounds)
    except RasterError as error:
        msg = f"no polygon of the area lies on {source.files[0]}: choose another area"
        raise RasterError(msg) from error


def _access(
    inputs: _PlacedInputs,
    band_numbers: Sequence[int],
    target: Grid,
    library: Library,
    stack: ExitStack,
) -> Access:
    """Open the raster or mosaic on its native grid, and on the target grid if that differs."""

    def store_text(text: str) -> str:
        return stack.enter_context(closing(library.store_text(text))).name

    def opened(name: str) -> Reader:
        return stack.enter_context(closing(library.open(name, label=inputs.layout.name)))

    layout, bands, unique = inputs.layout, tuple(band_numbers), tuple(dict.fromkeys(band_numbers))
    if len(inputs.plan.parts) > 1:
        layout = inputs.plan.layout(unique, store_text)
        bands = tuple(unique.index(b) + 1 for b in band_numbers)
        unique = tuple(range(1, len(unique) + 1))
    base = opened(layout.name)
    warped = None
    if target != inputs.grid:
        warped = opened(warped_vrt(layout, unique, target, inputs.grid, store_text))
    return Access(
        library=library,
        stack=stack,
        base=base,
        warped=warped,
        native=inputs.grid,
        crs=inputs.layout.crs,
        band_numbers=tuple(band_numbers),
        bands=bands,
        numbers=tuple(unique.index(b) + 1 for b in bands),
        marks=marks_of(layout, bands),
        parts=inputs.plan.parts,
    )


def _with_nodata(layout: Layout, value: float) -> Layout:
    """Add the user's NoData value to a layout; alpha and masks stay in force."""
    refuse_value(value, layout.dtype, layout.name)
    nodata = tuple(None if color == ALPHA else float(value) for color in layout.colors)
    return replace(layout, nodata=nodata)


def _allow_cache(inputs: _PlacedInputs, target: Grid, spec: ModelSpec, library: Library) -> None:
    """Let GDAL cache the rows of a row of chips and one more block."""
    layouts = [part.layout for part in inputs.plan.parts]
    rows = spec.tile_size * abs(target.transform.e / inputs.grid.transform.e)
    size = max(layout.row_bytes * (rows + layout.block[0]) for layout in layouts)
    library.allow_cache(int(size * 1.25))


def _place(
    layouts: list[Layout], spec: ModelSpec, options: SourceOptions, library: Library
) -> _PlacedInputs:
    """Place the rasters on one grid; without georeference, warn and use pixels."""
    warnings: list[Message] = []
    metres = 1.0
    if options.pixel_size is None:
        layouts = _place_tiles(layouts, warnings, library)
    first = layouts[0]
    if len(layouts) == 1 and first.transform is None:
        metres = options.pixel_size or spec.gsd
        first = replace(first, transform=Transform(1.0, 0.0, 0.0, 0.0, -1.0, 0.0))
        layouts = [first]
        has_size = options.pixel_size is not None
        sentence = (
            f"{first.name} {first.placeless}: results are in pixels of the picture, and a pixel "
            f"is taken as {metres:g} m{'' if has_size else _THE_MODELS}{_NO_GEOJSON}"
        )
        warnings.append(Message(sentence, "pixel_size", "" if has_size else _WITHOUT_PLACE))
    elif options.pixel_size is not None:
        msg = f"is for pictures without georeference, and {first.name} has one"
        raise ParameterError(msg, parameter="pixel_size")
    plan = plan_mosaic(layouts)
    if first.crs is None and metres == 1.0 and not warnings:
        sentence = (
            f"{first.name} has no CRS: its units are taken as metres, and the results carry none"
            f"{_NO_GEOJSON}"
        )
        warnings.append(Message(sentence, remedy="assign one with {tool:assign_crs}"))
    grid = Grid(plan.shape, plan.transform, None)
    try:
        grid = on_ground(grid, first.crs, unit=metres)
    except RasterError as error:
        sentence = f"{first.name}: {error.sentence}"
        raise error.with_sentence(sentence) from error
    return _PlacedInputs(plan, grid, first, tuple(warnings))


def _place_tiles(layouts: list[Layout], warnings: list[Message], library: Library) -> list[Layout]:
    """Georeference web map tiles by their names."""
    placed: list[Layout] = []
    placed_names: list[str] = []
    for layout in layouts:
        transform = None
        if layout.transform is None:
            transform = named_tile(layout.name, layout.shape)
        if transform is None:
            placed.append(layout)
        else:
            placed.append(replace(layout, transform=transform, crs=library.crs(CRS_CODE)))
            placed_names.append(layout.name)
    if placed_names:
        more = f" and {len(placed_names) - 1} more" if len(placed_names) > 1 else ""
        sentence = (
            f"without georeference, placed as the web map tiles that their names say, in "
            f"{CRS_CODE}: {placed_names[0]}{more}"
        )
        warnings.append(Message(sentence))
    return placed


def _target_grid(native_grid: Grid, spec: ModelSpec, options: SourceOptions, label: str) -> Grid:
    """Choose the grid of the run: north up, at about the requested GSD."""
    gsd = spec.gsd if isinstance(options.gsd, str) else options.gsd
    is_native_size = options.gsd == "native" or (
        options.gsd == "auto" and is_native(native_grid.gsd, gsd)
    )
    t = native_grid.transform
    if is_native_size and t.a > 0 and t.e < 0:
        return native_grid
    corners = native_grid.transform.apply(
        np.array([[0.0, 0.0], [native_grid.shape.width, native_grid.shape.height]])
    )
    (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
    if is_native_size:
        a, e = abs(t.a), abs(t.e)
    else:
        _refuse_ratio(native_grid, gsd, label, is_from_user=not isinstance(options.gsd, str))
        mx, my = native_grid.metres_per_unit
        a, e = gsd / mx, gsd / my
    # Whole pixels that fill the raster: none reaches beyond it, where there is no ground.
    shape = Shape(max(1, round((top - bottom) / e)), max(1, round((right - left) / a)))
    a, e = (right - left) / shape.width, (top - bottom) / shape.height
    transform = Transform(a, 0.0, float(left), 0.0, -e, float(top))
    if max(shape) > MAX_SIDE:
        msg = f"{label} at {gsd:g} m a pixel would have {shape.width} x {shape.height}: cut it"
        raise RasterError(msg)
    return replace(native_grid, shape=shape, transform=transform)


def _other_size(target: Grid, spec: ModelSpec) -> tuple[Message, ...]:
    """Warn if the run's pixels differ much from those that the model was trained on."""
    gsd = float(np.sqrt(target.gsd[0] * target.gsd[1]))
    if 1 / _OTHER_SIZE <= gsd / spec.gsd <= _OTHER_SIZE:
        return ()
    words = (
        f"the model works on pixels of {gsd:.3g} m here and was trained on {spec.gsd:g} m: it "
        "mostly misses dwellings then, or makes some up"
    )
    return (Message(words, "gsd", "; leave {gsd} out to work at the model's"),)


def _refuse_size(target: Grid, spec: ModelSpec, label: str) -> None:
    """Refuse grids too large for memory or time, before anything is made for them.

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


def _refuse_ratio(native_grid: Grid, gsd: float, label: str, *, is_from_user: bool) -> None:
    """Refuse to enlarge pixels without detail, or to shrink sizes that are not metres.

    ``is_from_user`` is True for the user's own number, False for the model's GSD.
    """
    gx, gy = native_grid.gsd
    limits = min(gx, gy) * MAX_REDUCTION, max(gx, gy) / MAX_ENLARGEMENT
    if is_from_user and not limits[1] <= gsd <= limits[0]:
        msg = (
            f"is too far from the {max(gx, gy):.3g} m of the pixels of {label}: "
            f"give {limits[1]:.3g} to {limits[0]:.3g} metres"
        )
        raise ParameterError(msg, parameter="gsd", value=f"{gsd:g}")
    fault = size_fault(native_grid.gsd, gsd, label)
    if fault is not None:
        raise fault
