"""``camp-detector catalog``: keep models where others find them by their ids."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from camp_detector_core.console import note, say

from .errors import plain_errors
from .parameters import CATALOG, VERBOSE
from .terminal import StopRequest, TransferBar

if TYPE_CHECKING:
    from datetime import datetime

    from camp_detector_core.catalog.base import Catalog
    from camp_detector_core.catalog.ready_model import ReadyModel


_SIDES = 4
_ENOUGH = "enough"
_ASSETS_TO = click.option(
    "--assets-to",
    metavar="PLACE",
    help="With postgresql://: folder or s3://bucket/prefix for the files.  [default: they stay "
    "where they are]",
)


@click.group()
def catalog() -> None:
    """Keep models in a STAC catalogue, where detect --model finds them by id.

    The catalogue is a folder, s3://bucket/prefix, https://... (to read) or postgresql://...
    (PgSTAC): the one given by --catalog, else by the variable CAMP_DETECTOR_CATALOG, else a folder
    among your own data.

    \b
    camp-detector catalog add runs/first/meta/stac_item.json
    camp-detector catalog list
    camp-detector detect camp.tif -o camp.gpkg --model camp-unet-lite0-2
    """  # noqa: D301 - click wants the control character


@catalog.command()
@click.argument("item", type=click.Path(path_type=Path))
@CATALOG
@click.option(
    "--assets",
    default=_ENOUGH,
    show_default=True,
    metavar="enough|all|KEY,...",
    help="Files to take along: what it takes to run and to judge the model, all (checkpoints too), "
    "or some by their keys in the item.",
)
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder in which the item's files may lie.  [default: the item's]",
)
@click.option(
    "--trained",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="When a bare .onnx was trained, if it does not say so.",
)
@_ASSETS_TO
@click.option("--overwrite", is_flag=True, help="Replace a model of the same id.")
@VERBOSE
def add(  # noqa: PLR0913 - each is an option of the command
    *,
    item: Path,
    catalog: str | None,
    assets: str,
    root: Path | None,
    trained: datetime | None,
    assets_to: str | None,
    overwrite: bool,
    verbose: bool,
) -> None:
    """Add a model: its STAC item and its files.

    ITEM is the stac_item.json of a training run, or a bare .onnx model, whose item is made of its
    own description then. All files are verified on their way.

    \b
    camp-detector catalog add runs/first/meta/stac_item.json --catalog s3://models/camp
    camp-detector catalog add model.onnx --trained 2026-11-24
    """  # noqa: D301 - click wants the control character
    with plain_errors(verbose=verbose), StopRequest() as stop:
        from camp_detector_core.catalog.ready_model import model_of_item, model_of_onnx

        bare = item.suffix.lower() == ".onnx"
        _refuse_idle(bare=bare, trained=trained, root=root, assets=assets)
        target = _open(catalog, assets_to)
        if bare:
            from datetime import UTC

            when = trained.replace(tzinfo=UTC) if trained else None
            model = model_of_onnx(item, trained=when)
        else:
            model = model_of_item(item, assets=assets, root=root)
        with TransferBar(stop, model.id) as bar:
            added = target.add(model, overwrite=overwrite, progress=bar)
        say(_added(model, target, changed=added.changed))


def _refuse_idle(*, bare: bool, trained: datetime | None, root: Path | None, assets: str) -> None:
    """Refuse options that would change nothing.

    Raises:
        CatalogError: One was given.
    """
    from camp_detector_core.catalog import CatalogError

    if bare and (root is not None or assets != _ENOUGH):
        msg = "--assets and --root are for an item, and a bare .onnx has no other files: leave them"
        raise CatalogError(msg)
    if not bare and trained is not None:
        msg = "--trained is for a bare .onnx, and an item says when its model was trained: leave it"
        raise CatalogError(msg)


def _added(model: ReadyModel, target: Catalog, *, changed: bool) -> str:
    from .catalog_text import megabytes

    if not changed:
        return f"{model.id} is in {target.location} already, with the same content"
    files = len({f.name for f in model.files.values()})
    count = f"{files} file{'s' if files != 1 else ''}"
    text = f"{model.id} added to {target.location}: {count}, {megabytes(model.bytes)}"
    if model.left_out:
        text += f"\n  left out: {', '.join(model.left_out)} (--assets all takes them along)"
    return text


def _open(place: str | None, assets_to: str | None = None) -> Catalog:
    from camp_detector_core.catalog import open_catalog
    from camp_detector_core.user_folders import chosen_catalog

    return open_catalog(chosen_catalog(place), assets_to=assets_to)


def _bbox(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> tuple[float, ...] | None:
    if value is None:
        return None
    try:
        sides = tuple(float(v) for v in value.split(","))
    except ValueError:
        sides = ()
    if len(sides) != _SIDES or not all(map(math.isfinite, sides)) or sides[1] > sides[3]:
        msg = f"{value!r} is not WEST,SOUTH,EAST,NORTH in degrees, such as 85,27,86,28"
        raise click.BadParameter(msg)
    return sides


@catalog.command(name="list")
@CATALOG
@click.option(
    "--bbox",
    callback=_bbox,
    metavar="W,S,E,N",
    help="Only models that were trained on imagery of this area, in degrees.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@VERBOSE
def list_models(
    *, catalog: str | None, bbox: tuple[float, ...] | None, as_json: bool, verbose: bool
) -> None:
    """List the models of a catalogue.

    \b
    camp-detector catalog list
    camp-detector catalog list --catalog https://example.org/models --bbox 85,27,86,28
    """  # noqa: D301 - click wants the control character
    with plain_errors(verbose=verbose):
        from . import catalog_text

        target = _open(catalog)
        entries = [e for e in target.items() if bbox is None or catalog_text.touches(e, bbox)]
        if as_json:
            say(json.dumps([catalog_text.summary(e) for e in entries], indent=2))
        elif entries:
            say(catalog_text.table(entries))
        else:
            say(f"no models in {target.location}" + (" for this area" if bbox else ""))


@catalog.command()
@click.argument("model_id", metavar="ID")
@CATALOG
@click.option("--json", "as_json", is_flag=True, help="The STAC item.")
@VERBOSE
def show(*, model_id: str, catalog: str | None, as_json: bool, verbose: bool) -> None:
    """Say what a model of a catalogue is, how good, whose, and which files it has.

    \b
    camp-detector catalog show camp-unet-lite0-2
    """  # noqa: D301 - click wants the control character
    with plain_errors(verbose=verbose):
        from . import catalog_text

        entry = _open(catalog).get(model_id)
        say(json.dumps(entry.item, indent=2) if as_json else catalog_text.details(entry))


@catalog.command()
@click.argument("model_id", metavar="ID")
@CATALOG
@_ASSETS_TO
@click.option("--yes", is_flag=True, help="Do not ask.")
@VERBOSE
def remove(
    *, model_id: str, catalog: str | None, assets_to: str | None, yes: bool, verbose: bool
) -> None:
    """Take a model out of a catalogue, with its files there.

    \b
    camp-detector catalog remove camp-unet-lite0-2 --yes
    """  # noqa: D301 - click wants the control character
    with plain_errors(verbose=verbose):
        target = _open(catalog, assets_to)
        if not yes:
            target.check_known(model_id)
            _confirm(f"delete {model_id} and its files from {target.location}?")
        target.remove(model_id)
        say(f"{model_id} removed from {target.location}")


def _confirm(question: str) -> None:
    """Ask, and stop unless the answer is yes.

    Raises:
        click.Abort: It is not, or nobody can answer.
    """
    try:
        is_confirmed = click.confirm(question)
    except click.Abort:
        if not sys.stdin.isatty():
            note("nobody can answer a question here: --yes deletes without one")
        raise
    if not is_confirmed:
        raise click.Abort
