"""The ends of a network of others: one image goes in, and a picture comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import SpecError
from camp_detector_core.engine.wording import shown

if TYPE_CHECKING:
    from camp_detector_core.engine.ort import Network

_RANK = 4
_FEW, _MANY = {1, 3, 4}, 16
"""Bands of common images, and more than any image here has."""


def input_of(network: Network, origin: str) -> tuple[int, int | None]:
    """Bands, and the only side of chips or None.

    Raises:
        SpecError: The input is not one image of four axes.
    """
    if len(network.inputs) != 1:
        names = shown(", ".join(v.name for v in network.inputs)) or "none"
        msg = (
            f"{origin} takes {len(network.inputs)} inputs ({names}), and one image is all that "
            "can be given: export it with the image as its only input"
        )
        raise SpecError(msg)
    value = network.inputs[0]
    shape = list(value.shape or ())
    if value.type != "tensor(float)" or len(shape) != _RANK:
        msg = (
            f"{origin} takes {value.type} of the shape {shown(shape)}, and float32 (n, bands, "
            "height, width) is needed: export it so"
        )
        raise SpecError(msg)
    batch, bands, height, width = shape
    if not isinstance(bands, int):
        msg = (
            f"{origin} leaves open how many bands it takes ({shown(shape)}): export it with a "
            "fixed number of bands, as its second axis"
        )
        raise SpecError(msg)
    fixed = isinstance(height, int) or isinstance(width, int)
    if width in _FEW and (bands > _MANY or bands not in _FEW):
        msg = (
            f"{origin} takes {shown(shape)}, with the bands last: export it with channels first, "
            "(n, bands, height, width)"
        )
        raise SpecError(msg)
    if fixed and height != width:
        msg = (
            f"{origin} takes only chips of {height} x {width}, and squares or free sizes are "
            "needed: export it with free height and width"
        )
        raise SpecError(msg)
    if isinstance(batch, int) and batch != 1:
        msg = f"{origin} takes batches of {batch} alone: export it with a free batch, or with 1"
        raise SpecError(msg)
    return bands, height if fixed else None


def output_of(network: Network, origin: str) -> str:
    """The first output that can be a picture.

    Raises:
        SpecError: There is none.
    """
    for value in network.outputs:
        if value.type == "tensor(float)" and len(value.shape or ()) == _RANK:
            return str(value.name)
    given = ", ".join(f"{v.name}: {v.type} {list(v.shape or ())}" for v in network.outputs)
    msg = (
        f"{origin} gives no picture of float32 (n, classes, height, width), but {shown(given)}: "
        "only segmentation networks can be used; detectors of boxes and networks that give the "
        "number of a class cannot"
    )
    raise SpecError(msg)
