"""Records of imagery and outlines: from this call, from an earlier one, or unknown."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.messages import Message
from training.preprocess.manifest import (
    ImageryRecord,
    LabelRecord,
    Manifest,
    PreprocessError,
    utc_now,
)

if TYPE_CHECKING:
    from training.preprocess.area import Tile, TileArea
    from training.preprocess.options import PreprocessOptions
    from training.preprocess.template import TileTemplate

LOG = logging.getLogger(__name__)

_ZONES = dt.timedelta(days=2)
"""The end of this day, where it is tomorrow already."""
_OAM = "tiles.openaerialmap.org"


def imagery_record(
    options: PreprocessOptions,
    template: TileTemplate,
    *,
    area: TileArea,
    tiles: list[Tile],
    span: tuple[str | None, str | None],
) -> ImageryRecord:
    """Make the record of the tiles that came.

    Args:
        options: What the user says.
        template: Where they come from.
        area: Those that were asked for.
        tiles: Those that have a chip.
        span: When the imagery was taken: start and end, or nothing.
    """
    credit = ("OpenAerialMap contributors", "CC-BY-4.0") if template.host == _OAM else (None, None)
    have = set(tiles)
    return ImageryRecord(
        tms=template.public,
        fetched=utc_now(),
        tiles=len(tiles),
        missing=tuple((t.x, t.y) for t in area if t not in have),
        attribution=options.attribution or credit[0],
        licence=options.licence or credit[1],
        start=span[0],
        end=span[1],
    )


def remembered(
    imagery: ImageryRecord, labels: LabelRecord, earlier: Manifest
) -> tuple[ImageryRecord, LabelRecord]:
    """Fill gaps in this call's records with those of an earlier call about the same data."""
    before = earlier.imagery
    imagery = replace(
        imagery,
        attribution=imagery.attribution or before.attribution,
        licence=imagery.licence or before.licence,
        start=imagery.start or before.start,
        end=imagery.end if imagery.start else before.end,
    )
    if (labels.source, labels.url) == (earlier.labels.source, earlier.labels.url):
        labels = replace(
            labels,
            attribution=labels.attribution or earlier.labels.attribution,
            licence=labels.licence or earlier.labels.licence,
        )
    return imagery, labels


def span_of(text: str | None) -> tuple[str | None, str | None]:
    """Start and end of ``START`` or ``START/END``, as moments in UTC unless they name another zone.

    A date alone is the whole day, as far as it has passed.

    Raises:
        PreprocessError: It is neither, or lies in the future.
    """
    if text is None:
        return None, None
    first, _, last = text.partition("/")
    try:
        start, end = dt.datetime.fromisoformat(first), dt.datetime.fromisoformat(last or first)
    except ValueError as error:
        msg = f"imagery date {text!r} is not a date: give 2022-07-20, or 2022-07-20/2022-07-23"
        raise PreprocessError(msg) from error
    if _is_day(last or first):
        end += dt.timedelta(days=1, seconds=-1)
    moments = [m if m.tzinfo else m.replace(tzinfo=dt.UTC) for m in (start, end)]
    if moments[1] < moments[0]:
        msg = f"imagery date {text!r} ends before it starts: give START/END"
        raise PreprocessError(msg)
    present = dt.datetime.now(dt.UTC).replace(microsecond=0)
    if moments[1] > present + _ZONES:
        msg = f"imagery date {text!r} lies in the future: give when it was taken"
        raise PreprocessError(msg)
    moments = [min(m, present) for m in moments]
    start_text, end_text = (m.isoformat().replace("+00:00", "Z") for m in moments)
    return start_text, end_text


def _is_day(text: str) -> bool:
    """Return True if a text is a date without a time."""
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def warn_of_unknown(manifest: Manifest) -> None:
    """A model must say whose data it was made from: say so while somebody knows."""
    for kind, record, names in (
        ("imagery", manifest.imagery, "{attribution} and {licence}"),
        ("data of the outlines", manifest.labels, "{label_attribution} and {label_licence}"),
    ):
        if not (record.attribution and record.licence):
            msg = (
                f"a model made from this must say whose the {kind} is and under which licence, "
                "which is not known"
            )
            remedy = f"say the same again with {names}"
            LOG.warning("%s", Message(msg, remedy=remedy).render(COMMAND))
