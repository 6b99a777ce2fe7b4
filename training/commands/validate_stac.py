"""``python -m training validate_stac``: what is wrong with the STAC item of a training."""

from __future__ import annotations

from pathlib import Path

import click

from camp_detector_core.cli.validate import validate

_DEFAULT = Path("meta/stac_item.json")
_OPTIONS = [p for p in validate.params if p.name not in {"item", "verbose"}]


@click.command("validate_stac", params=_OPTIONS)
@click.argument("item", required=False, type=click.Path(path_type=Path))
@click.option(
    "--stac-file",
    type=click.Path(path_type=Path),
    help=f"The item, if it is not the argument.  [default: {_DEFAULT.as_posix()}]",
)
@click.pass_context
def validate_stac(
    context: click.Context,
    /,
    *,
    item: Path | None,
    stac_file: Path | None,
    **choices: bool | Path | None,
) -> None:
    """Check a STAC item with the MLM extension, as camp-detector validate does.

    The exit status is 0 for a valid item, 1 for one with problems, 2 if it cannot be read.

    \b
    Examples:
      python -m training validate_stac
      python -m training validate_stac --stac-file runs/first/meta/stac_item.json
    """  # noqa: D301 - click wants the control character
    if item is not None and stac_file is not None:
        msg = "the item is given twice: as an argument and with --stac-file"
        raise click.UsageError(msg)
    verbose = context.find_root().params["verbose"]
    context.invoke(validate, item=item or stac_file or _DEFAULT, verbose=verbose, **choices)
