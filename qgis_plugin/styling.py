"""Styles and names of the layers of results."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional, Sequence

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsColorRampShader,
    QgsFillSymbol,
    QgsGraduatedSymbolRenderer,
    QgsLayerTreeGroup,
    QgsLayerTreeLayer,
    QgsPalettedRasterRenderer,
    QgsPalLayerSettings,
    QgsProcessingContext,
    QgsProcessingLayerPostProcessorInterface,
    QgsProject,
    QgsRasterLayer,
    QgsRasterShader,
    QgsRendererCategory,
    QgsRendererRange,
    QgsSingleBandPseudoColorRenderer,
    QgsSingleSymbolRenderer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtGui import QColor

from .i18n import bare, tr

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer

    from camp_detector_core.engine.spec import ModelSpec


BACKGROUND, MAX_SCORE = 0, 254
CHANGES = {
    "appeared": "#1A9641",
    "vanished": "#D7191C",
    "changed": "#2C7BB6",
    "unchanged": "#878787",
}
"""Colours of what happened to a dwelling between two dates."""
_DENSITY = "per_ha"
"""The field of dwellings a hectare."""
_DENSITIES = ("#9DB9DE", "#6F97CC", "#3D6FB6", "#1F3F75")
"""Colours of a quarter each, up to the densest area."""
_FILL_ALPHA = 90
_PROBABILITY = ((0.0, 0), (0.25, 60), (0.5, 150), (1.0, 255))
"""Probability and opacity."""
_alive: deque[QgsProcessingLayerPostProcessorInterface] = deque(maxlen=64)
"""QGIS holds no reference of Python to what styles its layers."""
_new_layers: list[str] = []
"""Ids of the results that were loaded just now."""


class ModelClass(NamedTuple):
    """A class of a model."""

    value: int
    name: str
    color: str
    """``#RRGGBB``."""


def classes_of(spec: ModelSpec) -> tuple[ModelClass, ...]:
    """The classes of a model's description."""
    return tuple(ModelClass(c.value, c.name, c.color) for c in spec.classes)


class _Styler(QgsProcessingLayerPostProcessorInterface):
    """Names a layer and styles it, in the main thread."""

    def __init__(self, name: str, style: Callable[[QgsMapLayer], None]) -> None:
        """Remember what to do."""
        super().__init__()
        self._name = name
        self._style = style

    def postProcessLayer(
        self, layer: Optional[QgsMapLayer], _context: object, _feedback: object
    ) -> None:
        """Do it."""
        if layer is None or not layer.isValid():
            return
        layer.setName(self._name)
        self._style(layer)
        layer.emitStyleChanged()
        layer.triggerRepaint()
        _new_layers.append(layer.id())
        QTimer.singleShot(0, _put_outlines_on_top)  # once all results of the run are there


def _put_outlines_on_top() -> None:
    """Move outlines above the rasters that were loaded with them, which would cover them."""
    root = QgsProject.instance().layerTreeRoot()
    layers = [QgsProject.instance().mapLayer(i) for i in _new_layers]
    _new_layers.clear()
    rasters = {v.id() for v in layers if isinstance(v, QgsRasterLayer)}
    for layer in layers:
        if layer is None or root is None or layer.id() in rasters:
            continue
        node = root.findLayer(layer.id())
        parent = None if node is None else node.parent()
        if node is None or not isinstance(parent, QgsLayerTreeGroup):
            continue
        nodes = parent.children()
        places = [n.layerId() if isinstance(n, QgsLayerTreeLayer) else "" for n in nodes]
        first = min((i for i, name in enumerate(places) if name in rasters), default=len(places))
        if first < places.index(layer.id()):
            parent.insertChildNode(first, node.clone())
            parent.removeChildNode(node)


def finish(
    context: QgsProcessingContext, destination: str, name: str, style: Callable[[QgsMapLayer], None]
) -> None:
    """Have a result named and styled, if QGIS is to load it.

    Args:
        context: Of the run.
        destination: The result.
        name: Of its layer.
        style: Gets the layer.
    """
    if not context.willLoadLayerOnCompletion(destination):
        return
    details = context.layerToLoadOnCompletionDetails(destination)
    name = bare(name)
    details.name = name
    if hasattr(details, "forceName"):
        details.forceName = True
    styler = _Styler(name, style)
    _alive.append(styler)
    details.setPostProcessor(styler)


def dwellings(classes: Sequence[ModelClass]) -> Callable[[QgsMapLayer], None]:
    """Outlines in the colours of the classes."""

    def style(layer: Any) -> None:
        if len(classes) == 1:
            layer.setRenderer(QgsSingleSymbolRenderer(_symbol(classes[0].color)))
        else:
            layer.setRenderer(_categories("class", {c.name: c.color for c in classes}, {}))

    return style


def changes(layer: Any) -> None:
    """Outlines in the colours of what happened."""
    labels = {
        "appeared": tr("appeared"),
        "vanished": tr("vanished"),
        "changed": tr("changed (split, merged or enlarged)"),
        "unchanged": tr("unchanged"),
    }
    layer.setRenderer(_categories("change", CHANGES, labels))


def density_steps(most: float) -> list[float]:
    """Upper limits of the classes of dwellings a hectare, up to the densest area."""
    return sorted({most * part for part in (0.25, 0.5, 0.75, 1.0)})


def areas(layer: Any) -> None:
    """Areas the darker the denser they are built on, with their numbers of dwellings."""
    values = [v for v in layer.uniqueValues(layer.fields().lookupField(_DENSITY)) if v]
    most = max(values, default=0.0)
    steps = density_steps(most)
    ranges, least = [], 0.0
    for step, color in zip(steps, _DENSITIES):
        label = f"{least:.3g} - {step:.3g}"
        # The last limit is rounded up, so that the densest area is in it.
        ranges.append(QgsRendererRange(least, step * (1 + 1e-9), _symbol(color), label))
        least = step
    if most > 0:
        layer.setRenderer(QgsGraduatedSymbolRenderer(_DENSITY, ranges))
    else:
        layer.setRenderer(QgsSingleSymbolRenderer(_symbol(_DENSITIES[0])))
    labels = QgsPalLayerSettings()
    labels.fieldName = "dwellings"
    layer.setLabeling(QgsVectorLayerSimpleLabeling(labels))
    layer.setLabelsEnabled(True)


def class_raster(classes: Sequence[ModelClass]) -> Callable[[QgsMapLayer], None]:
    """Each class in its colour; what is none is clear."""

    def style(layer: Any) -> None:
        entries = [
            QgsPalettedRasterRenderer.Class(c.value, QColor(c.color), c.name) for c in classes
        ]
        clear = QgsPalettedRasterRenderer.Class(BACKGROUND, QColor(0, 0, 0, 0), tr("background"))
        renderer = QgsPalettedRasterRenderer(layer.dataProvider(), 1, [clear, *entries])
        layer.setRenderer(renderer)

    return style


def probability_raster(classes: Sequence[ModelClass]) -> Callable[[QgsMapLayer], None]:
    """The first class' probability, the clearer the lower."""

    def style(layer: Any) -> None:
        items = []
        scale = 1 if _is_scaled(layer) else MAX_SCORE
        for value, alpha in _PROBABILITY:
            color = QColor(classes[0].color)
            color.setAlpha(alpha)
            item = QgsColorRampShader.ColorRampItem(value * scale, color, f"{value:.0%}")
            items.append(item)
        ramp = QgsColorRampShader(0.0, float(scale))
        ramp.setColorRampItemList(items)
        shader = QgsRasterShader()
        shader.setRasterShaderFunction(ramp)
        layer.setRenderer(QgsSingleBandPseudoColorRenderer(layer.dataProvider(), 1, shader))

    return style


def _is_scaled(layer: Any) -> bool:
    """True if QGIS shows the real values of the bands, not the stored ones."""
    return abs(float(layer.dataProvider().bandScale(1)) - 1.0) > 1e-9  # noqa: PLR2004 - rounding


def _categories(
    field: str, colors: dict[str, str], labels: dict[str, str]
) -> QgsCategorizedSymbolRenderer:
    return QgsCategorizedSymbolRenderer(
        field,
        [
            QgsRendererCategory(value, _symbol(color), labels.get(value, value))
            for value, color in colors.items()
        ],
    )


def _symbol(color: str) -> QgsFillSymbol:
    line = QColor(color)
    return QgsFillSymbol.createSimple(  # type: ignore[return-value]
        {
            "color": f"{line.red()},{line.green()},{line.blue()},{_FILL_ALPHA}",
            "outline_color": line.name(),
            "outline_width": "0.3",
        }
    )
