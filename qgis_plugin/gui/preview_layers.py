"""The two layers of a preview: probabilities, restyled at once, and outlines of dwellings."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Any, Optional

from qgis.core import (
    Qgis,
    QgsColorRampShader,
    QgsFeature,
    QgsFillSymbol,
    QgsProject,
    QgsRasterLayer,
    QgsRasterShader,
    QgsSingleBandPseudoColorRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor

from ..i18n import bare, tr
from .preview import Preview, polygon

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

    def __init__(self) -> None:
        """Nothing is on the map."""
        self.preview: Optional[Preview] = None
        self._raster_id = self._vector_id = ""

    @property
    def raster(self) -> Optional[QgsRasterLayer]:
        """The layer of probabilities, if the user has not removed it."""
        return QgsProject.instance().mapLayer(self._raster_id) if self._raster_id else None

    @property
    def vector(self) -> Optional[QgsVectorLayer]:
        """The layer of outlines, if the user has not removed it."""
        return QgsProject.instance().mapLayer(self._vector_id) if self._vector_id else None

    def show(self, preview: Preview) -> None:
        """Put a preview on the map in place of the last one."""
        self.clear()
        self.preview = preview
        raster = QgsRasterLayer(str(preview.path), tr("Preview: probability"))
        if not raster.crs().isValid():
            raster.setCrs(preview.crs)
        vector = QgsVectorLayer("Polygon", tr("Preview: dwellings"), "memory")
        vector.setCrs(preview.crs)
        vector.setCustomProperty("skipMemoryLayersCheck", 1)
        symbol = QgsFillSymbol.createSimple(
            {"style": "no", "outline_color": "#E4572E", "outline_width": "0.5"}
        )
        vector.renderer().setSymbol(symbol)
        for layer in (raster, vector):
            QgsProject.instance().addMapLayer(layer)
        self._raster_id, self._vector_id = raster.id(), vector.id()

    def restyle(self, threshold: float) -> None:
        """Show what reaches a threshold; nothing is computed."""
        layer = self.raster
        if layer is None:
            return
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
        layer.triggerRepaint()

    def draw(self, rows: Any) -> None:
        """Draw dwellings in place of the last ones."""
        layer = self.vector
        if layer is None:
            return
        features = []
        for row in rows:
            feature = QgsFeature()
            feature.setGeometry(polygon(row.rings))
            features.append(feature)
        provider = layer.dataProvider()
        provider.truncate()
        provider.addFeatures(features)
        layer.setName(bare(tr("Preview: {count} dwellings", count=len(rows))))
        layer.updateExtents()
        layer.triggerRepaint()

    def clear(self) -> None:
        """Take it off the map."""
        known = [i for i in (self._raster_id, self._vector_id) if i]
        self._raster_id = self._vector_id = ""
        with suppress(RuntimeError):  # QGIS is closing
            QgsProject.instance().removeMapLayers(
                [i for i in known if QgsProject.instance().mapLayer(i) is not None]
            )
        if self.preview is not None:
            self.preview.discard()
            self.preview = None


def _item(value: float, color: QColor, alpha: int, label: str) -> Any:
    shade = QColor(color)
    shade.setAlpha(alpha)
    return QgsColorRampShader.ColorRampItem(value, shade, label)
