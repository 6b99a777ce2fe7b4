"""The algorithms of the Processing toolbox."""

from __future__ import annotations

from .classify import ClassifyPixels
from .compare import CompareDates
from .detect import DetectDwellings
from .model_info import ModelInformation
from .summarise import SummariseCamp

ALGORITHMS = (DetectDwellings, ClassifyPixels, SummariseCamp, CompareDates, ModelInformation)
