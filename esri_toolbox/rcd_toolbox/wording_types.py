"""How tools and their parameters are described; see `wording`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Union


@dataclass(frozen=True)
class ParameterText:
    """One parameter of a tool: all that dialogs, scripts and metadata say of it."""

    name: str
    label: str
    datatype: Union[str, tuple[str, ...]]
    """Keyword of ArcGIS: ``GPRasterLayer``, ``DEFile`` ..."""
    help: str
    """What it does and what to choose, in full sentences."""
    kind: str = "Optional"
    """``Required``, ``Optional`` or ``Derived``."""
    output: bool = False
    category: str = ""
    default: Union[str, float, bool, None] = None
    choices: tuple[str, ...] = ()
    file_types: tuple[str, ...] = ()
    """Endings of files, without a dot."""
    limits: Optional[tuple[float, float]] = None
    """Least and greatest value."""
    depends_on: str = ""
    """Name of the parameter that holds the table, for a field."""
    geometry: tuple[str, ...] = ()
    """Kinds of feature that are taken: ``Polygon``."""
    enabled: bool = True


@dataclass(frozen=True)
class ToolText:
    """One tool."""

    name: str
    """Name of its class, which is also its name in scripts."""
    label: str
    summary: str
    usage: tuple[str, ...]
    """What to know before using it, a paragraph each."""
    parameters: tuple[ParameterText, ...]
    example: str
    """A call of it in Python."""
    tags: tuple[str, ...] = ("dwellings", "refugee camp", "deep learning", "imagery")


@dataclass(frozen=True)
class ToolboxText:
    """The toolbox itself."""

    label: str
    summary: str
    description: tuple[str, ...]
    credits: str
    licence: str
    tags: tuple[str, ...]
