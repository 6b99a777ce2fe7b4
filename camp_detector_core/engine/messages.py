"""Sentences for users that name parameters and tools, whatever a host calls them.

A message has a sentence and a remedy. The sentence holds text of any origin and is shown as it is.
The remedy is a template of this project, which names three things in braces:

- ``{bands}``, a parameter: ``--bands`` on a command line, ``“Bands” (BANDS)`` in QGIS, the label of
  the dialog in ArcGIS.
- ``{bands=3,2,1}``, a parameter with a value.
- ``{tool:warp}``, a tool of the host for rasters, one of `TOOLS`: a command, a menu, a
  geoprocessing tool.

``" | "`` divides ways out of which a host shows those that it has: a clause that names what a host
does not call by any name is left out there, and the others are joined by ", or". A remedy follows
its sentence after a colon; one that begins with ``;`` or ``(`` brings its own joint. Braces
themselves are written twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter
from typing import Iterator, NamedTuple, Optional, Protocol

TOOLS = {
    "assign_crs": "a tool that assigns a coordinate system",
    "assign_place": "a tool that assigns the corners of a raster",
    "copy": "a tool that copies rasters",
    "cut": "a tool that cuts out a part of a raster",
    "expand_palette": "a tool that turns a palette into red, green and blue",
    "inspect": "a tool that lists the properties of a raster",
    "mosaic": "a tool that builds a virtual raster",
    "retile": "a tool that cuts a raster into tiles",
    "set_nodata": "a tool that declares a value as NoData",
    "tile": "a tool that writes a raster anew in tiles",
    "unset_nodata": "a tool that removes NoData",
    "warp": "a tool that reprojects rasters",
}
"""Tools for rasters that remedies name, each as it is called where no host is."""
_TOOL = "tool"


class Words(Protocol):
    """A host's words for parameters and tools; None if it has none of the kind."""

    def parameter(self, name: str, value: Optional[str]) -> Optional[str]:
        """Give the words for a parameter, or for a parameter set to a value."""

    def tool(self, name: str) -> Optional[str]:
        """Give the words for one of `TOOLS`."""


class PlainWords:
    """The words outside of any host: parameters by their names in Python."""

    def parameter(self, name: str, value: Optional[str]) -> str:
        """Give the name, or ``name=value``."""
        return name if value is None else f"{name}={value}"

    def tool(self, name: str) -> str:
        """Give a tool's purpose."""
        return TOOLS[name]


PLAIN = PlainWords()


class Subject(NamedTuple):
    """A parameter that a sentence is about, with its value, which is text of any origin."""

    name: str
    value: Optional[str] = None


@dataclass(frozen=True)
class Message:
    """A sentence for the user and the way out of what it says."""

    sentence: str
    parameter: Optional[str] = None
    """Name of the parameter that it is about, so that a dialog can show it there."""
    remedy: str = ""
    """Template, see the module."""
    subject: Optional[Subject] = None
    """Parameter from whose words the sentence goes on."""

    def render(self, words: Words) -> str:
        """Put the message into a host's words."""
        sentence = self.sentence
        if self.subject is not None:
            spelled = words.parameter(*self.subject) or PLAIN.parameter(*self.subject)
            sentence = f"{spelled} {sentence}"
        remedy = remedy_in(self.remedy, words)
        if not remedy:
            return sentence
        joint = "" if remedy.startswith(";") else " " if remedy.startswith("(") else ": "
        return sentence + joint + remedy

    def __str__(self) -> str:
        """Give the message in the words of no host."""
        return self.render(PLAIN)


def remedy_in(template: str, words: Words) -> str:
    """Put a remedy into a host's words; empty where the host has none of its ways out."""
    clauses = (_fill(clause, words) for clause in template.split(" | "))
    return ", or ".join(clause for clause in clauses if clause)


def names_in(template: str) -> Iterator[tuple[str, str]]:
    """Give kind and name of all that a template names: ``("parameter", "bands")``."""
    for clause in template.split(" | "):
        for _, field, tool, _ in Formatter().parse(clause):
            if field == _TOOL:
                yield _TOOL, tool or ""
            elif field is not None:
                yield "parameter", field.partition("=")[0]


def _fill(clause: str, words: Words) -> str:
    """Put the names of a clause into words; empty where one of them has none."""
    parts = []
    for text, field, field_format, _ in Formatter().parse(clause):
        parts.append(text)
        if field is None:
            continue
        if field == _TOOL:
            spelled = words.tool(field_format or "")
        else:
            name, equals, value = field.partition("=")
            value += f":{field_format}" if field_format else ""
            spelled = words.parameter(name, value if equals else None)
        if spelled is None:
            return ""
        parts.append(spelled)
    return "".join(parts)
