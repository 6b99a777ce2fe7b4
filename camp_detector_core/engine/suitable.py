"""Checks that a raster fits a model, for hosts that tell little about it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Optional

import numpy as np

from .errors import RasterError
from .limits import is_native

if TYPE_CHECKING:
    from .ground import Unit
    from .spec import ModelSpec

PIXEL_TYPES = {"uint8": "u1", "uint16": "u2", "int16": "i2", "float32": "f4"}
"""Esri's name of each pixel type that a model may take."""
_NAMES = {"u1": "8 bit unsigned", "u2": "16 bit unsigned", "i2": "16 bit signed", "f4": "float"}


def check_bands(spec: ModelSpec, count: int, *, exact: bool = False) -> None:
    """Refuse a raster with too few bands, or a tile with other bands than requested.

    Raises:
        RasterError: Too few bands; or, where ``exact``, too many.
    """
    if count == len(spec.bands) or (count > len(spec.bands) and not exact):
        return
    names = ", ".join(band.name for band in spec.bands)
    msg = (
        f"the model needs {len(spec.bands)} bands ({names}) and this raster gives {count}: choose "
        "a raster with these bands, or put them in this order with the Extract Bands function"
    )
    raise RasterError(msg)


def check_depth(spec: ModelSpec, pixel_type: str) -> None:
    """Refuse pixels of another type, which would be scaled wrongly without notice.

    Raises:
        RasterError: ``pixel_type``, in Esri's words, is not that of the model.
    """
    expected = PIXEL_TYPES[spec.dtype]
    if pixel_type == expected:
        return
    msg = (
        f"the model takes {_NAMES[expected]} pixels and this raster's are "
        f"{_NAMES.get(pixel_type, 'others')}: convert it first with Copy Raster (pixel type "
        f"{_NAMES[expected]}, Scale Pixel Value checked)"
    )
    raise RasterError(msg)


def advice_on_cells(spec: ModelSpec, unit: Unit, cell: tuple[float, float]) -> Optional[str]:
    """Advise a user whose pixels differ in size from the model's.

    Args:
        spec: The model.
        unit: Unit of the raster's coordinates.
        cell: Width and height of a pixel in these.

    Returns:
        A sentence; None if the pixels have the size that the model was trained on, or if
        their size is not known.
    """
    if not unit.is_known:
        return None
    metres = cell[0] * unit.metres[0], cell[1] * unit.metres[1]
    if is_native(metres, spec.gsd):
        return None
    cell_size = spec.gsd / math.sqrt(unit.metres[0] * unit.metres[1])
    # As people type it: without exponent.
    size_text = np.format_float_positional(float(f"{cell_size:.4g}"), trim="-")
    better = f", or better {spec.gsd:g} metres in UTM, where pixels are square on the ground"
    return (
        f"The model {spec.id} was trained on pixels of {spec.gsd:g} m and this raster's are of "
        f"{math.sqrt(metres[0] * metres[1]):.3g} m: set Environments > Cell Size to "
        f"{size_text} {unit.name}{better if unit.name == 'degrees' else ''}."
    )
