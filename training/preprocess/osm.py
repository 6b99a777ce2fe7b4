"""Outlines of buildings from OpenStreetMap, through osmnx and an Overpass server."""

from __future__ import annotations

import json
import logging
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from training.preprocess.http import LONGEST, FailedAttempt, retry_after, transport_fault
from training.preprocess.manifest import PreprocessError
from training.preprocess.template import host_of, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests
    import shapely

    from training.preprocess.http import HttpOptions
    from training.preprocess.manifest import Box

LOG = logging.getLogger(__name__)

OVERPASS = "https://overpass-api.de/api"
ATTRIBUTION, LICENCE = "OpenStreetMap contributors", "ODbL-1.0"
_REMEDY = "try again later, give another {overpass_url}, or your own outlines with {labels=FILE}"
NO_BUILDINGS = "check {bbox}, map them first, or give your own outlines with {labels=FILE}"
"""Remedy where the map has no buildings."""
_TAGS = (
    "building", "building:levels", "building:material", "building:use", "roof:material",
    "roof:shape", "height", "amenity", "source", "start_date", "ref",
)  # fmt: skip
"""Tags that are kept; names and addresses of people are not."""
_NONE = {"no", "demolished", "razed", "proposed"}
"""Values of building=* that stand for no building."""


@dataclass(frozen=True)
class OverpassOptions:
    """Server of outlines, and patience with it."""

    url: str = OVERPASS
    timeout: int = 180
    """Seconds that the server may work on an answer."""
    retries: int = 3
    """Number of times that a busy server is asked again."""
    pause: float = 15.0
    """Seconds before a busy server is asked again, unless it says how long; then twice that."""
    longest_wait: float = 120.0
    """Seconds of waiting, whatever the server asks for."""

    def __post_init__(self) -> None:
        """Refuse what is no address, and bring it into the form that osmnx takes."""
        url = self.url.strip().rstrip("/").removesuffix("/interpreter")
        if not url.startswith(("http://", "https://")) or not host_of(url):
            msg = f"{without_secrets(self.url)!r} is no address of an Overpass server: {OVERPASS}"
            raise PreprocessError(msg)
        if not 1 <= self.timeout <= LONGEST:
            msg = (
                f"the timeout of Overpass must lie between 1 and {LONGEST:,} seconds, got "
                f"{self.timeout}"
            )
            raise PreprocessError(msg)
        object.__setattr__(self, "url", url)

    @property
    def public(self) -> str:
        """The address without secrets."""
        return without_secrets(self.url)


@dataclass(frozen=True)
class Outlines:
    """Polygons in longitude and latitude, with what is known of each."""

    polygons: list[shapely.Polygon]
    properties: list[dict[str, Any]]
    date: str | None = None
    """State of the data, ISO 8601."""
    note: str | None = None
    """A sentence on what of a file was left out, mended or taken from an unexpected place."""


@dataclass
class _Answers:
    """Content of the answers beside the features that osmnx makes of them."""

    dates: list[str] = field(default_factory=list)
    rings: dict[int, set[int]] = field(default_factory=dict)
    """Relation of a building to the ways that are its outer rings."""


def fetch_buildings(bbox: Box, options: OverpassOptions, http: HttpOptions) -> Outlines:
    """Download all buildings of OpenStreetMap that touch an area, whole.

    Args:
        bbox: The area.
        options: Which server.
        http: Who asks.

    Raises:
        PreprocessError: The server does not give them, or there are none.
    """
    host = host_of(options.url)
    for attempt in range(options.retries + 1):
        answers = _Answers()
        try:
            frame = _ask(bbox, options, http, answers)
        except FailedAttempt as busy:
            if attempt == options.retries:
                msg = f"{host} was asked {attempt + 1} times and {busy.reason}"
                raise PreprocessError(msg, remedy=_REMEDY) from busy
            seconds = options.pause * 2**attempt if busy.after is None else busy.after
            seconds = min(seconds, options.longest_wait)
            LOG.info("%s %s; next attempt in %.0f seconds", host, busy.reason, seconds)
            threading.Event().wait(seconds)
        else:
            return _outlines(frame, answers)
    raise AssertionError  # pragma: no cover - the loop returns or raises


def _ask(bbox: Box, options: OverpassOptions, http: HttpOptions, answers: _Answers) -> Any:  # noqa: ANN401 - a GeoDataFrame, published without types
    import osmnx
    import requests
    from shapely.errors import GEOSException

    host = host_of(options.url)
    try:
        with _settings(options, http, answers):
            return osmnx.features_from_bbox(bbox, tags={"building": True})
    except osmnx._errors.InsufficientResponseError as error:  # noqa: SLF001 - has no public name
        msg = f"OpenStreetMap has no buildings in the area, as {host} says"
        raise PreprocessError(msg, remedy=NO_BUILDINGS) from error
    except requests.exceptions.RequestException as error:
        fault = transport_fault(error) or "it cannot be asked"
        msg = f"no buildings came from {host}, because {fault}"
        # The library's error may hold the whole URL.
        raise PreprocessError(msg, remedy=_REMEDY) from None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, GEOSException) as error:
        msg = f"{host} answered with OpenStreetMap data that cannot be read"
        raise PreprocessError(msg, remedy=_REMEDY) from error


@contextmanager
def _settings(options: OverpassOptions, http: HttpOptions, answers: _Answers) -> Iterator[None]:
    """Osmnx as we want it, and afterwards as it was.

    It would keep its answers in the working folder, name itself as the one who asks, ask a status
    page that private servers do not have (and then wait a minute), repeat for ever what is refused,
    and leave Python's look-up of names changed.
    """
    from osmnx import settings

    def look(response: requests.Response, **_: object) -> None:
        _look(response, answers)

    new_settings: dict[str, Any] = {
        "use_cache": False,
        "log_file": False,
        "log_console": False,
        "overpass_url": options.url,
        "overpass_rate_limit": False,
        "requests_timeout": options.timeout,
        "requests_kwargs": {"hooks": {"response": look}},
        "http_user_agent": http.user_agent,
        "http_referer": http.contact or "",
        "doh_url_template": None,
    }
    before = {name: getattr(settings, name) for name in new_settings}
    look_up = socket.getaddrinfo
    try:
        for name, value in new_settings.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
        socket.getaddrinfo = look_up


def _look(response: requests.Response, answers: _Answers) -> None:
    """Check an answer before osmnx does, which takes most faults for an empty one.

    Raises:
        FailedAttempt: It may be another one later.
        PreprocessError: It will not.
    """
    if response.is_redirect:
        return
    host, status = host_of(response.url), response.status_code
    if status in {429, 502, 503, 504}:
        reason = f"is busy ({status} {response.reason})"
        raise FailedAttempt(reason, remedy=_REMEDY, after=retry_after(response))
    if status != 200:  # noqa: PLR2004 - OK
        msg = f"{host} answered {status} {response.reason} instead of buildings"
        raise PreprocessError(msg, remedy=_REMEDY)
    try:
        values = json.loads(response.content)
    except (ValueError, RecursionError) as error:
        kind = response.headers.get("Content-Type", "").partition(";")[0].lower()
        content = "a web page" if kind == "text/html" else "an answer that breaks off or is no JSON"
        msg = f"{host} sent {content} instead of buildings"
        raise PreprocessError(msg, remedy=_REMEDY) from error
    if not isinstance(values, dict) or not isinstance(values.get("elements"), list):
        msg = f"{host} sent something else than OpenStreetMap data"
        raise PreprocessError(msg, remedy=f"is it an Overpass server? Then {_REMEDY}")
    remark = str(values.get("remark", ""))
    if "error" in remark.lower():  # the elements are then incomplete
        msg = f"{host} did not finish its answer ({remark[:200].rstrip('. ')})"
        raise PreprocessError(msg, remedy=_REMEDY)
    _note(values, answers)


def _note(values: dict[str, Any], answers: _Answers) -> None:
    """Note the parts of an answer that osmnx does not pass on."""
    about = values.get("osm3s")
    if isinstance(about, dict) and about.get("timestamp_osm_base"):
        answers.dates.append(str(about["timestamp_osm_base"]))
    for element in values["elements"]:
        if element.get("type") == "relation" and "building" in element.get("tags", {}):
            members = element.get("members", ())
            answers.rings[element["id"]] = {
                m["ref"] for m in members if m.get("type") == "way" and m.get("role") == "outer"
            }


def _outlines(frame: Any, answers: _Answers) -> Outlines:  # noqa: ANN401 - a GeoDataFrame
    """Polygons of features, each once."""
    parts = {
        key: surfaces(shape)
        for key, shape in zip(frame.index, frame.geometry.to_numpy(), strict=True)
    }
    # A way that is the outer ring of a building with a courtyard is often tagged as a building,
    # too, and would cover the courtyard.
    covered = {
        ("way", way)
        for relation, ways in answers.rings.items()
        if parts.get(("relation", relation))
        for way in ways
    }
    names = [name for name in _TAGS if name in frame.columns]
    columns = {name: frame[name].to_numpy() for name in names}
    polygons, properties = [], []
    for row, key in enumerate(frame.index):
        tags = {n: v for n in names if isinstance(v := columns[n][row], str)}
        if key in covered or tags.get("building") in _NONE:
            continue
        for part in parts.pop(key, ()):  # an area asked in two requests gives some twice
            polygons.append(part)
            properties.append({"osm_id": f"{key[0]}/{key[1]}", **tags})
    return Outlines(polygons, properties, min(answers.dates, default=None))


def surfaces(shape: shapely.Geometry | None) -> list[shapely.Polygon]:
    """The polygons of a geometry of any kind, at most one level deep in collections."""
    import shapely

    parts = shapely.get_parts(shapely.get_parts(shape))
    return [p for p in parts if p.geom_type == "Polygon" and not p.is_empty]
