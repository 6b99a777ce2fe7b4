"""Compare two dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple, Optional

from qgis.core import (
    QgsGeometry,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterNumber,
)

from camp_detector_core.engine.parameters import AREA

from .. import compat, styling
from ..faults import Fault
from ..i18n import tr
from ..words import WORDS
from .base import CampAlgorithm
from .changes import fields_of_changes, rows_of_changes
from .features import Features, placed_source, source_of
from .mask import polygons_of
from .matching import extents_differ, held_together, mask_of, parted, read
from .outlines import ground_of
from .twice import same_features
from .writing import Writing

if TYPE_CHECKING:
    from qgis.core import QgsDistanceArea, QgsProcessingFeedback

    from .entries import Entries
    from .matching import DatedDwelling


BEFORE, AFTER, MASK, IOU, OUTPUT = "BEFORE", "AFTER", "MASK", "IOU", "OUTPUT"
APPEARED, VANISHED, UNCHANGED = "APPEARED", "VANISHED", "UNCHANGED"
CHANGED_BEFORE, CHANGED_AFTER = "CHANGED_BEFORE", "CHANGED_AFTER"
_EXACT = 1 - 1e-9
"""Common part of two outlines that no second detection gives."""


class Dates(NamedTuple):
    """The two dates, taken from the parameters in the main thread."""

    before: Features
    after: Features
    mask: Optional[QgsGeometry]
    """The ground that is compared, in the CRS of the later date; None: all."""


class CompareDates(CampAlgorithm):
    """Tells which dwellings appeared, vanished, changed, or stayed."""

    NAME = "comparedates"

    LABELS: ClassVar = {
        "title": "Compare two dates",
        "help": "Holds the dwellings of two dates against each other. Two are the same where the "
        "ground that both cover is at least the given part of the ground that either covers; "
        "each dwelling is matched once, the best pairs first. One without a partner is changed "
        "(split, merged or enlarged) where dwellings of the other date cover at least half of "
        "its ground; else those of the later date appeared, those of the earlier date "
        "vanished.\n\n"
        "Both dates must show the same ground: where they do not, give polygons of the ground "
        "that both show. Imagery of two dates is often shifted by some metres: line it up "
        "first (Georeferencer), or give a lower part. Small numbers of changes can come from "
        "the detection alone: the help page has figures.",
        "tags": "camp,refugee,change,difference,damage,growth",
    }

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

    def accepted(self, entries: Entries) -> dict[str, object]:
        """The parameters, unless a layer is still to be chosen.

        Raises:
            Fault: It is.
        """
        if entries.raw(BEFORE) == _choose():
            raise Fault(tr("Choose the dwellings of the earlier date."))
        return super().accepted(entries)

    def refuse(self, entries: Entries, *, is_complete: bool) -> None:
        """See that two layers are compared, which lie on the Earth.

        Raises:
            Fault: They are one, or lie nowhere; or there is no polygon to compare within.
        """
        if not is_complete:
            return
        for name in (BEFORE, AFTER):
            placed_source(entries, name)
        _refuse_one_date(entries)
        bounds = source_of(entries, MASK, optional=True)
        if bounds is not None:
            polygons_of(bounds, bounds.sourceCrs(), entries.context, most=1)

    def open(self, entries: Entries) -> Dates:
        """Open both layers, and join the polygons to compare within.

        Raises:
            Fault: One cannot be used.
        """
        _refuse_one_date(entries)
        before, after = (placed_source(entries, name) for name in (BEFORE, AFTER))
        context, crs = entries.context, after.sourceCrs()
        bounds = source_of(entries, MASK, optional=True)
        return Dates(
            Features(before, context, into=crs, attributes=[]),
            Features(after, context, into=crs, attributes=[]),
            None if bounds is None else mask_of(bounds, crs, context),
        )

    def work(
        self, inputs: Dates, entries: Entries, feedback: QgsProcessingFeedback
    ) -> dict[str, object]:
        """Match, then write.

        Raises:
            CampDetectorError: A dwelling lies nowhere on the Earth; or the user wants to stop.
        """
        crs = inputs.after.crs
        before, after = _dwellings(inputs, ground_of(crs, entries.context), feedback)
        old, new, pairs = held_together(before, after, entries.number(IOU), feedback)
        with Writing(entries, feedback) as writing:
            rows = rows_of_changes(old, new, pairs)
            writing.write(fields_of_changes(), compat.MULTI_POLYGON, crs, rows)
            destination = writing.finish()
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
        title = tr("Changes ({counts})", counts=text)
        styling.finish(entries.context, destination, title, styling.changes)
        return {OUTPUT: destination, **counts}


def _refuse_one_date(entries: Entries) -> None:
    """See that two layers are compared.

    Raises:
        Fault: It is one.
    """
    layer = same_features(entries, BEFORE, AFTER)
    if layer is not None:
        raise Fault(
            tr(
                "{layer} was given for both dates: choose the dwellings of the other date.",
                layer=layer,
            )
        )


def _dwellings(
    dates: Dates, ground: QgsDistanceArea, feedback: QgsProcessingFeedback
) -> list[tuple[list[DatedDwelling], list[DatedDwelling]]]:
    """The dwellings of each date, inside and outside of the mask.

    Raises:
        Fault: All of a date lie nowhere on the Earth.
        Cancelled: The user wants to stop.
    """
    mask = dates.mask
    by_date = [read(features, ground, feedback) for features in (dates.before, dates.after)]
    if mask is None and extents_differ(*by_date):
        feedback.pushWarning(
            tr(
                "The dwellings of the two dates do not lie on the same ground: if the imagery "
                "does not either, give polygons of the ground that both show as {parameter}, "
                "or all others count as appeared or vanished.",
                parameter=WORDS.parameter(AREA.name, None),
            )
        )
    parts = [parted(dwellings, mask, feedback) for dwellings in by_date]
    if mask is not None:
        feedback.pushInfo(
            tr(
                "Outside of the polygons and left out: {before} dwellings of the earlier date, "
                "{after} of the later date",
                before=f"{len(parts[0][1]):,}",
                after=f"{len(parts[1][1]):,}",
            )
        )
    return parts


def _choose() -> str:
    """The dialog shows it in place of a layer."""
    return tr("(choose a layer)")
