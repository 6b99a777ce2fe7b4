"""``python -m training export-data``: a folder to adapt a model with."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import click

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.console import say
from camp_detector_core.detection.ports import Listener
from camp_detector_core.training_data.request import MARGIN, ExportRequest

from . import options

if TYPE_CHECKING:
    from pathlib import Path

    from camp_detector_core.engine.messages import Message

LOG = logging.getLogger(__name__)


class _Log(Listener):
    """Writes stages and warnings into the log."""

    def stage(self, name: str) -> None:
        """Name a stage."""
        LOG.info("%s ...", name)

    def warn(self, message: Message) -> None:
        """Take a warning."""
        LOG.warning("%s", message.render(COMMAND))

    def notify(self, message: str) -> None:
        """Take a sentence about files of an earlier run."""
        LOG.warning("%s", message)


@click.command("export-data")
@click.option(
    "--image",
    "images",
    multiple=True,
    required=True,
    help="The raster: a file, a folder of tiles, or another name that GDAL reads; repeatable.",
)
@click.option(
    "--labels",
    type=options.EXISTING,
    required=True,
    help="Corrected dwellings: one vector file of polygons.",
)
@click.option(
    "--area",
    type=options.EXISTING,
    help="Polygons within which no dwelling is missing.  [default: the rectangle around all "
    "dwellings]",
)
@click.option("--out", type=options.OUT, required=True, help="Folder of results: new, or empty.")
@options.LABELS
@click.option("--area-layer", help="Layer of --area, if it has several.")
@click.option(
    "--bands",
    default="",
    help="Numbers of the bands to write, in the order of the model's, with commas.  [default: all "
    "but alpha]",
)
@click.option(
    "--margin",
    type=float,
    default=MARGIN,
    show_default=True,
    help="Metres of imagery around the area.",
)
@click.option("--nodata", type=float, help="Value of pixels without an image, if no file says so.")
@click.option(
    "--model",
    help="The model that the command in the folder names.  [default: the model that ships]",
)
@click.option(
    "--attribution",
    multiple=True,
    help="Credit that image or labels ask for, for the model; repeatable.",
)
@click.option("--overwrite", is_flag=True, help="Replace an earlier export in --out.")
def export_data(
    *,
    images: tuple[str, ...],
    labels: Path,
    area: Path | None,
    out: Path,
    **arguments: Any,  # noqa: ANN401 - click's options
) -> None:
    """Export imagery, dwellings and reviewed area as a folder to train on.

    Only the reviewed area is written, with a margin: image.tif without loss, labels.gpkg,
    area.gpkg, places.toml for train --places, and README.txt with the command for adapt --data.
    All appear at the end, or none. QGIS and ArcGIS Pro write the same folder.

    \b
    Example:
      python -m training export-data --image camp.tif --labels corrected.gpkg \\
          --area reviewed.gpkg --out camp-north
    """  # noqa: D301 - click wants the control character
    from camp_detector_core.georaster.options import SourceOptions
    from camp_detector_core.products.rasterio_run import RasterioRun
    from camp_detector_core.training_data.run import export_training_data
    from training.data.data_writer import RasterioDataWriter, read_features

    request = ExportRequest(
        images=images,
        dwellings=read_features(
            labels, layer=arguments["layer"], class_field=arguments["class_field"]
        ),
        folder=out,
        area=None
        if area is None
        else read_features(area, layer=arguments["area_layer"], option="area_layer"),
        source=SourceOptions(
            bands=options.whole_numbers(arguments["bands"]) or None, nodata=arguments["nodata"]
        ),
        margin=arguments["margin"],
        model=arguments["model"] or "",
        attribution=arguments["attribution"],
        overwrite=arguments["overwrite"],
    )
    outcome = export_training_data(request, RasterioRun(COMMAND), RasterioDataWriter(), _Log())
    say(outcome.summary)
    say(outcome.command)
