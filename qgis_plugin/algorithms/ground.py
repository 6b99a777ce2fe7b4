"""The parameters of reviewed ground: imagery, corrected dwellings, and the reviewed area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsRectangle,
)

from camp_detector_core.engine import parameters as table
from camp_detector_core.georaster.options import SourceOptions
from camp_detector_core.training_data.ports import FeatureLayer
from camp_detector_core.training_data.request import MARGIN as METRES
from camp_detector_core.training_data.request import MOST_MARGIN

from ..adapting.export import Ground
from ..compat import DOUBLE, POLYGONS
from ..i18n import tr
from ..lattices import bounds_of
from ..layers import file_of, metres_at, wkt_variant
from .base import chosen_model
from .features import Features, placed_source
from .options import definition_of, label_of, value_of
from .requests import INPUT, layer_of

if TYPE_CHECKING:
    from ..layers import Layer
    from .base import CampAlgorithm
    from .entries import Entries

DWELLINGS, REVIEWED, CLASS_FIELD = "DWELLINGS", "REVIEWED", "CLASS_FIELD"
MARGIN, ATTRIBUTION = "MARGIN", "ATTRIBUTION"
_OF_SOURCE = (table.GSD, table.BANDS, table.NODATA, table.EXTERNAL)
"""Options of the table that say how the imagery is read."""


def add_layers(algorithm: CampAlgorithm, *, optional: bool = False) -> None:
    """Add the parameters of the layers.

    Args:
        algorithm: That they are added to.
        optional: True where it can do without them.
    """
    algorithm.addParameter(
        QgsProcessingParameterRasterLayer(INPUT, label_of(table.IMAGES), optional=optional)
    )
    algorithm.addParameter(
        QgsProcessingParameterFeatureSource(
            DWELLINGS, tr("Corrected dwellings"), [POLYGONS], optional=optional
        )
    )
    algorithm.addParameter(
        QgsProcessingParameterFeatureSource(
            REVIEWED,
            tr("Reviewed area, in which no dwelling is missing"),
            [POLYGONS],
            optional=True,
        )
    )


def add_details(algorithm: CampAlgorithm) -> None:
    """Add the parameters that are folded away."""
    algorithm.advanced(
        QgsProcessingParameterField(
            CLASS_FIELD,
            tr("Field with the class of each dwelling"),
            parentLayerParameterName=DWELLINGS,
            optional=True,
        )
    )
    margin = QgsProcessingParameterNumber(
        MARGIN, tr("Imagery around the area (m)"), DOUBLE, defaultValue=METRES
    )
    margin.setMinimum(0.0)
    margin.setMaximum(MOST_MARGIN)
    algorithm.advanced(margin)
    algorithm.advanced(
        QgsProcessingParameterString(
            ATTRIBUTION, tr("Credit that imagery or dwellings ask for"), optional=True
        )
    )
    helps = {
        table.GSD.name: tr(
            "Of layers without a file, such as a WMS. Files are copied as they are."
        ),
        table.BANDS.name: tr(
            "Numbers such as 3,2,1, in the model's order. Not set: all but alpha."
        ),
    }
    for option in _OF_SOURCE:
        definition = definition_of(option)
        definition.setHelp(helps.get(option.name) or definition.help())
        algorithm.advanced(definition)


def ground_of(entries: Entries) -> Ground:
    """Take layers and options from the parameters; in the main thread.

    Raises:
        CampDetectorError: A layer cannot be read, or a value cannot be.
    """
    layer, model = layer_of(entries), chosen_model(entries)
    dwellings, around = _features_of(entries, DWELLINGS, entries.fields(CLASS_FIELD))
    area, bounding = None, DWELLINGS
    if REVIEWED in entries:
        bounding = REVIEWED
        area, around = _features_of(entries, REVIEWED, [])
    values = {o.name: value_of(o, entries) for o in _OF_SOURCE}
    if layer.file is None:
        values[table.EXTENT.name] = _part_of(around, bounding, layer, entries)
    source = SourceOptions.of(values)
    credit = entries.text(ATTRIBUTION).strip()
    return Ground(layer, model, dwellings, area, source, entries.number(MARGIN), credit)


def refuse_layers(entries: Entries) -> None:
    """See that the layers can be read, without reading them.

    Raises:
        CampDetectorError: One cannot.
    """
    layer_of(entries)
    placed_source(entries, DWELLINGS)
    placed_source(entries, REVIEWED, optional=True)


def _features_of(
    entries: Entries, name: str, fields: list[str]
) -> tuple[FeatureLayer, QgsRectangle]:
    """The features of a parameter, and the rectangle around them in their CRS.

    Args:
        entries: The parameters.
        name: Of the parameter.
        fields: The one with the class of each, or none.

    Raises:
        Fault: The layer is gone, cannot be read, or lies nowhere.
    """
    source = placed_source(entries, name)
    column = source.fields().lookupField(fields[0]) if fields else -1
    shapes: list[Optional[bytes]] = []
    classes: list[Optional[str]] = []
    around = QgsRectangle()
    attributes = [column] if column >= 0 else []
    for feature in Features(source, entries.context, attributes=attributes):
        shape = feature.geometry()
        shapes.append(None if shape.isNull() else bytes(shape.asWkb()))
        if column >= 0:
            classes.append(_text(feature.attribute(column)))
        if not shape.isEmpty():
            around.combineExtentWith(shape.boundingBox())
    vector = entries.vector(name)
    is_file = vector is not None and vector.providerType() == "ogr"
    path = file_of(vector.source())[0] if vector is not None and is_file else None
    wkt = str(source.sourceCrs().toWkt(wkt_variant()))
    layer = FeatureLayer(source.sourceName(), shapes, wkt, classes if column >= 0 else None, path)
    return layer, around


def _text(value: Any) -> Optional[str]:
    """A value of a field as text; None where there is none."""
    return None if value is None or str(value) in {"NULL", ""} else str(value)


def _part_of(
    around: QgsRectangle, name: str, layer: Layer, entries: Entries
) -> Optional[tuple[float, float, float, float]]:
    """The part of a layer without a file that is wanted, in its CRS; None: nobody knows.

    Args:
        around: The rectangle around the features of a parameter, in their CRS.
        name: Of that parameter.
        layer: The imagery.
        entries: The parameters.
    """
    if around.isNull() or not layer.crs.isValid():
        return None
    crs = placed_source(entries, name).sourceCrs()
    move = QgsCoordinateTransform(crs, layer.crs, entries.context.transformContext())
    try:
        part = move.transformBoundingBox(around)
    except QgsCsException:
        return None
    margin = entries.number(MARGIN)
    x, y = metres_at(layer.crs, part.center().x(), part.center().y())
    left, bottom, right, top = bounds_of(part)
    return left - margin / x, bottom - margin / y, right + margin / x, top + margin / y
