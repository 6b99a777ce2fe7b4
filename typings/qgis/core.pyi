from typing import ClassVar

from PyQt5.QtCore import Qt
from qgis import _core

# isort: off
from qgis._core import (
    QgsCategorizedSymbolRenderer as QgsCategorizedSymbolRenderer,
    QgsColorRampShader as QgsColorRampShader,
    QgsCoordinateReferenceSystem as QgsCoordinateReferenceSystem,
    QgsCoordinateTransform as QgsCoordinateTransform,
    QgsDataSourceUri as QgsDataSourceUri,
    QgsDistanceArea as QgsDistanceArea,
    QgsFeature as QgsFeature,
    QgsFeatureRequest as QgsFeatureRequest,
    QgsFeatureSink as QgsFeatureSink,
    QgsFeedback as QgsFeedback,
    QgsField as QgsField,
    QgsFields as QgsFields,
    QgsFillSymbol as QgsFillSymbol,
    QgsGeometry as QgsGeometry,
    QgsGraduatedSymbolRenderer as QgsGraduatedSymbolRenderer,
    QgsJsonUtils as QgsJsonUtils,
    QgsLayerTreeGroup as QgsLayerTreeGroup,
    QgsLayerTreeLayer as QgsLayerTreeLayer,
    QgsMapLayer as QgsMapLayer,
    QgsMapLayerProxyModel as QgsMapLayerProxyModel,
    QgsMessageLog as QgsMessageLog,
    QgsMultiBandColorRenderer as QgsMultiBandColorRenderer,
    QgsNetworkReplyContent as QgsNetworkReplyContent,
    QgsPalLayerSettings as QgsPalLayerSettings,
    QgsPalettedRasterRenderer as QgsPalettedRasterRenderer,
    QgsPoint as QgsPoint,
    QgsPointXY as QgsPointXY,
    QgsProcessing as QgsProcessing,
    QgsProcessingAlgorithm as QgsProcessingAlgorithm,
    QgsProcessingContext as QgsProcessingContext,
    QgsProcessingFeatureSource as QgsProcessingFeatureSource,
    QgsProcessingFeatureSourceDefinition as QgsProcessingFeatureSourceDefinition,
    QgsProcessingFeedback as QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface as QgsProcessingLayerPostProcessorInterface,
    QgsProcessingOutputBoolean as QgsProcessingOutputBoolean,
    QgsProcessingOutputLayerDefinition as QgsProcessingOutputLayerDefinition,
    QgsProcessingOutputNumber as QgsProcessingOutputNumber,
    QgsProcessingOutputString as QgsProcessingOutputString,
    QgsProcessingParameterBoolean as QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition as QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum as QgsProcessingParameterEnum,
    QgsProcessingParameterExtent as QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSink as QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource as QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField as QgsProcessingParameterField,
    QgsProcessingParameterFile as QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination as QgsProcessingParameterFileDestination,
    QgsProcessingParameterFolderDestination as QgsProcessingParameterFolderDestination,
    QgsProcessingParameterNumber as QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination as QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer as QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString as QgsProcessingParameterString,
    QgsProcessingProvider as QgsProcessingProvider,
    QgsProcessingUtils as QgsProcessingUtils,
    QgsProperty as QgsProperty,
    QgsRasterBlockFeedback as QgsRasterBlockFeedback,
    QgsRasterDataProvider as QgsRasterDataProvider,
    QgsRasterLayer as QgsRasterLayer,
    QgsRasterRenderer as QgsRasterRenderer,
    QgsRasterShader as QgsRasterShader,
    QgsRectangle as QgsRectangle,
    QgsRendererCategory as QgsRendererCategory,
    QgsRendererRange as QgsRendererRange,
    QgsSettings as QgsSettings,
    QgsSingleBandPseudoColorRenderer as QgsSingleBandPseudoColorRenderer,
    QgsSingleSymbolRenderer as QgsSingleSymbolRenderer,
    QgsSpatialIndex as QgsSpatialIndex,
    QgsTask as QgsTask,
    QgsVectorLayer as QgsVectorLayer,
    QgsVectorLayerSimpleLabeling as QgsVectorLayerSimpleLabeling,
    QgsVirtualLayerDefinition as QgsVirtualLayerDefinition,
    QgsWkbTypes as QgsWkbTypes,
)

# isort: on

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
