"""Options of a generated scene: one validated value that holds every choice."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

import numpy as np

from camp_detector_core.engine.errors import CampDetectorError

from .random_draws import chance

Layout = Literal["rows", "clusters", "dense", "mixed", "tents", "blocks"]
Ground = Literal["sand", "red_earth", "grass", "mud", "mixed"]

LAYOUTS: Final[tuple[Layout, ...]] = get_args(Layout)
GROUNDS: Final[tuple[Ground, ...]] = get_args(Ground)
MIN_SIDE: Final = 64
"""Smallest height and width of a scene, pixels."""
_BEST_JPEG: Final = 100
_COARSEST: Final = 1.0
"""Coarsest GSD of a camera, metres."""
_SATELLITE: Final = (0.3, 0.6)
"""GSD of satellites whose pictures show tents, metres."""
_DRAWN_LAYOUTS: Final[tuple[Layout, ...]] = (*LAYOUTS, "tents", "blocks", "blocks")
"""Layouts that random options choose from: twice or thrice what is hardest to tell apart."""

_RANGES: Final[dict[str, tuple[float, float]]] = {
    "gsd": (0.05, 1.0),
    "density": (0.0, 1.0),
    "vegetation": (0.0, 1.0),
    "sun_azimuth": (0.0, 360.0),
    "sun_elevation": (15.0, 90.0),
    "exposure": (0.3, 2.0),
    "saturation": (0.0, 2.0),
    "haze": (0.0, 0.8),
    "blur": (0.0, 4.0),
    "noise": (0.0, 0.2),
    "clutter": (0.0, 1.0),
}


class SceneError(CampDetectorError, ValueError):
    """A scene that cannot be drawn as asked."""


@dataclass(frozen=True)
class SceneOptions:
    """Everything that decides how a scene looks; equal options give equal scenes.

    The layout is drawn in metres: two scenes of one seed that cover the same ground at different
    GSDs show the same camp.

    Raises:
        SceneError: A value out of its range.
    """

    seed: int
    """Start of all random numbers, 0 or more."""
    height: int = 1024
    """Rows of the image, at least 64."""
    width: int = 1024
    """Columns of the image, at least 64."""
    gsd: float = 0.2
    """Ground sampling distance in metres a pixel, 0.05 to 1."""
    layout: Layout = "mixed"
    """Rows of a planned camp, clusters around courtyards, dense self-built blocks, all three
    (mixed), tents a step apart or touching, or blocks of patched roofs wall to wall."""
    ground: Ground = "mixed"
    """Ground between the roofs."""
    density: float = 0.7
    """0 (scattered dwellings) to 1 (hardly a gap)."""
    vegetation: float = 0.35
    """0 (bare) to 1 (trees and bushes wherever they fit)."""
    sun_azimuth: float = 135.0
    """Azimuth of the sun, degrees clockwise from north (the top of the image)."""
    sun_elevation: float = 50.0
    """Degrees above the horizon, 15 to 90; shadows are ``height / tan(elevation)`` long."""
    exposure: float = 1.0
    """Brightness factor, 0.3 to 2."""
    saturation: float = 1.0
    """Colourfulness factor, 0 (grey) to 2."""
    haze: float = 0.06
    """Share of scattered light, 0 to 0.8."""
    blur: float = 0.5
    """Standard deviation of the sensor's point spread, pixels, 0 to 4."""
    noise: float = 0.012
    """Standard deviation of the sensor's noise, share of full scale, 0 to 0.2."""
    jpeg_quality: int | None = None
    """1 to 100 for the artefacts of a JPEG file of that quality, None for none."""
    seams: bool = False
    """True for a mosaic of flight strips of differing brightness."""
    nodata: bool = False
    """True if corners of the image hold no data, as where a rotated mosaic ends."""
    clutter: float = 0.0
    """0 (none) to 1 (many) things that look like dwellings and are none: ruins, yards, slabs ..."""
    native_gsd: float | None = None
    """GSD of the camera in metres where it is coarser than that of the image, up to 1: the look
    of satellite pictures that were resampled; None for a camera as fine as the image."""

    def __post_init__(self) -> None:
        """Refuse values that cannot be drawn."""
        _require(
            _is_int(self.seed) and self.seed >= 0,
            f"seed must be a whole number from 0, got {self.seed!r}",
        )
        for name in ("height", "width"):
            side = getattr(self, name)
            _require(
                _is_int(side) and side >= MIN_SIDE,
                f"{name} must be a whole number of at least {MIN_SIDE} pixels, got {side!r}",
            )
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            _require(
                math.isfinite(value) and low <= value <= high,
                f"{name} must lie between {low:g} and {high:g}, got {value!r}",
            )
        for name, choices in (("layout", LAYOUTS), ("ground", GROUNDS)):
            value = getattr(self, name)
            _require(value in choices, f"{name} must be one of {', '.join(choices)}, got {value!r}")
        quality = self.jpeg_quality
        _require(
            quality is None or (_is_int(quality) and 1 <= quality <= _BEST_JPEG),
            f"jpeg_quality must be a whole number from 1 to 100, or None, got {quality!r}",
        )
        coarse = self.native_gsd
        _require(
            coarse is None or self.gsd <= coarse <= _COARSEST,
            f"native_gsd must lie between {self.gsd:g} and {_COARSEST:g}, or be None, "
            f"got {coarse!r}",
        )

    @property
    def size_m(self) -> tuple[float, float]:
        """Width (x) and height (y) of the ground shown, metres."""
        return self.width * self.gsd, self.height * self.gsd


def _is_int(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _require(condition: bool, message: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not condition:
        raise SceneError(message)


def random_options(seed: int, *, height: int, width: int, gsd: float) -> SceneOptions:
    """A scene of random appearance, for training data.

    Args:
        seed: Start of the random choices, and of the scene's own random numbers.
        height: Rows, pixels.
        width: Columns, pixels.
        gsd: Ground sampling distance, metres a pixel.

    Raises:
        SceneError: A size or GSD out of range.
    """
    _require(_is_int(seed) and seed >= 0, f"seed must be a whole number from 0, got {seed!r}")
    rng = np.random.default_rng([seed, 0x5CE7E])
    options = SceneOptions(
        seed=seed,
        height=height,
        width=width,
        gsd=gsd,
        layout=_DRAWN_LAYOUTS[rng.integers(len(_DRAWN_LAYOUTS))],
        ground=GROUNDS[rng.integers(len(GROUNDS))],
        density=float(rng.uniform(0.25, 1.0)),
        vegetation=float(rng.beta(1.2, 2.0)),
        sun_azimuth=float(rng.uniform(0.0, 360.0)),
        sun_elevation=float(rng.uniform(25.0, 78.0)),
        exposure=float(rng.uniform(0.75, 1.2)),
        saturation=float(rng.uniform(0.7, 1.25)),
        haze=float(rng.beta(1.2, 8.0) * 0.8),
        blur=float(rng.uniform(0.2, 1.2)),
        noise=float(rng.uniform(0.003, 0.03)),
        jpeg_quality=int(rng.integers(45, 96)) if chance(rng, 0.6) else None,
        seams=chance(rng, 0.3),
        nodata=chance(rng, 0.15),
    )
    # Later draws come after the others, so that these stay as they were.
    clutter = float(rng.beta(1.2, 1.4)) if chance(rng, 0.85) else 0.0
    far = chance(rng, 0.5 if options.layout == "tents" else 0.25)
    low, high = max(gsd, _SATELLITE[0]), max(gsd, _SATELLITE[1])
    native_gsd = float(rng.uniform(low, high)) if far else None
    # Pictures of satellites are sold sharpened.
    blur = 0.35 + 0.35 * options.blur if far else options.blur
    return replace(options, clutter=clutter, native_gsd=native_gsd, blur=blur)


def demo_options(seed: int = 7) -> SceneOptions:
    """The scene of ``make demo``: 300 m x 300 m of a camp at 0.2 m, with every kind of roof."""
    return SceneOptions(
        seed=seed,
        height=1500,
        width=1500,
        gsd=0.2,
        layout="mixed",
        ground="mixed",
        density=0.6,
        vegetation=0.35,
        sun_azimuth=128.0,
        sun_elevation=47.0,
        exposure=1.1,
        haze=0.05,
        blur=0.55,
        noise=0.012,
        jpeg_quality=88,
        seams=True,
        nodata=True,
    )
