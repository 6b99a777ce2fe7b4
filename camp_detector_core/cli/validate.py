"""``camp-detector validate``: what is wrong with a STAC item."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from camp_detector_core.console import say

from .errors import plain_errors
from .parameters import VERBOSE
from .words import COMMAND

_INVALID = 1
"""Exit code for an item with problems."""


@click.command()
@click.argument("item", type=click.Path(path_type=Path))
@click.option(
    "--schemas",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of extension schemas, named like mlm-v1.5.2.json.",
)
@click.option(
    "--fetch-schemas",
    is_flag=True,
    help="Fetch schemas that are not at hand and keep them for the user. Without it, no network.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@VERBOSE
def validate(
    *, item: Path, schemas: Path | None, fetch_schemas: bool, as_json: bool, verbose: bool
) -> None:
    """Say all that is wrong with ITEM, a STAC item (.json) with the MLM extension.

    Checked are the schemas of STAC and of its extensions, as far as they are at hand, the classes
    of stac-model, and whether the item is true: its files, their sizes and checksums, bands,
    shapes, geometry and times, the ONNX graph and the description in it. Nothing that the item
    names is run. What could not be checked is listed, and never counts as passed.

    The exit status is 0 for a valid item, 1 for one with problems, 2 if it cannot be read.

    \b
    Examples:
      camp-detector validate meta/stac_item.json
      camp-detector validate meta/stac_item.json --fetch-schemas
    """  # noqa: D301 - click wants the control character
    with plain_errors(verbose=verbose):
        from camp_detector_core.stac.validation import validate_item

        def tell(text: str) -> None:
            if verbose:
                say(text, err=True)

        report = validate_item(item, schemas=schemas, fetch=fetch_schemas, progress=tell)
        say(report.text(COMMAND, as_json=as_json))
        sys.exit(0 if report.valid else _INVALID)
