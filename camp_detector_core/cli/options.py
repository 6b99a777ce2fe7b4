"""The options of ``camp-detector detect``, and the job that they make."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import click

from camp_detector_core.detection.request import Outputs, Request
from camp_detector_core.georaster.settings import Settings
from camp_detector_core.input_options import source_of, together

OUTPUT = together(
    click.option(
        "-o",
        "--out",
        required=True,
        type=click.Path(path_type=Path),
        help="Where the dwellings go: .gpkg, .fgb, .geojson or .shp. Other outputs lie beside it.",
    ),
    click.option("--probability", is_flag=True, help="Also NAME_probability.tif (COG, 0 to 254)."),
    click.option("--mask", is_flag=True, help="Also NAME_mask.tif (COG, one value a class)."),
    click.option("--overlay", is_flag=True, help="Also NAME_overlay.png, a picture to look at."),
    click.option(
        "--overlay-size",
        default=Outputs.overlay_size,
        show_default=True,
        type=click.IntRange(16, 32768),
        help="Longest side of the picture in pixels.",
    ),
    click.option(
        "--grid",
        type=click.Choice(["model", "image"]),
        default="model",
        show_default=True,
        help="Grid of the rasters: that of the model, or the image's own size and place.",
    ),
    click.option(
        "--report/--no-report",
        default=True,
        show_default=True,
        help="NAME_report.json: model, input, parameters, software, counts, seconds.",
    ),
    click.option("--all-outputs", is_flag=True, help="All of these."),
    click.option("--overwrite", is_flag=True, help="Replace outputs that exist."),
)

CATALOG = click.option(
    "--catalog",
    envvar="CAMP_DETECTOR_CATALOG",
    metavar="PLACE",
    help="Catalogue of models: a folder, s3://bucket/prefix, https://... or postgresql://...; "
    "also from CAMP_DETECTOR_CATALOG.  [default: a folder among your own data]",
)

MODEL = together(
    click.option(
        "-m",
        "--model",
        type=click.Path(path_type=Path),
        help="An .onnx file, a STAC-MLM item (.json), a .dlpk, or the id of a model in the "
        "catalogue.  [default: the one that ships]",
    ),
    CATALOG,
    click.option(
        "--threshold",
        type=float,
        help="Probability from which a pixel is dwelling.  [default: the model's]",
    ),
    click.option(
        "--min-area",
        type=float,
        metavar="M2",
        help="Smallest dwelling in square metres.  [default: the model's]",
    ),
    click.option(
        "--tile-size",
        type=int,
        metavar="PX",
        help="Side of every tile.  [default: up to the model's, as fits the imagery best]",
    ),
    click.option(
        "--overlap", type=int, metavar="PX", help="Overlap of tiles.  [default: the model's]"
    ),
    click.option(
        "--simplify",
        type=float,
        metavar="METRES",
        help="Straighten outlines by at most this; 0 keeps every pixel edge.  [default: one pixel]",
    ),
    click.option(
        "--square/--no-square",
        default=Settings.square,
        show_default=True,
        help="Make nearly rectangular outlines rectangles.",
    ),
    click.option(
        "--separate/--no-separate",
        default=None,
        help="Part dwellings that touch, at no cost in time; --no-separate makes each connected "
        "patch one dwelling.  [default: where the model can]",
    ),
    click.option(
        "--tta",
        is_flag=True,
        help="Average the answers to the 8 flips and turns of each tile (4 where tiles are not "
        "square). Takes 8 times as long, for outlines that are a little truer.",
    ),
)

MACHINE = together(
    click.option("--threads", type=click.IntRange(1), help="Processors to use.  [default: all]"),
    click.option(
        "--device",
        type=click.Choice(["auto", "cpu", "cuda", "directml", "coreml"]),
        default="auto",
        show_default=True,
        help="What runs the model; auto is a GPU where one can be used.",
    ),
)

VERBOSE = click.option(
    "-v", "--verbose", is_flag=True, help="Show tracebacks and what libraries say."
)


def request_of(images: tuple[str, ...], options: dict[str, Any]) -> Request:
    """All options as one value."""
    wanted = ("probability", "mask", "overlay", "report")
    outputs = Outputs.beside(
        options["out"],
        overwrite=options["overwrite"],
        **{name: options[name] or options["all_outputs"] for name in wanted},
    )
    return Request(
        images=images,
        model=options["model"],
        settings=Settings(**{f.name: options[f.name] for f in fields(Settings)}),
        source=source_of(options),
        outputs=replace(outputs, overlay_size=options["overlay_size"], grid=options["grid"]),
    )
