"""Feature tables in the JSON of Esri, as the deep learning tools of ArcGIS Pro read them.

Coordinates are pixels of a tile, x to the right and y down, from its upper left corner.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Sequence

if TYPE_CHECKING:
    from .dwelling import Dwelling

_FIELDS = {"OID": "OID", "Class": "String", "Classvalue": "Integer", "Confidence": "Double"}
"""Type of each field of a dwelling."""
_COLOURS = ("Red", "Green", "Blue")


def dwelling_fields() -> str:
    """List the fields of the feature class that Detect Objects makes, as JSON."""
    return json.dumps({"fields": _table({**_FIELDS, "Shape": "Geometry"}, [])["fields"]})


def dwelling_table(dwellings: Iterable[Dwelling], names: Mapping[int, str]) -> str:
    """Write dwellings as a table of polygons, as JSON.

    Args:
        dwellings: Dwellings of one tile, in pixels.
        names: Name of each class by its value.
    """
    table = _table(_FIELDS, [_feature(*item, names) for item in enumerate(dwellings, 1)])
    table["geometryType"] = "esriGeometryPolygon"
    return json.dumps(table, allow_nan=False)


def class_table(classes: Iterable[tuple[int, str, Sequence[int]]]) -> str:
    """Write names and colours of the values of a class raster, as JSON.

    Args:
        classes: Value, name, and red, green and blue (0 to 255) of each.
    """
    kinds = {"OID": "OID", "Value": "Integer", "Class": "String"}
    kinds.update(dict.fromkeys(_COLOURS, "Integer"))
    rows = [
        {"attributes": dict(zip(kinds, (number, value, name, *color)))}
        for number, (value, name, color) in enumerate(classes, 1)
    ]
    return json.dumps(_table(kinds, rows))


def _feature(number: int, dwelling: Dwelling, names: Mapping[int, str]) -> dict[str, Any]:
    # The engine's exteriors run counter-clockwise on the screen, Esri's clockwise.
    rings = [
        [[float(x), float(y)] for x, y in ring[::-1]]
        for ring in (dwelling.exterior, *dwelling.holes)
    ]
    return {
        "attributes": {
            "OID": number,
            "Class": names[int(dwelling.class_value)],
            "Classvalue": int(dwelling.class_value),
            "Confidence": round(100 * float(dwelling.mean_probability), 4),
        },
        "geometry": {"rings": rings},
    }


def _table(kinds: Mapping[str, str], features: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "displayFieldName": "",
        "fieldAliases": {name: name for name in kinds},
        "fields": [
            {"name": name, "type": f"esriFieldType{kind}", "alias": name}
            for name, kind in kinds.items()
        ],
        "features": features,
    }
