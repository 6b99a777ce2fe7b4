"""The output channels of a trained U-Net: chosen, mixed and scaled in its last convolution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from camp_detector_core.network.unet import NetworkError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def combine_channels(network: nn.Module, rows: Sequence[Mapping[int, float]]) -> None:
    """Give a U-Net other output channels, in place: weighted sums of the logits that it has.

    Args:
        network: From `build_network`.
        rows: For each new channel the weights of the present ones; ``{2: 1.0}`` keeps the third.

    Raises:
        NetworkError: There is no such channel.
    """
    head = last_convolution(network)
    sources = [channel for row in rows for channel in row]
    if not sources or not 0 <= min(sources) <= max(sources) < head.out_channels:
        msg = f"the network has {head.out_channels} output channels, none such as {sorted(sources)}"
        raise NetworkError(msg)
    mixing = torch.zeros((len(rows), head.out_channels))
    for index, row in enumerate(rows):
        for channel, weight in row.items():
            mixing[index, channel] = weight
    with torch.no_grad():
        head.weight = torch.nn.Parameter(torch.einsum("oc,c...->o...", mixing, head.weight))
        if head.bias is not None:
            head.bias = torch.nn.Parameter(mixing @ head.bias)
    head.out_channels = len(rows)


def scale_logits(network: nn.Module, channel: int, factor: float) -> None:
    """Multiply the logits of one channel of a U-Net by a factor, in place.

    Raises:
        NetworkError: The network is none that `build_network` makes.
    """
    head = last_convolution(network)
    with torch.no_grad():
        head.weight[channel] *= factor
        if head.bias is not None:
            head.bias[channel] *= factor


def last_convolution(network: nn.Module) -> nn.Conv2d:
    """The convolution that gives the logits.

    Raises:
        NetworkError: The network is none that `build_network` makes.
    """
    head = getattr(network, "segmentation_head", None)
    if not isinstance(head, nn.Sequential) or not isinstance(head[0], nn.Conv2d):
        msg = "the network has no convolution at its end: only a U-Net's output can be changed"
        raise NetworkError(msg)
    return head[0]
