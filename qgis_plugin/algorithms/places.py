"""Where results go: refused before any work where they would destroy an input or cannot be."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any, Iterable, Iterator, NamedTuple, Optional

from osgeo import gdal
from qgis.core import (
    QgsDataSourceUri,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
    QgsProperty,
    QgsProviderRegistry,
    QgsRasterDataProvider,
    QgsVirtualLayerDefinition,
)
from qgis.PyQt.QtCore import QUrl

from ..i18n import tr

_NO_FILES = ("memory:", "TEMPORARY_OUTPUT")
_OGR = "ogr:"
_ELSEWHERE = re.compile(r"[A-Za-z]\w+:")
"""A database and the like; one letter is a drive of Windows."""


class Place(NamedTuple):
    """A file, or a table in one."""

    path: str
    table: Optional[str] = None

    @property
    def is_geopackage(self) -> bool:
        """Whether its name says so."""
        return self.path.lower().endswith(".gpkg")

    def holds(self, other: Place) -> bool:
        """Whether writing this one destroys the other."""
        if not _same_file(self.path, other.path):
            return False
        if self.table is None:
            return True
        return self.table.lower() == (other.table or Path(other.path).stem).lower()


def outputs_of(algorithm: Any, parameters: dict[str, Any], kind: str = "") -> list[Place]:
    """The files that a run is to write, as far as the user named them.

    Args:
        algorithm: That is to be run.
        parameters: As the user gave them.
        kind: QGIS' name of the kind of parameter; empty: all.
    """
    definitions = algorithm.destinationParameterDefinitions()
    found = (_output(parameters.get(d.name())) for d in definitions if kind in ("", d.type()))
    return [place for place in found if place is not None]


def destroyed(
    algorithm: Any, parameters: dict[str, Any], context: Any, also: Optional[str] = None
) -> Optional[str]:
    """The sentence for an output that is the file of an input; None: there is none.

    Args:
        algorithm: That is to be run.
        parameters: As the user gave them.
        context: Of the run.
        also: One more file that is read.
    """
    outputs = outputs_of(algorithm, parameters)
    if not outputs:
        return None
    inputs = list(_inputs(algorithm, parameters, context))
    if also:
        inputs.append(Place(also))
    for output in outputs:
        if any(output.holds(place) for place in inputs):
            return tr(
                "{path} is an input of this run: choose another name for the output.",
                path=output.path,
            )
    return None


def remove(written: Iterable[str]) -> None:
    """Take away the files of results that the user does not want any more."""
    for name in written:
        place = _output(name)
        if place is None:
            continue
        if place.table is not None:
            _drop(place.path, place.table)
            continue
        dataset = _open(place.path)
        parts = dataset.GetFileList() or [] if dataset is not None else []
        del dataset
        for part in {place.path, *parts}:
            with suppress(OSError):
                Path(part).unlink()


def _drop(path: str, table: str) -> None:
    """Take a table out of a file, and with the last one the file."""
    dataset = _open(path, gdal.OF_VECTOR | gdal.OF_UPDATE)
    for i in range(dataset.GetLayerCount() if dataset is not None else 0):
        if dataset.GetLayer(i).GetName().lower() == table.lower():
            with suppress(RuntimeError):
                dataset.DeleteLayer(i)
            break
    is_empty = dataset is not None and dataset.GetLayerCount() == 0
    del dataset
    if is_empty and _open(path, gdal.OF_RASTER) is None:
        with suppress(OSError):
            Path(path).unlink()


def _open(path: str, flags: int = 0) -> Any:
    """What GDAL reads there, None: nothing."""
    try:
        return gdal.OpenEx(path, flags)
    except RuntimeError:
        return None


def _output(value: Any) -> Optional[Place]:
    if isinstance(value, QgsProcessingOutputLayerDefinition):
        value = value.sink
    if isinstance(value, QgsProperty):
        value = value.staticValue()
    text = value if isinstance(value, str) else ""
    if not text or text.startswith(_NO_FILES):
        return None
    if text.startswith(_OGR):
        uri = QgsDataSourceUri(text[len(_OGR) :])
        return Place(uri.database(), uri.table()) if uri.database() else None
    if _ELSEWHERE.match(text):
        return None
    path, _, rest = text.partition("|")
    table = re.search(r"layername=([^|]+)", rest)
    return Place(path, table[1] if table else None)


def _inputs(algorithm: Any, parameters: dict[str, Any], context: Any) -> Iterator[Place]:
    for definition in algorithm.parameterDefinitions():
        name, kind = definition.name(), definition.type()
        value = parameters.get(name)
        if value is None or value == "":
            continue
        if kind == "file":
            yield Place(algorithm.parameterAsFile(parameters, name, context))
        elif kind == "raster":
            yield from _layer(algorithm.parameterAsRasterLayer(parameters, name, context))
        elif kind == "source":
            if isinstance(value, QgsProcessingFeatureSourceDefinition):
                value = value.source
            given = {**parameters, name: value}
            yield from _layer(algorithm.parameterAsVectorLayer(given, name, context))


def _layer(layer: Any) -> Iterator[Place]:
    """The files of a layer; a virtual mosaic has several."""
    if layer is None or not layer.isValid():
        return
    yield from _source(layer.providerType(), layer.source())


def _source(kind: str, source: str) -> Iterator[Place]:
    """The files behind what a provider reads."""
    if kind == "virtualraster":
        decoded, _ = QgsRasterDataProvider.decodeVirtualRasterProviderUri(source)
        for part in decoded.rInputLayers:
            yield from _source(part.provider, part.uri)
        return
    if kind == "virtual":
        query = QgsVirtualLayerDefinition.fromUrl(QUrl.fromEncoded(source.encode()))
        for part in query.sourceLayers():
            if part.isReferenced():
                yield from _layer(QgsProject.instance().mapLayer(part.reference()))
            else:
                yield from _source(part.provider(), part.source())
        return
    parts = QgsProviderRegistry.instance().decodeUri(kind, source)
    path = str(parts.get("path") or "")
    if path:
        yield Place(path, str(parts.get("layerName") or "") or None)
    if kind == "gdal":
        dataset = _open(source.partition("|")[0], gdal.OF_RASTER)
        for name in (dataset.GetFileList() or []) if dataset is not None else ():
            yield Place(name)


def _same_file(one: str, other: str) -> bool:
    try:
        if Path(one).samefile(other):
            return True
    except (OSError, ValueError):
        pass
    return _whole(one) == _whole(other)


def _whole(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))
