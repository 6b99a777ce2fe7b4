"""The dwellings that a feature stands for: its outline, or its points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator

from .. import compat
from ..i18n import tr
from .outlines import valid

if TYPE_CHECKING:
    from qgis.core import QgsGeometry


class Dwellings:
    """Tells dwellings from what is none, and remembers how many were left out, and why."""

    def __init__(self, layer: str) -> None:
        """Nothing was seen yet.

        Args:
            layer: Name of the layer that they are in.
        """
        self._layer = layer
        self.taken = self.points = self.spread = 0
        """Dwellings; of them points; of these, those that share a feature with others."""
        self._nowhere = self._flat = self._lines = 0

    @property
    def left_out(self) -> int:
        """Features that are no dwelling."""
        return self._nowhere + self._flat + self._lines

    def of(self, shape: QgsGeometry) -> Iterator[QgsGeometry]:
        """The dwellings of a feature: the ground of its polygons, or each of its points."""
        if shape.isEmpty():
            self._nowhere += 1
        elif shape.type() == compat.IS_POLYGON:
            made = valid(shape)
            if not made.isEmpty() and made.area() > 0:
                self.taken += 1
                yield made
            else:
                self._flat += 1
        elif shape.type() == compat.IS_POINT:
            parts = shape.asGeometryCollection()
            self.taken += len(parts)
            self.points += len(parts)
            self.spread += len(parts) if len(parts) > 1 else 0
            yield from parts
        else:
            self._lines += 1

    def tell(self, feedback: Any, *, compared: bool = False) -> None:
        """Say what is a point, and what was left out, once all are read.

        Args:
            feedback: Told.
            compared: Whether outlines are compared, so that points are left out as well.
        """
        if compared and self.points:
            feedback.pushWarning(
                tr(
                    "Points of {layer}, which have no ground to compare and are left out: {count}",
                    layer=self._layer,
                    count=f"{self.points:,}",
                )
            )
        elif self.points:
            feedback.pushInfo(
                tr(
                    "Dwellings of {layer} that are given as points, which are counted and have no "
                    "area: {count}",
                    layer=self._layer,
                    count=f"{self.points:,}",
                )
            )
        if self.spread and not compared:
            feedback.pushWarning(
                tr(
                    "Points of {layer} that share a feature with others, each of which is counted "
                    "as a dwelling: {count}",
                    layer=self._layer,
                    count=f"{self.spread:,}",
                )
            )
        if self.left_out:
            feedback.pushWarning(
                tr(
                    "Features of {layer} that are no dwelling and are left out: {count} (without a "
                    "geometry: {nowhere}; without an area: {flat}; lines or other shapes: {lines})",
                    layer=self._layer,
                    count=f"{self.left_out:,}",
                    nowhere=f"{self._nowhere:,}",
                    flat=f"{self._flat:,}",
                    lines=f"{self._lines:,}",
                )
            )
