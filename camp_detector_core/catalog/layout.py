"""The JSON of a static catalogue: a catalogue, its one collection, and the items' links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.model_file.untrusted import read_json

from .errors import CatalogError, catalog_errors
from .names import CATALOG, COLLECTION, COLLECTION_ID, resolve

if TYPE_CHECKING:
    from .entry import Entry

_STAC = "1.1.0"
_JSON = "application/json"
_MAX_ITEMS = 10_000
_WORLD = [-180.0, -90.0, 180.0, 90.0]
_KEPT_LINKS = {"root", "self", "parent", "collection", "item", "child"}
"""Link relations that depend on an item's location and are made anew."""


def _link(rel: str, href: str, kind: str = _JSON) -> dict[str, str]:
    return {"rel": rel, "href": href, "type": kind}


def parse(data: bytes, path: str, location: str, kind: str) -> dict[str, Any]:
    """Parse the JSON of a catalogue or collection.

    Raises:
        CatalogError: It is something else.
    """
    with catalog_errors():
        document = read_json(data, f"{location}, {path}")
    if document.get("type") != kind or not isinstance(document.get("links"), list):
        msg = f"{location}, {path} is not a STAC {kind.lower()}"
        raise CatalogError(msg)
    return document


def with_child(catalog: dict[str, Any] | None) -> dict[str, Any]:
    """Return the catalogue with a link to the collection of models."""
    root: dict[str, Any] = catalog or {
        "type": "Catalog",
        "id": "camp-detector",
        "stac_version": _STAC,
        "title": "Models of Camp Detector",
        "description": "Models that find dwellings in drone and satellite imagery.",
        "links": [_link("root", f"./{CATALOG}")],
    }
    if any(_leads_to(link, "child", CATALOG, COLLECTION) for link in root["links"]):
        return root
    child = {**_link("child", f"./{COLLECTION}"), "title": "Models"}
    return {**root, "links": [*root["links"], child]}


def _leads_to(link: object, rel: str, start: str, target: str) -> bool:
    if not isinstance(link, dict) or link.get("rel") != rel:
        return False
    try:
        return resolve(link.get("href"), start) == target
    except CatalogError:
        return False


def new_collection() -> dict[str, Any]:
    """Make a collection without models."""
    return {
        "type": "Collection",
        "id": COLLECTION_ID,
        "stac_version": _STAC,
        "title": "Models",
        "description": "One item a model, with the files that it takes to run and to judge it.",
        "license": "other",
        "extent": {"spatial": {"bbox": [_WORLD]}, "temporal": {"interval": [[None, None]]}},
        "links": [_link("root", "../catalog.json"), _link("parent", "../catalog.json")],
    }


def item_paths(collection: dict[str, Any], location: str) -> list[str]:
    """Paths of the items relative to the catalogue's root.

    Raises:
        CatalogError: A link leads out of the catalogue, or there are too many.
    """
    links = [x for x in collection["links"] if isinstance(x, dict) and x.get("rel") == "item"]
    if len(links) > _MAX_ITEMS:
        msg = f"{location} lists {len(links)} models, and {_MAX_ITEMS} at most are read"
        raise CatalogError(msg)
    return [resolve(link.get("href"), COLLECTION) for link in links]


def with_items(collection: dict[str, Any], entries: list[Entry]) -> dict[str, Any]:
    """Return the collection with links to these models, ordered by id, and their joint extent."""
    links = [x for x in collection["links"] if not (isinstance(x, dict) and x.get("rel") == "item")]
    items = [
        {**_link("item", f"./{e.path.removeprefix('models/')}", "application/geo+json"),
         "title": e.title}
        for e in sorted(entries, key=lambda e: e.id)
    ]  # fmt: skip
    licences = {e.licence or "other" for e in entries}
    return {
        **collection,
        "license": licences.pop() if len(licences) == 1 else "other",
        "extent": _extent(entries),
        "links": [*links, *items],
    }


def _extent(entries: list[Entry]) -> dict[str, Any]:
    """Bounds in space and time of all models; the whole world if none is known."""
    boxes = [e.bbox for e in entries if e.bbox is not None]
    bounds = _WORLD
    if boxes:
        west, south, east, north = zip(*boxes, strict=True)
        bounds = [min(west), min(south), max(east), max(north)]
    starts = [e.properties.get("start_datetime") or e.properties.get("datetime") for e in entries]
    ends = [e.properties.get("end_datetime") or e.properties.get("datetime") for e in entries]
    first = min((str(s) for s in starts if s), default=None)
    last = max((str(s) for s in ends if s), default=None)
    return {"spatial": {"bbox": [bounds]}, "temporal": {"interval": [[first, last]]}}


def at_home(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item with the links of a static catalogue; links to the web stay."""
    links = [
        _link("root", "../../catalog.json"),
        _link("parent", "../collection.json"),
        _link("collection", "../collection.json"),
    ]
    return {**item, "collection": COLLECTION_ID, "links": [*links, *web_links(item)]}


def web_links(item: dict[str, Any]) -> list[dict[str, Any]]:
    """Links of an item to the web, which hold wherever the item lies."""
    links = item.get("links")
    return [
        link
        for link in (links if isinstance(links, list) else [])
        if isinstance(link, dict)
        and link.get("rel") not in _KEPT_LINKS
        and str(link.get("href")).lower().startswith(("https://", "http://"))
    ]
