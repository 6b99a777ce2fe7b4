"""The settings that turn scores into dwellings."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.separation import Separation  # noqa: TC001 - read at run time

if TYPE_CHECKING:
    from camp_detector_core.engine.spec import ModelSpec


@dataclass(frozen=True)
class Decoding:
    """Threshold, smallest dwelling and separation of a model."""

    threshold: float
    """Probability of a class from which a pixel is marked."""
    min_area: float
    """Smallest dwelling, square metres."""
    separation: Separation | None = None
    """None: connected regions of the mask."""

    @classmethod
    def of(cls, spec: ModelSpec) -> Decoding:
        """Take the settings of a model."""
        return cls(spec.threshold, spec.min_area, spec.separation)

    def applied(self, spec: ModelSpec) -> ModelSpec:
        """Return a spec with these settings."""
        return replace(
            spec, threshold=self.threshold, min_area=self.min_area, separation=self.separation
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return asdict(self)
