"""The settings that turn scores into dwellings."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.separation import Separation  # noqa: TC001 - read at run time

if TYPE_CHECKING:
    from camp_detector_core.engine.spec import ModelSpec

METHOD = "separation"
"""Key of the method of separation in a spec's provenance."""


def method_of(spec: ModelSpec) -> str:
    """Method of separation of a model; ``none`` for none."""
    if spec.separation is None:
        return "none"
    return spec.provenance.get(METHOD, spec.separation.method)


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

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return asdict(self)
