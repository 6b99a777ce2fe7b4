"""``python -m training preprocess``: chips and labels from web map tiles and OpenStreetMap."""

from __future__ import annotations

import logging
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from camp_detector_core.console import say
from camp_detector_core.engine.counts import counted

from . import options

if TYPE_CHECKING:
    from tqdm import tqdm

LOG = logging.getLogger(__name__)

# As in training.preprocess.options, which is loaded only when it is needed; a test compares them.
_BBOX = "85.51991979758662,27.628837632373674,85.52736620395387,27.633394557789373"
_TMS = (
    "https://tiles.openaerialmap.org/62d85d11d8499800053796c1/0/62d85d11d8499800053796c2"
    "/{z}/{x}/{y}"
)
_OVERPASS = "https://overpass-api.de/api"
_ALL = 2**48
_PERIOD = 10.0
"""Seconds between two lines on a log; a terminal has a bar."""


@click.command()
@click.option("--zoom", default=19, show_default=True, help="Zoom level of the tiles.")
@click.option(
    "--bbox", default=_BBOX, show_default=True, help="Area: west,south,east,north in degrees."
)
@click.option(
    "--tms",
    default=_TMS,
    show_default=True,
    help="Template of the tiles' URLs with {z}, {x} and {y}; or {-y} for rows from the south, "
    "{q} for quadkeys, {s} or {switch:a,b} for one of several servers.",
)
@click.option(
    "--train-dir",
    type=options.OUT,
    default=Path("data/train/sample"),
    show_default=True,
    help="Folder to fill with chips/, labels/ and manifest.json.",
)
@click.option(
    "--labels", type=options.EXISTING, help="Your own outlines: a vector file (or .gdb) in any CRS."
)
@click.option("--layer", help="Layer of that file, if it has several.")
@click.option("--label-attribution", help="Attribution of the outlines of --labels.")
@click.option("--label-licence", help="Licence of the outlines of --labels, as an SPDX identifier.")
@click.option(
    "--overpass-url",
    default=_OVERPASS,
    envvar="CAMP_DETECTOR_OVERPASS_URL",
    show_default=True,
    show_envvar=True,
    help="Server of OpenStreetMap data.",
)
@click.option(
    "--overpass-timeout",
    default=180,
    show_default=True,
    help="Seconds that server may take for an answer.",
)
@click.option("--refresh-labels", is_flag=True, help="Fetch the outlines again; keep the chips.")
@click.option("--attribution", help="Attribution of the imagery.")
@click.option("--licence", help="Licence of the imagery, as an SPDX identifier (CC-BY-4.0).")
@click.option("--imagery-date", help="Date of the imagery: 2022-07-20, or START/END.")
@click.option(
    "--rate", default=10.0, show_default=True, help="Maximum number of requests per second."
)
@click.option(
    "--workers", default=4, show_default=True, help="Maximum number of requests at a time."
)
@click.option(
    "--retries", default=5, show_default=True, help="Number of further attempts for a tile."
)
@click.option("--timeout", default=30.0, show_default=True, help="Seconds to wait for a byte.")
@click.option("--contact", help="Web or mail address to send to the servers.")
@click.option("--max-tiles", default=20_000, show_default=True, help="Maximum number of tiles.")
@click.option("--yes", is_flag=True, help="Fetch any number of tiles.")
@click.option(
    "--overwrite", is_flag=True, help="Delete the files of an earlier call, and start again."
)
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
    from training.preprocess.http import HttpOptions
    from training.preprocess.options import PreprocessOptions
    from training.preprocess.osm import OverpassOptions
    from training.preprocess.run import preprocess as run

    names = (
        "zoom", "tms", "train_dir", "labels", "layer", "label_attribution", "label_licence",
        "refresh_labels", "attribution", "licence", "imagery_date", "overwrite",
    )  # fmt: skip
    http = ("rate", "workers", "retries", "timeout", "contact")
    for noisy in ("urllib3", "requests"):  # their lines hold whole URLs, with the keys in them
        logging.getLogger(noisy).setLevel(logging.ERROR)
    progress = _Progress()
    try:
        result = run(
            PreprocessOptions(
                **{name: arguments[name] for name in names},
                bbox=parse_bbox(arguments["bbox"]),
                most_tiles=_ALL if arguments["yes"] else arguments["max_tiles"],
                http=HttpOptions(**{name: arguments[name] for name in http}),
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
