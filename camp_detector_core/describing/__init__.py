"""Description of an ONNX model from elsewhere, after a trial on chips."""

from __future__ import annotations

from .describe import DescribedModel, describe_model
from .options import Activation, DraftOptions

__all__ = ["Activation", "DescribedModel", "DraftOptions", "describe_model"]
