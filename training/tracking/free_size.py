"""A network that torch can save for chips of any size."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from torch import Tensor


class _Padded(nn.Module):
    """A convolution whose padding does not depend on the size of its input."""

    def __init__(self, conv: nn.Conv2d) -> None:
        """Pad as TensorFlow's SAME does it for sides that are multiples of the stride."""
        super().__init__()
        sides: list[int] = []
        for kernel, stride, dilation in zip(
            reversed(conv.kernel_size), reversed(conv.stride), reversed(conv.dilation), strict=True
        ):
            total = max(0, (kernel - 1) * dilation + 1 - stride)
            sides += [total // 2, total - total // 2]
        self.pad = nn.ZeroPad2d((sides[0], sides[1], sides[2], sides[3]))
        self.conv = nn.Conv2d(
            conv.in_channels,
            conv.out_channels,
            conv.kernel_size,  # type: ignore[arg-type]
            conv.stride,  # type: ignore[arg-type]
            padding=0,
            dilation=conv.dilation,  # type: ignore[arg-type]
            groups=conv.groups,
            bias=conv.bias is not None,
        )
        self.conv.load_state_dict(conv.state_dict())

    def forward(self, x: Tensor) -> Tensor:
        """Pad and convolve."""
        out: Tensor = self.conv(self.pad(x))
        return out


def with_fixed_padding(network: nn.Module) -> nn.Module:
    """A copy that gives the same for sides that are multiples of the network's stride.

    EfficientNet-Lite computes its paddings from the size of each chip, with steps that torch cannot
    save for free sizes; for the sides that our models take they are always the same.
    """
    from timm.layers.conv2d_same import Conv2dSame

    def change(module: nn.Module) -> None:
        for name, child in module.named_children():
            if isinstance(child, Conv2dSame):
                setattr(module, name, _Padded(child))
            else:
                change(child)

    out = copy.deepcopy(network)
    change(out)
    return out.eval()
