"""`preprocess`: a folder of chips and labels, from tiles on the web and outlines of buildings."""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from camp_detector_core.engine.counts import counted
from camp_detector_core.outputs.output_set import cannot_write
from training.preprocess.area import TileArea, tiles_of
from training.preprocess.download import download
from training.preprocess.folder import Request, TrainFolder
from training.preprocess.manifest import (
    LabelRecord,
    Manifest,
    PreprocessError,
    utc_now,
)
from training.preprocess.osm import (
    ATTRIBUTION,
    LICENCE,
    NO_BUILDINGS,
    Outlines,
    fetch_buildings,
)
from training.preprocess.outlines import read_outlines, to_geojson, touching, write_masks
from training.preprocess.records import imagery_record, remembered, span_of, warn_of_unknown
from training.preprocess.template import TileTemplate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from training.preprocess.options import PreprocessOptions

LOG = logging.getLogger(__name__)

_MARGIN = 50.0
"""Metres around the tiles in which a building may begin that reaches into them."""
_TILE_BYTES = 500_000
"""About what a chip of 512 pixels takes on disk."""


@dataclass(frozen=True)
class PreprocessResult:
    """Content of the folder after a call."""

    manifest: Manifest
    chips: Path
    labels: Path


def preprocess(
    options: PreprocessOptions,
    *,
    progress: Callable[[str, int, int], None] = lambda _stage, _count, _total: None,
) -> PreprocessResult:
    """Fill a folder with chips, masks, outlines and a manifest.

    What is there already from the same request is kept. Outlines come first, because where there
    are none the imagery is of no use.

    Args:
        options: All that can be told.
        progress: Told what is done, and how many of how many.

    Raises:
        CampDetectorError: It cannot be done; what came so far is kept for the next call.
        KeyboardInterrupt: Likewise.
    """
    template = TileTemplate(options.tms)
    area = tiles_of(options.bbox, options.zoom)
    span = span_of(options.imagery_date)
    _announce(area, template, options)
    outlines = None if options.labels is None else _own_outlines(options, area)
    request = Request(options.bbox, options.zoom, template.public)
    with TrainFolder(options.train_dir, request, overwrite=options.overwrite) as folder:
        earlier = folder.last_manifest()
        record = _put_labels(options, area, folder, outlines)
        tiles = download(
            area,
            template,
            folder,
            http=options.http,
            progress=lambda count, total: progress("tiles", count, total),
        )
        marked = write_masks(
            tiles, folder, progress=lambda count, total: progress("masks", count, total)
        )
        if not marked:
            LOG.warning("no building lies on any chip: training will have nothing to learn from")
        imagery = imagery_record(options, template, area=area, tiles=tiles, span=span)
        if earlier is not None:
            imagery, record = remembered(imagery, record, earlier)
        manifest = Manifest(options.bbox, options.zoom, imagery, record)
        manifest.write(folder.root)
        folder.finish()
    warn_of_unknown(manifest)
    return PreprocessResult(manifest, folder.chips, folder.labels)


def _announce(area: TileArea, template: TileTemplate, options: PreprocessOptions) -> None:
    """Log the number of tiles and their size before the download.

    Raises:
        PreprocessError: It is too much.
        OutputError: The folder cannot be looked for.
    """
    size = len(area) * _TILE_BYTES
    amount = f"{size / 1e9:.1f} GB" if size > 1e9 else f"{max(1, size / 1e6):.0f} MB"  # noqa: PLR2004
    minutes = int(len(area) / options.http.rate / 60)
    time = f", at least {counted(minutes, 'minute')}" if minutes else ""
    tiles = counted(len(area), "tile")
    LOG.info(
        "%s of zoom %d from %s: about %s of chips%s", tiles, area.zoom, template.host, amount, time
    )
    if len(area) > options.most_tiles:
        msg = (
            f"the area has {len(area):,} tiles of zoom {area.zoom} (about {amount}), more than "
            f"{options.most_tiles:,}"
        )
        remedy = "give a smaller {bbox} or {zoom}, or {yes} if it is meant"
        raise PreprocessError(msg, remedy=remedy)
    places = (options.train_dir, *options.train_dir.absolute().parents)
    try:
        free = shutil.disk_usage(next(p for p in places if p.exists())).free
    except OSError as error:
        raise cannot_write(options.train_dir, error) from error
    if size > free:
        LOG.warning("only %.1f GB are free where %s is to be", free / 1e9, options.train_dir)


def _own_outlines(options: PreprocessOptions, area: TileArea) -> Outlines:
    """The user's polygons of the area.

    Raises:
        PreprocessError: There are none.
    """
    if options.labels is None:  # pragma: no cover - the caller looked
        raise AssertionError
    outlines = touching(read_outlines(options.labels, layer=options.layer), area.bounds())
    if not outlines.polygons:
        msg = (
            f"none of the polygons in {options.labels} lies in the area: is it the right file, and "
            "is its CRS right?"
        )
        raise PreprocessError(msg)
    return outlines


def _put_labels(
    options: PreprocessOptions, area: TileArea, folder: TrainFolder, own: Outlines | None
) -> LabelRecord:
    """Bring the outlines into the folder, unless they are there."""
    if own is not None and options.labels is not None:
        record = LabelRecord(
            source=options.labels.name,
            fetched=utc_now(),
            features=len(own.polygons),
            attribution=options.label_attribution,
            licence=options.label_licence,
            note=own.note,
        )
        folder.put_outlines(to_geojson(own), record)
        return record
    url = options.overpass.public
    earlier = None if options.refresh_labels else folder.label_record(url)
    if earlier is not None:
        LOG.info("%d outlines of %s are already here", earlier.features, earlier.fetched)
        return earlier
    LOG.info("requesting buildings from %s", url)
    outlines = fetch_buildings(area.bounds(margin=_MARGIN), options.overpass, options.http)
    outlines = touching(outlines, area.bounds())
    if not outlines.polygons:
        msg = "OpenStreetMap has no buildings on the tiles of the area"
        raise PreprocessError(msg, remedy=NO_BUILDINGS)
    LOG.info("%d outlines, state of %s", len(outlines.polygons), outlines.date or "an unknown day")
    record = LabelRecord(
        source="OpenStreetMap",
        fetched=utc_now(),
        features=len(outlines.polygons),
        url=url,
        attribution=ATTRIBUTION,
        licence=LICENCE,
        date=outlines.date,
    )
    folder.put_outlines(to_geojson(outlines), record)
    return record
