"""Compare two dates."""

from __future__ import annotations

from typing import Any, NamedTuple

from qgis.core import (
    QgsFeature,
    QgsFeatureRequest,
    QgsFields,
    QgsGeometry,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterNumber,
    QgsSpatialIndex,
)

from .. import compat, styling
from ..i18n import tr
from ..sources import lies_somewhere
from .base import CampAlgorithm
from .counting import Stopped, ground_of, no_crs, valid
from .places import remove

BEFORE, AFTER, IOU, OUTPUT = "BEFORE", "AFTER", "IOU", "OUTPUT"
APPEARED, VANISHED, UNCHANGED = "APPEARED", "VANISHED", "UNCHANGED"
_LOOK = 200
"""Dwellings between two looks at whether the user wants to stop."""


class Dwelling(NamedTuple):
    """Of one date."""

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


class CompareDates(CampAlgorithm):
    """Tells which dwellings appeared, vanished, or stayed."""

    NAME = "comparedates"

    def displayName(self) -> str:
        """What the toolbox shows."""
        return tr("Compare two dates")

    def shortHelpString(self) -> str:
        """What the dialog shows beside the parameters."""
        return tr(
            "Holds the dwellings of two dates against each other. Two are the same where the "
            "ground that both cover is at least the given part of the ground that either covers; "
            "each dwelling is matched once, the best pairs first. The others of the later date "
            "appeared, those of the earlier date vanished.\n\n"
            "Imagery of two dates is often shifted by some metres: line it up first "
            "(Georeferencer), or give a lower part."
        )

    def tags(self) -> list[str]:
        """What it is found by."""
        return tr("camp,refugee,change,difference,damage,growth").split(",")

    def initAlgorithm(self, _configuration: Any = None) -> None:
        """Name parameters and outputs."""
        for name, label in (
            (BEFORE, tr("Dwellings of the earlier date")),
            (AFTER, tr("Dwellings of the later date")),
        ):
            self.addParameter(QgsProcessingParameterFeatureSource(name, label, [compat.POLYGONS]))
        self.addParameter(
            QgsProcessingParameterNumber(
                IOU,
                tr("Least common part of two dwellings (0 to 1)"),
                compat.DOUBLE,
                defaultValue=0.3,
                minValue=0.01,
                maxValue=1.0,
            )
        )
        self.addParameter(QgsProcessingParameterFeatureSink(OUTPUT, tr("Changes"), compat.POLYGONS))
        for name, label in (
            (APPEARED, tr("Number that appeared")),
            (VANISHED, tr("Number that vanished")),
            (UNCHANGED, tr("Number that stayed")),
        ):
            self.addOutput(QgsProcessingOutputNumber(name, label))

    def checkParameterValues(self, parameters: dict[str, Any], context: Any) -> tuple[bool, str]:
        """Whether it can be run, and if not why, in a sentence."""
        ok, said = super().checkParameterValues(parameters, context)
        for name in (BEFORE, AFTER) if ok else ():
            source = self.parameterAsSource(parameters, name, context)
            if source is not None and not lies_somewhere(source.sourceCrs()):
                return False, no_crs(source)
        return ok, said

    def processAlgorithm(
        self, parameters: dict[str, Any], context: Any, feedback: Any
    ) -> dict[str, Any]:
        """Match, then write."""
        sources = []
        for name in (BEFORE, AFTER):
            source = self.parameterAsSource(parameters, name, context)
            if source is None:
                raise QgsProcessingException(self.invalidSourceError(parameters, name))
            if not lies_somewhere(source.sourceCrs()):
                raise QgsProcessingException(no_crs(source))
            sources.append(source)
        crs = sources[1].sourceCrs()
        ground = ground_of(crs, context)
        least = self.parameterAsDouble(parameters, IOU, context)
        try:
            before, after = (
                _dwellings(source, crs, ground, context, feedback) for source in sources
            )
            pairs = matched(before, after, least, feedback)
            features = self._features(before, after, pairs)
            destination = self._write(features, parameters, context, crs, feedback)
        except Stopped:
            feedback.pushInfo(tr("Stopped; nothing was written."))
            return {}
        counts = {
            APPEARED: len(after) - len(pairs),
            VANISHED: len(before) - len(pairs),
            UNCHANGED: len(pairs),
        }
        text = tr(
            "{appeared} appeared, {vanished} vanished, {unchanged} stayed",
            appeared=f"{counts[APPEARED]:,}",
            vanished=f"{counts[VANISHED]:,}",
            unchanged=f"{counts[UNCHANGED]:,}",
        )
        feedback.pushInfo(text)
        styling.finish(context, destination, tr("Changes ({counts})", counts=text), styling.changes)
        return {OUTPUT: destination, **counts}

    @staticmethod
    def _features(
        before: list[Dwelling], after: list[Dwelling], pairs: list[Pair]
    ) -> list[tuple[QgsGeometry, list[Any]]]:
        """What is written: geometry and attributes."""
        of_after = {p.after: p for p in pairs}
        gone = set(range(len(before))) - {p.before for p in pairs}
        out: list[tuple[QgsGeometry, list[Any]]] = []
        for i, new in enumerate(after):
            pair = of_after.get(i)
            if pair is None:
                out.append((new.shape, ["appeared", None, new.number, None, new.area, None]))
            else:
                old = before[pair.before]
                out.append(
                    (
                        new.shape,
                        ["unchanged", old.number, new.number, old.area, new.area, pair.iou],
                    )
                )
        for i in sorted(gone):
            old = before[i]
            out.append((old.shape, ["vanished", old.number, None, old.area, None, None]))
        return out

    def _write(
        self,
        found: list[tuple[QgsGeometry, list[Any]]],
        parameters: dict[str, Any],
        context: Any,
        crs: Any,
        feedback: Any,
    ) -> str:
        fields = QgsFields()
        for made in (
            compat.text("change"),
            compat.integer("id_before"),
            compat.integer("id_after"),
            compat.double("m2_before"),
            compat.double("m2_after"),
            compat.double("iou"),
        ):
            fields.append(made)
        sink, destination = self.parameterAsSink(
            parameters, OUTPUT, context, fields, compat.MULTI_POLYGON, crs
        )
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, OUTPUT))
        for i, (shape, values) in enumerate(found):
            if i % _LOOK == 0 and feedback.isCanceled():
                del sink
                remove([str(destination)])
                raise Stopped
            feature = QgsFeature(fields)
            geometry = QgsGeometry(shape)
            geometry.convertToMultiType()
            feature.setGeometry(geometry)
            feature.setAttributes(values)
            if not sink.addFeature(feature, compat.FAST_INSERT):
                raise QgsProcessingException(
                    tr("The changes cannot be written: {reason}", reason=sink.lastError())
                )
        return str(destination)


def _dwellings(source: Any, crs: Any, ground: Any, context: Any, feedback: Any) -> list[Dwelling]:
    """All of a date.

    Raises:
        Stopped: The user wants to.
    """
    request = QgsFeatureRequest()
    request.setDestinationCrs(crs, context.transformContext())
    request.setSubsetOfAttributes([])
    found = []
    for i, feature in enumerate(source.getFeatures(request, compat.UNCHECKED)):
        if i % _LOOK == 0:
            _look(feedback)
        shape = valid(feature.geometry())
        if not shape.isEmpty() and shape.area() > 0:
            found.append(Dwelling(feature.id(), shape, ground.measureArea(shape)))
    return sorted(found, key=lambda dwelling: dwelling.number)


def _look(feedback: Any) -> None:
    if feedback.isCanceled():
        raise Stopped


def matched(
    before: list[Dwelling], after: list[Dwelling], least: float, feedback: Any
) -> list[Pair]:
    """Which dwellings of two dates are the same.

    Args:
        before: Of the earlier date.
        after: Of the later date, in the same CRS.
        least: Area of the intersection over area of the union, from which two are the same.
        feedback: Told how far it is; asked whether to stop.

    Returns:
        Each dwelling in one pair at most, the best pairs first.

    Raises:
        Stopped: The user wants to.
    """
    index = QgsSpatialIndex()
    for i, dwelling in enumerate(after):
        if i % _LOOK == 0:
            _look(feedback)
        feature = QgsFeature(i)
        feature.setGeometry(dwelling.shape)
        index.addFeature(feature)
    pairs = []
    for i, old in enumerate(before):
        if i % _LOOK == 0:
            _look(feedback)
            feedback.setProgress(100.0 * i / max(len(before), 1))
        size = old.shape.area()
        for j in index.intersects(old.shape.boundingBox()):
            new = after[j].shape
            common = old.shape.intersection(new).area()
            either = size + new.area() - common
            iou = common / either if either > 0 else 0.0
            if iou >= least:
                pairs.append(Pair(iou, i, j))
    pairs.sort(key=lambda p: (-p.iou, p.before, p.after))
    taken: tuple[set[int], set[int]] = (set(), set())
    best = []
    for pair in pairs:
        if pair.before not in taken[0] and pair.after not in taken[1]:
            taken[0].add(pair.before)
            taken[1].add(pair.after)
            best.append(pair)
    return best
