"""Settings of a run of a model over a raster, for every host."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Optional

from ..engine.errors import SpecError
from ..engine.parameters import Part
from ..engine.predictors.open import AUTO

if TYPE_CHECKING:
    from ..engine.grid import Grid
    from ..engine.spec import ModelSpec


@dataclass(frozen=True)
class Settings(Part):
    """Settings of the model and its outlines; None takes the model's own value.

    Raises:
        ParameterError: A value out of range.
    """

    threshold: Optional[float] = None
    """Probability from which a pixel belongs to a dwelling."""
    min_area: Optional[float] = None
    """Smallest dwelling, square metres."""
    tile_size: Optional[int] = None
    """Side of the chips in pixels of the model; None chooses a side up to the model's own with the
    fewest pixels to compute."""
    overlap: Optional[int] = None
    """Pixels that neighbouring chips share."""
    simplify: Optional[float] = None
    """Largest distance in metres by which outlines may be straightened; None: one pixel, which
    turns the stairs of slanting walls into lines; 0: exact pixel edges."""
    square: bool = False
    """True to make rectangles of nearly rectangular outlines."""
    separate: Optional[bool] = None
    """True to separate touching dwellings; None does so if the model can."""
    threads: Optional[int] = None
    """Processors to use; None: all that the process may use."""
    device: str = AUTO
    """Device that runs the model: ``auto``, ``cpu`` or a key of `predictors.GPUS`."""
    tta: bool = False
    """True for test-time augmentation, the mean over flips and turns of each chip."""

    def apply(self, spec: ModelSpec) -> ModelSpec:
        """Return the model's spec with the user's values.

        Raises:
            SpecError: A value that the model cannot be run with.
        """
        if self.separate and spec.separation is None:
            msg = f"the model {spec.id} cannot tell touching dwellings apart"
            remedy = "leave out {separate}, or choose another model"
            raise SpecError(msg, parameter="separate", remedy=remedy)
        spec_fields = ("threshold", "min_area", "tile_size", "overlap")
        values: dict[str, Any] = {
            name: getattr(self, name) for name in spec_fields if getattr(self, name) is not None
        }
        if self.separate is False:
            values["separation"] = None
        return replace(spec, **values)

    def tolerance(self, grid: Grid) -> float:
        """Convert ``simplify`` to pixels of a grid."""
        if self.simplify is None:
            return 1.0
        return self.simplify / math.sqrt(grid.pixel_area)
