"""``python -m training preprocess``: chips and labels from web map tiles and OpenStreetMap."""

from __future__ import annotations

import logging
import shlex
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from camp_detector_core.console import say
from camp_detector_core.engine.counts import counted
from training.preprocess.http import HttpOptions
from training.preprocess.options import BBOX, PreprocessOptions
from training.preprocess.osm import OverpassOptions

from . import options

if TYPE_CHECKING:
    from tqdm import tqdm

LOG = logging.getLogger(__name__)

_ALL = 2**48
_PERIOD = 10.0
"""Seconds between two lines on a log; a terminal has a bar."""


@click.command()
@click.option(
    "--bbox",
    default=",".join(map(str, BBOX)),
    show_default=True,
    help="Area: west,south,east,north in degrees.",
)
@options.of(
    PreprocessOptions,
    zoom="Zoom level of the tiles.",
    tms="Template of the tiles' URLs with {z}, {x} and {y}; or {-y} for rows from the south, "
    "{q} for quadkeys, {s} or {switch:a,b} for one of several servers.",
    train_dir="Folder to fill with chips/, labels/ and manifest.json.",
)
@click.option(
    "--labels", type=options.EXISTING, help="Your own outlines: a vector file (or .gdb) in any CRS."
)
@options.of(
    PreprocessOptions,
    layer="Layer of that file, if it has several.",
    label_attribution="Attribution of the outlines of --labels.",
    label_licence="Licence of the outlines of --labels, as an SPDX identifier.",
)
@click.option(
    "--overpass-url",
    default=OverpassOptions.url,
    envvar="CAMP_DETECTOR_OVERPASS_URL",
    show_default=True,
    show_envvar=True,
    help="Server of OpenStreetMap data.",
)
@click.option(
    "--overpass-timeout",
    default=OverpassOptions.timeout,
    show_default=True,
    help="Seconds that server may take for an answer.",
)
@options.of(
    PreprocessOptions,
    refresh_labels="Fetch the outlines again; keep the chips.",
    attribution="Attribution of the imagery.",
    licence="Licence of the imagery, as an SPDX identifier (CC-BY-4.0).",
    imagery_date="Date of the imagery: 2022-07-20, or START/END.",
    overwrite="Delete the files of an earlier call, and start again.",
)
@options.of(
    HttpOptions,
    rate="Maximum number of requests per second.",
    workers="Maximum number of requests at a time.",
    retries="Number of further attempts for a tile.",
    timeout="Seconds to wait for a byte.",
    contact="Web or mail address to send to the servers.",
)
@click.option(
    "--max-tiles",
    default=PreprocessOptions.most_tiles,
    show_default=True,
    help="Maximum number of tiles.",
)
@click.option("--yes", is_flag=True, help="Fetch any number of tiles.")
def preprocess(**arguments: Any) -> None:  # noqa: ANN401 - click's options
    """Make chips and labels of an area, ready for training.

    Fetches the web map tiles of --bbox, gives each its place (EPSG:3857), gets the outlines of
    buildings from OpenStreetMap (or takes your own with --labels), and draws a mask for every
    chip. The owners and dates of imagery and labels go into manifest.json, and from there into
    the model. Use only servers whose terms allow it.

    After Ctrl-C or a lost network, run the same command again: finished tiles are kept.

    \b
    Example, and the training that follows:
      python -m training preprocess --zoom 19 --train-dir data/train/mine \\
          --bbox 85.5199,27.6288,85.5273,27.6334 \\
          --tms 'https://tiles.example.org/{z}/{x}/{y}.png' \\
          --attribution "Example Survey" --licence CC-BY-4.0 --imagery-date 2022-07-20
      python -m training train --chips data/train/mine/chips \\
          --labels data/train/mine/labels --out runs/mine
    """  # noqa: D301 - click wants the control character
    from training.preprocess.area import parse_bbox
    from training.preprocess.run import preprocess as run

    for noisy in ("urllib3", "requests"):  # their lines hold whole URLs, with the keys in them
        logging.getLogger(noisy).setLevel(logging.ERROR)
    progress = _Progress()
    try:
        result = run(
            PreprocessOptions(
                **{
                    **options.values_of(PreprocessOptions, arguments),
                    "bbox": parse_bbox(arguments["bbox"]),
                },
                most_tiles=_ALL if arguments["yes"] else arguments["max_tiles"],
                http=HttpOptions(**options.values_of(HttpOptions, arguments)),
                overpass=OverpassOptions(arguments["overpass_url"], arguments["overpass_timeout"]),
            ),
            progress=progress,
        )
    except KeyboardInterrupt as stop:
        words = "stopped; what is there is kept, and the same command goes on"
        raise KeyboardInterrupt(words) from stop
    finally:
        progress.close()
    imagery, labels = result.manifest.imagery, result.manifest.labels
    missing = f", tiles that do not exist: {len(imagery.missing):,}" if imagery.missing else ""
    say(f"{counted(imagery.tiles, 'chip')} in {result.chips}{missing}")
    say(f"{labels.features} outlines from {labels.source} and masks in {result.labels}")
    folders = ["--chips", str(result.chips), "--labels", str(result.labels)]
    say(shlex.join(["python", "-m", "training", "train", *folders, "--out", "runs/first"]))


class _Progress:
    """A bar on a terminal, and now and then a line elsewhere."""

    def __init__(self) -> None:
        self._bar: tqdm[Any] | None = None
        self._stage, self._printed_at = "", 0.0

    def __call__(self, stage: str, count: int, total: int) -> None:
        """Show the progress of a stage."""
        if sys.stderr.isatty():
            self._draw(stage, count, total)
        elif count == total or time.monotonic() - self._printed_at > _PERIOD:
            LOG.info("%s: %d of %d", stage, count, total)
            self._printed_at = time.monotonic()

    def close(self) -> None:
        """Close the progress bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _draw(self, stage: str, count: int, total: int) -> None:
        from tqdm import tqdm

        if self._bar is None or stage != self._stage:
            self.close()
            self._bar = tqdm(total=total, initial=count, unit="tile", desc=stage, leave=False)
            self._stage = stage
        self._bar.update(count - self._bar.n)
