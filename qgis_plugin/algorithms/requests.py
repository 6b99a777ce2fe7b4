"""The request that the parameters of an algorithm make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from camp_detector_core.detection.request import Request
from camp_detector_core.engine import parameters as table
from camp_detector_core.engine.parameters import QGIS, shown_in

from ..faults import Fault
from ..i18n import tr
from ..jobs import Job
from ..lattices import Bounds, bounds_of
from ..layers import Layer, look_at
from ..runtime import devices
from ..words import WORDS
from .base import chosen_model
from .features import source_of
from .mask import polygons_of
from .options import device_of, value_of

if TYPE_CHECKING:
    from camp_detector_core.hostgdal.area import Area

    from .entries import Entries

INPUT, EXTENT, MASK = (o.hosts[QGIS] for o in (table.IMAGES, table.EXTENT, table.AREA))


def job_of(entries: Entries, *, all_polygons: bool = True) -> Job:
    """All parameters, read and held against each other; in the main thread.

    Args:
        entries: The parameters.
        all_polygons: False to read one polygon of the area alone, to see that there is any.

    Raises:
        CampDetectorError: Something is missing, or a value cannot be.
    """
    algorithm, layer = entries.algorithm, layer_of(entries)
    own = (table.IMAGES, table.MODEL)
    values: dict[str, Any] = {table.IMAGES.name: layer.title}
    for option in shown_in(QGIS):
        definition = algorithm.parameterDefinition(option.hosts[QGIS])
        if option is table.EXTENT:
            values[option.name] = _extent(entries, layer)
        elif option is table.AREA:
            values[option.name] = _area(entries, layer, None if all_polygons else 1)
        elif option is table.DEVICE:
            device = device_of(entries)
            values[option.name] = devices.WORDS.get(device, device)
        elif not (option in own or definition is None or definition.isDestination()):
            values[option.name] = value_of(option, entries)
    return Job(layer, chosen_model(entries), Request.of(values))


def layer_of(entries: Entries) -> Layer:
    """The imagery.

    Raises:
        Fault: It cannot be read.
    """
    raster = entries.algorithm.parameterAsRasterLayer(entries.parameters, INPUT, entries.context)
    if raster is None and isinstance(entries.raw(INPUT), str):
        msg = tr(
            "{path} cannot be read as imagery: choose a raster layer or file.",
            path=entries.raw(INPUT),
        )
        raise Fault(msg)
    return look_at(raster)


def _extent(entries: Entries, layer: Layer) -> Optional[Bounds]:
    """The part of the layer to work on, in its CRS; None: all of it.

    Raises:
        Fault: It is empty.
    """
    if EXTENT not in entries:
        return None
    extent = entries.algorithm.parameterAsExtent(
        entries.parameters, EXTENT, entries.context, layer.crs
    )
    if extent.isEmpty():
        raise Fault(
            tr(
                "{parameter} is empty: choose another one, or leave it out.",
                parameter=WORDS.parameter(table.EXTENT.name, None),
            )
        )
    return bounds_of(extent)


def _area(entries: Entries, layer: Layer, most: Optional[int]) -> Optional[Area]:
    """The polygons that bound the search; None: it has no bounds.

    They are taken from their layer, which belongs to the main thread and may be removed while the
    model runs.

    Raises:
        CampDetectorError: There is none in their layer, or that is gone.
    """
    from camp_detector_core.hostgdal.area import Area

    source = source_of(entries, MASK, optional=True)
    if source is None:
        return None
    return Area(polygons_of(source, layer.crs, entries.context, most=most))
