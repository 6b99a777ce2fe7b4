from typing import ClassVar

from PyQt5.QtCore import Qt
from qgis import _core
from qgis._core import (
    QgsCategorizedSymbolRenderer as QgsCategorizedSymbolRenderer,
)
from qgis._core import (
    QgsColorRampShader as QgsColorRampShader,
)
from qgis._core import (
    QgsCoordinateReferenceSystem as QgsCoordinateReferenceSystem,
)
from qgis._core import (
    QgsCoordinateTransform as QgsCoordinateTransform,
)
from qgis._core import (
    QgsDataSourceUri as QgsDataSourceUri,
)
from qgis._core import (
    QgsDistanceArea as QgsDistanceArea,
)
from qgis._core import (
    QgsFeature as QgsFeature,
)
from qgis._core import (
    QgsFeatureRequest as QgsFeatureRequest,
)
from qgis._core import (
    QgsFeatureSink as QgsFeatureSink,
)
from qgis._core import (
    QgsFeatureSource as QgsFeatureSource,
)
from qgis._core import (
    QgsFeedback as QgsFeedback,
)
from qgis._core import (
    QgsField as QgsField,
)
from qgis._core import (
    QgsFields as QgsFields,
)
from qgis._core import (
    QgsFillSymbol as QgsFillSymbol,
)
from qgis._core import (
    QgsGeometry as QgsGeometry,
)
from qgis._core import (
    QgsGraduatedSymbolRenderer as QgsGraduatedSymbolRenderer,
)
from qgis._core import (
    QgsJsonUtils as QgsJsonUtils,
)
from qgis._core import (
    QgsLayerTreeGroup as QgsLayerTreeGroup,
)
from qgis._core import (
    QgsLayerTreeLayer as QgsLayerTreeLayer,
)
from qgis._core import (
    QgsMapLayer as QgsMapLayer,
)
from qgis._core import (
    QgsMapLayerProxyModel as QgsMapLayerProxyModel,
)
from qgis._core import (
    QgsMessageLog as QgsMessageLog,
)
from qgis._core import (
    QgsMultiBandColorRenderer as QgsMultiBandColorRenderer,
)
from qgis._core import (
    QgsNetworkReplyContent as QgsNetworkReplyContent,
)
from qgis._core import (
    QgsPalettedRasterRenderer as QgsPalettedRasterRenderer,
)
from qgis._core import (
    QgsPalLayerSettings as QgsPalLayerSettings,
)
from qgis._core import (
    QgsPoint as QgsPoint,
)
from qgis._core import (
    QgsPointXY as QgsPointXY,
)
from qgis._core import (
    QgsProcessing as QgsProcessing,
)
from qgis._core import (
    QgsProcessingAlgorithm as QgsProcessingAlgorithm,
)
from qgis._core import (
    QgsProcessingContext as QgsProcessingContext,
)
from qgis._core import (
    QgsProcessingFeatureSource as QgsProcessingFeatureSource,
)
from qgis._core import (
    QgsProcessingFeatureSourceDefinition as QgsProcessingFeatureSourceDefinition,
)
from qgis._core import (
    QgsProcessingFeedback as QgsProcessingFeedback,
)
from qgis._core import (
    QgsProcessingLayerPostProcessorInterface as QgsProcessingLayerPostProcessorInterface,
)
from qgis._core import (
    QgsProcessingOutputLayerDefinition as QgsProcessingOutputLayerDefinition,
)
from qgis._core import (
    QgsProcessingOutputNumber as QgsProcessingOutputNumber,
)
from qgis._core import (
    QgsProcessingOutputString as QgsProcessingOutputString,
)
from qgis._core import (
    QgsProcessingParameterBoolean as QgsProcessingParameterBoolean,
)
from qgis._core import (
    QgsProcessingParameterDefinition as QgsProcessingParameterDefinition,
)
from qgis._core import (
    QgsProcessingParameterEnum as QgsProcessingParameterEnum,
)
from qgis._core import (
    QgsProcessingParameterExtent as QgsProcessingParameterExtent,
)
from qgis._core import (
    QgsProcessingParameterFeatureSink as QgsProcessingParameterFeatureSink,
)
from qgis._core import (
    QgsProcessingParameterFeatureSource as QgsProcessingParameterFeatureSource,
)
from qgis._core import (
    QgsProcessingParameterField as QgsProcessingParameterField,
)
from qgis._core import (
    QgsProcessingParameterFile as QgsProcessingParameterFile,
)
from qgis._core import (
    QgsProcessingParameterFileDestination as QgsProcessingParameterFileDestination,
)
from qgis._core import (
    QgsProcessingParameterNumber as QgsProcessingParameterNumber,
)
from qgis._core import (
    QgsProcessingParameterRasterDestination as QgsProcessingParameterRasterDestination,
)
from qgis._core import (
    QgsProcessingParameterRasterLayer as QgsProcessingParameterRasterLayer,
)
from qgis._core import (
    QgsProcessingParameterString as QgsProcessingParameterString,
)
from qgis._core import (
    QgsProcessingProvider as QgsProcessingProvider,
)
from qgis._core import (
    QgsProcessingUtils as QgsProcessingUtils,
)
from qgis._core import (
    QgsProperty as QgsProperty,
)
from qgis._core import (
    QgsRasterBlockFeedback as QgsRasterBlockFeedback,
)
from qgis._core import (
    QgsRasterDataProvider as QgsRasterDataProvider,
)
from qgis._core import (
    QgsRasterLayer as QgsRasterLayer,
)
from qgis._core import (
    QgsRasterRenderer as QgsRasterRenderer,
)
from qgis._core import (
    QgsRasterShader as QgsRasterShader,
)
from qgis._core import (
    QgsRectangle as QgsRectangle,
)
from qgis._core import (
    QgsReferencedRectangle as QgsReferencedRectangle,
)
from qgis._core import (
    QgsRendererCategory as QgsRendererCategory,
)
from qgis._core import (
    QgsRendererRange as QgsRendererRange,
)
from qgis._core import (
    QgsSettings as QgsSettings,
)
from qgis._core import (
    QgsSingleBandPseudoColorRenderer as QgsSingleBandPseudoColorRenderer,
)
from qgis._core import (
    QgsSingleSymbolRenderer as QgsSingleSymbolRenderer,
)
from qgis._core import (
    QgsSpatialIndex as QgsSpatialIndex,
)
from qgis._core import (
    QgsTask as QgsTask,
)
from qgis._core import (
    QgsVectorLayer as QgsVectorLayer,
)
from qgis._core import (
    QgsVectorLayerSimpleLabeling as QgsVectorLayerSimpleLabeling,
)
from qgis._core import (
    QgsVirtualLayerDefinition as QgsVirtualLayerDefinition,
)
from qgis._core import (
    QgsWkbTypes as QgsWkbTypes,
)

# The published types leave these out, or let singletons be None.

class QgsException(Exception): ...
class QgsCsException(QgsException): ...
class QgsProcessingException(QgsException): ...

class Qgis(_core.Qgis):
    QGIS_VERSION_INT: ClassVar[int]

class QgsProject(_core.QgsProject):
    @staticmethod
    def instance() -> _core.QgsProject: ...

class QgsNetworkAccessManager(_core.QgsNetworkAccessManager):
    @staticmethod
    def instance(connectionType: Qt.ConnectionType = ...) -> QgsNetworkAccessManager: ...

class QgsProviderRegistry(_core.QgsProviderRegistry):
    @staticmethod
    def instance(pluginPath: str | None = ...) -> QgsProviderRegistry: ...

class QgsApplication(_core.QgsApplication):
    @staticmethod
    def processingRegistry() -> _core.QgsProcessingRegistry: ...
    @staticmethod
    def authManager() -> _core.QgsAuthManager: ...
    @staticmethod
    def messageLog() -> _core.QgsMessageLog: ...
    @staticmethod
    def taskManager() -> _core.QgsTaskManager: ...
