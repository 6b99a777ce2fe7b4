"""ONNX Runtime: whether it is there, which processors it can use, and installing it."""

from __future__ import annotations

from .errors import RuntimeProblem, Stopped
from .loading import State, activate, is_there, problem, ready, require, state

__all__ = [
    "RuntimeProblem",
    "State",
    "Stopped",
    "activate",
    "is_there",
    "problem",
    "ready",
    "require",
    "state",
]
