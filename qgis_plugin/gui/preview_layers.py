"""The two layers of a preview: probabilities, restyled at once, and outlines of dwellings."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Callable, Iterable, Optional

from qgis.core import (
    Qgis,
    QgsColorRampShader,
    QgsFeature,
    QgsFillSymbol,
    QgsProject,
    QgsRasterLayer,
    QgsRasterShader,
    QgsSingleBandPseudoColorRenderer,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor

from ..i18n import bare, tr
from ..layers import polygon_of
from .repaint import Repaint

if TYPE_CHECKING:
    from qgis.gui import QgsMapCanvas

    from camp_detector_core.georaster.table import DwellingRows

    from .preview import Preview, PreviewResult


_DISCRETE = (
    Qgis.ShaderInterpolationMethod
    if hasattr(Qgis, "ShaderInterpolationMethod")
    else QgsColorRampShader.Type
).Discrete
_SCORES = 254
_STRONG, _WEAK = 140, 80
"""Opacity of what reaches the threshold: near certainty, and just so; of 255."""


class PreviewLayers:
    """Puts a preview on the map, and takes it away."""

    def __init__(self, canvases: Callable[[], Iterable[QgsMapCanvas]]) -> None:
        """Nothing is on the map.

        Args:
            canvases: Gives the maps of QGIS.
        """
        self._repaint = Repaint(canvases)
        self.preview: Optional[Preview] = None
        self._raster_id = self._vector_id = ""

    @property
    def raster(self) -> Optional[QgsRasterLayer]:
        """The layer of probabilities, if the user has not removed it."""
        layer = QgsProject.instance().mapLayer(self._raster_id) if self._raster_id else None
        return layer if isinstance(layer, QgsRasterLayer) else None

    @property
    def vector(self) -> Optional[QgsVectorLayer]:
        """The layer of outlines, if the user has not removed it."""
        layer = QgsProject.instance().mapLayer(self._vector_id) if self._vector_id else None
        return layer if isinstance(layer, QgsVectorLayer) else None

    def show(self, result: PreviewResult) -> None:
        """Put a preview on the map in place of the last one.

        The layers are whole before the map gets them: a picture of an empty one would be kept.
        """
        self.clear()
        preview = self.preview = result.preview
        raster = QgsRasterLayer(str(preview.path), tr("Preview: probability"))
        if not raster.crs().isValid():
            raster.setCrs(preview.crs)
        vector = QgsVectorLayer("Polygon", tr("Preview: dwellings"), "memory")
        vector.setCrs(preview.crs)
        vector.setCustomProperty("skipMemoryLayersCheck", 1)
        symbol = QgsFillSymbol.createSimple(
            {"style": "no", "outline_color": "#E4572E", "outline_width": "0.5"}
        )
        vector.setRenderer(QgsSingleSymbolRenderer(symbol))
        self._color(raster, result.threshold)
        _fill(vector, result.rows)
        QgsProject.instance().addMapLayers([vector, raster])
        self._raster_id, self._vector_id = raster.id(), vector.id()

    def restyle(self, threshold: float) -> None:
        """Show what reaches a threshold; nothing is computed."""
        layer = self.raster
        if layer is not None:
            self._color(layer, threshold)
            self._repaint.of(layer)

    def _color(self, layer: QgsRasterLayer, threshold: float) -> None:
        lowest = (max(1, math.ceil(threshold * _SCORES - 1e-9)) - 0.5) / _SCORES
        color = QColor(self.preview.spec.classes[0].color if self.preview else "#E4572E")
        ramp = QgsColorRampShader(0, 1, None, _DISCRETE)
        ramp.setColorRampItemList(
            [
                _item(lowest, color, 0, tr("below {value}", value=f"{threshold:.2f}")),
                _item((1 + lowest) / 2, color, _WEAK, tr("from {value}", value=f"{threshold:.2f}")),
                _item(math.inf, color, _STRONG, tr("near 1")),
            ]
        )
        shader = QgsRasterShader()
        shader.setRasterShaderFunction(ramp)
        layer.setRenderer(QgsSingleBandPseudoColorRenderer(layer.dataProvider(), 1, shader))

    def draw(self, rows: DwellingRows) -> None:
        """Draw dwellings in place of the last ones."""
        layer = self.vector
        if layer is not None:
            _fill(layer, rows)
            self._repaint.of(layer)

    def clear(self) -> None:
        """Take it off the map."""
        self._repaint.forget()
        ids = [i for i in (self._raster_id, self._vector_id) if i]
        self._raster_id = self._vector_id = ""
        with suppress(RuntimeError):  # QGIS is closing
            QgsProject.instance().removeMapLayers(
                [i for i in ids if QgsProject.instance().mapLayer(i) is not None]
            )
            self._repaint.all()
        if self.preview is not None:
            self.preview.discard()
            self.preview = None


def _fill(layer: QgsVectorLayer, rows: DwellingRows) -> None:
    """Have dwellings in place of what a layer holds."""
    features = []
    for row in rows:
        feature = QgsFeature()
        feature.setGeometry(polygon_of(row.rings))
        features.append(feature)
    provider = layer.dataProvider()
    if provider is not None:
        provider.truncate()
        provider.addFeatures(features)
    layer.setName(
        bare(
            tr("Preview: 1 dwelling")
            if len(rows) == 1
            else tr("Preview: {count} dwellings", count=len(rows))
        )
    )
    layer.updateExtents()


def _item(value: float, color: QColor, alpha: int, label: str) -> QgsColorRampShader.ColorRampItem:
    shade = QColor(color)
    shade.setAlpha(alpha)
    return QgsColorRampShader.ColorRampItem(value, shade, label)
