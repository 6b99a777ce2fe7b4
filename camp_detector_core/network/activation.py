"""A network with its activation, and what of its channels each export gives."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class WithActivation(nn.Module):
    """A network whose output is probabilities."""

    def __init__(self, network: nn.Module, *, classes: int | None = None) -> None:
        """Wrap a network that gives logits.

        Args:
            network: Gives logits (n, channels, height, width).
            classes: How many of the first channels `forward` gives; None: all.
        """
        super().__init__()
        self.network = network
        self.classes = classes

    def forward(self, x: Tensor) -> Tensor:
        """Probabilities (n, classes, height, width) of normalised chips."""
        out = self.channels(x)
        return out if self.classes is None else out[:, : self.classes]

    def channels(self, x: Tensor) -> Tensor:
        """Probabilities (n, channels, height, width): the classes, then the separation."""
        out: Tensor = torch.sigmoid(self.network(x))
        return out


class TwoOutputs(nn.Module):
    """A network that gives the probabilities of its classes and its separation apart."""

    def __init__(self, network: nn.Module, *, classes: int) -> None:
        """Wrap a network that gives logits (n, classes + 1, height, width)."""
        super().__init__()
        self.model = WithActivation(network)
        self.classes = classes

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Probabilities (n, classes, height, width) and (n, 1, height, width)."""
        out = self.model(x)
        return out[:, : self.classes], out[:, self.classes :]
