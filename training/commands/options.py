"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from training.fit.options import SplitOptions

EXISTING = click.Path(exists=True, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(path_type=Path)


def data(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say which data."""
    options = (
        click.option("--chips", type=EXISTING, required=True, help="Folder of images."),
        click.option(
            "--labels",
            type=EXISTING,
            required=True,
            help="Folder of masks named like the chips, or one vector file of polygons.",
        ),
        click.option(
            "--chip-gsd",
            type=float,
            help="Metres per pixel of chips without georeference (default: the model's).",
        ),
        click.option(
            "--class-field", help="Attribute of the vector file that names the class of a polygon."
        ),
        click.option("--layer", help="Layer of the vector file, if it has several."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def split(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how chips are dealt."""
    options = (
        click.option("--split", type=FILE, help="split.json to use instead of the next options."),
        click.option(
            "--val-columns",
            default="",
            help="Columns for validation, with commas: x of tile names, or 0, 1 ... from the west.",
        ),
        click.option(
            "--test-columns",
            "--holdout-columns",
            default="",
            help="Columns to hold out for the test.",
        ),
        click.option(
            "--val-share", default=0.2, show_default=True, help="Share of blocks for validation."
        ),
        click.option(
            "--test-share", default=0.2, show_default=True, help="Share of blocks held out."
        ),
        click.option(
            "--block", default=2, show_default=True, help="Side of a block of chips, in chips."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def split_options(arguments: dict[str, Any]) -> SplitOptions:
    """Make the options of a split from the parsed arguments."""
    from training.fit.options import SplitOptions

    return SplitOptions(
        file=arguments["split"],
        val_columns=names(arguments["val_columns"]),
        test_columns=names(arguments["test_columns"]),
        val_share=arguments["val_share"],
        test_share=arguments["test_share"],
        block=arguments["block"],
    )


def whole_numbers(text: str) -> tuple[int, ...]:
    """Parts of a list with commas that must be whole numbers.

    Raises:
        click.BadParameter: One is none.
    """
    try:
        return tuple(int(part) for part in names(text))
    except ValueError as error:
        msg = f"{text!r} is not a list of whole numbers with commas"
        raise click.BadParameter(msg) from error


def names(text: str) -> tuple[str, ...]:
    """Parts of a list with commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
