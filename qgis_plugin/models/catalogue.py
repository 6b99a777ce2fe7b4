"""Models in a STAC catalogue: a file on this computer, or an address on the web.

A catalogue is untrusted: links lead nowhere but into the folder of the file that the user named
or, on the web, to the same host. A network is taken only when its
size and SHA-256 are those that the item gives.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Mapping, Optional
from urllib.parse import urlsplit

from camp_detector_core.engine.errors import CampDetectorError, Cancelled, PredictorError, SpecError
from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file import reader
from camp_detector_core.model_file.hrefs import HrefError, file_of_href, url_of_href
from camp_detector_core.model_file.item import MAX_ITEM, onnx_asset, sha256_of, spec_of
from camp_detector_core.model_file.package import MAX_NETWORK
from camp_detector_core.model_file.untrusted import read_file, read_json

from ..i18n import tr
from ..words import sentence_of

if TYPE_CHECKING:
    from camp_detector_core.engine.spec import ModelSpec

    from .installed import InstalledModel
    from .library import ModelLibrary

_MOST_PAGES, _MOST_ITEMS = 200, 500

Read = Callable[[str, int], bytes]
"""Gives the bytes at a place, and at most so many."""


@dataclass(frozen=True)
class Offer:
    """A model that a catalogue offers."""

    spec: ModelSpec
    """The engine's ``ModelSpec``."""
    item: Mapping[str, object]
    place: str
    """Path or address of the ONNX file."""
    size: Optional[int]
    sha256: Optional[str]

    @property
    def id(self) -> str:
        """Name and version."""
        return str(self.spec.id)


@dataclass
class Catalogue:
    """A catalogue that was read."""

    root: str
    offers: list[Offer] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """Reasons why items are not offered, a sentence for each."""


def is_url(place: str) -> bool:
    """True if a place is on the web."""
    try:
        return urlsplit(place).scheme.lower() in {"http", "https"}
    except ValueError:
        return False


def read_local(place: str, limit: int) -> bytes:
    """The bytes of a file; see `Read`.

    Raises:
        CampDetectorError: It cannot be read.
    """
    return bytes(read_file(Path(place), limit))


def read_catalogue(root: str, read: Optional[Read] = None) -> Catalogue:
    """Look through a catalogue, a collection or an item.

    Args:
        root: Path or address of its JSON file.
        read: How; by default only files can be read.

    Raises:
        CampDetectorError: It cannot be read, or is none.
    """
    read = read or read_local
    catalogue = Catalogue(root)
    waiting, places = [root], {root}
    while waiting and len(places) <= _MOST_PAGES and len(catalogue.offers) < _MOST_ITEMS:
        place = waiting.pop(0)
        try:
            page = read_json(read(place, MAX_ITEM), place)
        except Cancelled:
            raise
        except CampDetectorError as error:
            if place == root:
                raise
            catalogue.left_out.append(sentence_of(error))
            continue
        _take(page, place, catalogue)
        for target in _links(page, place, catalogue):
            if target not in places and len(places) < _MOST_PAGES:
                places.add(target)
                waiting.append(target)
    return catalogue


def fetch_offer(offer: Offer, library: ModelLibrary, read: Optional[Read] = None) -> InstalledModel:
    """Take a model out of a catalogue into the library.

    Raises:
        CampDetectorError: It cannot be fetched, or is not the file that the item describes.
    """
    if offer.sha256 is None:
        raise PredictorError(
            tr(
                "The catalogue gives no SHA-256 for {name}, so it cannot be told whether the file "
                "is whole: ask its publisher.",
                name=offer.id,
            )
        )
    data = (read or read_local)(offer.place, MAX_NETWORK)
    wrong_size = offer.size is not None and offer.size != len(data)
    if wrong_size or hashlib.sha256(data).hexdigest() != offer.sha256:
        raise PredictorError(
            tr(
                "{place} is not the file that the catalogue describes (its checksum differs): it "
                "was not added.",
                place=offer.place,
            )
        )
    spec = reader.model_of_bytes(data, offer.place).spec
    if spec != offer.spec:
        raise SpecError(
            tr("{place} and its catalogue describe different models.", place=offer.place)
        )
    return library.add_bytes(data, item=offer.item, source=offer.place)


def _take(page: Mapping[str, object], place: str, catalogue: Catalogue) -> None:
    """Put the items of a page among the offers."""
    kind = page.get("type")
    features = page.get("features") if kind == "FeatureCollection" else [page]
    if kind not in ("Feature", "FeatureCollection", "Catalog", "Collection"):
        msg = tr("{place} is no STAC catalogue, collection or item.", place=place)
        if place == catalogue.root:
            raise PredictorError(msg)
        catalogue.left_out.append(msg)
        return
    for item in features if isinstance(features, list) else []:
        if isinstance(item, dict) and item.get("type") == "Feature":
            try:
                catalogue.offers.append(_offer(item, place, catalogue.root))
            except CampDetectorError as error:
                catalogue.left_out.append(sentence_of(error))


def _offer(item: dict[str, object], place: str, root: str) -> Offer:
    spec = spec_of(item, place)
    if spec is None:
        raise SpecError(tr("{place} is no model of Camp Detector.", place=place))
    _, asset = onnx_asset(item, place)
    sha256 = sha256_of(asset, place)
    size = asset.get("file:size")
    target = resolve(asset.get("href"), place, root)
    return Offer(spec, item, target, size if isinstance(size, int) else None, sha256)


def _links(page: Mapping[str, object], place: str, catalogue: Catalogue) -> list[str]:
    links = page.get("links")
    targets = []
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("rel") in ("child", "item", "items"):
            try:
                targets.append(resolve(link.get("href"), place, catalogue.root))
            except CampDetectorError as error:
                catalogue.left_out.append(sentence_of(error))
    return targets


def resolve(href: object, place: str, root: str) -> str:
    """Resolve an href in a file of a catalogue.

    Args:
        href: As it stands there.
        place: The file's path or address.
        root: The catalogue's, which the user named.

    Raises:
        CampDetectorError: It leads out of the catalogue's folder, or to another host.
    """
    try:
        if is_url(root):
            return url_of_href(href, place, root)
        home = Path(root).resolve().parent
        return os.fspath(file_of_href(href, Path(place), [home]).resolve())
    except (HrefError, OSError, RuntimeError) as error:
        name = shown(href)
        raise PredictorError(
            tr(
                "{place} leads to {href}, which does not lie in the catalogue.",
                place=place,
                href=name,
            )
        ) from error
