"""Options of click from the table of parameters."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from camp_detector_core.engine.errors import ParameterError
from camp_detector_core.engine.parameter import Kind
from camp_detector_core.engine.parameters import CLI, IMAGES, MLFLOW, PARAMETERS, shown_in
from camp_detector_core.georaster.options import SourceOptions

from .words import COMMAND, option_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from camp_detector_core.engine.parameter import Parameter

_Command = TypeVar("_Command", bound="Callable[..., Any]")
_SHORT = {"out": "-o", "model": "-m"}
_VARIABLES = {"catalog": "CAMP_DETECTOR_CATALOG"}
_PAIRS = ("square",)
"""Flags that can be switched off by name though they are off by themselves."""


def option(parameter: Parameter) -> Callable[[_Command], _Command]:
    """Give the option of a command line for a parameter."""
    name, text = parameter.name, option_of(parameter.name)
    is_flag = parameter.kind is Kind.FLAG
    if is_flag and (parameter.default is not False or name in _PAIRS):
        text = f"{text}/--no-{text[2:]}"
    is_text = not is_flag and parameter.kind is not Kind.DATA
    return click.option(
        *filter(None, (_SHORT.get(name), text, name)),
        type=None if is_flag else str if is_text else click.Path(path_type=Path),
        callback=_reader(parameter) if is_text else None,
        # Of an option that is said to be no flag and has no default, click takes no value with a
        # hyphen in front.
        is_flag=is_flag or None,
        metavar=_form(parameter),
        # click takes a default of None for a value, so a required option must have none.
        **({} if parameter.required else {"default": parameter.default}),
        show_default=parameter.default is not None and (not is_flag or "/" in text),
        required=parameter.required,
        envvar=_VARIABLES.get(name),
        help=_help(parameter),
    )


def options(*parameters: Parameter) -> Callable[[_Command], _Command]:
    """Give the options for several parameters as one decorator, in reading order."""
    return together(*map(option, parameters))


def together(*decorators: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    """Give several decorators as one, in reading order."""

    def decorate(function: _Command) -> _Command:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


def _form(parameter: Parameter) -> str | None:
    if parameter.form or parameter.kind is not Kind.WORD:
        return parameter.form or None
    return f"[{'|'.join(parameter.choices)}]"


def _help(parameter: Parameter) -> str:
    meanings = "".join(
        f"; {word} is {meaning}" for word, meaning in parameter.choices.items() if meaning
    )
    text = parameter.help.removesuffix(".") + f"{meanings}."
    return f"{text}  [default: {parameter.unset}]" if parameter.unset else text


def _reader(parameter: Parameter) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Give what reads the text of an option, and checks it as in every host."""

    def read(context: click.Context, _option: click.Parameter, text: str | None) -> Any:  # noqa: ANN401 - of the parameter's kind
        if text is not None and not str(text).strip():
            name = COMMAND.parameter(parameter.name, None)
            msg = f"{name} has an empty value (a variable that is not set?): leave {name} out"
            raise click.UsageError(msg, context)
        try:
            return parameter.parse(text)
        except ParameterError as error:
            raise click.UsageError(error.render(COMMAND), context) from error

    return read


DETECT = options(*(p for p in shown_in(CLI) if p is not IMAGES))
"""All options of the table."""
CATALOG = option(PARAMETERS["catalog"])
VERBOSE = click.option(
    "-v", "--verbose", is_flag=True, help="Show tracebacks and what libraries say."
)
_OF_IMAGERY = {f.name for f in fields(SourceOptions)}
INPUT = options(*(p for p in shown_in(MLFLOW) if p.name in _OF_IMAGERY))
"""Options of the inference of training that say how imagery is read."""
