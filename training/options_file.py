"""The options of a run as they are kept in its ``options.json``."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.json_text import parse_json
from training.options import OptionsError, TrainOptions


def read_options(path: Path) -> TrainOptions:
    """Read what `TrainOptions.to_dict` gave.

    Raises:
        OptionsError: Not such a file.
    """
    try:
        options: TrainOptions = _build(TrainOptions, parse_json(path.read_bytes()))
    except CampDetectorError as error:
        msg = f"{path}: {error}"
        raise OptionsError(msg) from error
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        msg = f"{path} does not hold the options of a training run: {error}"
        raise OptionsError(msg) from error
    return options


def _build(kind: Any, raw: dict[str, Any]) -> Any:  # noqa: ANN401 - for every class of options
    hints = get_type_hints(kind)
    unknown = set(raw) - {f.name for f in fields(kind)}
    if unknown:
        msg = f"unknown options {sorted(unknown)}: they were written by another version"
        raise OptionsError(msg)
    return kind(**{name: _value(hints[name], value) for name, value in raw.items()})


def _value(hint: Any, raw: Any) -> Any:  # noqa: ANN401 - as declared by the field
    if raw is None:
        return None
    if is_dataclass(hint):
        return _build(hint, raw)
    if get_origin(hint) is tuple:
        return tuple(_value(get_args(hint)[0], item) for item in raw)
    if type(None) in get_args(hint):  # optional
        return _value(next(a for a in get_args(hint) if a is not type(None)), raw)
    return Path(raw) if hint is Path else raw
