"""Read a file of places to train on: TOML, a table for each place, paths relative to the file."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

from camp_detector_core.engine.errors import CampDetectorError
from training.fit.options_file import typed_value
from training.fit.place_options import (
    LabelChanges,
    OptionsError,
    PlaceOptions,
    Selection,
    SplitOptions,
    refuse_like_names,
    shares_of,
)

_SPLIT, _CHANGES = "split", "changes"
_PATHS = ("chips", "labels", "area", _SPLIT)
_SELECTIONS = ("leave_out", "ignore")
_HINTS = {
    kind: {f.name: get_type_hints(kind)[f.name] for f in fields(kind)}
    for kind in (PlaceOptions, SplitOptions, LabelChanges)
}
_OWN = {k: v for k, v in _HINTS[PlaceOptions].items() if k not in {"name", _SPLIT, _CHANGES}}
_DEALT = {k: v for k, v in _HINTS[SplitOptions].items() if k != "file"}
_KEYS = tuple(dict.fromkeys(("chips", "labels", *_OWN, _SPLIT, *_DEALT, *_HINTS[LabelChanges])))
"""Keys of a place: fields of the options of the same names."""


class _Source(NamedTuple):
    """A file of places, and the folder that chips and labels in it are relative to."""

    path: Path
    folder: Path


def read_places(path: Path, *, folder: Path | None = None) -> tuple[PlaceOptions, ...]:
    """Read the places of a file, in its order.

    Args:
        path: The file.
        folder: That chips, labels and areas are relative to; None: the folder of the file. A split
            is relative to the folder of the file in any case.

    Raises:
        OptionsError: The file is none of places, or one of them cannot be; the message names file,
            place and key.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
        raise OptionsError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path} is not text in UTF-8, as TOML must be"
        raise OptionsError(msg) from error
    except (ValueError, RecursionError) as error:
        msg = f"{path} is not TOML: {error}"
        raise OptionsError(msg) from error
    if not tables:
        msg = f"{path} holds no place: give each a table, such as [banepa], with chips and labels"
        raise OptionsError(msg)
    source = _Source(path, folder or path.parent)
    places = tuple(_place(source, name, table) for name, table in tables.items())
    try:
        refuse_like_names(places)
        shares_of(places)
    except OptionsError as error:
        msg = f"{path}: {error.sentence}"
        raise OptionsError(msg, remedy=error.remedy) from error
    return places


def _place(source: _Source, name: str, table: Any) -> PlaceOptions:  # noqa: ANN401 - whatever TOML holds
    """Make the options of one place.

    Raises:
        OptionsError: They cannot be.
    """
    path = source.path
    if not isinstance(table, dict):
        msg = f"{path}: {name} stands outside the table of a place, such as [banepa]"
        raise OptionsError(msg)
    unknown = [key for key in table if key not in _KEYS]
    if unknown:
        msg = f"{path}, [{name}]: {unknown[0]} is no key of a place ({', '.join(_KEYS)})"
        raise OptionsError(msg)
    missing = [key for key in ("chips", "labels") if key not in table]
    if missing:
        msg = f"{path}, [{name}]: the key {missing[0]} is missing"
        raise OptionsError(msg)
    try:
        values = {key: _value(source, key, value) for key, value in table.items()}
        return PlaceOptions(
            name,
            **{key: values[key] for key in values if key in _OWN},
            split=_split(values),
            changes=LabelChanges(**{k: v for k, v in values.items() if k in _HINTS[LabelChanges]}),
        )
    except CampDetectorError as error:
        msg = f"{path}, [{name}]: {error.sentence}"
        raise OptionsError(msg, remedy=error.remedy) from error


def _split(values: dict[str, Any]) -> SplitOptions | None:
    """Read how the place is dealt, where it says so.

    Raises:
        OptionsError: A file and shares or columns.
    """
    dealt = {key: values[key] for key in values if key in _DEALT}
    if _SPLIT not in values:
        return SplitOptions(**dealt) if dealt else None
    if dealt:
        msg = f"{_SPLIT} names a file that decides, so {next(iter(dealt))} has no effect: leave one"
        raise OptionsError(msg)
    return SplitOptions(file=values[_SPLIT])


def _value(source: _Source, key: str, raw: Any) -> Any:  # noqa: ANN401 - as the option is declared
    """The value of a key with its type.

    Raises:
        OptionsError: It has another type, or is a path that is not there.
    """
    if key in _PATHS:
        folder = source.path.parent if key == _SPLIT else source.folder
        place: Path = folder / typed_value(Path, raw, key)
        if not _is_there(place):
            whose = "the file of places" if folder == source.path.parent else f"{folder}"
            msg = f"{key}: {place} does not exist (paths are relative to {whose})"
            raise OptionsError(msg)
        return place
    if key in _SELECTIONS:
        lists = typed_value(dict, raw, key)
        return tuple(
            Selection(field, tuple(_texts_or_numbers(key, field, values)))
            for field, values in lists.items()
        )
    hint = {**_OWN, **_DEALT, **_HINTS[LabelChanges]}[key]
    return typed_value(hint, raw, key)


def _is_there(path: Path) -> bool:
    """True if there is a file or folder; a name that cannot be one is not there."""
    try:
        return path.exists()
    except (OSError, ValueError):  # too long, or with a zero byte
        return False


def _texts_or_numbers(key: str, field: str, values: Any) -> list[str | float]:  # noqa: ANN401 - from TOML
    """The values of a selection.

    Raises:
        OptionsError: They are no list of texts and numbers.
    """
    if not isinstance(values, list) or not all(
        isinstance(v, str | int | float) and not isinstance(v, bool) for v in values
    ):
        msg = f"{key}: the values of {field} must be a list of texts or numbers"
        raise OptionsError(msg)
    return values
