"""The tools of ``CampDetector.pyt``.

Runs in ArcGIS Pro's own Python (3.9 to 3.13). Importing it loads the standard library alone; arcpy,
numpy and the engine are loaded when a tool needs them. It names itself only relatively: the
``.pyt`` loads it under a name of its own.
"""

from __future__ import annotations

from . import wording
from .tools import tool

__all__ = ["tool", "wording"]
