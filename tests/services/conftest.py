"""The services that these tests share."""

from __future__ import annotations

from tests.support.mlflow_stack import mlflow_stack

__all__ = ["mlflow_stack"]
