"""Keys of an Esri model definition that follow from the spec: the one statement of which from what.

Whoever writes a definition takes them from here; the raster function, which has only the engine at
hand, fills in with them what a definition leaves out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .spec import ModelSpec

SPEC_KEY = "CampDetector"
"""Key of the spec itself."""
_BATCH_SIZE = 16
"""Chips that ArcGIS hands over at once, laid out as a square."""
_MAP_UNITS = {"latestWkid": 3857, "wkid": 102100}
"""Says that a cell size is in metres."""


def emd_keys(spec: ModelSpec) -> dict[str, Any]:
    """The values of the derived keys of a model's definition, as JSON holds them."""
    cell = {"spatialReference": dict(_MAP_UNITS), "x": spec.gsd, "y": spec.gsd}
    return {
        "BatchSize": _BATCH_SIZE,
        SPEC_KEY: spec.to_dict(),
        "Classes": [
            {"Color": list(bytes.fromhex(c.color[1:])), "Name": c.name, "Value": c.value}
            for c in spec.classes
        ],
        "ExtractBands": list(range(len(spec.bands))),
        "ImageHeight": spec.tile_size,
        "ImageWidth": spec.tile_size,
        "MaxCellSize": cell,
        "MinArea": spec.min_area,
        "MinCellSize": cell,
        "ModelName": spec.name,
        "Padding": spec.overlap // 2,
        "Threshold": spec.threshold,
        "Version": spec.version,
    }
