"""Matching of dwellings of two dates: the same ones, and those on the ground of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Optional, Sequence

from qgis.core import QgsFeature, QgsGeometry, QgsPoint, QgsSpatialIndex

from ..faults import Fault
from ..feedback import watched
from ..i18n import tr
from .dwellings import Dwellings
from .mask import polygons_of
from .outlines import centre_of, shape_of, valid

if TYPE_CHECKING:
    from qgis.core import (
        QgsCoordinateReferenceSystem,
        QgsDistanceArea,
        QgsProcessingContext,
        QgsProcessingFeatureSource,
        QgsProcessingFeedback,
    )

    from .features import Features

CHANGED_FROM = 0.5
"""Part of a dwelling's ground that dwellings of the other date cover, from which it is no new
dwelling, and none that is gone: more of it is on both dates than on one."""
_ALIKE = 0.5
"""Part of each date's box that must lie in the other's, so that nothing is said."""


class DatedDwelling(NamedTuple):
    """A dwelling of one date."""

    number: int
    """Its feature's id."""
    shape: QgsGeometry
    """In the CRS of the later date."""
    area: float
    """Square metres on the ground."""


class Pair(NamedTuple):
    """A dwelling of each date that cover each other."""

    iou: float
    before: int
    after: int
    """Places in the lists of dwellings."""


class Date(NamedTuple):
    """The dwellings of one date."""

    inside: list[DatedDwelling]
    """Dwellings that are compared."""
    outside: list[DatedDwelling]
    """Dwellings whose centre lies outside of the mask."""
    lone: dict[int, float]
    """Places in ``inside`` of those without a partner, and what part of their ground dwellings of
    the other date cover."""

    def changed(self) -> int:
        """Number of dwellings without a partner on ground of dwellings of the other date."""
        return sum(part >= CHANGED_FROM for part in self.lone.values())


def read(
    features: Features, ground: QgsDistanceArea, feedback: QgsProcessingFeedback
) -> list[DatedDwelling]:
    """All dwellings of a date.

    Args:
        features: In the CRS in which they are wanted.
        ground: Measures areas in it.
        feedback: Asked whether to stop.

    Raises:
        Fault: All lie nowhere on the Earth, or none has an outline.
        Cancelled: The user wants to stop.
    """
    each = Dwellings(features.name, compared=True)
    dwellings = [
        DatedDwelling(feature.id(), shape, area or 0.0)
        for feature, shape, area in each.read(features, ground, feedback)
    ]
    if not dwellings and (each.points or each.left_out):
        raise Fault(
            tr(
                "{layer} holds no outline of a dwelling, only points, lines or empty features, "
                "whose ground cannot be compared: choose a layer of polygons.",
                layer=features.name,
            )
        )
    features.tell(feedback)
    each.tell(feedback)
    return sorted(dwellings, key=lambda dwelling: dwelling.number)


def mask_of(
    source: QgsProcessingFeatureSource,
    crs: QgsCoordinateReferenceSystem,
    context: QgsProcessingContext,
) -> QgsGeometry:
    """The ground of polygons.

    Args:
        source: Of the polygons; without a coordinate system they are taken as they are.
        crs: In which it is wanted.
        context: Of the run.

    Raises:
        Fault: There is none.
    """
    shapes = [valid(shape_of(data)) for data in polygons_of(source, crs, context)]
    return QgsGeometry.unaryUnion(shapes)


def parted(
    dwellings: list[DatedDwelling], mask: Optional[QgsGeometry], feedback: QgsProcessingFeedback
) -> tuple[list[DatedDwelling], list[DatedDwelling]]:
    """Dwellings whose centre lies inside of the mask, and the others.

    Raises:
        Cancelled: The user wants to stop.
    """
    if mask is None:
        return dwellings, []
    engine = QgsGeometry.createGeometryEngine(mask.constGet())
    if engine is None:
        return [], dwellings
    engine.prepareGeometry()
    parts: tuple[list[DatedDwelling], list[DatedDwelling]] = ([], [])
    for dwelling in watched(dwellings, feedback):
        is_inside = engine.intersects(QgsPoint(*centre_of(dwelling.shape)))
        parts[not is_inside].append(dwelling)
    return parts


def extents_differ(before: Sequence[DatedDwelling], after: Sequence[DatedDwelling]) -> bool:
    """True if less than half of the box around one date lies in that of the other."""
    boxes = []
    for dwellings in (before, after):
        if not dwellings:
            return False
        box = dwellings[0].shape.boundingBox()
        for dwelling in dwellings:
            box.combineExtentWith(dwelling.shape.boundingBox())
        boxes.append(box)
    common = boxes[0].intersect(boxes[1]).area() if boxes[0].intersects(boxes[1]) else 0.0
    return any(common < _ALIKE * box.area() for box in boxes)


def held_together(
    before: tuple[list[DatedDwelling], list[DatedDwelling]],
    after: tuple[list[DatedDwelling], list[DatedDwelling]],
    least: float,
    feedback: QgsProcessingFeedback,
) -> tuple[Date, Date, list[Pair]]:
    """Match two dates, and see on what ground those without a partner stand.

    Args:
        before: Of the earlier date, inside and outside of the mask; partners are only those inside.
        after: The same of the later date, in the same CRS.
        least: Area of the intersection over area of the union, from which two are the same.
        feedback: Told how far it is; asked whether to stop.

    Raises:
        Cancelled: The user wants to stop.
    """
    dwellings = [*before[0], *before[1]], [*after[0], *after[1]]
    indexes = [_index(of_date, feedback) for of_date in dwellings]
    pairs = _matched(before[0], after[0], indexes[1], least, feedback)
    partners = {p.before for p in pairs}, {p.after for p in pairs}
    dates = []
    for n, (inside, outside) in enumerate((before, after)):
        lone: dict[int, float] = {}
        percent = 60 + 20 * n, 80 + 20 * n
        followed = watched(inside, feedback, percent=percent, count=len(inside))
        for i, dwelling in enumerate(followed):
            if i not in partners[n]:
                lone[i] = _covered(dwelling, dwellings[1 - n], indexes[1 - n])
        dates.append(Date(inside, outside, lone))
    return dates[0], dates[1], pairs


def _index(dwellings: Sequence[DatedDwelling], feedback: QgsProcessingFeedback) -> QgsSpatialIndex:
    index = QgsSpatialIndex()
    for i, dwelling in enumerate(watched(dwellings, feedback)):
        feature = QgsFeature(i)
        feature.setGeometry(dwelling.shape)
        index.addFeature(feature)
    return index


def _covered(
    dwelling: DatedDwelling, neighbours: Sequence[DatedDwelling], index: QgsSpatialIndex
) -> float:
    """Share of a dwelling's ground that others cover together, 0 to 1."""
    shape = dwelling.shape
    parts = []
    for j in sorted(index.intersects(shape.boundingBox())):
        part = shape.intersection(neighbours[j].shape)
        if part.area() > 0:
            parts.append(part)
    union = QgsGeometry.unaryUnion(parts) if len(parts) > 1 else (parts or [QgsGeometry()])[0]
    return min(1.0, max(0.0, union.area()) / shape.area())


def _matched(
    before: Sequence[DatedDwelling],
    after: Sequence[DatedDwelling],
    index: QgsSpatialIndex,
    least: float,
    feedback: QgsProcessingFeedback,
) -> list[Pair]:
    """Each dwelling in one pair at most, the best pairs first; ``index`` may hold more."""
    pairs = []
    followed = watched(before, feedback, percent=(0, 60), count=len(before))
    for i, old in enumerate(followed):
        size = old.shape.area()
        for j in index.intersects(old.shape.boundingBox()):
            if j >= len(after):
                continue
            new = after[j].shape
            common = old.shape.intersection(new).area()
            either = size + new.area() - common
            iou = common / either if either > 0 else 0.0
            if iou >= least:
                pairs.append(Pair(iou, i, j))
    pairs.sort(key=lambda p: (-p.iou, p.before, p.after))
    partners: tuple[set[int], set[int]] = (set(), set())
    best = []
    for pair in pairs:
        if pair.before not in partners[0] and pair.after not in partners[1]:
            partners[0].add(pair.before)
            partners[1].add(pair.after)
            best.append(pair)
    return best
