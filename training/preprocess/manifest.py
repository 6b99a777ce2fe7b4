"""``manifest.json`` beside the chips: the sources of a folder of chips and labels.

Other commands read it to say where a model comes from, so this module needs nothing heavy.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from camp_detector_core import __version__
from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.json_text import parse_json
from training.output import write_json

if TYPE_CHECKING:
    from pathlib import Path

NAME = "manifest.json"
"""Name of the file, in the folder that holds the folders of chips and labels."""
VERSION = 1
SOFTWARE = f"camp-detector {__version__}"

_KINDS: dict[str, type] = {"tiles": int, "features": int, "missing": tuple}
"""Types of the values of records; all others are texts."""
_NEVER_NONE = {"tms", "fetched", "source", *_KINDS}

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees of longitude and latitude."""


class PreprocessError(CampDetectorError):
    """Chips or labels cannot be made, or what was made cannot be used."""


@dataclass(frozen=True)
class ImageryRecord:
    """Source of the chips."""

    tms: str
    """Template of the tiles' URLs, without credentials."""
    fetched: str
    """Time at which the last tile came, ISO 8601."""
    tiles: int
    """Number of chips."""
    missing: tuple[tuple[int, int], ...] = ()
    """x and y of the tiles that the server does not have, or that show nothing."""
    attribution: str | None = None
    """Attribution that the source demands; None if it is unknown."""
    licence: str | None = None
    """SPDX identifier; None where it is not known."""
    start: str | None = None
    """Time at which the imagery was taken, or the first of it, ISO 8601."""
    end: str | None = None
    """Time at which the last of it was taken; the same as `start` for a single moment."""

    def __post_init__(self) -> None:
        """Refuse moments that are none, an end without a start, or before it."""
        start, end = _moment(self.start, "start"), _moment(self.end, "end")
        _moment(self.fetched, "fetched")
        if (start is None) != (end is None) or (start and end and end < start):
            msg = f"imagery from {self.start} to {self.end} is not a period: give START/END"
            raise PreprocessError(msg)
        if self.tiles < 0:
            msg = f"imagery cannot have {self.tiles} tiles"
            raise PreprocessError(msg)


@dataclass(frozen=True)
class LabelRecord:
    """Source of the labels."""

    source: str
    """Name of the source for people: OpenStreetMap, or the name of a file."""
    fetched: str
    """Time at which they were read, ISO 8601."""
    features: int
    """Number of polygons."""
    url: str | None = None
    """The service that was asked, without credentials."""
    attribution: str | None = None
    """Attribution that the source demands; None if it is unknown."""
    licence: str | None = None
    """SPDX identifier; None where it is not known."""
    date: str | None = None
    """State of the data, ISO 8601."""
    note: str | None = None
    """A sentence on what of a file was left out, mended or taken from an unexpected place."""

    def __post_init__(self) -> None:
        """Refuse moments that are none."""
        _moment(self.fetched, "fetched")
        _moment(self.date, "date")


@dataclass(frozen=True)
class Manifest:
    """Record of a folder of chips and labels."""

    bbox: Box
    """The area that was asked for; the chips cover it and a little more."""
    zoom: int
    imagery: ImageryRecord
    labels: LabelRecord
    software: str = SOFTWARE

    def __post_init__(self) -> None:
        """Refuse an area that is none."""
        west, south, east, north = self.bbox
        fits = -180 <= west < east <= 180 and -90 <= south < north <= 90  # noqa: PLR2004 - degrees
        if not (all(map(math.isfinite, self.bbox)) and fits):
            msg = f"{list(self.bbox)} is not an area: give west, south, east, north in degrees"
            raise PreprocessError(msg)

    def credits(self, *, labels: bool = True) -> tuple[str, ...]:
        """Lines that a model made from this must carry.

        Args:
            labels: Whether its labels were used, or only its imagery.
        """
        lines = [_credit("Imagery", self.imagery.attribution, self.imagery.licence)]
        if labels:
            lines.append(_credit("Building outlines", self.labels.attribution, self.labels.licence))
        return tuple(line for line in lines if line)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values: dict[str, Any] = {"version": VERSION, **asdict(self)}
        if self.labels.note is None:
            del values["labels"]["note"]
        return values

    def write(self, folder: Path) -> None:
        """Write ``manifest.json`` into a folder; it is whole, or not there.

        Raises:
            OutputError: It cannot be written.
        """
        write_json(folder / NAME, self.to_dict())


def read_manifest(chips_folder: Path) -> Manifest | None:
    """The manifest beside a folder of chips.

    Args:
        chips_folder: The folder that holds the chips, as `preprocess` made it.

    Returns:
        None where there is none, or one of another program.

    Raises:
        PreprocessError: It cannot be read.
    """
    path = chips_folder.resolve().parent / NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read: {error}"
        raise PreprocessError(msg) from error
    try:
        values = parse_json(text)
    except (ValueError, RecursionError) as error:
        msg = f"{path} is not JSON"
        remedy = "delete it, or make the chips again with preprocess {overwrite}"
        raise PreprocessError(msg, remedy=remedy) from error
    return manifest_from(values, path)


def manifest_from(values: object, path: Path) -> Manifest | None:
    """Read a manifest from the values that `Manifest.to_dict` gave.

    Args:
        values: Plain values of JSON.
        path: The file that holds them, for errors.

    Returns:
        None if they are another program's.

    Raises:
        PreprocessError: They are of another version, or make no sense.
    """
    if not isinstance(values, dict) or not {"bbox", "zoom", "imagery", "labels"} <= set(values):
        return None
    if values.get("version") != VERSION:
        msg = f"{path} is of version {values.get('version')!r}, and this program reads {VERSION}"
        raise PreprocessError(msg)
    try:
        return _from_dict(values)
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        msg = f"{path} is damaged ({error})"
        remedy = "make the chips again with preprocess {overwrite}"
        raise PreprocessError(msg, remedy=remedy) from error


def credits_of(manifest: Manifest | None, *, chips: Path, labels: Path) -> tuple[str, ...]:
    """Lines that a model made from these chips and labels must carry, as far as they are known.

    Args:
        manifest: Of the chips, where they have one.
        chips: Folder of chips.
        labels: Folder or file of labels. The manifest's count only if they lie in its folder.
    """
    if manifest is None:
        return ()
    own = labels.resolve().is_relative_to(chips.resolve().parent)
    return manifest.credits(labels=own)


def utc_now() -> str:
    """This moment, to the second, in UTC."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _from_dict(values: dict[str, Any]) -> Manifest:
    imagery, labels = dict(values["imagery"]), dict(values["labels"])
    imagery["missing"] = tuple((int(x), int(y)) for x, y in imagery.get("missing", ()))
    west, south, east, north = (float(v) for v in values["bbox"])
    return Manifest(
        bbox=(west, south, east, north),
        zoom=int(values["zoom"]),
        imagery=ImageryRecord(**_known_fields(imagery, ImageryRecord)),
        labels=LabelRecord(**_known_fields(labels, LabelRecord)),
        software=str(values.get("software", "")),
    )


def _known_fields(values: dict[str, Any], kind: type) -> dict[str, Any]:
    """Return the values that a record has fields for; a later release may write more.

    Raises:
        TypeError: One is neither what it should be nor unknown.
    """
    values_of_fields = {k: v for k, v in values.items() if k in kind.__dataclass_fields__}  # type: ignore[attr-defined]
    for name, value in values_of_fields.items():
        type_ = _KINDS.get(name, str)
        if not isinstance(value, type_) and (value is not None or name in _NEVER_NONE):
            msg = f"{name} is {value!r}"
            raise TypeError(msg)
    return values_of_fields


def _moment(text: str | None, name: str) -> dt.datetime | None:
    if text is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        msg = f"{name} must be a date or a date with time of ISO 8601, got {text!r}"
        raise PreprocessError(msg) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _credit(kind: str, attribution: str | None, licence: str | None) -> str:
    credit = ", ".join(part for part in (attribution, licence) if part)
    return f"{kind}: {credit}" if credit else ""
