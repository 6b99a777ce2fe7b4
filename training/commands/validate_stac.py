"""``python -m training validate_stac``: what is wrong with the STAC item of a training."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.console import say

_DEFAULT = Path("meta/stac_item.json")
_INVALID = 1
"""Exit code for an item with problems."""


@click.command("validate_stac")
@click.argument("item", required=False, type=click.Path(path_type=Path))
@click.option(
    "--stac-file",
    type=click.Path(path_type=Path),
    help=f"The item, if it is not the argument.  [default: {_DEFAULT.as_posix()}]",
)
@click.option(
    "--schemas",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of extension schemas, named like mlm-v1.5.2.json.",
)
@click.option("--fetch-schemas", is_flag=True, help="Download schemas that are missing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def validate_stac(
    *,
    item: Path | None,
    stac_file: Path | None,
    schemas: Path | None,
    fetch_schemas: bool,
    as_json: bool,
) -> None:
    """Check a STAC item with the MLM extension, and report every problem.

    The same as camp-detector validate. The exit status is 0 for a valid item, 1 for one with
    problems, 2 if it cannot be read.

    \b
    Examples:
      python -m training validate_stac
      python -m training validate_stac --stac-file runs/first/meta/stac_item.json
    """  # noqa: D301 - click wants the control character
    from camp_detector_core.stac.validation import validate_item

    if item is not None and stac_file is not None:
        msg = "the item is given twice: as an argument and with --stac-file"
        raise click.UsageError(msg)
    report = validate_item(item or stac_file or _DEFAULT, schemas=schemas, fetch=fetch_schemas)
    say(report.text(COMMAND, as_json=as_json))
    sys.exit(0 if report.valid else _INVALID)
