"""The Processing provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsProcessingProvider

from .i18n import tr
from .icon import ICON, own_icon

if TYPE_CHECKING:
    from qgis.PyQt.QtGui import QIcon


class CampDetectorProvider(QgsProcessingProvider):
    """All algorithms of Camp Detector."""

    def id(self) -> str:
        """The first part of the algorithms' names."""
        return "campdetector"

    def name(self) -> str:
        """Name in the toolbox."""
        return "Camp Detector"

    def longName(self) -> str:
        """The same with what it is for."""
        return tr("Camp Detector: dwellings in drone and satellite imagery")

    def icon(self) -> QIcon:
        """Icon in the toolbox."""
        return own_icon()

    def svgIconPath(self) -> str:
        """The same as a file."""
        return str(ICON)

    def helpId(self) -> str:
        """Nothing of QGIS' own help."""
        return ""

    def supportedOutputRasterLayerExtensions(self) -> list[str]:
        """Rasters are Cloud-Optimized GeoTIFF."""
        return ["tif", "tiff"]

    def defaultRasterFileExtension(self) -> str:
        """The same."""
        return "tif"

    def loadAlgorithms(self) -> None:
        """Put all algorithms in."""
        from .algorithms import ALGORITHMS

        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm())
