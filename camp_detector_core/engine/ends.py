"""Hold the inputs and outputs of a network against the model's description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Sequence

from .errors import SpecError
from .separation import OUTPUT as SEPARATION
from .wording import shown

if TYPE_CHECKING:
    from .spec import ModelSpec

_RANK, _FLOAT = 4, "tensor(float)"
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
    image = image_of(inputs, origin)
    _check_channels(image, (len(spec.bands), "bands", _IN), origin)
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
    return side_of(image.shape, origin)


def image_of(inputs: Sequence[Any], origin: str) -> Any:  # noqa: ANN401 - published untyped
    """The one input of a network, an image of float32.

    Raises:
        SpecError: There are several, or it is something else.
    """
    if len(inputs) != 1:
        given = shown(", ".join(v.name for v in inputs)) or "none"
        msg = (
            f"the network of {origin} takes {len(inputs)} inputs ({given}), and one image {_IN} is "
            "all that can be given: export it with the image as its only input"
        )
        raise SpecError(msg)
    _check_picture(inputs[0], _IN, origin)
    return inputs[0]


def is_picture(value: Any) -> bool:  # noqa: ANN401 - published untyped
    """Whether an input or output is float32 of four axes."""
    return value.type == _FLOAT and len(value.shape or ()) == _RANK


def side_of(shape: Sequence[Any], origin: str) -> Optional[int]:
    """The only height and width that a network takes; None where they are free.

    Raises:
        SpecError: They differ.
    """
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
    _check_picture(value, wanted[2], origin)
    _check_channels(value, wanted, origin)


def _check_picture(value: Any, axes: str, origin: str) -> None:  # noqa: ANN401 - published untyped
    """Refuse another type or rank."""
    if is_picture(value):
        return
    name = shown(value.name)
    if value.type != _FLOAT:
        msg = (
            f"{name} of {origin} must be float32, got {value.type}: export it in "
            f"float32, as an array {axes}"
        )
        raise SpecError(msg)
    msg = (
        f"{name} of {origin} must have 4 axes, {axes}, and has "
        f"{len(value.shape or ()) or 'no shape'}: export it as a segmentation network of such "
        "arrays"
    )
    raise SpecError(msg)


def _check_channels(value: Any, wanted: tuple[int, str, str], origin: str) -> None:  # noqa: ANN401 - published untyped
    """Refuse another number of channels."""
    count, what, axes = wanted
    name, shape = shown(value.name), list(value.shape)
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
