"""Cutting a sample out of an area at the model's ground sampling distance, turned as wished."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from camp_detector_core.engine.grid import Shape, Window

if TYPE_CHECKING:
    from torch import Tensor

    from training.data.mosaic import LabelledArea, Patch
    from training.fit.options import AugmentOptions


_KNOWN, _CERTAIN = 1.0, 2.0
"""Levels of what labels say of a pixel; 0 for nothing."""


@dataclass(frozen=True)
class Pose:
    """Position, orientation and scale at which a sample is drawn."""

    scale: float = 1.0
    """Ground sampling distance of the sample, as a multiple of the model's."""
    angle: float = 0.0
    """Turn in radians, before quarters and mirroring."""
    quarters: int = 0
    """Turns by 90 degrees."""
    mirrored: bool = False


@dataclass(frozen=True)
class Resampled:
    """Pixels, labels and validity on a square of the model's pixels."""

    pixels: Tensor
    """(bands, side, side) float32 raw values."""
    targets: Tensor
    """(classes, side, side) float32, 0 or 1."""
    valid: Tensor
    """(side, side) bool, True where pixels have an image."""
    is_known: Tensor
    """(side, side) bool, True where the labels say something, too."""
    is_certain: Tensor
    """(side, side) bool, True where the class counts."""
    owner: Tensor
    """(side, side) float32: which dwelling a pixel belongs to, 0 for none."""


def draw_pose(rng: np.random.Generator, options: AugmentOptions) -> Pose:
    """A random pose; scales are drawn on a logarithmic triangle with its top at 1."""
    low, high = (math.log(s) for s in options.scale)
    scale = math.exp(rng.triangular(low, 0.0, high)) if low < high else 1.0
    angle = rng.uniform(-math.pi / 4, math.pi / 4) if rng.random() < options.rotate else 0.0
    quarters, mirrored = int(rng.integers(4)), bool(rng.integers(2))
    return Pose(scale, angle, quarters, mirrored) if options.flip else Pose(scale, angle)


def draw_window(
    rng: np.random.Generator, area: LabelledArea, *, side: int, gsd: float, pose: Pose
) -> Window:
    """A window whose pixels fill a sample.

    It is centred on a random pixel of the area, then moved until it lies inside, where it fits.

    Args:
        rng: Draws the place.
        area: Where from.
        side: Of the sample, in the model's pixels.
        gsd: The model's, metres a pixel.
        pose: Its scale and angle enlarge the window.
    """
    reach = math.ceil(side * (abs(math.cos(pose.angle)) + abs(math.sin(pose.angle))))
    width, height = (max(1, round(reach * gsd * pose.scale / g)) for g in area.gsd)
    sizes = np.array([p.height * p.width for p in area.pieces], np.float64)
    piece = area.pieces[int(rng.choice(len(sizes), p=sizes / sizes.sum()))]
    row = piece.row + int(rng.integers(piece.height)) - height // 2
    col = piece.col + int(rng.integers(piece.width)) - width // 2
    row = max(0, min(row, area.shape.height - height))
    col = max(0, min(col, area.shape.width - width))
    return Window(row, col, height, width)


def cut(
    area: LabelledArea, window: Window, *, side: int, pose: Pose, values: tuple[int, ...]
) -> Resampled:
    """Read a window and bring it to the model's pixels.

    Shrinking averages over the pixels that become one (a triangle filter as wide as the step, like
    GDAL's bilinear warp), so fine texture does not turn into noise.

    Args:
        area: Where from.
        window: From `draw_window` with the same pose.
        side: Of the sample.
        pose: How to turn it.
        values: Class values, one channel of the targets each.
    """
    inside = window.intersection(Window(0, 0, *area.shape))
    patch = area.read(inside or window)
    reach = math.ceil(side * (abs(math.cos(pose.angle)) + abs(math.sin(pose.angle))))
    missing = (0, window.width - patch.valid.shape[1], 0, window.height - patch.valid.shape[0])
    out = []
    for stack, mode in ((_stack(patch, values), "bilinear"), (_labels(patch), "nearest")):
        padded = functional.pad(stack, missing) if any(missing) else stack
        moved = _resize(padded, Shape(reach, reach), mode=mode)
        if pose.angle:
            moved = _turn(moved, pose.angle, side, mode=mode)
        turned = torch.rot90(moved[0], pose.quarters, (1, 2))
        out.append(turned.flip(2) if pose.mirrored else turned)
    return _unstack(out[0], out[1], bands=patch.pixels.shape[0])


def resample(area: LabelledArea, shape: Shape, *, values: tuple[int, ...]) -> Resampled:
    """A whole area on another number of pixels, upright.

    Args:
        area: Where from.
        shape: Height and width of the result.
        values: Class values, one channel of the targets each.
    """
    patch = area.read(Window(0, 0, *area.shape))
    stack = _resize(_stack(patch, values), shape, mode="bilinear")
    labels = _resize(_labels(patch), shape, mode="nearest")
    return _unstack(stack[0], labels[0], bands=patch.pixels.shape[0])


def _resize(stack: Tensor, shape: Shape, *, mode: str) -> Tensor:
    """(1, layers, height, width) on another number of pixels."""
    if stack.shape[2:] == tuple(shape):
        return stack
    if mode == "nearest":  # the exact one takes the pixel that holds the centre
        return functional.interpolate(stack, tuple(shape), mode="nearest-exact")
    return functional.interpolate(
        stack, tuple(shape), mode=mode, align_corners=False, antialias=True
    )


def _unstack(stack: Tensor, labels: Tensor, *, bands: int) -> Resampled:
    """Undo `_stack` and `_labels` after resampling."""
    # A pixel with an invalid part, however small, is a mixture with a meaningless value.
    valid = stack[-1] > 1 - 1e-3
    targets = (stack[bands:-1] >= 0.5).float()  # noqa: PLR2004 - the class of most of the pixel
    owner, level = labels
    return Resampled(
        stack[:bands].contiguous(),
        targets.contiguous(),
        valid.contiguous(),
        (valid & (level >= _KNOWN)).contiguous(),
        (valid & (level >= _CERTAIN)).contiguous(),
        owner.contiguous(),
    )


def _stack(patch: Patch, values: tuple[int, ...]) -> Tensor:
    """Stack the layers that can be averaged: one (1, bands + classes + 1, height, width) tensor."""
    bands = patch.pixels.shape[0]
    stack = np.empty((bands + len(values) + 1, *patch.valid.shape), np.float32)
    stack[:bands] = patch.pixels
    for channel, value in enumerate(values, bands):
        stack[channel] = patch.classes == value
    stack[-1] = patch.valid
    return torch.from_numpy(stack)[None]


def _labels(patch: Patch) -> Tensor:
    """(1, 2, height, width) numbers of dwellings and levels of knowledge, which have no mean."""
    labels = np.empty((2, *patch.owner.shape), np.float32)
    labels[0] = patch.owner
    np.add(patch.is_known, patch.is_certain, out=labels[1], dtype=np.float32)
    return torch.from_numpy(labels)[None]


def _turn(stack: Tensor, angle: float, side: int, *, mode: str) -> Tensor:
    """The middle square of a larger one, turned by an angle."""
    reach = stack.shape[-1]
    cos, sin, ratio = math.cos(angle), math.sin(angle), side / reach
    matrix = torch.tensor([[[cos * ratio, -sin * ratio, 0.0], [sin * ratio, cos * ratio, 0.0]]])
    grid = functional.affine_grid(matrix, [1, stack.shape[1], side, side], align_corners=False)
    return functional.grid_sample(stack, grid, mode=mode, align_corners=False)
