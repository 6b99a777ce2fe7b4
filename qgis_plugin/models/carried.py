"""What the plugin carries of the core besides what runs a model."""

from __future__ import annotations

PARTS_EXTRA = ("vector_formats.py",)
"""Files that read models, and the formats of results, as paths in ``camp_detector_core``; they name
each other and the engine relatively, and need Python 3.9 and its standard library."""
