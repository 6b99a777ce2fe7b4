"""Rules for what an item says of itself: extensions, licence, links, moments."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from camp_detector_core.engine.wording import shown

from .reading import as_dict, as_list, assets_of, properties_of, texts

if TYPE_CHECKING:
    from pathlib import Path

    from .findings import Findings, Where

MLM = re.compile(
    r"https://stac-extensions\.github\.io/mlm/v(\d{1,4})\.(\d{1,4})\.(\d{1,4})/schema\.json"
)
OLDEST, NEWEST = (1, 5, 0), (1, 6, 0)
"""Versions of the MLM extension that the rules here were written for."""
_EXTENSION = re.compile(r"https://[^/]+/([a-z0-9-]+)/v[0-9][^/]*/schema\.json#?")
_PREFIXES = ("mlm", "file", "processing", "classification", "raster", "eo", "proj", "version")
"""Prefixes of fields that belong to an extension of the same name."""
_CLOCKS_DIFFER = dt.timedelta(minutes=5)
_BOUNDS = ("start_datetime", "end_datetime")
"""When a model holds: the extension's best practice ends an open interval in the year 9999."""
_BEFORE_OTHER = ("1.0.0", "1.0.1")
"""Versions of STAC in which licences are ``proprietary`` and ``various``."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
_STRUCTURE = ("root", "parent", "collection", "item", "child")
_FRAMEWORKS = ("pytorch", "torch", "tensorflow", "onnx", "keras", "jax")
_SYSTEM = re.compile(r"(Linux|Darwin|macOS|Windows)-", re.IGNORECASE)


def mlm_version(item: dict[str, Any]) -> tuple[int, int, int] | None:
    """The version of the MLM extension that an item names first."""
    for uri in texts(item.get("stac_extensions")):
        found = MLM.fullmatch(uri)
        if found:
            return int(found[1]), int(found[2]), int(found[3])
    return None


def has_known_rules(item: dict[str, Any]) -> bool:
    """Whether the rules here are those of the item's version of the MLM extension."""
    version = mlm_version(item)
    return version is None or OLDEST <= version <= NEWEST


def check_item(item: dict[str, Any], home: Path, findings: Findings) -> None:
    """Note what is wrong with the item as a whole."""
    if item.get("type") != "Feature":
        findings.problem(("type",), f"is {shown(item.get('type'))!r}", "an item is a Feature")
    _check_mlm_version(item, findings)
    _check_prefixes(item, findings)
    _check_moments(properties_of(item), findings)
    _check_licence(item, findings)
    _check_words(properties_of(item), findings)
    for i, link in enumerate(as_list(item.get("links"))):
        _check_link(as_dict(link), ("links", i), home, findings)


def _check_mlm_version(item: dict[str, Any], findings: Findings) -> None:
    where = ("stac_extensions",)
    version = mlm_version(item)
    if version is None:
        findings.problem(where, "the machine learning model extension is not listed", "add its URI")
    elif not has_known_rules(item):
        written = ".".join(map(str, version))
        what = f"MLM v{written}: the rules here are those of v1.5.0 to v1.6.0, and given as advice"
        findings.unchecked(where, what)
    several = [u for u in texts(item.get("stac_extensions")) if MLM.fullmatch(u)]
    if len(several) > 1:
        findings.problem(where, "lists the MLM extension in several versions", "keep one")


def _check_prefixes(item: dict[str, Any], findings: Findings) -> None:
    """Fields need their extension, and an extension needs fields."""
    used = _used_prefixes(item)
    uris = [_EXTENSION.fullmatch(u) for u in texts(item.get("stac_extensions"))]
    listed = {found[1] for found in uris if found}
    if "projection" in listed:
        listed.add("proj")
    where = ("stac_extensions",)
    for prefix in _PREFIXES:
        if prefix in used and prefix not in listed:
            what = f"{used[prefix]} is used and its extension is not listed"
            findings.problem(where, what, f"add the URI of the {prefix} extension")
        if prefix in listed and prefix not in used and prefix in {"processing", "file", "eo"}:
            what = f"lists the {prefix} extension and no {prefix}: field is there"
            findings.advice(where, what, "take it out, or add the fields")


def _used_prefixes(item: dict[str, Any]) -> dict[str, str]:
    """Prefixes of the fields that an item has, each with one of the fields."""
    places: list[Any] = [
        properties_of(item),
        *assets_of(item).values(),
        *as_list(item.get("links")),
    ]
    properties = properties_of(item)
    places += as_list(properties.get("mlm:output")) + as_list(properties.get("bands"))
    places += [band for a in assets_of(item).values() for band in as_list(a.get("bands"))]
    used: dict[str, str] = {}
    for place in places:
        for name in as_dict(place):
            prefix, colon, _ = name.partition(":")
            if colon and prefix in _PREFIXES:
                used.setdefault(prefix, shown(name))
    return used


def _moment(value: object) -> dt.datetime | None:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return None
    try:
        return dt.datetime.fromisoformat(value.upper())
    except ValueError:
        return None


def _check_moments(properties: dict[str, Any], findings: Findings) -> None:
    found: dict[str, dt.datetime] = {}
    for name in ("datetime", "start_datetime", "end_datetime", "created", "updated"):
        value = properties.get(name)
        if value is None:
            continue
        moment, where = _moment(value), ("properties", name)
        if moment is None:
            what = f"{shown(value)!r} is no moment of RFC 3339"
            findings.problem(where, what, "write it like 2024-05-01T12:00:00Z")
            continue
        found[name] = moment
        if moment.utcoffset():
            findings.problem(where, f"{shown(value)} is not in UTC", "write it in UTC, with Z")
        if name not in _BOUNDS and _lies_ahead(moment):
            remedy = "write the true moment; was local time labelled as UTC?"
            findings.problem(where, f"{shown(value)} lies in the future", remedy)
    _check_order(properties, found, findings)


def _lies_ahead(moment: dt.datetime) -> bool:
    try:
        return moment > dt.datetime.now(dt.UTC) + _CLOCKS_DIFFER
    except OverflowError:
        return False


def _check_order(
    properties: dict[str, Any], found: dict[str, dt.datetime], findings: Findings
) -> None:
    start, end, at = (found.get(n) for n in ("start_datetime", "end_datetime", "datetime"))
    where = ("properties", "datetime")
    if "datetime" not in properties:
        findings.problem(where, "is missing", "add it; null with start_datetime and end_datetime")
    elif properties["datetime"] is None and not (start and end):
        what = "is null without start_datetime and end_datetime"
        findings.problem(where, what, "add when the imagery was taken")
    if start and end and start > end:
        what = f"{shown(properties['start_datetime'])} is after end_datetime"
        findings.problem(("properties", "start_datetime"), what, "exchange them")
    if start and end and at and not start <= at <= end:
        findings.advice(where, "lies outside of start_datetime and end_datetime", "correct one")
    created, updated = found.get("created"), found.get("updated")
    if created and updated and created > updated:
        findings.problem(("properties", "updated"), "is before created", "correct one of them")


def _check_licence(item: dict[str, Any], findings: Findings) -> None:
    """Advice alone: an item may leave its licence to its collection, and a link is a SHOULD."""
    where = ("properties", "license")
    licence = properties_of(item).get("license")
    if not isinstance(licence, str) or not licence.strip():
        remedy = "add the SPDX identifier of the model's licence, or other with a link"
        findings.advice(where, "no licence is stated", remedy)
        return
    if licence in {"proprietary", "various"} and item.get("stac_version") not in _BEFORE_OTHER:
        remedy = "write other, with a link of rel license"
        findings.advice(where, f"{licence} is deprecated since STAC 1.1", remedy)
    rels = [as_dict(link).get("rel") for link in as_list(item.get("links"))]
    if licence == "other" and "license" not in rels:
        findings.advice(
            where, "is other, and no link leads to the text", "add a link of rel license"
        )


def _check_words(properties: dict[str, Any], findings: Findings) -> None:
    """Fields that are misused, as items were seen to do."""
    if "instrument" in properties:
        what = "is no field of STAC"
        findings.problem(("properties", "instrument"), what, "instruments is, a list of names")
    facility = properties.get("processing:facility")
    if isinstance(facility, str) and _SYSTEM.match(facility):
        where = ("properties", "processing:facility")
        findings.advice(where, f"{shown(facility)!r} names a computer", "name the organisation")
    form = as_dict(properties.get("processing:expression")).get("format")
    if isinstance(form, str) and form.lower() in _FRAMEWORKS:
        place = ("properties", "processing:expression", "format")
        findings.problem(place, f"{form} is a framework, no language of expressions", "take it out")


def _check_link(link: dict[str, Any], where: Where, home: Path, findings: Findings) -> None:
    href, rel = link.get("href"), link.get("rel")
    if not isinstance(href, str) or not href:
        return  # the core schema says so
    try:
        scheme = urlsplit(href).scheme
    except ValueError:
        findings.problem((*where, "href"), f"{shown(href)!r} is no URL", "correct it")
        return
    if rel == "self" and not scheme:
        remedy = "make it an absolute URL, or take the link out"
        findings.advice(
            (*where, "href"), f"self leads to {shown(href)!r}, which is relative", remedy
        )
        return
    if rel not in _STRUCTURE or len(scheme) > 1:
        if len(scheme) > 1 and rel in _STRUCTURE:
            findings.unchecked((*where, "href"), f"{shown(href)} was not fetched")
        return
    place = (*where, "href")
    try:
        target = home / href
        if target.is_dir():
            remedy = "lead it to the JSON file, or take the link out"
            findings.problem(place, f"{rel} leads to {shown(href)!r}, which is a folder", remedy)
        elif not target.is_file():  # the item may have been copied out of its catalogue
            findings.unchecked(place, f"{rel} leads to {shown(href)!r}, which does not lie there")
    except (OSError, ValueError):
        findings.problem(place, f"{shown(href)!r} cannot be looked up", "correct it")
