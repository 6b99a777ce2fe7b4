"""Limits and tolerances that hold in every host."""

from __future__ import annotations

from typing import Optional, Sequence

from .errors import RasterError

GSD_TOLERANCE = 0.1
"""A raster is read on its own grid if its GSD differs from the model's by at most this share."""
MAX_ENLARGEMENT = 10.0
"""Times that a raster's pixels may be larger than the model's: beyond it, dwellings do not show."""
MAX_REDUCTION = 1000.0
"""Times that they may be smaller: beyond it, their size cannot be in metres."""
MAX_TILE_SIZE = 16384
"""Largest side of a chip in pixels that a model may ask for."""
LEAST_DWELLINGS = 10
"""Labelled dwellings below which a model cannot be taught a place and measured on it."""
FEW_DWELLINGS = 50
"""Labelled dwellings below which a warning is due where a model is taught."""
MOST_TAUGHT_PIXELS = 64_000_000
"""Largest ground that a model is taught with, pixels of the model: 2.6 km2 at 0.2 m."""
HUGE_DWELLING = 3000.0
"""Square metres: few buildings are larger, and no dwelling of a camp."""


def is_native(gsd: Sequence[float], model_gsd: float) -> bool:
    """True if a raster's own grid is close enough to the GSD that a model is run at.

    Args:
        gsd: Metres a pixel along each axis of the raster.
        model_gsd: Metres per pixel that the model is run at.
    """
    return all(abs(side / model_gsd - 1) <= GSD_TOLERANCE for side in gsd)


def is_too_coarse(gsd: Sequence[float], model_gsd: float) -> bool:
    """True if the raster's pixels would have to be enlarged beyond `MAX_ENLARGEMENT`."""
    return max(gsd) > model_gsd * MAX_ENLARGEMENT


def size_fault(gsd: Sequence[float], model_gsd: float, label: str) -> Optional[RasterError]:
    """Give the reason why a model cannot be run on pixels of a size; None where it can be.

    Args:
        gsd: Metres a pixel along each axis of the raster.
        model_gsd: Metres a pixel that the model is run at.
        label: The raster's name, for the message.
    """
    needs = f"and the model needs {model_gsd:.3g} m"
    if is_too_coarse(gsd, model_gsd):
        msg = (
            f"{label} has pixels of {max(gsd):.3g} m {needs}, so small things are not in the "
            "picture"
        )
        remedy = "use finer imagery or another model | run it all the same with {gsd=native}"
        return RasterError(msg, parameter="gsd", remedy=remedy)
    if min(gsd) * MAX_REDUCTION < model_gsd:
        msg = f"{label} has pixels of {min(gsd):.3g} m {needs}"
        remedy = (
            "take another model, or, if the coordinate system is wrong, assign the right one "
            "with {tool:assign_crs}"
        )
        return RasterError(msg, remedy=remedy)
    return None
