"""Rules for the item itself: extensions, licence, links, times."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.hrefs import fault_of_text
from camp_detector_core.model_file.item import assets_of, properties_of
from camp_detector_core.model_file.json_values import as_dict, as_list, texts

if TYPE_CHECKING:
    from pathlib import Path

    from .findings import Findings, Place

MLM = re.compile(
    r"https://stac-extensions\.github\.io/mlm/v(\d{1,4})\.(\d{1,4})\.(\d{1,4})/schema\.json"
)
OLDEST, NEWEST = (1, 5, 0), (1, 6, 0)
"""Versions of the MLM extension that these rules were written for."""
_EXTENSION = re.compile(r"https://[^/]+/([a-z0-9-]+)/v[0-9][^/]*/schema\.json#?")
_PREFIXES = ("mlm", "file", "processing", "classification", "raster", "eo", "proj", "version")
"""Field prefixes that belong to an extension of the same name."""
_CLOCKS_DIFFER = dt.timedelta(minutes=5)
_BOUNDS = ("start_datetime", "end_datetime")
"""Best practice of the extension for the validity of a model: an open interval ends in 9999."""
_BEFORE_OTHER = ("1.0.0", "1.0.1")
"""STAC versions in which licences may be ``proprietary`` and ``various``."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
_STRUCTURE = ("root", "parent", "collection", "item", "child")
_FRAMEWORKS = ("pytorch", "torch", "tensorflow", "onnx", "keras", "jax")
_SYSTEM = re.compile(r"(Linux|Darwin|macOS|Windows)-", re.IGNORECASE)


def mlm_version(item: dict[str, Any]) -> tuple[int, int, int] | None:
    """Read the version of the MLM extension that an item names first."""
    for uri in texts(item.get("stac_extensions")):
        match = MLM.fullmatch(uri)
        if match:
            return int(match[1]), int(match[2]), int(match[3])
    return None


def has_known_rules(item: dict[str, Any]) -> bool:
    """Test if these rules are for the item's version of the MLM extension."""
    version = mlm_version(item)
    return version is None or OLDEST <= version <= NEWEST


def check_item(item: dict[str, Any], home: Path, findings: Findings) -> None:
    """Note faults of the item as a whole."""
    if item.get("type") != "Feature":
        findings.at("type").problem(f"is {shown(item.get('type'))!r}", "an item is a Feature")
    _check_mlm_version(item, findings)
    _check_prefixes(item, findings)
    _check_moments(properties_of(item), findings)
    _check_licence(item, findings)
    _check_words(properties_of(item), findings)
    for i, link in enumerate(as_list(item.get("links"))):
        _check_link(as_dict(link), findings.at("links", i, "href"), home)


def _check_mlm_version(item: dict[str, Any], findings: Findings) -> None:
    place = findings.at("stac_extensions")
    version = mlm_version(item)
    if version is None:
        place.problem("the machine learning model extension is not listed", "add its URI")
    elif not has_known_rules(item):
        message = "the rules here are those of v1.5.0 to v1.6.0, and given as advice"
        place.unchecked(f"MLM v{'.'.join(map(str, version))}: {message}")
    if sum(MLM.fullmatch(uri) is not None for uri in texts(item.get("stac_extensions"))) > 1:
        place.problem("lists the MLM extension in several versions", "keep one")


def _check_prefixes(item: dict[str, Any], findings: Findings) -> None:
    """Require that used prefixes have an extension, and extensions have fields."""
    fields_by_prefix = _used_prefixes(item)
    uris = [_EXTENSION.fullmatch(u) for u in texts(item.get("stac_extensions"))]
    extensions = {match[1] for match in uris if match}
    if "projection" in extensions:
        extensions.add("proj")
    place = findings.at("stac_extensions")
    for prefix in _PREFIXES:
        is_used, is_listed = prefix in fields_by_prefix, prefix in extensions
        if is_used and not is_listed:
            message = f"{fields_by_prefix[prefix]} is used and its extension is not listed"
            place.problem(message, f"add the URI of the {prefix} extension")
        if is_listed and not is_used and prefix in {"processing", "file", "eo"}:
            message = f"lists the {prefix} extension and no {prefix}: field is there"
            place.advice(message, "take it out, or add the fields")


def _used_prefixes(item: dict[str, Any]) -> dict[str, str]:
    """Collect the field prefixes of an item, each with one of its fields."""
    properties, assets = properties_of(item), list(assets_of(item).values())
    bands = [band for holder in (properties, *assets) for band in as_list(holder.get("bands"))]
    others = as_list(item.get("links")) + as_list(properties.get("mlm:output"))
    fields_by_prefix: dict[str, str] = {}
    for place in (properties, *assets, *others, *bands):
        for name in as_dict(place):
            prefix, colon, _ = name.partition(":")
            if colon and prefix in _PREFIXES:
                fields_by_prefix.setdefault(prefix, shown(name))
    return fields_by_prefix


def _moment(value: object) -> dt.datetime | None:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return None
    try:
        return dt.datetime.fromisoformat(value.upper())
    except ValueError:
        return None


def _check_moments(properties: dict[str, Any], findings: Findings) -> None:
    moments: dict[str, dt.datetime] = {}
    for name in ("datetime", "start_datetime", "end_datetime", "created", "updated"):
        value = properties.get(name)
        if value is None:
            continue
        moment, place = _moment(value), findings.at("properties", name)
        if moment is None:
            message = f"{shown(value)!r} is not a time of RFC 3339"
            place.problem(message, "write it like 2024-05-01T12:00:00Z")
            continue
        moments[name] = moment
        if moment.utcoffset():
            place.problem(f"{shown(value)} is not in UTC", "write it in UTC, with Z")
        if name not in _BOUNDS and _lies_ahead(moment):
            remedy = "write the true moment; was local time labelled as UTC?"
            place.problem(f"{shown(value)} lies in the future", remedy)
    _check_order(properties, moments, findings)


def _lies_ahead(moment: dt.datetime) -> bool:
    try:
        return moment > dt.datetime.now(dt.UTC) + _CLOCKS_DIFFER
    except OverflowError:
        return False


def _check_order(
    properties: dict[str, Any], moments: dict[str, dt.datetime], findings: Findings
) -> None:
    start, end, datetime = (moments.get(n) for n in ("start_datetime", "end_datetime", "datetime"))
    place = findings.at("properties", "datetime")
    if "datetime" not in properties:
        place.problem("is missing", "add it; null with start_datetime and end_datetime")
    elif properties["datetime"] is None and not (start and end):
        message = "is null without start_datetime and end_datetime"
        place.problem(message, "add when the imagery was taken")
    if start and end and start > end:
        message = f"{shown(properties['start_datetime'])} is after end_datetime"
        findings.at("properties", "start_datetime").problem(message, "exchange them")
    if start and end and datetime and not start <= datetime <= end:
        place.advice("lies outside of start_datetime and end_datetime", "correct one")
    created, updated = moments.get("created"), moments.get("updated")
    if created and updated and created > updated:
        findings.at("properties", "updated").problem("is before created", "correct one of them")


def _check_licence(item: dict[str, Any], findings: Findings) -> None:
    """Advise on the licence, which an item may leave to its collection."""
    place = findings.at("properties", "license")
    licence = properties_of(item).get("license")
    if not isinstance(licence, str) or not licence.strip():
        remedy = "add the SPDX identifier of the model's licence, or other with a link"
        place.advice("no licence is stated", remedy)
        return
    if licence in {"proprietary", "various"} and item.get("stac_version") not in _BEFORE_OTHER:
        remedy = "write other, with a link of rel license"
        place.advice(f"{licence} is deprecated since STAC 1.1", remedy)
    rels = [as_dict(link).get("rel") for link in as_list(item.get("links"))]
    if licence == "other" and "license" not in rels:
        place.advice("is other, and no link leads to the text", "add a link of rel license")


def _check_words(properties: dict[str, Any], findings: Findings) -> None:
    """Note misused fields as they occur in practice."""
    if "instrument" in properties:
        message = "is not a field of STAC"
        findings.at("properties", "instrument").problem(message, "instruments is, a list of names")
    facility = properties.get("processing:facility")
    if isinstance(facility, str) and _SYSTEM.match(facility):
        base = findings.at("properties", "processing:facility")
        base.advice(f"{shown(facility)!r} names a computer", "name the organisation")
    form = as_dict(properties.get("processing:expression")).get("format")
    if isinstance(form, str) and form.lower() in _FRAMEWORKS:
        place = findings.at("properties", "processing:expression", "format")
        place.problem(f"{form} is a framework, no language of expressions", "take it out")


def _check_link(link: dict[str, Any], place: Place, home: Path) -> None:
    href, rel = link.get("href"), link.get("rel")
    if not isinstance(href, str) or not href:
        return  # the core schema says so
    try:
        scheme = urlsplit(href).scheme
    except ValueError:
        place.problem(f"{shown(href)!r} is not a URL", "correct it")
        return
    if rel == "self" and not scheme:
        remedy = "make it an absolute URL, or take the link out"
        place.advice(f"self leads to {shown(href)!r}, which is relative", remedy)
    elif rel in _STRUCTURE and len(scheme) > 1:
        place.unchecked(f"{shown(href)} was not fetched")
    elif rel in _STRUCTURE:
        _check_structure_link(rel, href, place, home)


def _check_structure_link(rel: str, href: str, place: Place, home: Path) -> None:
    """Look a local link up, unless its text leads to another computer or drive."""
    message = f"{rel} leads to {shown(href)!r}"
    try:
        if fault_of_text(href) is not None:
            place.unchecked(f"{message}, on another computer or drive: not looked up")
        elif (home / href).is_dir():
            remedy = "lead it to the JSON file, or take the link out"
            place.problem(f"{message}, which is a folder", remedy)
        elif not (home / href).is_file():  # the item may have been copied out of its catalogue
            place.unchecked(f"{message}, which does not lie there")
    except (OSError, ValueError):
        place.problem(f"{shown(href)!r} cannot be looked up", "correct it")
