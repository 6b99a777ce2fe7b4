"""What an item says beyond the model's own description: where, when, and how it was trained."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from camp_detector_core import __version__
from camp_detector_core.engine.errors import CampDetectorError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camp_detector_core.engine.spec import ModelSpec

CONTAINER_IMAGE = f"docker-daemon:camp-detector:{__version__}"
"""The image that the project's Dockerfile builds, as a reference to the local Docker daemon
(containers-transports(5)): it is in no registry."""


class StacError(CampDetectorError):
    """An item cannot be made from what is at hand, or does not fit its model."""


@dataclass(frozen=True)
class TrainingArea:
    """Where and when the imagery was taken that a model was trained on.

    Raises:
        StacError: A moment without a time zone, or a span that ends before it begins.
    """

    geometry: Mapping[str, Any] | None = None
    """GeoJSON Polygon or MultiPolygon in longitude and latitude (RFC 7946); None: not known."""
    bbox: tuple[float, float, float, float] | None = None
    """West, south, east, north in degrees; west is larger than east across the antimeridian."""
    start: dt.datetime | None = None
    """When the first image was taken, with a time zone; None: not known."""
    end: dt.datetime | None = None
    """When the last one was taken; None where `start` is."""
    note: str = ""
    """In words: what the geometry is, and where the time comes from."""

    def __post_init__(self) -> None:
        """Refuse halves."""
        if (self.geometry is None) != (self.bbox is None):
            msg = "an area has a geometry and a bbox, or neither"
            raise StacError(msg)
        if (self.start is None) != (self.end is None):
            msg = "a span of time has a start and an end, or neither"
            raise StacError(msg)
        for moment in (self.start, self.end):
            _require_zone(moment)
        if self.start and self.end and self.end < self.start:
            msg = f"the imagery cannot end ({self.end}) before it begins ({self.start})"
            raise StacError(msg)


@dataclass(frozen=True)
class RunFacts:
    """How a model came to be; what is not known stays empty and is left out of the item.

    Raises:
        StacError: A moment without a time zone.
    """

    trained: dt.datetime | None = None
    """When training ended, with a time zone."""
    created: dt.datetime | None = None
    """When the item was made for the first time; by default `trained`."""
    updated: dt.datetime | None = None
    """When this version of the item was made; by default `created`."""
    architecture: str = "U-Net"
    encoder: str = ""
    """Name that segmentation-models-pytorch knows it by."""
    framework: str = ""
    framework_version: str = ""
    total_parameters: int | None = None
    """Of the network that was trained; by default those of the ONNX file, unless it has 8 bits."""
    pretrained: bool = False
    """Whether the encoder began with weights that were trained before."""
    pretrained_source: str | None = None
    """Where from; None if it began with random weights."""
    training: Mapping[str, Any] = field(default_factory=dict)
    """Options of training by name, plain values; they become ``training.NAME``."""
    metrics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """``validation`` and ``test``: figures by name, plain numbers, or groups of such."""
    software: Mapping[str, str] = field(default_factory=dict)
    """Packages and their versions."""
    commit: str | None = None
    """Git commit of the source code, where it was a checkout."""
    source_url: str | None = None
    """Web address of exactly that source code; by default there is an archive of it, if any."""
    container: str | None = CONTAINER_IMAGE
    """Image to run the model in, as a URI."""

    def __post_init__(self) -> None:
        """Refuse moments that could be any hour."""
        for moment in (self.trained, self.created, self.updated):
            _require_zone(moment)


def facts_of(spec: ModelSpec) -> RunFacts:
    """What a model's own provenance says of its training."""
    told = spec.provenance
    kind, _, encoder = told.get("architecture", "").partition(", encoder ")
    start = told.get("start", "")
    pretrained = start.startswith("ImageNet")
    software = dict(_versions(told.get("software", "")))
    return RunFacts(
        trained=_day(told.get("date", "")),
        architecture={"unet": "U-Net", "reference": "encoder-decoder without skip connections"}.get(
            kind, kind or "unknown"
        ),
        encoder=encoder,
        framework="PyTorch" if "torch" in software else "ONNX",
        framework_version=software.get("torch", ""),
        pretrained=pretrained,
        pretrained_source=_source(spec, encoder) if pretrained else None,
        training={"seed": int(told["seed"])} if told.get("seed", "").isdecimal() else {},
        software=software,
    )


def span_of(text: str) -> tuple[dt.datetime, dt.datetime]:
    """Start and end of ``START/END`` or of one date or time, ISO 8601; without a zone it is UTC.

    A date alone means its whole day, and lasts to the last second of it.

    Raises:
        StacError: It is none, or ends before it begins.
    """
    first, _, last = text.partition("/")
    start, end = _parse(first, late=False), _parse(last or first, late=True)
    if end < start:
        msg = f"the imagery date {text} ends before it begins: give START/END"
        raise StacError(msg)
    return start, end


def _parse(text: str, *, late: bool) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        msg = f"{text!r} is no date: write 2022-07-18, or 2022-07-18T09:30:00Z"
        raise StacError(msg) from error
    if late and len(text.strip()) == len("2022-07-18"):
        found = found.replace(hour=23, minute=59, second=59)
    return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)


def _source(spec: ModelSpec, encoder: str) -> str:
    """The weights that the encoder began with, with their credit where the model gives one."""
    credit = next((a for a in spec.attribution if "ImageNet weights" in a), "")
    return f"ImageNet (encoder alone; {credit or encoder})"


def _versions(text: str) -> list[tuple[str, str]]:
    """Names and versions in ``torch 2.1, numpy 2.0``."""
    words = (part.split() for part in text.split(","))
    return [(w[0], w[1]) for w in words if len(w) == 2]  # noqa: PLR2004 - a name and a version


def _day(text: str) -> dt.datetime | None:
    """Midnight UTC of a date that is written as ISO 8601."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


def _require_zone(moment: dt.datetime | None) -> None:
    if moment is not None and moment.utcoffset() is None:
        msg = f"{moment.isoformat()} could be any hour of that day: give a time zone"
        raise StacError(msg)
