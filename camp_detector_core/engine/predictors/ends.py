"""Checks of a network's inputs and outputs against the model's description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Sequence

from ..errors import SpecError
from ..separation import OUTPUT as SEPARATION
from ..wording import shown

if TYPE_CHECKING:
    from ..spec import ModelSpec

_RANK, _FLOAT = 4, "tensor(float)"
_IN, _OUT = "(n, bands, height, width)", "(n, classes, height, width)"


def check_ends(
    inputs: Sequence[Any], outputs: Sequence[Any], spec: ModelSpec, *, origin: str = "the model"
) -> Optional[int]:
    """Refuse a network that does not match its description.

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
        fault = f"names two outputs alike ({shown(', '.join(names))})" if names else "has no output"
        msg = (
            f"the network of {origin} {fault}, so it gives no probabilities that can be told: "
            "export it again"
        )
        raise SpecError(msg)
    image = image_of(inputs, origin)
    _check_channels(image, (len(spec.bands), "bands", _IN), origin)
    first, *other_outputs = outputs
    _check_value(first, (len(spec.classes), "classes", _OUT), origin)
    second = [v for v in other_outputs if v.name == SEPARATION]
    if len(second) != (spec.separation is not None):
        fault, has = ("nothing of", "an") if second else ("a way of", "no")
        msg = (
            f"the description of {origin} says {fault} telling touching dwellings apart, but the "
            f"network has {has} output {SEPARATION!r}: description and network do not belong "
            "together; export it again"
        )
        raise SpecError(msg)
    for value in second:
        _check_value(value, (1, "channel of separation", "(n, 1, height, width)"), origin)
    return side_of(image.shape, origin)


def image_of(inputs: Sequence[Any], origin: str) -> Any:  # noqa: ANN401 - published untyped
    """Return the one input of a network, an image of float32.

    Raises:
        SpecError: There are several, or it is something else.
    """
    if len(inputs) != 1:
        names = shown(", ".join(v.name for v in inputs)) or "none"
        msg = (
            f"the network of {origin} takes {len(inputs)} inputs ({names}), and one image {_IN} is "
            "all that can be given: export it with the image as its only input"
        )
        raise SpecError(msg)
    _check_picture(inputs[0], _IN, origin)
    return inputs[0]


def is_picture(value: Any) -> bool:  # noqa: ANN401 - published untyped
    """Test if an input or output is float32 with four axes."""
    return value.type == _FLOAT and len(value.shape or ()) == _RANK


def side_of(shape: Sequence[Any], origin: str) -> Optional[int]:
    """Return the only height and width that a network takes; None if they are free.

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


def _check_value(value: Any, expected: tuple[int, str, str], origin: str) -> None:  # noqa: ANN401 - published untyped
    """Refuse an input or output of another type, rank, or number of channels."""
    _check_picture(value, expected[2], origin)
    _check_channels(value, expected, origin)


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


def _check_channels(value: Any, expected: tuple[int, str, str], origin: str) -> None:  # noqa: ANN401 - published untyped
    """Refuse another number of channels."""
    count, noun, axes = expected
    name, shape = shown(value.name), list(value.shape)
    channels = shape[1]
    if not isinstance(channels, int) or channels == count:
        return
    if shape[3] == count:
        msg = (
            f"{name} of {origin} is {shown(shape)}, with the {noun} last: export it "
            f"with channels first, {axes}"
        )
        raise SpecError(msg)
    msg = (
        f"the description of {origin} says {count} {noun}, but the network's {name} has "
        f"{channels}: description and network do not belong together; export it again"
    )
    raise SpecError(msg)
