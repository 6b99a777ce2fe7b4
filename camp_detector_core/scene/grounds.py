"""The ground that belongs to one site, as far as the image shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Grounds:
    """All places that are nearer to one site than to the others, in or near the image."""

    centres: np.ndarray
    """(n, 2) centres of all sites, metres."""
    index: int
    """The site among them."""
    size: tuple[float, float]
    """Width and height of the image, metres."""
    margin: float
    """Ground around the image that is laid out too, metres."""

    @property
    def reach(self) -> float:
        """Distance within which all of the ground lies from the site, metres."""
        return float(np.hypot(*self.size)) + self.margin

    def include(self, x: float, y: float) -> bool:
        """True for a place that lies in these grounds."""
        return self.touch(x, y, radius=0.0)

    def touch(self, x: float, y: float, *, radius: float) -> bool:
        """True for a circle that may reach into these grounds."""
        room = self.margin + radius
        if not (-room < x < self.size[0] + room and -room < y < self.size[1] + room):
            return False
        away = np.hypot(self.centres[:, 0] - x, self.centres[:, 1] - y)
        return bool(away[self.index] <= away.min() + 2 * radius)
