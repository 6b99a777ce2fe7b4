"""A model of a catalogue: its STAC item and the values that people look for in it."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.item import (
    SPEC_PROPERTY,
    assets_of,
    licence_of,
    parse_item,
    properties_of,
    providers_of,
    roles_of,
    sha256_of,
)
from camp_detector_core.model_file.json_values import (
    as_dict,
    as_list,
    first_dict,
    is_number,
    numbers_in,
)

from .errors import catalog_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIDES = 4
_SIDES_3D = 6
_DEPTH = 5
"""Objects within each other that hold figures."""


@dataclass(frozen=True)
class Asset:
    """One file of a model as its item describes it; every value is untrusted."""

    key: str
    href: str
    roles: tuple[str, ...]
    size: int | None
    """Bytes."""
    sha256: str | None
    """64 hexadecimal digits in lower case."""
    title: str = ""


@dataclass(frozen=True)
class Entry:
    """A model in a catalogue."""

    id: str
    item: dict[str, Any]
    """The STAC item."""
    path: str
    """Path of the item relative to the catalogue's root; relative hrefs start from it."""

    @property
    def properties(self) -> dict[str, Any]:
        """The item's properties."""
        return properties_of(self.item)

    @property
    def assets(self) -> tuple[Asset, ...]:
        """All assets that have an href."""
        return tuple(_assets(self.item))

    @property
    def bbox(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of the training area in degrees, if it is stated."""
        bbox = self.item.get("bbox")
        if not isinstance(bbox, (list, tuple)) or len(bbox) not in {_SIDES, _SIDES_3D}:
            return None
        if not all(isinstance(v, (int, float)) and math.isfinite(v) for v in bbox):
            return None
        half = len(bbox) // 2
        west, south, east, north = (float(v) for v in (*bbox[:2], *bbox[half : half + 2]))
        return west, south, east, north

    @property
    def gsd(self) -> float | None:
        """Metres on the ground per pixel."""
        gsd = self.properties.get("gsd")
        return float(gsd) if isinstance(gsd, (int, float)) and gsd > 0 else None

    @property
    def bands(self) -> tuple[str, ...]:
        """Names of the bands that the model takes as input."""
        first = first_dict(self.properties.get("mlm:input"))
        names = [b.get("name") if isinstance(b, dict) else b for b in as_list(first.get("bands"))]
        return tuple(str(n) for n in names if n)

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes that the model detects, without the background."""
        first = first_dict(self.properties.get("mlm:output"))
        classes = [c for c in as_list(first.get("classification:classes")) if isinstance(c, dict)]
        return tuple(str(c.get("name")) for c in classes if c.get("value") != 0)

    @property
    def metrics(self) -> dict[str, float]:
        """Accuracy figures by name, from wherever the item keeps them."""
        return dict(_metrics(self.properties))

    @property
    def title(self) -> str:
        """Title for people."""
        return str(self.properties.get("title") or self.properties.get("mlm:name") or self.id)

    @property
    def licence(self) -> str:
        """SPDX identifier, or the licence that the model states if the item has none, or ""."""
        spec = as_dict(self.properties.get(SPEC_PROPERTY))
        return licence_of(self.properties, str(spec.get("licence") or ""))

    @property
    def attribution(self) -> tuple[str, ...]:
        """Names of the providers to credit."""
        return tuple(providers_of(self.properties))

    @property
    def date(self) -> str:
        """Day of the imagery, or its first and last, as ``YYYY-MM-DD``."""
        values = self.properties
        if values.get("datetime"):
            return str(values["datetime"])[:10]
        days = [str(values[k])[:10] for k in ("start_datetime", "end_datetime") if values.get(k)]
        return "/".join(dict.fromkeys(days))


def entry_of(data: bytes, path: str, location: str) -> Entry:
    """Read an item.

    Raises:
        CatalogError: The data is not a STAC item.
    """
    origin = f"{location}, {path}"
    with catalog_errors():
        item = parse_item(data, origin)
    return Entry(str(item.get("id")), item, path)


def canonical(value: dict[str, Any]) -> bytes:
    """Serialise to readable JSON; equal objects give equal bytes."""
    return (json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def revision(sums: dict[str, str]) -> str:
    """Name a set of files by a hash of their names and SHA-256 sums."""
    text = "\n".join(f"{name} {digest}" for name, digest in sorted(sums.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _assets(item: dict[str, Any]) -> Iterator[Asset]:
    for key, asset in assets_of(item).items():
        if not isinstance(asset.get("href"), str):
            continue
        size = asset.get("file:size")
        with catalog_errors():
            sha256 = sha256_of(asset, f"the asset {shown(key)} of {shown(item.get('id'))}")
        yield Asset(
            key=key,
            href=asset["href"],
            roles=tuple(roles_of(asset)),
            size=size if isinstance(size, int) and size >= 0 else None,
            sha256=sha256,
            title=str(asset.get("title") or ""),
        )


def _metrics(properties: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield the numbers under keys that name metrics, accuracy or evaluation."""
    for key, value in properties.items():
        if not any(word in key.lower() for word in ("metric", "accuracy", "evaluation")):
            continue
        if is_number(value):
            yield key.rpartition(":")[2], float(value)
        for way, number in numbers_in(value, _DEPTH):
            yield ".".join(way), float(number)
