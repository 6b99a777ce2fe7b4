"""The network that ours is compared with: an encoder-decoder without skip connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from torch import Tensor

STAGES = (64, 128, 256, 512)
"""Channels after each halving of height and width."""


class ReferenceNetwork(nn.Module):
    """Four times convolution, ReLU and pooling; four transposed convolutions back up.

    Its last layer gives logits; the sigmoid that ends it is applied by the loss and by the export,
    as for every network of the project.
    """

    def __init__(self, *, bands: int = 3, classes: int = 1) -> None:
        """Start from random weights.

        Args:
            bands: Input channels.
            classes: Output channels.
        """
        super().__init__()
        layers: list[nn.Module] = []
        channels = bands
        for stage in STAGES:
            layers += [nn.Conv2d(channels, stage, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
            channels = stage
        for stage in reversed((classes, *STAGES[:-1])):
            layers += [nn.ConvTranspose2d(channels, stage, 2, stride=2), nn.ReLU()]
            channels = stage
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, x: Tensor) -> Tensor:
        """Logits (n, classes, height, width) of chips with sides that are multiples of 16."""
        out: Tensor = self.layers(x)
        return out
