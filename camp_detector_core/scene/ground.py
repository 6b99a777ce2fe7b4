"""Paints the bare ground: sand, red earth, grass or mud, worn where people walk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from .random_draws import chance
from .texture import fractal_field, noise_field, smooth_step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .canvas import Light
    from .objects import SceneObject
    from .options import Ground, SceneOptions

    Field = NDArray[np.float32]

_TONES: Final[dict[Ground, tuple[tuple[float, float, float], ...]]] = {
    # dark, light, and worn by feet and wheels
    "sand": ((0.62, 0.53, 0.39), (0.79, 0.71, 0.56), (0.82, 0.76, 0.63)),
    "red_earth": ((0.52, 0.31, 0.20), (0.68, 0.45, 0.31), (0.74, 0.54, 0.40)),
    "grass": ((0.30, 0.35, 0.17), (0.50, 0.50, 0.29), (0.62, 0.55, 0.40)),
    "mud": ((0.33, 0.28, 0.22), (0.50, 0.43, 0.34), (0.56, 0.50, 0.41)),
}
_SOILS: Final[tuple[Ground, ...]] = ("sand", "red_earth", "mud", "grass")
_TUFTS: Final[dict[Ground, float]] = {"sand": 0.35, "red_earth": 0.5, "grass": 1.0, "mud": 0.6}


def choose_soil(rng: np.random.Generator, ground: Ground) -> tuple[Ground, Ground]:
    """The main soil and the one in patches; the same twice unless the ground is mixed."""
    if ground != "mixed":
        return ground, ground
    first = _SOILS[rng.integers(3)]
    return first, "grass" if chance(rng, 0.7) else _SOILS[rng.integers(3)]


def surface_color(soil: Ground) -> Field:
    """Colour (3,) of a road on this soil."""
    return np.array(_TONES[soil][2], np.float32)


def paint_ground(
    rng: np.random.Generator,
    options: SceneOptions,
    *,
    soils: tuple[Ground, Ground],
    objects: list[SceneObject],
    light: Light,
) -> Field:
    """The ground without shadows of objects, (height, width, 3) float32 in [0, 1]."""
    shape, gsd = (options.height, options.width), options.gsd
    broad = fractal_field(rng, shape=shape, cells=[c / gsd for c in (70, 28, 11, 5)])
    fine = fractal_field(rng, shape=shape, cells=[c / gsd for c in (2.4, 0.9, 0.4)], gain=0.8)
    # The second soil covers its third of the ground in patches with ragged edges.
    patches = fractal_field(rng, shape=shape, cells=[c / gsd for c in (95, 30, 9, 2.5)])
    share = smooth_step(patches + 0.12 * fine, low=0.08, high=0.22)
    worn = _wear(options, objects)
    worn = np.clip(worn * (0.75 + 0.8 * fine), 0, 1)
    mix = smooth_step(0.75 * broad + 0.45 * fine, low=-0.55, high=0.55)
    rgb = _soil(soils[0], mix=mix, worn=worn)
    if soils[1] != soils[0]:
        rgb += (_soil(soils[1], mix=mix, worn=worn) - rgb) * share[..., None]
    _litter(rng, rgb, worn=worn, gsd=gsd)
    tufts = _TUFTS[soils[0]] + (_TUFTS[soils[1]] - _TUFTS[soils[0]]) * share
    _grow(rng, rgb, amount=tufts * options.vegetation * (1 - worn), light=light, gsd=gsd)
    rgb *= 1 + 0.05 * noise_field(rng, shape=shape, cell=max(0.25 / gsd, 1.0))[..., None]
    return rgb


def _soil(soil: Ground, *, mix: Field, worn: Field) -> Field:
    dark, light, bare = (np.array(tone, np.float32) for tone in _TONES[soil])
    # Band by band: a last axis of three makes broadcasting slow.
    bands = [d + np.float32(bright - d) * mix for d, bright in zip(dark, light, strict=True)]
    tread = np.float32(0.9) + np.float32(0.2) * mix
    return np.stack(
        [band + (b * tread - band) * worn for band, b in zip(bands, bare, strict=True)], axis=-1
    )


def _litter(rng: np.random.Generator, rgb: Field, *, worn: Field, gsd: float) -> None:
    """Dark stains and bright or coloured scraps where people live, painted in place."""
    shape = worn.shape
    stains = smooth_step(noise_field(rng, shape=shape, cell=3.5 / gsd), low=0.35, high=0.9)
    rgb *= 1 - 0.22 * (stains * worn)[..., None]
    scraps = smooth_step(
        noise_field(rng, shape=shape, cell=max(0.55 / gsd, 1.0)), low=0.82, high=0.95
    )
    scraps *= smooth_step(noise_field(rng, shape=shape, cell=9 / gsd), low=0.0, high=0.6) * worn
    hue = noise_field(rng, shape=shape, cell=max(1.1 / gsd, 1.0))
    tone = np.stack((0.5 + 0.5 * hue, 0.5 + 0.42 * hue, 0.52 + 0.36 * hue), axis=-1)
    rgb += (tone - rgb) * np.minimum(scraps, 0.7)[..., None]


def _wear(options: SceneOptions, objects: list[SceneObject]) -> Field:
    """Wear of the ground, (height, width) in [0, 1]: high around and between dwellings."""
    cell = 2.0
    width, height = options.size_m
    rows, cols = int(height / cell) + 3, int(width / cell) + 3
    coarse = np.zeros((rows, cols), np.float32)
    y, x = np.arange(rows)[:, None] * cell, np.arange(cols)[None] * cell
    for scene_object in objects:
        cx, cy = scene_object.centre
        reach = scene_object.radius + 4.5
        top, left = max(int((cy - 3 * reach) / cell), 0), max(int((cx - 3 * reach) / cell), 0)
        low, right = int((cy + 3 * reach) / cell) + 2, int((cx + 3 * reach) / cell) + 2
        view = coarse[top : max(low, 0), left : max(right, 0)]
        squared = (y[top : max(low, 0)] - cy) ** 2 + (x[:, left : max(right, 0)] - cx) ** 2
        view += 0.62 * np.exp(-squared / reach**2)
    np.clip(coarse, 0, 1, out=coarse)
    return _stretch(coarse, options, cell=cell)


def _stretch(coarse: Field, options: SceneOptions, *, cell: float) -> Field:
    """Bilinear interpolation of a field with ``cell`` metres between values to the pixels."""
    row = (np.arange(options.height) + 0.5) * options.gsd / cell
    col = (np.arange(options.width) + 0.5) * options.gsd / cell
    row_cell, col_cell = row.astype(int), col.astype(int)
    row_part, col_part = (row - row_cell).astype(np.float32), (col - col_cell).astype(np.float32)
    horizontal = coarse[:, col_cell] * (1 - col_part) + coarse[:, col_cell + 1] * col_part
    field: Field = (
        horizontal[row_cell] * (1 - row_part)[:, None]
        + horizontal[row_cell + 1] * row_part[:, None]
    )
    return field


def _grow(rng: np.random.Generator, rgb: Field, *, amount: Field, light: Light, gsd: float) -> None:
    """Tufts and bushes under a metre, with their own small shadows, painted in place."""
    shape = amount.shape
    cover = fractal_field(rng, shape=shape, cells=[c / gsd for c in (18, 1.9, 0.8)], gain=1.0)
    plants = smooth_step(cover + 0.42 * amount, low=0.5, high=0.62) * np.minimum(amount * 2, 0.85)
    offset = light.shadow_offset(0.45) / gsd
    cols, rows = np.rint(offset).astype(int).tolist()
    shaded = np.clip(np.roll(plants, (rows, cols), (0, 1)) - plants, 0, 1)
    rgb *= 1 - 0.45 * shaded[..., None]
    leaf = np.array((0.30, 0.34, 0.17), np.float32)
    tone = 1 + 0.35 * noise_field(rng, shape=shape, cell=max(0.5 / gsd, 1.0))
    rgb += (leaf * tone[..., None] - rgb) * plants[..., None]
