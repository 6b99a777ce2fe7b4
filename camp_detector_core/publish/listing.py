"""Text of a portal item: title, summary, description, tags, licence, credits.

Descriptions and terms of use are HTML in a portal, so every word of a model is escaped there; the
other fields are plain text, in which portals allow no angle brackets.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.wording import one_line, shown
from camp_detector_core.esri.model_card import TOOLS, description_of, figure_label, figure_text
from camp_detector_core.model_file.item import licence_of, properties_of, providers_of
from camp_detector_core.model_file.json_values import as_list, numbers_in

from .errors import PublishError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camp_detector_core.model_file.emd import Kind

    from .package import Package

ITEM_TYPE = "Deep Learning Package"
MAX_TITLE, MAX_SNIPPET, MAX_TAG, MAX_TAGS = 250, 250, 128, 128
"""Limits of ArcGIS Online in characters and counts."""
MAX_HTML = 60_000
"""Largest description or terms of use in bytes; portals take 64 KB, with what they add."""
_MODEL_KEYWORD, _VERSION_KEYWORD, _CONTENT_KEYWORD = (
    f"CampDetector-{key}-" for key in ("model", "version", "sha256")
)
_KIND_WORDS: Mapping[Kind, str] = {"classify": "pixel classification", "detect": "object detection"}
_TAGS = ("Camp Detector", "deep learning", "dwellings", "humanitarian")
_FIGURE_TEXT = re.compile(r"(?:val|test) (?:pixels|dwellings)")
"""Provenance keys under which training writes its figures as text."""
_FIGURES = frozenset({"iou", "precision", "recall", "f1", "count_error"})
_MAX_FIGURES, _DEPTH = 24, 5
_ANGLES = str.maketrans({"<": "\u2039", ">": "\u203a"})


@dataclass(frozen=True)
class Listing:
    """Text fields of an item as they are sent."""

    title: str
    snippet: str
    """Summary, plain text."""
    description: str
    """HTML."""
    tags: tuple[str, ...]
    licence: str
    """Terms of use, HTML."""
    credits: str
    """Credits for data and work, plain text."""
    keywords: tuple[str, ...]
    """Type keywords that this program writes."""

    def fields(self, current_keywords: tuple[str, ...] = ()) -> dict[str, str]:
        """Parameters of the REST API.

        Args:
            current_keywords: Type keywords that the item has; those that are not ours are kept.
        """
        foreign_keywords = [k for k in current_keywords if not k.startswith("CampDetector-")]
        return {
            "title": self.title,
            "snippet": self.snippet,
            "description": self.description,
            "tags": ",".join(self.tags),
            "licenseInfo": self.licence,
            "accessInformation": self.credits,
            "typeKeywords": ",".join(dict.fromkeys([*foreign_keywords, *self.keywords])),
        }


def identity(package: Package) -> str:
    """Type keyword that identifies an item whatever its version and title."""
    return f"{_MODEL_KEYWORD}{_word(package.spec.name)}-{package.kind}"


def version_of(keywords: tuple[str, ...]) -> str | None:
    """Read the version that an item holds from its type keywords."""
    return _value_of(_VERSION_KEYWORD, keywords)


def content_of(keywords: tuple[str, ...]) -> str | None:
    """Read the checksum of an item's file from its type keywords."""
    return _value_of(_CONTENT_KEYWORD, keywords)


def _value_of(prefix: str, keywords: tuple[str, ...]) -> str | None:
    return next((k.removeprefix(prefix) for k in keywords if k.startswith(prefix)), None)


def listing_of(package: Package) -> Listing:
    """Write the text of a package's item.

    Raises:
        PublishError: Its licence or its credits are longer than a portal takes; they are not cut.
    """
    spec = package.spec
    properties = properties_of(package.item or {})
    licence = licence_of(properties, spec.licence)
    licence = "not stated" if licence in {"", "other"} else licence
    creditors = list(spec.attribution) or providers_of(properties)
    terms = "".join(
        [
            f"<p>Licence of the model: {_escaped(licence)}</p>",
            _list("Credits, to be kept:", creditors),
        ]
    )
    if len(terms.encode()) > MAX_HTML:
        msg = (
            f"licence and credits of {package.path} are longer than the {MAX_HTML} bytes that a "
            "portal takes, and are not cut: shorten the attribution of the model"
        )
        raise PublishError(msg)
    title = str(properties.get("title") or f"{spec.name} {spec.version}")
    text = spec.description or str(properties.get("description") or "")
    return Listing(
        title=_shorten(f"{_plain_text(title)} ({_KIND_WORDS[package.kind]})", MAX_TITLE),
        snippet=_shorten(_plain_text(text) or _plain_text(title), MAX_SNIPPET),
        description=_description(package, properties),
        tags=_tags(package, properties),
        licence=terms,
        credits=_plain_text("; ".join(creditors)),
        keywords=(
            identity(package),
            f"{_VERSION_KEYWORD}{_word(spec.version)}",
            f"{_CONTENT_KEYWORD}{package.sha256[:16]}",
        ),
    )


def _tags(package: Package, properties: Mapping[str, Any]) -> tuple[str, ...]:
    tags = map(str, as_list(properties.get("keywords")))
    words = [*_TAGS, *(c.name for c in package.spec.classes), *tags]
    clean = (_shorten(_plain_text(w.replace(",", " ")), MAX_TAG) for w in words)
    return tuple(dict.fromkeys(w for w in clean if w))[:MAX_TAGS]


def _description(package: Package, properties: Mapping[str, Any]) -> str:
    """Write the description as HTML, leaving out whole paragraphs that do not fit."""
    spec = package.spec
    facts = [
        f"Model: {spec.name}, version {spec.version}",
        f"Finds: {', '.join(c.name for c in spec.classes)}",
        f"Imagery: {', '.join(b.name for b in spec.bands)} ({spec.dtype}), {spec.gsd:g} m a pixel",
        f"Tool of ArcGIS Pro: {TOOLS[package.kind]}",
        f"SHA-256 of the file: {package.sha256}",
    ]
    words = dict.fromkeys([spec.description, description_of(spec, package.item or {})])
    parts = [f"<p>{_escaped(w)}</p>" for w in words if w]
    rows = _figures(properties.get("camp_detector:metrics"))
    if not rows:
        provenance = sorted(spec.provenance.items())
        rows = [f"{key}: {words}" for key, words in provenance if _FIGURE_TEXT.fullmatch(key)]
    parts.append(_list("Figures, by the part of the data they were measured on:", rows))
    end = _list("Facts:", facts)
    paragraphs, room = [], MAX_HTML - len(end.encode())
    for part in parts:
        room -= len(part.encode())
        if room >= 0:
            paragraphs.append(part)
    return "".join([*paragraphs, end])


def _figures(metrics: object) -> list[str]:
    """Pick the most telling figures of a tree such as {"test": {"pixels": {"iou": 0.8}}}."""
    rows = [(way, value) for way, value in numbers_in(metrics, _DEPTH) if way[-1] in _FIGURES]
    return [f"{figure_label(way)}: {figure_text(way, value)}" for way, value in rows[:_MAX_FIGURES]]


def _list(heading: str, rows: list[str]) -> str:
    if not rows:
        return ""
    return f"<p>{heading}</p><ul>{''.join(f'<li>{_escaped(r)}</li>' for r in rows)}</ul>"


def _escaped(text: str) -> str:
    """Escape untrusted text for HTML."""
    return html.escape(one_line(text), quote=True)


def _plain_text(text: str) -> str:
    """Turn untrusted text into plain text."""
    return one_line(text).translate(_ANGLES)


def _shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 3].rstrip()}..."


def _word(text: str) -> str:
    """Make a part of a type keyword, without commas or blanks."""
    clean = "".join(c if c.isalnum() or c in "._-" else "_" for c in text)
    if not clean:
        msg = f"{shown(text)!r} is not a name or version by which a portal finds an item"
        raise PublishError(msg)
    return clean[:100]
