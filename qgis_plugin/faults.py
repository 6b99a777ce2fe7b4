"""The plugin's own error, beside those of the core."""

from __future__ import annotations

from camp_detector_core.engine.errors import CampDetectorError


class Fault(CampDetectorError):  # noqa: N818 - what the user is told
    """A request that cannot be met; one sentence for the user."""
