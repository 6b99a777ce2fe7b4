"""The ground of an adaptation: an image on the model's pixels, and what is known of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.errors import RasterError
from camp_detector_core.engine.limits import FEW_DWELLINGS, LEAST_DWELLINGS, MOST_TAUGHT_PIXELS
from camp_detector_core.georaster.stretch import choose_stretch
from camp_detector_core.raster import SourceOptions, gdal_env, open_source
from training.data.label_changes import burn
from training.data.polygons import read_polygons
from training.data.reprojection import PlacedPolygons
from training.data.vector_labels import VectorLabels
from training.evaluation.truth import ground_of, outlines_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from camp_detector_core.engine.grid import Grid
    from camp_detector_core.engine.prepare import Stretch
    from camp_detector_core.engine.spec import Band, ModelSpec
    from camp_detector_core.georaster.source import PlacedSource
    from training.adapt.options import AdaptOptions
    from training.evaluation.truth import Outlines

LOG = logging.getLogger(__name__)

MARGIN = 160
"""Pixels around the reviewed ground that the network sees, too."""


@dataclass(frozen=True)
class Ground:
    """Arrays of one size, on the grid that the model is run on."""

    grid: Grid
    pixels: NDArray[np.float32]
    """(bands, height, width) raw values as the model's bands scale them."""
    valid: NDArray[np.bool_]
    """(height, width), True where the image is."""
    known: NDArray[np.bool_]
    """(height, width), True where the image is and the labels are complete."""
    certain: NDArray[np.bool_]
    """(height, width), True where the class of a known pixel is learned, too; see
    `training.data.chip_labels.ChipLabels.is_certain`."""
    is_doubtful: NDArray[np.bool_] | None
    """(height, width) True under labels that are ignored; None: there is none."""
    labels: Outlines
    """Dwellings in pixels of the grid, also those beyond the known ground."""

    @property
    def metres(self) -> float:
        """Side of a pixel."""
        return float(np.sqrt(self.grid.pixel_area))

    @property
    def hectares(self) -> float:
        """Size of the known ground."""
        return float(self.known.sum() * self.grid.pixel_area / 1e4)

    @cached_property
    def outline(self) -> shapely.Geometry:
        """The known ground in pixels of the grid."""
        return ground_of(self.known)

    def known_labels(self, *, smallest: float) -> Outlines:
        """Dwellings clipped to the known ground; see `Outlines.clipped`."""
        return self.labels.clipped(self.outline, smallest=smallest)


def read_ground(options: AdaptOptions, spec: ModelSpec) -> Ground:
    """Read the reviewed part of an image, as the model sees it, and its labels.

    Raises:
        RasterError: The image has no place, is too large, or nothing of it is reviewed; labels or
            area cannot be read, or there are too few dwellings.
        CampDetectorError: The image cannot be read.
    """
    labels = VectorLabels(
        options.labels, spec.classes, class_field=options.class_field, layer=options.layer
    )
    if not options.changes.are_none:
        labels.change(options.changes)
    for note in labels.notes:
        LOG.warning("%s", note)
    with (
        gdal_env(offline=True),
        open_source((str(options.image),), spec, SourceOptions()) as source,
    ):
        for warning in source.warnings:
            LOG.warning("%s", warning.render(COMMAND))
        if source.grid.crs_wkt is None:
            msg = f"{options.image} has no georeference, so labels cannot be laid over it"
            raise RasterError(msg)
        reviewed = _restrict(source, options)
        _refuse_too_large(source.grid, options)
        chosen = choose_stretch(source, spec, SourceOptions())
        for warning in chosen.warnings:
            LOG.warning("%s", warning.render(COMMAND))
        grid = source.grid
        pixels, valid = source.read(grid.window)
    known = valid & ~labels.ignored(grid)
    if reviewed is not None:
        known &= burn(reviewed, grid, band=0.0, filled=True)
    doubtful = labels.doubtful(grid)
    ground = Ground(
        grid,
        as_raw(pixels, spec.bands, chosen.stretch),
        valid,
        known,
        known & ~labels.uncertain(grid),
        doubtful if doubtful.any() else None,
        outlines_on(grid, labels),
    )
    _refuse_too_few(ground, options, spec)
    return ground


def as_raw(
    pixels: NDArray[np.generic], bands: tuple[Band, ...], stretch: Stretch | None
) -> NDArray[np.float32]:
    """Stretched values as raw ones, which the scales of the bands lead to the same numbers."""
    raw = pixels.astype(np.float32)
    if stretch is not None:
        for i, band in enumerate(bands):
            low, high = stretch.low[i], stretch.high[i]
            raw[i] = np.clip((raw[i] - low) / (high - low), 0, 1) / band.scale
    return raw


def _restrict(source: PlacedSource, options: AdaptOptions) -> NDArray[np.object_] | None:
    """Leave of the image what is reviewed, with a margin.

    Returns:
        The polygons of the area in the CRS of the source; None where all is reviewed.

    Raises:
        RasterError: The area cannot be read, or lies beside the image.
    """
    if options.area is None:
        return None
    layer = read_polygons(options.area, columns=[])
    numbers, polygons = PlacedPolygons(layer.shapes, layer.crs).touching(source.grid)
    if not len(numbers):
        msg = f"no part of {options.area} lies on {options.image}: is it the right file?"
        raise RasterError(msg)
    beside = len(layer.shapes) - len(numbers)
    if beside:
        LOG.warning("%s: %d of its polygons lie beside the image.", options.area, beside)
    t = source.grid.transform
    reach = MARGIN * max(abs(t.a), abs(t.e))
    west, south, east, north = shapely.total_bounds(polygons)
    source.restrict((west - reach, south - reach, east + reach, north + reach))
    return polygons


def _refuse_too_large(grid: Grid, options: AdaptOptions) -> None:
    height, width = grid.shape
    if height * width > MOST_TAUGHT_PIXELS:
        what = options.image if options.area is None else options.area
        msg = (
            f"{what} spans {height} x {width} pixels of the model, more than "
            f"{MOST_TAUGHT_PIXELS // 1_000_000} million"
        )
        raise RasterError(msg, remedy="draw the reviewed ground smaller and give it as {area}")


def _refuse_too_few(ground: Ground, options: AdaptOptions, spec: ModelSpec) -> None:
    if not ground.known.any():
        where = f"{options.area} holds" if options.area else f"{options.image} has"
        msg = f"{where} no pixel that shows an image"
        raise RasterError(msg)
    labels = ground.known_labels(smallest=spec.min_area / ground.grid.pixel_area)
    count = len(labels.polygons)
    if count < LEAST_DWELLINGS:
        where = f"the reviewed ground of {options.area}" if options.area else str(options.image)
        msg = f"{options.labels} has {count} dwellings on {where}, and {LEAST_DWELLINGS} are needed"
        raise RasterError(msg, remedy="correct more, of all kinds that there are")
    if count < FEW_DWELLINGS:
        LOG.warning(
            "%d dwellings are few: %d or more, of all kinds that there are, teach far better.",
            count,
            FEW_DWELLINGS,
        )
