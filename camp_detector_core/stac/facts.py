"""Facts of an item beyond the model's own description: place, time and training."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from camp_detector_core import __version__
from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.model_file.facts import MODEL_START, architecture_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camp_detector_core.engine.spec import ModelSpec

CONTAINER_IMAGE = f"docker-daemon:camp-detector:{__version__}"
"""Image of the project's Dockerfile, as a reference to the local Docker daemon
(containers-transports(5)): it is in no registry."""


class StacError(CampDetectorError):
    """An item cannot be made from the available facts, or does not fit its model."""


@dataclass(frozen=True)
class TrainingArea:
    """Place and time of the imagery that a model was trained on.

    Raises:
        StacError: A moment without a time zone, or a span that ends before it begins.
    """

    geometry: Mapping[str, Any] | None = None
    """GeoJSON Polygon or MultiPolygon in longitude and latitude (RFC 7946); None if unknown."""
    bbox: tuple[float, float, float, float] | None = None
    """West, south, east, north in degrees; west is larger than east across the antimeridian."""
    start: dt.datetime | None = None
    """Time of the first image, with a time zone; None if unknown."""
    end: dt.datetime | None = None
    """Time of the last image; None if `start` is."""
    note: str = ""
    """Sentence on the meaning of the geometry and the source of the time."""

    def __post_init__(self) -> None:
        """Refuse a place or a time that is given by half."""
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
    """Facts on the origin of a model; unknown ones stay empty and are left out of the item.

    Raises:
        StacError: A moment without a time zone.
    """

    trained: dt.datetime | None = None
    """End of training, with a time zone."""
    created: dt.datetime | None = None
    """Time when the item was first made; `trained` by default."""
    updated: dt.datetime | None = None
    """Time when this version of the item was made; `created` by default."""
    architecture: str = "U-Net"
    encoder: str = ""
    """Name of the encoder in segmentation-models-pytorch."""
    framework: str = ""
    framework_version: str = ""
    total_parameters: int | None = None
    """Size of the trained network; by default that of the ONNX file, unless it has 8 bits."""
    pretrained: bool = False
    """True if the network or its encoder began with pretrained weights."""
    pretrained_source: str | None = None
    """Source of the pretrained weights; None for random weights."""
    training: Mapping[str, Any] = field(default_factory=dict)
    """Options of training by name, as plain values; they become ``training.NAME``."""
    metrics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Figures by name under ``validation`` and ``test``: numbers, or groups of numbers."""
    software: Mapping[str, str] = field(default_factory=dict)
    """Packages and their versions."""
    commit: str | None = None
    """Git commit of the source code, if it was a checkout."""
    source_url: str | None = None
    """Web address of exactly that source code; by default an archive of it, if there is one."""
    container: str | None = CONTAINER_IMAGE
    """Image to run the model in, as a URI."""

    def __post_init__(self) -> None:
        """Refuse times without a time zone."""
        for moment in (self.trained, self.created, self.updated):
            _require_zone(moment)


def facts_of(spec: ModelSpec) -> RunFacts:
    """Read the facts on training from a model's provenance."""
    provenance = spec.provenance
    kind, encoder = architecture_of(spec)
    start = provenance.get("start", "")
    pretrained = start.startswith(("ImageNet", MODEL_START))
    software = dict(_versions(provenance.get("software", "")))
    return RunFacts(
        trained=_day(provenance.get("date", "")),
        architecture={"unet": "U-Net", "reference": "encoder-decoder without skip connections"}.get(
            kind, kind or "unknown"
        ),
        encoder=encoder,
        framework="PyTorch" if "torch" in software else "ONNX",
        framework_version=software.get("torch", ""),
        pretrained=pretrained,
        pretrained_source=_source(spec, encoder, start) if pretrained else None,
        training={"seed": int(provenance["seed"])}
        if provenance.get("seed", "").isdecimal()
        else {},
        software=software,
    )


def span_of(text: str) -> tuple[dt.datetime, dt.datetime]:
    """Parse ``START/END``, or one date or time, in ISO 8601; without a zone it is UTC.

    A date alone means its whole day, and lasts to the last second of it.

    Raises:
        StacError: The text is not a date or time, or ends before it begins.
    """
    first, _, last = text.partition("/")
    start, end = _parse(first, late=False), _parse(last or first, late=True)
    if end < start:
        msg = f"the imagery date {text} ends before it begins: give START/END"
        raise StacError(msg)
    return start, end


def _parse(text: str, *, late: bool) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        msg = f"{text!r} is not a date: write 2022-07-18, or 2022-07-18T09:30:00Z"
        raise StacError(msg) from error
    if late and len(text.strip()) == len("2022-07-18"):
        moment = moment.replace(hour=23, minute=59, second=59)
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def _source(spec: ModelSpec, encoder: str, start: str) -> str:
    """Source of the first weights: a model, or that of the encoder with the credit for it."""
    if start.startswith(MODEL_START):
        return start[len(MODEL_START) :]
    credit = next((a for a in spec.attribution if "ImageNet weights" in a), "")
    return f"ImageNet (encoder alone; {credit or encoder})"


def _versions(text: str) -> list[tuple[str, str]]:
    """Parse names and versions from ``torch 2.1, numpy 2.0``."""
    words = (part.split() for part in text.split(","))
    return [(w[0], w[1]) for w in words if len(w) == 2]  # noqa: PLR2004 - a name and a version


def _day(text: str) -> dt.datetime | None:
    """Parse an ISO 8601 date as midnight UTC."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


def _require_zone(moment: dt.datetime | None) -> None:
    if moment is not None and moment.utcoffset() is None:
        msg = f"{moment.isoformat()} could be any hour of that day: give a time zone"
        raise StacError(msg)
