"""Place and time of the imagery of a training run."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from camp_detector_core.stac import StacError, TrainingArea, area_of_footprints, span_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from training.data.chips import Chip
    from training.fit.options import DataOptions
    from training.fit.place_options import PlaceOptions
    from training.preprocess.manifest import Manifest

    Span = tuple[dt.datetime, dt.datetime]

_STEPS = 4
"""Points on a side of a chip, so that a bent side stays bent in longitude and latitude."""
_PARTS = ("train", "val")
_TIFF_TIME = "%Y:%m:%d %H:%M:%S"


def area_of_chips(
    data: DataOptions, split: Path, *, manifests: Mapping[str, Manifest] | None = None
) -> TrainingArea:
    """The ground that a run fitted and chose its model on, and when it was photographed.

    The time is what the options say, else the manifest, else TIFFTAG_DATETIME of the chips, for
    each place; it stays unknown where none of them tells, of one place or of all.

    Args:
        data: The options of the run.
        split: Its ``split.json``; without it all chips count.
        manifests: What the data were made from, by the name of the place.

    Raises:
        CampDetectorError: Chips or split cannot be read.
    """
    from training.data.place import chips_of
    from training.data.split import Split

    places = {place: chips_of(place) for place in data.learned()}
    if split.is_file():
        dealt, every = Split.read(split), [c for chips in places.values() for c in chips]
        names = {c.name for part in _PARTS for c in dealt.select(every, part)}
        places = {p: [c for c in chips if c.name in names] for p, chips in places.items()}
    rings = [outline(c) for chips in places.values() for c in chips if c.grid is not None]
    times = [_time(p, chips, (manifests or {}).get(p.name)) for p, chips in places.items()]
    start, end = _whole([span for span, _ in times])
    source = next((note for _, note in times if note), "")
    if not rings:
        return TrainingArea(start=start, end=end, note=source)
    geometry, bbox = area_of_footprints(rings)
    note = f"The geometry is of the {len(rings)} chips for training and validation."
    if data.scenes:
        note += f" The {data.scenes} generated scenes lie nowhere."
    return TrainingArea(geometry, bbox, start, end, " ".join(filter(None, (note, source))))


def outline(chip: Chip) -> NDArray[Any]:
    """The footprint of a chip with a place: (n, 2) longitude and latitude in degrees."""
    import numpy as np
    from rasterio.warp import transform

    if chip.grid is None:
        msg = f"{chip.path} has no place"
        raise StacError(msg)
    share = np.arange(_STEPS) / _STEPS
    zero, one = np.zeros(_STEPS), np.ones(_STEPS)
    across = np.concatenate([share, one, 1 - share, zero]) * chip.shape.width
    down = np.concatenate([zero, share, one, 1 - share]) * chip.shape.height
    points = chip.grid.transform.apply(np.stack([across, down], axis=1))
    lon, lat = transform(chip.grid.crs_wkt, "EPSG:4326", points[:, 0], points[:, 1])
    return np.stack([lon, lat], axis=1)


def _whole(spans: Sequence[Span | None]) -> Span | tuple[None, None]:
    """Return the time from the first of the spans to the last; none if one is not known."""
    known = [span for span in spans if span is not None]
    if len(known) < len(spans):
        return None, None
    return min(start for start, _ in known), max(end for _, end in known)


def _time(
    place: PlaceOptions, chips: Sequence[Chip], manifest: Manifest | None
) -> tuple[Span | None, str]:
    """Time of the imagery of a place, and the words that say how it is known."""
    if place.imagery_date is not None:
        return span_of(place.imagery_date), ""
    if manifest is not None and manifest.imagery.start is not None:
        imagery = manifest.imagery
        return span_of(f"{imagery.start}/{imagery.end or imagery.start}"), ""
    moments = [m for c in chips if (m := _tag(c.path)) is not None]
    if moments and len(moments) == len(chips):
        return (
            min(moments),
            max(moments),
        ), "Times are those of the chips' TIFF tags, as if in UTC."
    return None, ""


def _tag(path: Path) -> dt.datetime | None:
    """TIFFTAG_DATETIME of a chip; it has no time zone, and UTC is taken."""
    from camp_detector_core.raster.library import open_image

    with open_image(path) as source:
        text = source.tags().get("TIFFTAG_DATETIME", "")
    try:
        return dt.datetime.strptime(text, _TIFF_TIME).replace(tzinfo=dt.UTC)
    except ValueError:
        return None
