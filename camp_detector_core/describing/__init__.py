"""Give an ONNX model from elsewhere a description, after trying it on chips."""

from __future__ import annotations

from .describe import Described, describe_model
from .options import Activation, Wishes

__all__ = ["Activation", "Described", "Wishes", "describe_model"]
