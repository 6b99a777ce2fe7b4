"""What goes into a network and comes out of it, held against the model's description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Sequence

from .errors import SpecError
from .separation import OUTPUT as SEPARATION
from .wording import shown

if TYPE_CHECKING:
    from .spec import ModelSpec

_RANK = 4
_IN, _OUT = "(n, bands, height, width)", "(n, classes, height, width)"


def check_ends(
    inputs: Sequence[Any], outputs: Sequence[Any], spec: ModelSpec, *, origin: str = "the model"
) -> Optional[int]:
    """Refuse a network that is not as its description says.

    Args:
        inputs: ``name``, ``type`` and ``shape`` of each, as ONNX Runtime gives them.
        outputs: The same.
        spec: The description.
        origin: The model's name, for messages.

    Returns:
        The only side of the chips that it takes, in pixels; None where sides are free.

    Raises:
        SpecError: They do not fit.
    """
    names = [v.name for v in outputs]
    if not names or len(set(names)) < len(names):
        what = f"names two outputs alike ({shown(', '.join(names))})" if names else "has no output"
        msg = (
            f"the network of {origin} {what}, so it gives no probabilities that can be told: "
            "export it again"
        )
        raise SpecError(msg)
    if len(inputs) != 1:
        given = shown(", ".join(v.name for v in inputs)) or "none"
        msg = (
            f"the network of {origin} takes {len(inputs)} inputs ({given}), and one image {_IN} is "
            "all that can be given: export it with the image as its only input"
        )
        raise SpecError(msg)
    _check_value(inputs[0], (len(spec.bands), "bands", _IN), origin)
    first, *others = outputs
    _check_value(first, (len(spec.classes), "classes", _OUT), origin)
    second = [v for v in others if v.name == SEPARATION]
    if len(second) != (spec.separation is not None):
        what, has = ("nothing of", "an") if second else ("a way of", "no")
        msg = (
            f"the description of {origin} says {what} telling touching dwellings apart, but the "
            f"network has {has} output {SEPARATION!r}: description and network do not belong "
            "together; export it again"
        )
        raise SpecError(msg)
    for value in second:
        _check_value(value, (1, "channel of separation", "(n, 1, height, width)"), origin)
    return _side(inputs[0].shape, origin)


def _side(shape: Sequence[Any], origin: str) -> Optional[int]:
    height, width = shape[2:]
    if not isinstance(height, int) and not isinstance(width, int):
        return None
    if height != width:
        msg = (
            f"the network of {origin} takes only chips of {height} x {width}, and squares or free "
            "sizes are needed: export it with free height and width"
        )
        raise SpecError(msg)
    return int(height)


def _check_value(value: Any, wanted: tuple[int, str, str], origin: str) -> None:  # noqa: ANN401 - published untyped
    """Refuse an input or output of another type, rank, or number of channels."""
    count, what, axes = wanted
    name = shown(value.name)
    if value.type != "tensor(float)":
        msg = (
            f"{name} of {origin} must be float32, got {value.type}: export it in "
            f"float32, as an array {axes}"
        )
        raise SpecError(msg)
    shape = list(value.shape or ())
    if len(shape) != _RANK:
        msg = (
            f"{name} of {origin} must have 4 axes, {axes}, and has "
            f"{len(shape) or 'no shape'}: export it as a segmentation network of such arrays"
        )
        raise SpecError(msg)
    channels = shape[1]
    if not isinstance(channels, int) or channels == count:
        return
    if shape[3] == count:
        msg = (
            f"{name} of {origin} is {shown(shape)}, with the {what} last: export it "
            f"with channels first, {axes}"
        )
        raise SpecError(msg)
    msg = (
        f"the description of {origin} says {count} {what}, but the network's {name} has "
        f"{channels}: description and network do not belong together; export it again"
    )
    raise SpecError(msg)
