"""Binary cross-entropy and Dice, both blind to pixels that are not valid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor


def weighted_bce(logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Mean binary cross-entropy.

    Args:
        logits: (n, classes, height, width).
        target: Same shape, 0 or 1.
        weight: Same shape, 0 where a pixel does not count.

    Returns:
        A scalar, 0 where nothing counts.
    """
    loss = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
    return (loss * weight).sum() / weight.sum().clamp_min(1)


def soft_dice(logits: Tensor, target: Tensor, valid: Tensor) -> Tensor:
    """One minus the Dice coefficient of each class over the batch, averaged over classes.

    Args:
        logits: (n, classes, height, width).
        target: Same shape, 0 or 1.
        valid: Broadcasts to the same shape, 0 or 1.
    """
    probability = torch.sigmoid(logits) * valid
    target = target * valid
    axes = (0, 2, 3)
    overlap = (probability * target).sum(axes)
    total = probability.sum(axes) + target.sum(axes)
    return (1 - (2 * overlap + 1) / (total + 1)).mean()


def gaps(target: Tensor, *, reach: int) -> Tensor:
    """Background that lies between dwellings so close that they could be taken for one.

    These are the pixels that a morphological closing adds.

    Args:
        target: (n, classes, height, width), 0 or 1.
        reach: Half the width of the widest gap, pixels; 0 finds none.

    Returns:
        Same shape, 0 or 1.
    """
    if reach < 1:
        return torch.zeros_like(target)
    side = 2 * reach + 1
    # Beyond the border lies background, so that the closing is that of an endless plane.
    wide = functional.pad(target, (side,) * 4)
    grown = functional.max_pool2d(wide, side, stride=1, padding=reach)
    closed = 1 - functional.max_pool2d(1 - grown, side, stride=1, padding=reach)
    return closed[..., side:-side, side:-side] * (1 - target)
