"""What the parameters of a step become: JSON has no layers.

{"layer": [uri, name, provider], "crs": code} is a raster layer, {"wkt": ...} a drawn one, and more.
"""

from __future__ import annotations

import shutil
from pathlib import Path

kept = []
"""Layers live as long as Python knows them."""


def layer_of(asked):
    from qgis.core import (
        QgsCoordinateReferenceSystem,
        QgsMultiBandColorRenderer,
        QgsRasterLayer,
        QgsRasterRange,
    )

    layer = QgsRasterLayer(*asked["layer"])
    if not layer.isValid():
        raise SystemExit(f"no layer: {asked} {layer.error().summary()}")
    if asked.get("crs") is not None:
        layer.setCrs(QgsCoordinateReferenceSystem(asked["crs"]))
    if asked.get("nodata") is not None:
        for band in range(1, layer.bandCount() + 1):
            value = QgsRasterRange(asked["nodata"], asked["nodata"])
            layer.dataProvider().setUserNoDataValue(band, [value])
    if asked.get("bands"):
        layer.setRenderer(QgsMultiBandColorRenderer(layer.dataProvider(), *asked["bands"]))
    kept.append(layer)
    return layer


def polygons_of(asked):
    """A scratch layer of any kind with one shape, or with several; None: one without a shape."""
    from qgis.core import QgsFeature, QgsGeometry, QgsVectorLayer

    layer = QgsVectorLayer(f"{asked['kind']}?crs={asked['crs']}", "drawn", "memory")
    for text in asked["wkt"] if isinstance(asked["wkt"], list) else [asked["wkt"]]:
        feature = QgsFeature()
        if text is not None:
            feature.setGeometry(QgsGeometry.fromWkt(text))
        assert layer.dataProvider().addFeatures([feature])[0]
    layer.updateExtents()
    kept.append(layer)
    return layer


def query_of(asked):
    """A virtual layer: a query over another layer, given as provider:file:name."""
    from qgis.core import QgsVectorLayer, QgsVirtualLayerDefinition

    provider, path, name = asked["query"].split(":")
    definition = QgsVirtualLayerDefinition()
    definition.addSource(name, path, provider)
    definition.setQuery(asked["sql"])
    layer = QgsVectorLayer(definition.toString(), "query", "virtual")
    assert layer.isValid(), asked
    kept.append(layer)
    return layer


def sql_of(asked):
    """A query that names a layer of the project, given as file and name."""
    from qgis.core import QgsProject, QgsVectorLayer

    layer = QgsVectorLayer(asked["of"][0], asked["of"][1], "ogr")
    assert layer.isValid(), asked
    QgsProject.instance().addMapLayer(layer)
    found = QgsVectorLayer(f"?query={asked['sql']}", "query", "virtual")
    assert found.isValid(), asked
    kept.append(found)
    return found


def chosen_of(asked):
    """A layer with a filter, or what is chosen in it: nothing."""
    from qgis.core import QgsProcessingFeatureSourceDefinition, QgsProject, QgsVectorLayer

    layer = QgsVectorLayer(asked["chosen"], "mask", "ogr")
    assert layer.isValid(), asked
    assert layer.setSubsetString(asked["filter"])
    QgsProject.instance().addMapLayer(layer)
    return layer if asked.get("all") else QgsProcessingFeatureSourceDefinition(layer.id(), True)


def vector_of(asked):
    """A layer of a file."""
    from qgis.core import QgsVectorLayer

    layer = QgsVectorLayer(asked["file"], "file", "ogr")
    assert layer.isValid(), asked
    kept.append(layer)
    return layer


def copy_of(asked):
    """The name of a copy of a file, which lies beside it."""
    path = Path(asked["again"])
    return str(shutil.copyfile(path, path.with_name(f"again-{path.name}")))


def added_to(asked):
    """An output that is added to a table that is there."""
    from qgis.core import (
        QgsProcessingOutputLayerDefinition,
        QgsProperty,
        QgsRemappingSinkDefinition,
        QgsVectorLayer,
    )

    layer = QgsVectorLayer(asked["added"], "there", "ogr")
    rules = QgsRemappingSinkDefinition()
    rules.setDestinationFields(layer.fields())
    rules.setDestinationWkbType(layer.wkbType())
    rules.setDestinationCrs(layer.crs())
    names = [field.name() for field in layer.fields() if field.name() != "fid"]
    rules.setFieldMap({name: QgsProperty.fromField(name) for name in names})
    path, _, table = asked["added"].partition("|layername=")
    made = QgsProcessingOutputLayerDefinition(f"ogr:dbname='{path}' table=\"{table}\" (geom)")
    made.setRemappingDefinition(rules)
    return made


def parameters_of(step):
    made = {"layer": layer_of, "wkt": polygons_of, "query": query_of, "chosen": chosen_of}
    made |= {"sql": sql_of, "added": added_to, "file": vector_of, "again": copy_of}
    found = {}
    for name, value in step.get("params", {}).items():
        kind = next(iter(value)) if isinstance(value, dict) else None
        found[name] = made[kind](value) if kind in made else value
    return found
