"""Input and output of a foreign network: one image in, one raster of classes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import SpecError
from camp_detector_core.engine.predictors.ends import image_of, is_picture, side_of
from camp_detector_core.engine.wording import shown

if TYPE_CHECKING:
    from camp_detector_core.engine.predictors.ort import Network

_FEW, _MANY = {1, 3, 4}, 16
"""Band counts of common images, and more bands than any image has."""


def input_of(network: Network, origin: str) -> tuple[int, int | None]:
    """Number of bands, and the required side of chips or None if it is free.

    Raises:
        SpecError: The input is not one image of four axes.
    """
    value = image_of(network.inputs, origin)
    shape = list(value.shape)
    batch, bands, _, width = shape
    if not isinstance(bands, int):
        msg = (
            f"{origin} leaves open how many bands it takes ({shown(shape)}): export it with a "
            "fixed number of bands, as its second axis"
        )
        raise SpecError(msg)
    if width in _FEW and (bands > _MANY or bands not in _FEW):
        msg = (
            f"{origin} takes {shown(shape)}, with the bands last: export it with channels first, "
            "(n, bands, height, width)"
        )
        raise SpecError(msg)
    if isinstance(batch, int) and batch != 1:
        msg = f"{origin} takes batches of {batch} alone: export it with a free batch, or with 1"
        raise SpecError(msg)
    return bands, side_of(shape, origin)


def output_of(network: Network, origin: str) -> str:
    """Name of the first output that has the shape of a raster.

    Raises:
        SpecError: No output has that shape.
    """
    for value in network.outputs:
        if is_picture(value):
            return str(value.name)
    outputs = ", ".join(f"{v.name}: {v.type} {list(v.shape or ())}" for v in network.outputs)
    msg = (
        f"{origin} gives no picture of float32 (n, classes, height, width), but {shown(outputs)}: "
        "only segmentation networks can be used; detectors of boxes and networks that give the "
        "number of a class cannot"
    )
    raise SpecError(msg)
