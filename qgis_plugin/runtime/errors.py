"""Errors of the library that runs models."""

from __future__ import annotations


class RuntimeProblem(Exception):  # noqa: N818 - its name is what the user reads of
    """ONNX Runtime is missing, or cannot be installed; one sentence for the user."""


class Stopped(RuntimeProblem):
    """The user stopped the installation."""
