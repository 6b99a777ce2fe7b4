"""Templates of tile URLs, as QGIS, JOSM, Leaflet and OpenAerialMap write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from training.preprocess.manifest import PreprocessError

if TYPE_CHECKING:
    from training.preprocess.area import Tile

HIDDEN = "***"
"""Placeholder of a secret."""
_EXAMPLE = "https://tiles.example.org/{z}/{x}/{y}.png"
_FIELD = re.compile(r"\{([^{}]*)\}")
_PLAIN = {"z", "zoom", "x", "y", "-y", "q", "quadkey", "s"}
_JOSM = re.compile(r"^tms(\[[^\]]*\])?:(?=https?:)")
_HARMLESS = {
    "bands", "bidx", "colormap_name", "crs", "exceptions", "expression", "f", "format", "height",
    "hl", "layer", "layers", "lyrs", "map", "nodata", "request", "resampling", "rescale", "scale",
    "service", "srs", "style", "styles", "tilecol", "tilematrix", "tilematrixset", "tilerow",
    "time", "transparent", "v", "version", "width", "x", "y", "z",
}  # fmt: skip
"""Names of parameters whose values may be written down; any other may be a key."""


@dataclass(frozen=True)
class TileTemplate:
    """A template that names exactly one URL for each tile."""

    text: str

    def __post_init__(self) -> None:
        """Bring the text into one form and refuse what names no tile."""
        text = self.text.strip().replace("%7B", "{").replace("%7D", "}")
        text = _JOSM.sub("", text.replace("%7b", "{").replace("%7d", "}"))
        object.__setattr__(self, "text", text)
        reason = _fault(text)
        if reason:
            msg = f"the template {without_secrets(text)!r} {reason}"
            raise PreprocessError(msg)

    def url(self, tile: Tile) -> str:
        """The URL of a tile; servers that share the work take turns."""
        values = {
            "z": str(tile.zoom),
            "zoom": str(tile.zoom),
            "x": str(tile.x),
            "y": str(tile.y),
            "-y": str(2**tile.zoom - 1 - tile.y),
            "q": quadkey(tile),
            "quadkey": quadkey(tile),
        }

        def fill(match: re.Match[str]) -> str:
            name = match[1]
            choices = _choices(name)
            return choices[(tile.x + tile.y) % len(choices)] if choices else values[name]

        return _FIELD.sub(fill, self.text)

    @property
    def public(self) -> str:
        """The template without user, password and keys."""
        return without_secrets(self.text)

    @property
    def host(self) -> str:
        """Name of the server, without user and password; of several, the first."""
        return host_of(_FIELD.sub(lambda match: (_choices(match[1]) or ("0",))[0], self.text))


def quadkey(tile: Tile) -> str:
    """Return one digit per zoom level: 0 to 3 for north-west, north-east, south-west, south-east.

    As https://learn.microsoft.com/bingmaps/articles/bing-maps-tile-system describes it.
    """
    bits = range(tile.zoom - 1, -1, -1)
    return "".join(str((tile.x >> bit & 1) + 2 * (tile.y >> bit & 1)) for bit in bits)


def without_secrets(url: str) -> str:
    """A URL without user and password, and with only those values that cannot be a key."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return HIDDEN
    query = "".join(
        pair if pair in {"&", ";", ""} else _hidden_pair(pair)
        for pair in re.split("([&;])", parts.query)  # some servers take both
    )
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))


def host_of(url: str) -> str:
    """Name and port of a server, without user and password."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def _hidden_pair(pair: str) -> str:
    name, equals, value = pair.partition("=")
    if _FIELD.fullmatch(value or name) or (equals and (not value or name.lower() in _HARMLESS)):
        return pair
    return f"{name}={HIDDEN}" if equals else HIDDEN


def _choices(name: str) -> tuple[str, ...]:
    """Return the choices of ``{s}`` and ``{switch:a,b}``; none for other fields."""
    if name == "s":
        return ("a", "b", "c")
    if name.startswith("switch:"):
        return tuple(part.strip() for part in name.removeprefix("switch:").split(","))
    return ()


def _fault(text: str) -> str:
    """Describe the fault of a template, with the remedy; empty if there is none."""
    fields = _FIELD.findall(text)
    unknown = [f for f in fields if f not in _PLAIN and not _choices(f)]
    filled = _FIELD.sub("0", text)
    have = set(fields)
    reason = ""
    if not re.match(r"https?://[^/?#]", text):
        reason = "is no web address: it must begin with https:// or http://"
    elif re.search(r"\s|[\x00-\x1f]", filled):
        reason = "holds a space: write %20 if it belongs there"
    elif "{" in filled or "}" in filled or "${" in text:
        reason = "has a brace too many: write fields as {z}, without $"
    elif unknown:
        reason = (
            f"has a field {{{unknown[0]}}} that is not known: use {{z}}, {{x}}, {{y}} (or {{-y}} "
            "for rows from the south), {q}, {s}, {switch:a,b,c}"
        )
    elif any(not choice for f in fields for choice in _choices(f)):
        reason = "has an empty choice in {switch:...}"
    elif not have & {"q", "quadkey"} and not (
        have & {"z", "zoom"} and "x" in have and have & {"y", "-y"}
    ):
        reason = f"does not say where zoom, column and row go: write it like {_EXAMPLE}"
    elif {"y", "-y"} <= have:
        reason = "counts rows from the north and from the south: keep one of {y} and {-y}"
    elif not host_of(filled):
        reason = f"names no server: write it like {_EXAMPLE}"
    return reason
