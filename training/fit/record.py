"""The record of a run: its options, commands and data, from its start and each resumption."""

from __future__ import annotations

import datetime as dt
import logging
import shlex
import sys
from contextlib import contextmanager, suppress
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from training.data.label_sums import label_sums
from training.fit.commit import commit_of_sources
from training.fit.place_options import OptionsError, SplitOptions
from training.fit.system import get_system_info
from training.output import read_json, write_json
from training.preprocess.manifest import manifest_from, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from training.fit.options import DataOptions, TrainOptions
    from training.preprocess.manifest import Manifest

LOG = logging.getLogger(__name__)

LOGS = "log"
"""Folder of the metrics; ``metrics.csv`` is the latest, older ones are numbered from 1 on."""
_RUN, _OPTIONS, _SPLIT = "run.json", "options.json", "split.json"
_BEGINNING = (
    _OPTIONS,
    _RUN,
    _SPLIT,
    "system.json",
    "statistics.json",
    "dataset.json",
    "tracking.json",
)
"""Files that are written before the first step."""
_MANIFEST, _MANIFESTS = "manifest", "manifests"
"""Keys in the record of the run: the data's manifest, or those of several places by name."""
_LABELS = "labels"
"""Key of the checksums of the labels by place."""
DESCRIBING = ("attribution", "imagery_date", "measure", "tune")
"""Options of a place that only describe it, or say whether it is measured or tuned by."""
_PASSING = (
    *("resume", "out", "data.split", "data.workers"),
    *("data.imagery_date", *(f"data.places.*.{name}" for name in DESCRIBING)),
)
"""Patterns of the options that differ between sessions of one run."""
_FIXED = (
    _LABELS,
    "architecture",
    "network",
    *(
        f"data.{n}"
        for n in (
            *("bands", "classes", "class_field", "layer", "gsd", "dtype"),
            *("chips", "labels", "places", "left_out"),
        )
    ),
)
"""Options that cannot change within a run: weights, scaling or classes would not fit."""


@contextmanager
def nothing_left(options: TrainOptions) -> Iterator[None]:
    """Around the beginning of a run: one that is refused leaves no file of its own behind.

    Args:
        options: Of the run; a resumed one keeps all that it has.
    """
    folder = options.out
    absent = [p for p in (folder, *folder.parents) if not p.exists()]
    new = [] if options.resume else [folder / n for n in _BEGINNING if not (folder / n).exists()]
    try:
        yield
    except BaseException:
        for path in new:
            with suppress(OSError):
                path.unlink(missing_ok=True)
        for path in absent:
            with suppress(OSError):  # it holds something else
                path.rmdir()
        raise


def start_run(options: TrainOptions) -> None:
    """Write what a new run was told, and what its data are made from.

    Raises:
        OSError: The folder cannot be made.
        OutputError: A file cannot be written.
        PreprocessError: The manifest of the data cannot be read.
    """
    manifests = _manifests(options)
    options.out.mkdir(parents=True, exist_ok=True)
    write_json(options.out / _OPTIONS, options.to_dict())
    write_json(options.out / "system.json", get_system_info())
    write_json(options.out / _RUN, {**_session(), "resumed": [], **manifests})


def resume_run(options: TrainOptions) -> TrainOptions:
    """Note that a run goes on, and hold what it is told now against what it was told first.

    ``options.json`` stays as it was. Logs of the earlier part are kept under another name.

    Returns:
        The options, with the split that the run began with.

    Raises:
        OptionsError: The run would not be the same one.
        OSError: A file cannot be read or moved.
    """
    first = read_json(options.out / _OPTIONS, OptionsError)
    changed = changes_of(first, options.to_dict())
    record = record_of(options.out)
    sums = label_sums(options.data.each_place())
    changed += changed_labels(options.out, sums)
    fixed = sorted(
        c for c in changed if any(f"{c}.".startswith((f"{f}.", f"{f} of ")) for f in _FIXED)
    )
    if fixed:
        msg = (
            f"{options.out} was begun with other options ({', '.join(fixed)}): give those in its "
            f"{_OPTIONS}, or start anew in another folder"
        )
        raise OptionsError(msg)
    if changed:
        LOG.warning("The run goes on with other options than it began with: %s", ", ".join(changed))
    if not {_MANIFEST, _MANIFESTS} & set(record):  # a run of an earlier release
        record |= _manifests(options)
    record.setdefault(_LABELS, sums)
    resumption = {**_session(), **({"changed": sorted(changed)} if changed else {})}
    write_json(options.out / _RUN, {**record, "resumed": [*record["resumed"], resumption]})
    _keep_log(options.out / LOGS)
    split = options.out / _SPLIT
    if not split.is_file():
        return options
    places = tuple(replace(place, split=None) for place in options.data.places)
    data = replace(options.data, split=SplitOptions(file=split), places=places)
    return replace(options, data=data)


def manifests_of(folder: Path, data: DataOptions) -> dict[str, Manifest]:
    """Return the manifests of the places that a run knows, by the name of the place.

    Those that are not known are missing. See `manifest_of`.
    """
    manifests = {p.name: manifest_of(folder, data, place=p.name) for p in data.each_place()}
    return {name: manifest for name, manifest in manifests.items() if manifest is not None}


def manifest_of(folder: Path, data: DataOptions, *, place: str = "") -> Manifest | None:
    """Return the manifest of a run's data as it was when the run began; None: not known.

    Args:
        folder: Of the run.
        data: Options of its data.
        place: Name of one of several places.

    Raises:
        OptionsError: The record of the run cannot be read.
        PreprocessError: The manifest is damaged.
    """
    record = record_of(folder)
    if place and isinstance(record.get(_MANIFESTS), dict):
        manifest = record[_MANIFESTS].get(place)
    elif not place and _MANIFEST in record:
        manifest = record[_MANIFEST]
    else:
        return read_manifest(next(p.chips for p in data.each_place() if p.name == place))
    return None if manifest is None else manifest_from(manifest, folder / _RUN)


def record_of(folder: Path) -> dict[str, Any]:
    """Read the record of a run; where there is none, its command is not recorded.

    Args:
        folder: Of the run.

    Raises:
        OptionsError: The file is damaged.
    """
    record = read_json(folder / _RUN, OptionsError)
    record.setdefault("command", "not recorded")
    resumed = record.setdefault("resumed", [])
    if not isinstance(resumed, list) or not all(isinstance(r, dict) and "at" in r for r in resumed):
        msg = (
            f"{folder / _RUN} does not list when the run was resumed: delete it, or take it from "
            "a copy"
        )
        raise OptionsError(msg)
    return record


def _manifests(options: TrainOptions) -> dict[str, Any]:
    """Read the manifests of the data as they lie there now, as the record holds them."""
    values = {}
    for place in options.data.each_place():
        manifest = read_manifest(place.chips)
        values[place.name] = None if manifest is None else manifest.to_dict()
    return {_MANIFESTS: values} if options.data.places else {_MANIFEST: values[""]}


def provenance_of(folder: Path) -> dict[str, str]:
    """The run's first command, and when it was resumed, as text."""
    record = record_of(folder)
    out = {"command": str(record["command"])}
    resumed = [str(r["at"]) for r in record["resumed"]]
    return {**out, "resumed": ", ".join(resumed)} if resumed else out


def commit_of(folder: Path) -> dict[str, str]:
    """Return the sources that the run began with: ``git_commit`` and ``git_dirty``, where known."""
    record = record_of(folder)
    return {k: str(record[k]) for k in ("git_commit", "git_dirty") if k in record}


def command_line() -> str:
    """The command that this process was started with, as `shlex.join` writes it."""
    return shlex.join(["python", "-m", "training", *sys.argv[1:]])


def _session() -> dict[str, Any]:
    return {
        "command": command_line(),
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        **commit_of_sources(),
    }


def changes_of(first: dict[str, Any], current: dict[str, Any]) -> list[str]:
    """Names of the options that differ, as ``data.gsd`` or ``data.places.zanzibar.share``.

    Those of the single session and those that only describe do not count, nor does the split,
    because the run keeps the one it began with.
    """
    if not first:
        return []
    changed = differences(_by_place(first), _by_place(current))
    return [name for name in changed if not any(fnmatchcase(name, p) for p in _PASSING)]


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Names of the values that differ; of those in a further table with its name before them."""
    names = []
    for key in dict.fromkeys((*before, *now)):
        old, new = before.get(key), now.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            names += [f"{key}.{name}" for name in differences(old, new)]
        # What an earlier release did not know yet was as if it was not given.
        elif old != new and (key in before or new):
            names.append(key)
    return names


def _by_place(options: dict[str, Any]) -> dict[str, Any]:
    """Options with a table of the places in place of their list."""
    data = options.get("data", {})
    return {**options, "data": {**data, "places": {p["name"]: p for p in data.get("places", [])}}}


def changed_labels(folder: Path, sums: Mapping[str, str]) -> list[str]:
    """Names of the labels that are others than those that a run began with, as ``labels of PLACE``.

    Args:
        folder: Of the run; that of an earlier release does not know its labels.
        sums: Checksums of the labels as they are now, by place.

    Raises:
        OptionsError: The record of the run cannot be read.
    """
    before = record_of(folder).get(_LABELS, {})
    return [
        f"{_LABELS} of {name}" if name else _LABELS
        for name, each in sums.items()
        if before.get(name, each) != each
    ]


def note_labels(options: TrainOptions) -> None:
    """Note which labels a new run learns from.

    Raises:
        CampDetectorError: Labels cannot be read, or the record cannot be written.
    """
    sums = label_sums(options.data.each_place())
    write_json(options.out / _RUN, {**record_of(options.out), _LABELS: sums})


def _keep_log(folder: Path) -> None:
    """Give the metrics another name, because the logger begins its file anew."""
    latest = folder / "metrics.csv"
    if latest.is_file():
        count = len(list(folder.glob("metrics-*.csv"))) + 1
        latest.rename(folder / f"metrics-{count:03d}.csv")
