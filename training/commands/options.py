"""Options that several commands share."""

from __future__ import annotations

from dataclasses import MISSING, fields
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

import click

from camp_detector_core.cli.parameters import together
from camp_detector_core.cli.words import option_of
from training.fit.options import DataOptions, ModelOptions
from training.fit.place_options import SplitOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import DataclassInstance

    from training.fit.place_options import PlaceOptions

    Decorator = Callable[[Callable[..., None]], Callable[..., None]]

EXISTING = click.Path(exists=True, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(path_type=Path)


def of(kind: type[DataclassInstance], **helps: str) -> Decorator:
    """Give the options for fields of a dataclass, with their types and defaults.

    Args:
        kind: The dataclass.
        helps: Help by the name of the field, in reading order.
    """
    hints, defaults = get_type_hints(kind), {field.name: field.default for field in fields(kind)}
    return together(*(_of(name, hints[name], defaults[name], helps[name]) for name in helps))


def _of(name: str, hint: Any, default: Any, words: str) -> Decorator:  # noqa: ANN401 - of a field
    choices = [each for each in get_args(hint) if each not in {NoneType, ...}]
    is_list = get_origin(hint) is tuple
    if get_origin(hint) is not Literal:
        kind = choices[0] if choices else hint
    else:
        kind = click.Choice(choices)
    return click.option(
        option_of(name),
        type=OUT if kind is Path else kind,
        is_flag=kind is bool,
        multiple=is_list,
        default=None if default is MISSING else default,
        show_default=kind is not bool and default not in {None, ()},
        help=words,
    )


LABELS = of(
    DataOptions,
    class_field="Attribute of the vector file that names the class of a polygon.",
    layer="Layer of the vector file, if it has several.",
)
PART = click.Choice(["train", "val", "test"])
OPSET = click.option(
    "--opset",
    type=click.Choice(["11", "17"]),
    default=str(ModelOptions.opset),
    show_default=True,
    help="Opset of the ONNX files; 11 is for old hosts.",
)

PLACES_FOLDER = click.option(
    "--places-folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder that chips, labels and areas of --places are relative to (default: its own).",
)

data = together(
    click.option("--chips", type=EXISTING, help="Folder of images, or one image of any size."),
    click.option(
        "--labels",
        type=EXISTING,
        help="Folder of masks named like the chips, or one vector file of polygons.",
    ),
    click.option(
        "--places",
        type=FILE,
        help="TOML file of several places, in place of --chips and --labels: a table for each, "
        "such as [banepa], with its chips and labels; see docs/training.md.",
    ),
    PLACES_FOLDER,
    of(
        DataOptions,
        chip_gsd="Metres per pixel of chips without georeference (default: the model's).",
    ),
    LABELS,
)
"""The options that say which data."""

split = together(
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
    of(
        SplitOptions,
        val_share="Share of blocks for validation.",
        test_share="Share of blocks held out.",
        block="Side of a block of chips, in chips.",
    ),
)
"""The options that say how chips are dealt."""


def values_of(kind: type[DataclassInstance], arguments: dict[str, Any]) -> dict[str, Any]:
    """Give the fields of a dataclass that are among the arguments."""
    return {field.name: arguments[field.name] for field in fields(kind) if field.name in arguments}


def places(arguments: dict[str, Any]) -> tuple[PlaceOptions, ...]:
    """Read the places of the parsed arguments; none for one folder of chips.

    Raises:
        click.UsageError: Both are given, or neither.
        OptionsError: The file cannot be read.
    """
    from training.data.places_file import read_places

    path, single = arguments["places"], [arguments[name] is None for name in ("chips", "labels")]
    if single != [path is not None] * 2:
        msg = "give --chips and --labels, or --places in place of both"
        raise click.UsageError(msg, click.get_current_context())
    return () if path is None else read_places(path, folder=arguments["places_folder"])


def split_options(arguments: dict[str, Any]) -> SplitOptions:
    """Make the options of a split from the parsed arguments."""
    columns = {name: names(arguments[name]) for name in ("val_columns", "test_columns")}
    return SplitOptions(
        **{**values_of(SplitOptions, arguments), **columns}, file=arguments["split"]
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
