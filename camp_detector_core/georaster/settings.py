"""How a model is run over a raster, whichever host asks for it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Optional

from ..engine.errors import SpecError

if TYPE_CHECKING:
    from ..engine.grid import Grid
    from ..engine.spec import ModelSpec

_MAX_SIMPLIFY = 1000.0
_MAX_AREA = 1e6
"""Square metres: no dwelling is as large as a square kilometre."""


@dataclass(frozen=True)
class Settings:
    """How the model is run and its answer made into outlines; None is the model's own value.

    Raises:
        SpecError: A value out of range.
    """

    threshold: Optional[float] = None
    """Probability from which a pixel belongs to a dwelling."""
    min_area: Optional[float] = None
    """Smallest dwelling, square metres."""
    tile_size: Optional[int] = None
    """Side of the chips, pixels of the model; None: the side up to the model's own that leaves the
    fewest pixels to compute."""
    overlap: Optional[int] = None
    """Pixels that neighbouring chips share."""
    simplify: Optional[float] = None
    """Greatest distance in metres by which outlines may be straightened; None: one pixel, which
    turns the stairs of slanting walls into lines; 0: exact pixel edges."""
    square: bool = False
    """Whether nearly rectangular outlines become rectangles."""
    separate: Optional[bool] = None
    """Whether touching dwellings are parted; None: where the model can."""
    tta: bool = False
    """Test-time augmentation: the mean over the flips and turns of each chip."""

    def __post_init__(self) -> None:
        """Refuse what no distance or area of a dwelling is; the rest is checked by the spec."""
        if self.simplify is not None and not 0 <= self.simplify <= _MAX_SIMPLIFY:
            msg = f"--simplify must be 0 to {_MAX_SIMPLIFY:g} metres, got {self.simplify:g}"
            raise SpecError(msg)
        if self.min_area is not None and not self.min_area <= _MAX_AREA:
            msg = f"--min-area must be 0 to {_MAX_AREA:.0f} square metres, got {self.min_area:g}"
            raise SpecError(msg)

    def apply(self, spec: ModelSpec) -> ModelSpec:
        """The model's spec with the user's values in place of its own.

        Raises:
            SpecError: A value that the model cannot be run with.
        """
        if self.separate and spec.separation is None:
            msg = (
                f"the model {spec.id} cannot tell touching dwellings apart: leave out --separate, "
                "or choose another model"
            )
            raise SpecError(msg)
        own = ("threshold", "min_area", "tile_size", "overlap")
        chosen: dict[str, Any] = {
            name: getattr(self, name) for name in own if getattr(self, name) is not None
        }
        if self.separate is False:
            chosen["separation"] = None
        return replace(spec, **chosen)

    def tolerance(self, grid: Grid) -> float:
        """``simplify`` in pixels of a grid."""
        if self.simplify is None:
            return 1.0
        return self.simplify / math.sqrt(grid.pixel_area)
