"""Have changed layers drawn anew, also while the map is being drawn."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Callable, Iterable

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer
    from qgis.gui import QgsMapCanvas


class Repaint:
    """Draws layers once more after what is being drawn.

    A map keeps the picture of each layer, and throws it away when the layer asks to be painted.
    Where a picture is finished but not kept yet, it is kept afterwards, though it shows what the
    layer was before. So a layer that changes while a map is drawn asks again when that is done.
    """

    def __init__(self, canvases: Callable[[], Iterable[QgsMapCanvas]]) -> None:
        """Draw nothing yet.

        Args:
            canvases: Gives the maps of QGIS.
        """
        self._canvases = canvases
        self._waiting: list[tuple[QgsMapCanvas, Callable[[], None]]] = []

    def of(self, layer: QgsMapLayer) -> None:
        """Draw a layer anew now, and again where a map was being drawn."""
        busy = [canvas for canvas in self._canvases() if canvas.isDrawing()]
        layer.triggerRepaint()
        for canvas in busy:
            self._once_more(canvas, layer)

    def all(self) -> None:
        """Draw the maps anew, as after layers were taken away."""
        for canvas in self._canvases():
            canvas.refresh()

    def forget(self) -> None:
        """Wait for no map any more."""
        for canvas, slot in self._waiting:
            with suppress(RuntimeError, TypeError):  # it is gone
                canvas.mapCanvasRefreshed.disconnect(slot)
        self._waiting.clear()

    def _once_more(self, canvas: QgsMapCanvas, layer: QgsMapLayer) -> None:
        def painted() -> None:
            self._waiting.remove((canvas, painted))
            canvas.mapCanvasRefreshed.disconnect(painted)
            with suppress(RuntimeError):  # the user has removed it
                layer.triggerRepaint()

        self._waiting.append((canvas, painted))
        canvas.mapCanvasRefreshed.connect(painted)
