"""Keys of an Esri model definition (.emd): the one statement of which follows from what.

Writers take the keys from this table, checks hold a definition against it, and the raster function,
which has only the engine at hand, fills in with them what a definition leaves out. A new key needs
a line here and one in ``docs/dlpk.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Optional

if TYPE_CHECKING:
    from .spec import ClassDef, ModelSpec

SPEC_KEY = "CampDetector"
"""Key of the spec itself."""
_BATCH_SIZE = 16
"""Chips that ArcGIS hands over at once, laid out as a square."""
_MAP_UNITS = {"latestWkid": 3857, "wkid": 102100}
"""Says that a cell size is in metres."""


@dataclass(frozen=True)
class EmdKey:
    """A key of a definition, and how its value follows from the spec."""

    name: str
    value: Optional[Callable[[ModelSpec], Any]] = None
    """Gives the value as JSON holds it; None where the writer of a package gives it."""
    is_file: bool = False
    """True if it names a file beside the definition."""
    is_needed: bool = False
    """True if ArcGIS or the raster function cannot do without it."""
    is_setting: bool = False
    """True if ArcGIS' tools begin with it, so that another value finds other dwellings."""
    is_layout: bool = False
    """True if the raster function reads pixels or names classes by it."""


def _class_of(entry: ClassDef) -> dict[str, Any]:
    color = list(bytes.fromhex(entry.color[1:]))
    return {"Color": color, "Name": entry.name, "Value": entry.value}


def _cell_of(spec: ModelSpec) -> dict[str, Any]:
    return {"spatialReference": dict(_MAP_UNITS), "x": spec.gsd, "y": spec.gsd}


KEYS = (
    EmdKey("BatchSize", lambda _: _BATCH_SIZE),
    EmdKey(SPEC_KEY, lambda spec: spec.to_dict(), is_needed=True),
    EmdKey(
        "Classes",
        lambda spec: [_class_of(c) for c in spec.classes],
        is_needed=True,
        is_layout=True,
    ),
    EmdKey("EngineFile", is_file=True, is_needed=True),
    EmdKey(
        "ExtractBands", lambda spec: list(range(len(spec.bands))), is_needed=True, is_layout=True
    ),
    EmdKey("Framework", lambda _: "PyTorch", is_needed=True),
    EmdKey("ImageHeight", lambda spec: spec.tile_size, is_needed=True, is_layout=True),
    EmdKey("ImageSpaceUsed", lambda _: "MAP_SPACE"),
    EmdKey("ImageWidth", lambda spec: spec.tile_size, is_needed=True, is_layout=True),
    EmdKey("InferenceFunction", is_file=True, is_needed=True),
    EmdKey("MaxCellSize", _cell_of),
    EmdKey("MinArea", lambda spec: spec.min_area, is_setting=True),
    EmdKey("MinCellSize", _cell_of),
    EmdKey("ModelFile", is_file=True, is_needed=True),
    EmdKey("ModelFormat", lambda _: "NCHW"),
    EmdKey("ModelName", lambda spec: spec.name),
    EmdKey("ModelType", is_needed=True),
    EmdKey("Padding", lambda spec: spec.overlap // 2, is_setting=True),
    EmdKey("SupportsVariableTileSize", lambda _: True),
    EmdKey("Threshold", lambda spec: spec.threshold, is_setting=True),
    EmdKey("TorchScriptFile", is_file=True),
    EmdKey("Version", lambda spec: spec.version),
)
"""All keys of our definitions."""
SETTINGS = tuple(key.name for key in KEYS if key.is_setting)
DECISIVE = tuple(key.name for key in KEYS if key.is_setting or key.is_layout)
"""Keys whose value decides which dwellings are found, and under which names."""
NEEDED = tuple(key.name for key in KEYS if key.is_needed)
NEEDED_FILES = tuple(key.name for key in KEYS if key.is_needed and key.is_file)


def emd_keys(spec: ModelSpec) -> dict[str, Any]:
    """The values of all keys that follow from a spec, as JSON holds them."""
    return {key.name: key.value(spec) for key in KEYS if key.value is not None}
