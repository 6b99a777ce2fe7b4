"""How a model is run over a raster, whichever host asks for it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Optional

from ..engine.errors import SpecError
from ..engine.parameters import check

if TYPE_CHECKING:
    from ..engine.grid import Grid
    from ..engine.spec import ModelSpec


@dataclass(frozen=True)
class Settings:
    """How the model is run and its answer made into outlines; None is the model's own value.

    Raises:
        ParameterError: A value out of range.
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
        """Refuse what is outside of the limits."""
        check(vars(self))

    def apply(self, spec: ModelSpec) -> ModelSpec:
        """The model's spec with the user's values in place of its own.

        Raises:
            SpecError: A value that the model cannot be run with.
        """
        if self.separate and spec.separation is None:
            msg = f"the model {spec.id} cannot tell touching dwellings apart"
            remedy = "leave out {separate}, or choose another model"
            raise SpecError(msg, parameter="separate", remedy=remedy)
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
