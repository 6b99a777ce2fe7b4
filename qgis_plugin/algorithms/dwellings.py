"""The dwellings that a feature stands for: its outline, or its points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, NamedTuple, Optional

from camp_detector_core.engine.polygons.surfaces import Surfaces

from .. import compat
from ..faults import Fault
from ..feedback import watched
from ..i18n import tr
from .outlines import area_of, joined

if TYPE_CHECKING:
    from qgis.core import QgsDistanceArea, QgsFeature, QgsGeometry, QgsProcessingFeedback

    from .features import Features


class DwellingShape(NamedTuple):
    """A dwelling of a layer."""

    feature: QgsFeature
    """The feature that it is read from."""
    shape: QgsGeometry
    area: Optional[float]
    """Square metres on the ground; None for a point."""


class Dwellings:
    """Tells dwellings from what is none, and remembers how many were left out, and why."""

    def __init__(self, layer: str, *, compared: bool = False) -> None:
        """Nothing was seen yet.

        Args:
            layer: Name of the layer that they are in.
            compared: True if outlines are compared, so that points are left out as well.
        """
        self._layer, self._is_compared = layer, compared
        self.count = self.points = self.spread = 0
        """Dwellings; of them points; of these, those that share a feature with others."""
        self.beyond = 0
        """Dwellings that lie nowhere on the Earth."""
        self._nowhere = self._flat = self._lines = 0
        # The same rules as for labels in training.
        self._surfaces = Surfaces()

    @property
    def left_out(self) -> int:
        """Features that are no dwelling."""
        infinite = self._surfaces.tally.infinite
        return self._nowhere + self._flat + self._lines + self.beyond + infinite

    def read(
        self,
        features: Features,
        ground: QgsDistanceArea,
        feedback: QgsProcessingFeedback,
        *,
        percent: tuple[float, float] = (0.0, 0.0),
    ) -> Iterator[DwellingShape]:
        """Yield the dwellings of a layer.

        Args:
            features: Of the layer.
            ground: Measures areas in the CRS of the features.
            feedback: Asked whether to stop, and told how far it is.
            percent: Progress before and after.

        Raises:
            Fault: All lie nowhere on the Earth.
            Cancelled: The user wants to stop.
        """
        nowhere: Optional[Fault] = None
        is_empty, count = True, features.count if any(percent) else 0
        for feature in watched(features, feedback, percent=percent, count=count):
            for shape in self._of(feature.geometry()):
                if self._is_compared and shape.type() != compat.IS_POLYGON:
                    continue
                is_point = shape.type() == compat.IS_POINT
                try:
                    area = None if is_point else area_of(shape, ground, self._layer)
                except Fault as error:
                    self.count -= 1
                    self.beyond += 1
                    nowhere = error
                    continue
                is_empty = False
                yield DwellingShape(feature, shape, area)
        if nowhere is not None and is_empty:
            raise nowhere

    def _of(self, shape: QgsGeometry) -> Iterator[QgsGeometry]:
        """The dwellings of a feature: the ground of its polygons, or each of its points."""
        if shape.isEmpty():
            self._nowhere += 1
        elif shape.type() == compat.IS_POINT:
            parts = shape.asGeometryCollection()
            self.count += len(parts)
            self.points += len(parts)
            self.spread += len(parts) if len(parts) > 1 else 0
            yield from parts
        else:
            yield from self._ground(shape)

    def _ground(self, shape: QgsGeometry) -> Iterator[QgsGeometry]:
        """The ground of the polygons of a feature, whatever holds them; nothing if that is none."""
        tally = self._surfaces.tally
        before = tally.twice, tally.infinite, tally.polygons
        ground = joined(self._surfaces.take(bytes(shape.asWkb())))
        if ground is not None:
            self.count += 1
            yield ground
        elif (tally.twice, tally.infinite) == before[:2]:
            is_polygon = tally.polygons > before[2]
            self._flat += is_polygon
            self._lines += not is_polygon

    def tell(self, feedback: QgsProcessingFeedback) -> None:
        """Say what is a point, and what was left out, once all are read."""
        if self._is_compared and self.points:
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
        if self.spread and not self._is_compared:
            feedback.pushWarning(
                tr(
                    "Points of {layer} that share a feature with others, each of which is counted "
                    "as a dwelling: {count}",
                    layer=self._layer,
                    count=f"{self.spread:,}",
                )
            )
        self._tell_polygons(feedback)
        if self.left_out:
            feedback.pushWarning(
                tr(
                    "Features of {layer} that are no dwelling and are left out: {count} (without a "
                    "geometry: {nowhere}; without an area: {flat}; lines or other shapes: {lines}; "
                    "nowhere on the Earth: {beyond})",
                    layer=self._layer,
                    count=f"{self.left_out:,}",
                    nowhere=f"{self._nowhere:,}",
                    flat=f"{self._flat:,}",
                    lines=f"{self._lines:,}",
                    beyond=f"{self.beyond + self._surfaces.tally.infinite:,}",
                )
            )

    def _tell_polygons(self, feedback: QgsProcessingFeedback) -> None:
        tally = self._surfaces.tally
        if tally.nested:
            feedback.pushWarning(
                tr(
                    "Polygons of {layer} inside geometry collections, which were taken: {count}",
                    layer=self._layer,
                    count=f"{tally.nested:,}",
                )
            )
        if tally.twice:
            feedback.pushWarning(
                tr(
                    "Polygons of {layer} that are the same as another one, which were counted "
                    "once: {count}",
                    layer=self._layer,
                    count=f"{tally.twice:,}",
                )
            )
