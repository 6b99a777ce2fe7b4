"""Changes of light, colour and quality, as other cameras, hours and weathers would make them.

All functions take and give (bands, height, width) float32 on the scale of the bands' means (0 to 1
for 8-bit images). The first three bands are taken as red, green and blue where there are three.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    import numpy as np

    from training.fit.options import AugmentOptions

_TO_YIQ = torch.tensor([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
"""NTSC luma and chroma; a turn of the last two is a turn of the hue."""


def vary(image: Tensor, rng: np.random.Generator, options: AugmentOptions) -> Tensor:
    """Apply a random selection of the changes below; the result is clipped to [0, 1]."""
    if rng.random() < options.photometric:
        image = tone(image, rng)
        image = colour(image, rng)
    if rng.random() < options.camera:
        image = other_camera(image, rng)
    if rng.random() < options.weather:
        image = shadow(image, rng)
    if rng.random() < options.weather:
        image = haze(image, rng)
    if rng.random() < options.coarse:
        image = coarsen(image, factor=math.exp(rng.uniform(0, math.log(3))))
    if rng.random() < options.degrade:
        image = blur(image, sigma=rng.uniform(0.4, 1.2))
    if rng.random() < options.degrade:
        image = noise(image, rng, sigma=rng.uniform(0.005, 0.04))
    if rng.random() < options.degrade:
        image = compress(image.clamp(0, 1), step=rng.uniform(0.02, 0.15))
    return image.clamp(0, 1)


def tone(image: Tensor, rng: np.random.Generator) -> Tensor:
    """Contrast about the mean, brightness, and gamma."""
    mean = image.mean()
    image = (image - mean) * rng.uniform(0.6, 1.45) + mean + rng.uniform(-0.15, 0.15)
    return image.clamp(1e-4, 1) ** math.exp(rng.uniform(-0.45, 0.45))


def colour(image: Tensor, rng: np.random.Generator) -> Tensor:
    """White balance of each band; saturation and hue where there are three bands."""
    gains = torch.tensor([rng.uniform(0.82, 1.18) for _ in range(image.shape[0])])
    image = image * gains.float()[:, None, None]
    if image.shape[0] < 3:  # noqa: PLR2004 - no colours
        return image
    yiq = torch.einsum("ij,jhw->ihw", _TO_YIQ, image[:3])
    angle, saturation = rng.uniform(-0.45, 0.45), rng.uniform(0.3, 1.6)
    cos, sin = math.cos(angle) * saturation, math.sin(angle) * saturation
    turn = torch.tensor([[1.0, 0.0, 0.0], [0.0, cos, -sin], [0.0, sin, cos]])
    rgb = torch.einsum("ij,jhw->ihw", torch.linalg.inv(_TO_YIQ) @ turn, yiq)
    return torch.cat((rgb, image[3:]))


def other_camera(image: Tensor, rng: np.random.Generator) -> Tensor:
    """Grey, as of a panchromatic camera, or the colours exchanged, as in a false-colour picture."""
    if rng.random() < 0.5:  # noqa: PLR2004 - one or the other
        return image.mean(dim=0, keepdim=True).expand_as(image)
    order = rng.permutation(min(3, image.shape[0]))
    return torch.cat((image[torch.from_numpy(order)], image[3:]))


def coarsen(image: Tensor, *, factor: float) -> Tensor:
    """Simulate an image whose pixels are ``factor`` times as wide."""
    height, width = image.shape[1:]
    small = (max(1, round(height / factor)), max(1, round(width / factor)))
    shrunk = functional.interpolate(
        image[None], small, mode="bilinear", align_corners=False, antialias=True
    )
    return functional.interpolate(shrunk, (height, width), mode="bicubic", align_corners=False)[0]


def shadow(image: Tensor, rng: np.random.Generator) -> Tensor:
    """Darken one side of a random line, with a soft edge: a cloud's or a hill's shadow."""
    _, height, width = image.shape
    angle, offset = rng.uniform(0, 2 * math.pi), rng.uniform(-0.3, 0.3)
    rows = torch.linspace(-0.5, 0.5, height)[:, None]
    cols = torch.linspace(-0.5, 0.5, width)[None, :]
    distance = rows * math.sin(angle) + cols * math.cos(angle) - offset
    shade = torch.sigmoid(distance * rng.uniform(8, 80))
    return image * (1 - rng.uniform(0.2, 0.6) * shade)


def haze(image: Tensor, rng: np.random.Generator) -> Tensor:
    """Mix with a bright grey."""
    share = rng.uniform(0.05, 0.35)
    return image * (1 - share) + share * rng.uniform(0.65, 0.95)


def blur(image: Tensor, *, sigma: float) -> Tensor:
    """Gaussian blur, edges repeated."""
    reach = math.ceil(2.5 * sigma)
    taps = torch.exp(-(torch.arange(-reach, reach + 1).float() ** 2) / (2 * sigma**2))
    taps = taps / taps.sum()
    padded = functional.pad(image[:, None], (reach,) * 4, mode="replicate")
    padded = functional.conv2d(padded, taps[None, None, :, None])
    return functional.conv2d(padded, taps[None, None, None, :])[:, 0]


def noise(image: Tensor, rng: np.random.Generator, *, sigma: float) -> Tensor:
    """Independent Gaussian noise."""
    grain = torch.from_numpy(rng.standard_normal(tuple(image.shape), dtype="float32"))
    return image + sigma * grain


def compress(image: Tensor, *, step: float) -> Tensor:
    """Round the 8 x 8 cosine transform as JPEG does, the more coarsely the finer the pattern.

    Args:
        image: Sides need not be multiples of 8.
        step: Rounding of the coarsest pattern; the finest is rounded 5 times as coarsely.
    """
    bands, height, width = image.shape
    padded = functional.pad(image[None], (0, -width % 8, 0, -height % 8), mode="replicate")[0]
    basis = _cosines()
    blocks = padded.unfold(1, 8, 8).unfold(2, 8, 8)
    waves = torch.einsum("ui,brcij,vj->brcuv", basis, blocks, basis)
    index = torch.arange(8.0)
    steps = step * (1 + 2 * (index[:, None] + index[None, :]) / 7)
    waves = torch.round(waves / steps) * steps
    back = torch.einsum("ui,brcuv,vj->brcij", basis, waves, basis)
    out = back.permute(0, 1, 3, 2, 4).reshape(bands, *padded.shape[1:])
    return out[:, :height, :width]


@cache
def _cosines() -> Tensor:
    """The orthonormal 8-point cosine transform (type II), rows by frequency."""
    index = torch.arange(8.0)
    basis = torch.cos(math.pi / 8 * (index[None, :] + 0.5) * index[:, None]) / 2
    basis[0] /= math.sqrt(2)
    return basis
