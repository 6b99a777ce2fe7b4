"""Description of an ONNX model from elsewhere, after a trial on chips."""

from __future__ import annotations

from .describe import DescribedModel, describe_model
from .options import Activation, ModelOptions

__all__ = ["Activation", "DescribedModel", "ModelOptions", "describe_model"]
