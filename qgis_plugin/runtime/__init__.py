"""ONNX Runtime: whether it is there, which processors it can use, and installing it."""

from __future__ import annotations

from .loading import State, is_there, problem, require, state

__all__ = ["State", "is_there", "problem", "require", "state"]
