"""Models read from files, remembered for as long as the files stay as they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Iterator, Sequence, Union

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.spec import ModelSpec
from camp_detector_core.model_file import item as stac
from camp_detector_core.model_file import reader

from .installed import InstalledModel

if TYPE_CHECKING:
    from pathlib import Path

ENDINGS = {".onnx", ".dlpk", ".json"}
"""Endings of files that may hold a model."""
_MOST_IN_FOLDER = 500
_State = tuple[tuple[str, int, int], ...]
_Read = tuple[ModelSpec, str, int, dict[str, object]]
"""Description, checksum and size of a network, and the item beside it."""
_read: dict[_State, Union[_Read, CampDetectorError]] = {}
"""Models of files, or errors, by path, time and size: lists of models are requested
often, and may lie on slow drives."""
_assets: dict[_State, Any] = {}
"""Networks as items describe them; None: they are no items of models."""


def look_at(path: Path, origin: str) -> InstalledModel:
    """A model in a file.

    Raises:
        CampDetectorError: It is none.
    """
    key = _state_of(path)
    entry = _read.get(key)
    if entry is None:
        try:
            model_file = reader.open_model(path)
            entry = (
                model_file.spec,
                model_file.sha256,
                len(model_file.onnx),
                dict(model_file.item),
            )
        except CampDetectorError as error:
            if isinstance(error.__cause__, OSError):  # it may be readable in a moment
                raise
            entry = error
        if key:
            _read[key] = entry
    if isinstance(entry, Exception):
        raise entry.with_traceback(None)
    spec, digest, size, item = entry
    return InstalledModel(path, spec, origin, digest, size, item)


def _state_of(path: Path) -> _State:
    """Path, time and size of what a model is read from; empty where it cannot be told."""
    own = _states_of([path])
    if path.suffix.lower() != ".json" or not own:
        return own
    if own not in _assets:
        try:
            _, _assets[own] = stac.onnx_asset(stac.read_item(path), str(path))
        except CampDetectorError as error:
            if isinstance(error.__cause__, OSError):
                return ()
            _assets[own] = None
    asset = _assets[own]
    if asset is None:
        return own  # no item of a model, whatever lies beside it
    try:
        return _states_of([path, stac.onnx_path(asset, path)])
    except CampDetectorError:
        return own  # which says it of the link as it stands there


def _states_of(paths: Sequence[Path]) -> _State:
    try:
        states = [(str(p.resolve()), p.stat()) for p in paths]
    except (OSError, RuntimeError):
        return ()
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)


def all_of(paths: Sequence[Path], origin: str) -> Iterator[InstalledModel]:
    """The models in files; those that are none are left out."""
    for path in paths:
        try:
            yield look_at(path, origin)
        except CampDetectorError:  # noqa: PERF203 - each for itself
            continue


def files_in(folder: Path) -> list[Path]:
    """The files in a folder, and in the folders in it, that may be models; items first."""
    try:
        paths = [p for pattern in ("*", "*/*") for p in folder.glob(pattern)]
    except (OSError, ValueError, RuntimeError):
        return []
    likely = [p for p in paths if p.suffix.lower() in ENDINGS and _is_file(p)]
    return sorted(likely, key=lambda p: (p.suffix.lower() != ".json", str(p)))[:_MOST_IN_FOLDER]


def _is_file(path: Path) -> bool:
    """True if there is a file; no where one may not look."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def json_of(path: Path) -> dict[str, object]:
    """Content of a file of the plugin; empty where it is damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
