"""The options of ``camp-detector detect``, and the job that they make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from camp_detector_core.georaster.settings import Settings
from camp_detector_core.input_options import source_of, together
from camp_detector_core.job import Job, Machine, Products

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
        default=Products.overlay_size,
        show_default=True,
        type=click.IntRange(16, 32768),
        help="Longest side of the picture in pixels.",
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


def job_of(images: tuple[str, ...], options: dict[str, Any]) -> Job:
    """All options as one value."""
    everything = options["all_outputs"]
    return Job(
        images=images,
        products=Products(
            vector=options["out"],
            **{k: options[k] or everything for k in ("probability", "mask", "overlay", "report")},
            overlay_size=options["overlay_size"],
        ),
        source=source_of(options),
        model=options["model"],
        settings=Settings(
            **{
                name: options[name]
                for name in (
                    "threshold",
                    "min_area",
                    "tile_size",
                    "overlap",
                    "simplify",
                    "square",
                    "separate",
                    "tta",
                )
            }
        ),
        machine=Machine(threads=options["threads"], device=options["device"]),
        overwrite=options["overwrite"],
    )
