"""The algorithms of the Processing toolbox."""

from __future__ import annotations

from .adapt import AdaptModel
from .classify import ClassifyPixels
from .compare import CompareDates
from .detect import DetectDwellings
from .export_data import ExportTrainingData
from .model_info import ModelInformation
from .summarise import SummariseCamp

ALGORITHMS = (
    DetectDwellings,
    ClassifyPixels,
    SummariseCamp,
    CompareDates,
    ModelInformation,
    ExportTrainingData,
    AdaptModel,
)
