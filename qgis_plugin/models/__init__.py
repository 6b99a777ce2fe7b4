"""The models that the user has, and where more come from."""

from __future__ import annotations

from .installed import InstalledModel
from .library import ModelLibrary

__all__ = ["InstalledModel", "ModelLibrary"]
