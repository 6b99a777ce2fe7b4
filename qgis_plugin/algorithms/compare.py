"""Compare two dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from qgis.core import (
    QgsGeometry,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterNumber,
)

from camp_detector_core.engine.parameters import AREA

from .. import compat, styling
from ..i18n import tr
from ..words import WORDS
from .base import CampAlgorithm, Fault, prepared, stop_with
from .changes import features_of_changes, fields_of_changes
from .counting import Stopped
from .features import Features, placed_source, source_of
from .mask import polygons_of
from .matching import (
    extents_differ,
    held_together,
    mask_of,
    parted,
    read,
)
from .outlines import ground_of
from .twice import same_features
from .writing import Writing

if TYPE_CHECKING:
    from qgis.core import QgsDistanceArea, QgsProcessingContext, QgsProcessingFeedback


BEFORE, AFTER, MASK, IOU, OUTPUT = "BEFORE", "AFTER", "MASK", "IOU", "OUTPUT"
APPEARED, VANISHED, UNCHANGED = "APPEARED", "VANISHED", "UNCHANGED"
CHANGED_BEFORE, CHANGED_AFTER = "CHANGED_BEFORE", "CHANGED_AFTER"
_EXACT = 1 - 1e-9
"""Common part of two outlines that no second detection gives."""


class Opened(NamedTuple):
    """The two dates, taken from the parameters in the main thread."""

    before: Features
    after: Features
    mask: Optional[QgsGeometry]
    """The ground that is compared, in the CRS of the later date; None: all."""


class CompareDates(CampAlgorithm):
    """Tells which dwellings appeared, vanished, changed, or stayed."""

    NAME = "comparedates"

    def __init__(self) -> None:
        """Nothing is opened yet."""
        super().__init__()
        self._opened: Optional[Opened] = None

    def displayName(self) -> str:
        """Name in the toolbox."""
        return tr("Compare two dates")

    def shortHelpString(self) -> str:
        """Help beside the parameters."""
        return tr(
            "Holds the dwellings of two dates against each other. Two are the same where the "
            "ground that both cover is at least the given part of the ground that either covers; "
            "each dwelling is matched once, the best pairs first. One without a partner is changed "
            "(split, merged or enlarged) where dwellings of the other date cover at least half of "
            "its ground; else those of the later date appeared, those of the earlier date "
            "vanished.\n\n"
            "Both dates must show the same ground: where they do not, give polygons of the ground "
            "that both show. Imagery of two dates is often shifted by some metres: line it up "
            "first (Georeferencer), or give a lower part. Small numbers of changes can come from "
            "the detection alone: the help page has figures."
        )

    def tags(self) -> list[str]:
        """Words for the toolbox' search."""
        return tr("camp,refugee,change,difference,damage,growth").split(",")

    def initAlgorithm(self, _configuration: Optional[dict[str, object]] = None) -> None:
        """Name parameters and outputs."""
        for name, label in (
            (BEFORE, tr("Dwellings of the earlier date")),
            (AFTER, tr("Dwellings of the later date")),
        ):
            date = QgsProcessingParameterFeatureSource(name, label, [compat.POLYGONS])
            if name == BEFORE:
                # Or the dialog would begin with one layer for both.
                date.setGuiDefaultValueOverride(_choose())
            self.addParameter(date)
        mask = QgsProcessingParameterFeatureSource(
            MASK, tr("Only inside of these polygons"), [compat.POLYGONS], optional=True
        )
        mask.setHelp(tr("Of the ground that both dates show. Not set: all dwellings."))
        self.addParameter(mask)
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
            (CHANGED_BEFORE, tr("Number of the earlier date that changed")),
            (CHANGED_AFTER, tr("Number of the later date that changed")),
            (UNCHANGED, tr("Number that stayed")),
        ):
            self.addOutput(QgsProcessingOutputNumber(name, label))

    def checkParameterValues(
        self, parameters: dict[str, object], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """True if it can be run, and if not why, in a sentence."""
        if parameters.get(BEFORE) == _choose():
            return False, tr("Choose the dwellings of the earlier date.")
        ok, sentence = super().checkParameterValues(parameters, context)
        try:
            for name in (BEFORE, AFTER) if ok else ():
                placed_source(self, parameters, name, context)
            if ok:
                self._refuse_one_date(parameters, context)
            bounds = source_of(self, parameters, MASK, context, optional=True) if ok else None
            if bounds is not None:
                polygons_of(bounds, bounds.sourceCrs(), context, most=1)
        except Fault as error:
            return False, str(error)
        return ok, sentence

    def prepareAlgorithm(
        self,
        parameters: dict[str, object],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> bool:
        """Open what belongs to the main thread.

        Raises:
            QgsProcessingException: It cannot be read; or as for all algorithms.
        """
        super().prepareAlgorithm(parameters, context, feedback)
        try:
            self._refuse_one_date(parameters, context)
            before, after = (
                placed_source(self, parameters, name, context) for name in (BEFORE, AFTER)
            )
            crs = after.sourceCrs()
            bounds = source_of(self, parameters, MASK, context, optional=True)
            self._opened = Opened(
                Features(before, context, into=crs, attributes=[]),
                Features(after, context, into=crs, attributes=[]),
                None if bounds is None else mask_of(bounds, crs, context),
            )
        except Fault as error:
            raise stop_with(error) from error
        return True

    def processAlgorithm(
        self,
        parameters: dict[str, object],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, object]:
        """Match, then write."""
        opened = prepared(self._opened)
        crs = opened.after.crs
        least = self.parameterAsDouble(parameters, IOU, context)
        try:
            before, after = self._dates(opened, ground_of(crs, context), feedback)
            old, new, pairs = held_together(before, after, least, feedback)
            with Writing(self, parameters, context, feedback) as writing:
                fields = fields_of_changes()
                features = features_of_changes(fields, old, new, pairs)
                writing.write(fields, compat.MULTI_POLYGON, crs, features)
                destination = writing.finish()
        except Stopped:
            feedback.pushInfo(tr("Stopped; nothing was written."))
            return {}
        except Fault as error:
            raise stop_with(error) from error
        if pairs and not old.lone and not new.lone and min(p.iou for p in pairs) > _EXACT:
            feedback.pushWarning(
                tr(
                    "Not one outline differs between the two dates: see that they are not copies "
                    "of one layer."
                )
            )
        counts = {
            APPEARED: len(new.lone) - new.changed(),
            VANISHED: len(old.lone) - old.changed(),
            CHANGED_BEFORE: old.changed(),
            CHANGED_AFTER: new.changed(),
            UNCHANGED: len(pairs),
        }
        text = tr(
            "{appeared} appeared, {vanished} vanished, {unchanged} stayed, changed: {before} "
            "before, {after} after",
            appeared=f"{counts[APPEARED]:,}",
            vanished=f"{counts[VANISHED]:,}",
            unchanged=f"{counts[UNCHANGED]:,}",
            before=f"{counts[CHANGED_BEFORE]:,}",
            after=f"{counts[CHANGED_AFTER]:,}",
        )
        feedback.pushInfo(text)
        styling.finish(context, destination, tr("Changes ({counts})", counts=text), styling.changes)
        return {OUTPUT: destination, **counts}

    def _refuse_one_date(
        self, parameters: dict[str, object], context: QgsProcessingContext
    ) -> None:
        """See that two layers are compared.

        Raises:
            Fault: It is one.
        """
        layer = same_features(self, parameters, BEFORE, AFTER, context)
        if layer is not None:
            raise Fault(
                tr(
                    "{layer} was given for both dates: choose the dwellings of the other date.",
                    layer=layer,
                )
            )

    @staticmethod
    def _dates(
        opened: Opened, ground: QgsDistanceArea, feedback: QgsProcessingFeedback
    ) -> list[tuple[list[Any], list[Any]]]:
        """The dwellings of each date, inside and outside of the mask.

        Raises:
            Fault: One lies nowhere on the Earth.
            Stopped: The user wants to.
        """
        mask = opened.mask
        by_date = [read(features, ground, feedback) for features in (opened.before, opened.after)]
        if mask is None and extents_differ(*by_date):
            feedback.pushWarning(
                tr(
                    "The dwellings of the two dates do not lie on the same ground: if the imagery "
                    "does not either, give polygons of the ground that both show as {parameter}, "
                    "or all others count as appeared or vanished.",
                    parameter=WORDS.parameter(AREA.name, None),
                )
            )
        dates = [parted(dwellings, mask, feedback) for dwellings in by_date]
        if mask is not None:
            feedback.pushInfo(
                tr(
                    "Outside of the polygons and left out: {before} dwellings of the earlier date, "
                    "{after} of the later date",
                    before=f"{len(dates[0][1]):,}",
                    after=f"{len(dates[1][1]):,}",
                )
            )
        return dates


def _choose() -> str:
    """The dialog shows it in place of a layer."""
    return tr("(choose a layer)")
