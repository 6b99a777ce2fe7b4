"""``python -m training stac``: the STAC item of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from camp_detector_core.console import say
from camp_detector_core.engine.json_text import parse_json

from . import options

if TYPE_CHECKING:
    from pathlib import Path

    from camp_detector_core.stac import RunFacts, TrainingArea

NAME = "stac_item.json"


@click.command()
@click.option("--run", type=options.EXISTING, help="Folder of a finished training (its --out).")
@click.option("--model", type=options.FILE, help="Any .onnx of this project, instead of --run.")
@click.option(
    "--out",
    type=options.OUT,
    help=f"The item of --model (default: {NAME} beside it). Its hrefs start from there.",
)
@click.option(
    "--area",
    help="Footprint of the imagery: a GeoJSON file of polygons, or west,south,east,north in "
    "degrees (default for --run: the chips).",
)
@click.option(
    "--imagery-date",
    "--date",
    "imagery_date",
    help="Date of the imagery: a date or time in ISO 8601 (UTC), or START/END.",
)
@click.option("--trained", help="Date of the training of --model, if its description has none.")
@click.option("--source-url", help="Web address of the source code, with its commit or tag.")
@click.option(
    "--container",
    help="Container image to run the model in, as a URI (docker://registry/name:tag).",
)
@click.option("--overwrite", is_flag=True, help="Replace an item of --model that exists.")
def stac(**arguments: Any) -> None:  # noqa: ANN401 - click's options
    """Make the STAC item of a model, with all that others need to run it.

    Training makes this item at its end. The command makes it again, for instance with the date of
    the imagery, or makes one for any .onnx file of this project.

    \b
    Examples:
      python -m training stac --run runs/first --imagery-date 2022-07-18
      python -m training stac --model model.onnx --area 85.51,27.62,85.53,27.64 \\
          --imagery-date 2022-07-01/2022-07-31
    """  # noqa: D301 - click wants the control character
    if (arguments["run"] is None) == (arguments["model"] is None):
        msg = "name a finished training with --run, or a model with --model"
        raise click.UsageError(msg)
    if arguments["run"] is not None:
        for name in ("out", "trained", "overwrite"):
            if arguments[name]:
                msg = f"--{name} goes with --model; the item of a run is always its meta/{NAME}"
                raise click.UsageError(msg)
        say(_of_run(arguments))
    else:
        say(_of_model(arguments))


def _of_run(arguments: dict[str, Any]) -> Path:
    from camp_detector_core.stac import RunFacts
    from training.artefacts.esri_files import package_run
    from training.artefacts.run_item import write_run_item
    from training.fit.run_folder import META

    changes = RunFacts(source_url=arguments["source_url"], container=arguments["container"])
    run: Path = arguments["run"]
    item = write_run_item(
        run, area=_area(arguments), dates=arguments["imagery_date"], changes=changes
    )
    package_run(run / META, item)  # its card repeats what the item says
    return item


def _of_model(arguments: dict[str, Any]) -> Path:
    from dataclasses import replace

    from camp_detector_core.model_file import open_model
    from camp_detector_core.outputs.output_set import OutputSet
    from camp_detector_core.stac import TrainingArea, create_stac_mlm_item, span_of, write_item

    model: Path = arguments["model"]
    out: Path = arguments["out"] or model.with_name(NAME)
    OutputSet([out], overwrite=arguments["overwrite"])
    area = _area(arguments) or TrainingArea()
    if arguments["imagery_date"]:
        start, end = span_of(arguments["imagery_date"])
        area = replace(area, start=start, end=end)
    facts = _facts(open_model(model).spec, arguments)
    write_item(create_stac_mlm_item(model, area=area, run=facts, assets={}, folder=out.parent), out)
    return out


def _facts(spec: Any, arguments: dict[str, Any]) -> RunFacts:  # noqa: ANN401 - a ModelSpec
    from dataclasses import replace

    from camp_detector_core.stac import facts_of, span_of

    facts = facts_of(spec)
    if arguments["trained"]:
        facts = replace(facts, trained=span_of(arguments["trained"])[0])
    if arguments["source_url"]:
        facts = replace(facts, source_url=arguments["source_url"])
    return replace(facts, container=arguments["container"]) if arguments["container"] else facts


def _area(arguments: dict[str, Any]) -> TrainingArea | None:
    """Parse --area: four numbers, or a file."""
    from pathlib import Path

    from camp_detector_core.stac import StacError, TrainingArea, area_of_bbox, area_of_geojson

    text = arguments["area"]
    if text is None:
        return None
    path = Path(text)
    if not path.is_file():
        try:
            west, south, east, north = (float(part) for part in text.split(","))
        except ValueError as error:
            msg = f"--area {text} is neither a file nor west,south,east,north in degrees"
            raise StacError(msg) from error
        return TrainingArea(*area_of_bbox((west, south, east, north)))
    try:
        raw = parse_json(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        msg = f"{path} is not readable GeoJSON: {error}"
        raise StacError(msg) from error
    return TrainingArea(*area_of_geojson(raw))
