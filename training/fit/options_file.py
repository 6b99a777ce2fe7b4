"""The options of a run as they are kept in its ``options.json``."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.json_text import parse_json
from training.fit.options import TrainOptions
from training.fit.place_options import OptionsError

_WORDS = {
    bool: "true or false",
    int: "an integer",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
}
"""Words for the types of options in JSON."""


def read_options(path: Path) -> TrainOptions:
    """Read what `TrainOptions.to_dict` gave.

    Raises:
        OptionsError: Not such a file.
    """
    try:
        options: TrainOptions = _build(TrainOptions, parse_json(path.read_bytes()))
    except CampDetectorError as error:
        msg = f"{path}: {error.sentence}"
        raise OptionsError(msg, remedy=error.remedy) from error
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        msg = f"{path} does not hold the options of a training run: {error}"
        raise OptionsError(msg) from error
    return options


def _build(kind: Any, raw: Any) -> Any:  # noqa: ANN401 - for every class of options
    if not isinstance(raw, dict):
        msg = "the options are not a JSON object"
        raise OptionsError(msg, remedy="take the file from a copy of the run")
    hints = get_type_hints(kind)
    unknown = set(raw) - {f.name for f in fields(kind)}
    if unknown:
        msg = f"unknown options {sorted(unknown)}: they were written by another version"
        raise OptionsError(msg)
    return kind(**{name: typed_value(hints[name], value, name) for name, value in raw.items()})


def typed_value(hint: Any, raw: Any, name: str) -> Any:  # noqa: ANN401 - as declared by the field
    """Give a plain value the type of an option.

    Args:
        hint: Type of the option.
        raw: Of JSON or TOML.
        name: Of the option, for errors.

    Raises:
        OptionsError: It is of another type.
    """
    if type(None) in get_args(hint):  # optional
        kinds = [a for a in get_args(hint) if a is not type(None)]
        return None if raw is None else typed_value(kinds[0], raw, name)
    if is_dataclass(hint):
        return _build(hint, _checked(dict, raw, name))
    if get_origin(hint) is tuple:
        return tuple(typed_value(get_args(hint)[0], i, name) for i in _checked(list, raw, name))
    if hint is Path:
        return Path(_checked(str, raw, name))
    return _checked(hint, raw, name) if hint in _WORDS else raw


def _checked(kind: type, raw: Any, name: str) -> Any:  # noqa: ANN401 - whatever the JSON holds
    """The value if it is of a type.

    Raises:
        OptionsError: It is not.
    """
    fits = isinstance(raw, (int, float) if kind is float else kind)
    if not fits or (isinstance(raw, bool) and kind is not bool):
        msg = f"the option {name} must be {_WORDS[kind]}"
        raise OptionsError(msg)
    return raw
