"""The error of the tools themselves."""

from __future__ import annotations

from camp_detector_core.engine.errors import CampDetectorError


class ToolError(CampDetectorError):
    """A dataset, a licence or an output that a tool cannot use."""
