"""The files that a run reads: none of its results may destroy one."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Iterator, Mapping, Optional

from osgeo import gdal
from qgis.core import (
    QgsProject,
    QgsProviderRegistry,
    QgsRasterDataProvider,
    QgsVirtualLayerDefinition,
)
from qgis.PyQt.QtCore import QUrl

from camp_detector_core.outputs.output_set import standing

from ..i18n import tr
from ..layers import file_of
from .places import Place, outputs_of, same_file

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer

    from .entries import Entries


_QUERY = re.compile(r"\s*select\s", re.IGNORECASE)
_RASTERS = (
    "SELECT table_name FROM gpkg_contents WHERE data_type IN ('tiles', '2d-gridded-coverage')"
)
_DEEPEST = 8
"""Virtual rasters within virtual rasters that are followed."""


def destroyed(entries: Entries, also: Optional[str] = None) -> Optional[str]:
    """The sentence for an output that is the file of an input; None: there is none.

    Args:
        entries: The parameters of the run.
        also: One more file that is read.
    """
    outputs = outputs_of(entries)
    if not outputs:
        return None
    inputs = list(_inputs(entries))
    if also:
        inputs.append(Place(also))
    for output in outputs:
        replaced = [output.place]
        if output.place.table is None:
            path = Path(os.path.abspath(output.place.path))  # noqa: PTH100 - keeps links
            replaced += [Place(str(name)) for name in standing([path])]
        if any(one.holds(other) for one in replaced for other in inputs):
            return tr(
                "{path} is an input of this run: choose another name for the output.",
                path=output.place.path,
            )
    return None


def _inputs(entries: Entries) -> Iterator[Place]:
    algorithm, parameters, context = entries.algorithm, entries.parameters, entries.context
    for definition in algorithm.parameterDefinitions():
        name, kind = definition.name(), definition.type()
        if name not in entries:
            continue
        if kind == "file":
            yield Place(algorithm.parameterAsFile(parameters, name, context))
        elif kind == "raster":
            yield from _layer(algorithm.parameterAsRasterLayer(parameters, name, context))
        elif kind == "source":
            yield from _layer(entries.vector(name))


def _layer(layer: Optional[QgsMapLayer]) -> Iterator[Place]:
    """The files of a layer; a virtual mosaic has several."""
    if layer is None or not layer.isValid():
        return
    yield from _source(layer.providerType(), layer.source())


def _source(kind: str, source: str) -> Iterator[Place]:
    """The files behind what a provider reads."""
    if kind == "virtualraster":
        decoded, _ = QgsRasterDataProvider.decodeVirtualRasterProviderUri(source)
        for part in decoded.rInputLayers:
            yield from _source(str(part.provider), str(part.uri))
    elif kind == "virtual":
        yield from _queried(source)
    elif kind == "gdal":
        yield from _raster(file_of(source)[0], _DEEPEST)
    else:
        parts = QgsProviderRegistry.instance().decodeUri(kind, source)
        path = str(parts.get("path") or "")
        if path:
            yield from _vector(path, kind, parts)


def _queried(source: str) -> Iterator[Place]:
    """Yield the files behind a virtual layer: sources that it names, and layers of the project."""
    definition = QgsVirtualLayerDefinition.fromUrl(QUrl.fromEncoded(source.encode()))
    layer_names = set()
    for part in definition.sourceLayers():
        layer_names.add(part.name().lower())
        if part.isReferenced():
            yield from _layer(QgsProject.instance().mapLayer(part.reference()))
        else:
            yield from _source(part.provider(), part.source())
    query = definition.query()
    for layer in list(QgsProject.instance().mapLayers().values()):
        names = {layer.name(), layer.id()} - {""}
        if layer.source() == source or layer.name().lower() in layer_names:
            continue
        if any(re.search(rf"(?<!\w){re.escape(n)}(?!\w)", query, re.IGNORECASE) for n in names):
            yield from _layer(layer)


def _vector(path: str, kind: str, parts: Mapping[str, object]) -> Iterator[Place]:
    """A table, and the other files of its dataset."""
    dataset = open_quietly(path, gdal.OF_VECTOR)
    table = parts.get("layerName")
    table = str(table) if isinstance(table, str) and table else None
    if table is None and kind == "ogr" and dataset is not None:
        number = parts.get("layerId")
        number = number if isinstance(number, int) and number >= 0 else 0
        layer = dataset.GetLayer(number) if number < dataset.GetLayerCount() else None
        table = None if layer is None else str(layer.GetName())
    if _QUERY.match(str(parts.get("subset") or "")):
        table = None  # any table may be in it
    yield Place(path, table)
    for name in (dataset.GetFileList() or []) if dataset is not None else ():
        if not same_file(name, path):
            yield Place(name)


def _raster(name: str, deep: int) -> Iterator[Place]:
    """All files behind a raster; virtual ones are followed down."""
    dataset = open_quietly(name, gdal.OF_RASTER)
    if dataset is None:
        return
    driver, files = dataset.GetDriver().ShortName, list(dataset.GetFileList() or [])
    if driver == "GPKG":
        yield from (Place(path, table) for path in files[:1] for table in _raster_tables(path))
        return
    for path in files:
        yield Place(path)
    if driver == "VRT" and deep:
        for path in files:
            if not same_file(path, name):
                yield from _raster(path, deep - 1)


def _raster_tables(path: str) -> list[Optional[str]]:
    """The tables of a GeoPackage with rasters; one None: it does not tell."""
    dataset = open_quietly(path, gdal.OF_RASTER | gdal.OF_VECTOR)
    try:
        if dataset is None:
            return [None]
        rows = dataset.ExecuteSQL(_RASTERS)
        tables = [] if rows is None else [row.GetField(0) for row in rows]
        if rows is not None:
            dataset.ReleaseResultSet(rows)
    except RuntimeError:
        tables = []
    return list(tables) or [None]


def open_quietly(name: str, flags: int) -> Optional[gdal.Dataset]:
    """Open a file with GDAL without a message; None: GDAL reads nothing there."""
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        return gdal.OpenEx(name, flags)
    except RuntimeError:
        return None
    finally:
        gdal.PopErrorHandler()
