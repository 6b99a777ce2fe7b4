"""Keep a network near to its start while it is trained on: its statistics and its weights."""

from __future__ import annotations

import torch
from torch import nn

_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


def freeze_statistics(network: nn.Module) -> None:
    """Have batch normalisation use its statistics, and keep them, until `network.train()`."""
    for module in network.modules():
        if isinstance(module, _NORMS):
            module.eval()


class StartWeights:
    """The weights that a network has now, to be drawn back to.

    Decay towards the start: X. Li, Y. Grandvalet and F. Davoine, "Explicit inductive bias for
    transfer learning with convolutional networks", ICML 2018 (https://arxiv.org/abs/1802.01483),
    there L2-SP; here decoupled from the gradient, as AdamW decouples its decay towards 0.
    """

    def __init__(self, network: nn.Module) -> None:
        """Copy the weights of a network."""
        self._weights = [p.detach().clone() for p in network.parameters()]

    def draw(self, network: nn.Module, share: float) -> None:
        """Move the weights of the network by a share, 0 to 1, of their way back; in place."""
        with torch.no_grad():
            for parameter, weight in zip(network.parameters(), self._weights, strict=True):
                parameter.lerp_(weight.to(parameter), min(1.0, share))
