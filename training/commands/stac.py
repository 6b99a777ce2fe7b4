"""``python -m training stac``: the STAC item of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from camp_detector_core.console import say
from camp_detector_core.engine.json_text import parse_json

from . import options

if TYPE_CHECKING:
    from pathlib import Path

    from camp_detector_core.packaging.stac import RunFacts, TrainingArea

NAME = "stac_item.json"


@click.command()
@click.option("--run", type=options.EXISTING, help="The --out of a finished training.")
@click.option("--model", type=options.FILE, help="Any .onnx of this project, instead of --run.")
@click.option(
    "--out",
    type=options.OUT,
    help=f"The item of --model (default: {NAME} beside it). Its hrefs start from there.",
)
@click.option(
    "--area",
    help="Where the imagery was taken: a GeoJSON file of polygons, or west,south,east,north in "
    "degrees (default for --run: the chips).",
)
@click.option(
    "--imagery-date",
    "--date",
    "imagery_date",
    help="When the imagery was taken: a date or time in ISO 8601 (UTC), or START/END.",
)
@click.option("--trained", help="When --model was trained, where it does not say so itself.")
@click.option("--source-url", help="Web address of the source code, with its commit or tag.")
@click.option(
    "--container", help="Image to run the model in, as a URI (docker://registry/name:tag)."
)
@click.option("--overwrite", is_flag=True, help="Replace an item of --model that exists.")
def stac(**given: Any) -> None:  # noqa: ANN401 - click's options
    """Make the STAC item of a model, from which a stranger can run it.

    Training does this by itself at its end. The command makes the item of a run again, for
    instance with the date of its imagery, or that of any .onnx of this project.

    \b
    Examples:
      python -m training stac --run runs/first --imagery-date 2022-07-18
      python -m training stac --model model.onnx --area 85.51,27.62,85.53,27.64 \\
          --imagery-date 2022-07-01/2022-07-31
    """  # noqa: D301 - click wants the control character
    if (given["run"] is None) == (given["model"] is None):
        msg = "name a finished training with --run, or a model with --model"
        raise click.UsageError(msg)
    if given["run"] is not None:
        for name in ("out", "trained", "overwrite"):
            if given[name]:
                msg = f"--{name} goes with --model; the item of a run is always its meta/{NAME}"
                raise click.UsageError(msg)
        say(_of_run(given))
    else:
        say(_of_model(given))


def _of_run(given: dict[str, Any]) -> Path:
    from camp_detector_core.packaging.stac import RunFacts
    from training.item import write_run_item

    changes = RunFacts(source_url=given["source_url"], container=given["container"])
    return write_run_item(
        given["run"], area=_area(given), dates=given["imagery_date"], changes=changes
    )


def _of_model(given: dict[str, Any]) -> Path:
    from dataclasses import replace

    from camp_detector_core.atomic import OutputSet
    from camp_detector_core.model_file import open_model
    from camp_detector_core.packaging.stac import (
        TrainingArea,
        create_stac_mlm_item,
        span_of,
        write_item,
    )

    model: Path = given["model"]
    out: Path = given["out"] or model.with_name(NAME)
    OutputSet([out], overwrite=given["overwrite"])
    area = _area(given) or TrainingArea()
    if given["imagery_date"]:
        start, end = span_of(given["imagery_date"])
        area = replace(area, start=start, end=end)
    facts = _facts(open_model(model).spec, given)
    write_item(create_stac_mlm_item(model, area=area, run=facts, assets={}, folder=out.parent), out)
    return out


def _facts(spec: Any, given: dict[str, Any]) -> RunFacts:  # noqa: ANN401 - a ModelSpec
    from dataclasses import replace

    from camp_detector_core.packaging.stac import facts_of, span_of

    facts = facts_of(spec)
    if given["trained"]:
        facts = replace(facts, trained=span_of(given["trained"])[0])
    if given["source_url"]:
        facts = replace(facts, source_url=given["source_url"])
    return replace(facts, container=given["container"]) if given["container"] else facts


def _area(given: dict[str, Any]) -> TrainingArea | None:
    """What --area says: four numbers, or a file."""
    from pathlib import Path

    from camp_detector_core.packaging.stac import (
        StacError,
        TrainingArea,
        area_of_bbox,
        area_of_geojson,
    )

    text = given["area"]
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
        msg = f"{path} is no GeoJSON that can be read: {error}"
        raise StacError(msg) from error
    return TrainingArea(*area_of_geojson(raw))
