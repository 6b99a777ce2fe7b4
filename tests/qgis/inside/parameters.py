"""Turn the parameters of a step into those of QGIS: JSON has no layers.

{"layer": [uri, name, provider], "crs": code} is a raster layer, {"wkt": ...} a drawn one, and more.
"""

from __future__ import annotations

import shutil
from pathlib import Path

references = []
"""Layers live as long as Python knows them."""


def layer_of(request):
    from qgis.core import (
        QgsCoordinateReferenceSystem,
        QgsMultiBandColorRenderer,
        QgsRasterLayer,
        QgsRasterRange,
    )

    layer = QgsRasterLayer(*request["layer"])
    if not layer.isValid():
        raise SystemExit(f"no layer: {request} {layer.error().summary()}")
    if request.get("crs") is not None:
        layer.setCrs(QgsCoordinateReferenceSystem(request["crs"]))
    if request.get("nodata") is not None:
        for band in range(1, layer.bandCount() + 1):
            value = QgsRasterRange(request["nodata"], request["nodata"])
            layer.dataProvider().setUserNoDataValue(band, [value])
    if request.get("bands"):
        layer.setRenderer(QgsMultiBandColorRenderer(layer.dataProvider(), *request["bands"]))
    references.append(layer)
    return layer


def polygons_of(request):
    """A scratch layer of any kind with one shape, or with several; None: one without a shape."""
    from qgis.core import QgsFeature, QgsGeometry, QgsVectorLayer

    layer = QgsVectorLayer(f"{request['kind']}?crs={request['crs']}", "drawn", "memory")
    for text in request["wkt"] if isinstance(request["wkt"], list) else [request["wkt"]]:
        feature = QgsFeature()
        if text is not None:
            feature.setGeometry(QgsGeometry.fromWkt(text))
        assert layer.dataProvider().addFeatures([feature])[0]
    layer.updateExtents()
    references.append(layer)
    return layer


def query_of(request):
    """A virtual layer: a query over another layer, given as provider:file:name."""
    from qgis.core import QgsVectorLayer, QgsVirtualLayerDefinition

    provider, path, name = request["query"].split(":")
    definition = QgsVirtualLayerDefinition()
    definition.addSource(name, path, provider)
    definition.setQuery(request["sql"])
    layer = QgsVectorLayer(definition.toString(), "query", "virtual")
    assert layer.isValid(), request
    references.append(layer)
    return layer


def sql_of(request):
    """A query that names a layer of the project, given as file and name."""
    from qgis.core import QgsProject, QgsVectorLayer

    layer = QgsVectorLayer(request["of"][0], request["of"][1], "ogr")
    assert layer.isValid(), request
    QgsProject.instance().addMapLayer(layer)
    query_layer = QgsVectorLayer(f"?query={request['sql']}", "query", "virtual")
    assert query_layer.isValid(), request
    references.append(query_layer)
    return query_layer


def chosen_of(request):
    """A layer with a filter, or what is chosen in it: nothing."""
    from qgis.core import QgsProcessingFeatureSourceDefinition, QgsProject, QgsVectorLayer

    layer = QgsVectorLayer(request["chosen"], "mask", "ogr")
    assert layer.isValid(), request
    assert layer.setSubsetString(request["filter"])
    QgsProject.instance().addMapLayer(layer)
    return layer if request.get("all") else QgsProcessingFeatureSourceDefinition(layer.id(), True)


def vector_of(request):
    """A layer of a file."""
    from qgis.core import QgsVectorLayer

    layer = QgsVectorLayer(request["file"], "file", "ogr")
    assert layer.isValid(), request
    references.append(layer)
    return layer


def copy_of(request):
    """The name of a copy of a file, which lies beside it."""
    path = Path(request["again"])
    return str(shutil.copyfile(path, path.with_name(f"again-{path.name}")))


def added_to(request):
    """An output that is added to a table that is there."""
    from qgis.core import (
        QgsProcessingOutputLayerDefinition,
        QgsProperty,
        QgsRemappingSinkDefinition,
        QgsVectorLayer,
    )

    layer = QgsVectorLayer(request["added"], "there", "ogr")
    rules = QgsRemappingSinkDefinition()
    rules.setDestinationFields(layer.fields())
    rules.setDestinationWkbType(layer.wkbType())
    rules.setDestinationCrs(layer.crs())
    names = [field.name() for field in layer.fields() if field.name() != "fid"]
    rules.setFieldMap({name: QgsProperty.fromField(name) for name in names})
    path, _, table = request["added"].partition("|layername=")
    definition = QgsProcessingOutputLayerDefinition(f"ogr:dbname='{path}' table=\"{table}\" (geom)")
    definition.setRemappingDefinition(rules)
    return definition


def parameters_of(step):
    makers = {"layer": layer_of, "wkt": polygons_of, "query": query_of, "chosen": chosen_of}
    makers |= {"sql": sql_of, "added": added_to, "file": vector_of, "again": copy_of}
    parameters = {}
    for name, value in step.get("params", {}).items():
        kind = next(iter(value)) if isinstance(value, dict) else None
        parameters[name] = makers[kind](value) if kind in makers else value
    return parameters
