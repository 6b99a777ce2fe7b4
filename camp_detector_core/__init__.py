"""Camp Detector: dwellings as polygons from drone and satellite imagery."""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = ["__version__"]
