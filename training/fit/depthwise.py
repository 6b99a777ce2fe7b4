"""Depthwise convolutions in single precision, where all else is computed in bf16 on a processor.

Processors with AMX tiles multiply bf16 fast, but a depthwise convolution gives the tiles nothing to
do, and its gradient then takes 5 to 18 times as long as in float32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.overrides import TorchFunctionMode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor


class SingleDepthwise(TorchFunctionMode):
    """While it is entered, depthwise convolutions below autocast on a processor are in float32.

    The network and its weights stay as they are, so a copy, a checkpoint and an export know
    nothing of it.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - whatever the function returns
        """Call a function of torch."""
        if func is torch.conv2d and _is_slow(*args[:2]):
            with torch.autocast("cpu", enabled=False):
                return func(args[0].float(), *args[1:], **(kwargs or {}))
        return func(*args, **(kwargs or {}))


def _is_slow(*tensors: Tensor) -> bool:
    """Return True for the image and the weights of a depthwise convolution below autocast."""
    if len(tensors) < 2 or not torch.is_autocast_enabled("cpu"):  # noqa: PLR2004 - both
        return False
    image, weights = tensors
    return image.device.type == "cpu" and image.shape[1] > 1 and weights.shape[1] == 1
