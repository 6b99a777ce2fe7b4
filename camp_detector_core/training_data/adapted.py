"""The results of ``python -m training adapt``, by which hosts and trackers know them."""

from __future__ import annotations

MODEL, ORIGINAL, ITEM, REPORT = (
    "adapted.onnx",
    "adapted-float32.onnx",
    "adapted.json",
    "report.json",
)
"""The model with 8 bits, its float32 original, its STAC item, and the figures."""
FILES = (MODEL, ORIGINAL, ITEM, REPORT)
"""Names of the files, which appear together at the end; without a model the report alone."""
START, SETTINGS, ADAPTED = "start", "settings", "adapted"
"""Candidates: the model as it was; its weights with other settings; other weights."""
START_IS_KEPT = 4
"""Exit code where the start is kept, because nothing is better."""
