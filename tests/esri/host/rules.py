"""ArcGIS' demands on a Python raster function, and the words in which it fails.

Clauses are those of `docs/arcgis-contract.md`. Standard library and numpy, Python 3.9: this runs
in the process that stands in for ArcGIS Pro.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

KINDS = {"numeric", "string", "raster", "rasters", "boolean"}
PIXEL_TYPES = {"t1", "t2", "t4", "i1", "i2", "i4", "u1", "u2", "u4", "f4", "f8"}
FIELD_TYPES = {
    "esriFieldTypeOID": int,
    "esriFieldTypeInteger": int,
    "esriFieldTypeDouble": float,
    "esriFieldTypeString": str,
}
POLYGON = 4


class HostError(Exception):
    """Refusal by the host, as a user would read it."""


def require(condition: bool, message: str) -> None:
    if not condition:
        raise HostError(message)


def strict_json(text: Any, name: str) -> Any:
    """Parse JSON without NaN and infinities."""
    require(type(text) is str, f"{name} must be text, got {type(text).__name__}")

    def refuse(constant: str) -> None:
        raise HostError(f"{name} holds {constant}, which is no JSON")

    try:
        return json.loads(text, parse_constant=refuse)
    except ValueError as error:
        raise HostError(f"{name} is no JSON: {error}") from error


def check_parameters(rows: Any) -> None:
    """The answer of getParameterInfo."""
    require(type(rows) is list, "the parameter information is not a python list")
    names = [row["name"] for row in rows]
    first = [(row["name"], row["dataType"]) for row in rows[:3]]
    require(
        first == [("raster", "raster"), ("model", "string"), ("device", "numeric")],
        f"getParameterInfo: the first three must be raster, model and device, got {names[:3]}",
    )
    require(len(set(names)) == len(names), f"getParameterInfo: names repeat in {names}")
    for row in rows:
        name, kind, value = row["name"], row["dataType"], row["value"]
        require(str(name).isidentifier(), f"getParameterInfo: {name!r} is no name")
        require(kind in KINDS, f"getParameterInfo: {name} has the unknown type {kind!r}")
        require(
            kind != "numeric" or (type(value) in {int, float} and math.isfinite(value)),
            f"getParameterInfo: {name} is numeric and its value is {value!r}",
        )
        require(
            kind != "string" or value is None or type(value) is str,
            f"getParameterInfo: {name} is a string and its value is {value!r}",
        )
        for key in ("required", "displayName", "description"):
            require(key in row, f"getParameterInfo: {name} lacks {key}")
    json.dumps(rows, allow_nan=False)


def check_configuration(configuration: Any, bands: int) -> None:
    """The answer of getConfiguration for a raster of some bands."""
    require(type(configuration) is dict, "getConfiguration must return a dictionary")
    extract = configuration.get("extractBands")
    require(
        type(extract) is tuple and all(type(b) is int and b >= 0 for b in extract),
        f"getConfiguration: extractBands must be a tuple of band indices, got {extract!r}",
    )
    require(
        max(extract) < bands,
        f"extractBands {extract} names bands that a raster of {bands} bands has not",
    )
    for key, least in (("padding", 0), ("tx", 1), ("ty", 1)):
        value = configuration.get(key)
        require(
            type(value) is int and value >= least,
            f"getConfiguration: {key} must be an int from {least} on, got {value!r}",
        )
    require(configuration.get("inputMask") is True, "getConfiguration: inputMask is not True")
    require(
        "dataRange" not in configuration,
        "getConfiguration: dataRange makes the host rescale pixels by the raster's statistics",
    )
    inherit = configuration.get("inheritProperties", 15)
    require(
        type(inherit) is int and inherit & 7 == 4,
        f"getConfiguration: inheritProperties is {inherit!r}: the place of the raster (4) is "
        "needed, and its pixel type (1) and NoData (2) would replace those of updateRasterInfo",
    )

    dropped = configuration.get("invalidateProperties", 0)
    require(
        type(dropped) is int and dropped & 14 == 14,
        f"getConfiguration: invalidateProperties is {dropped!r}: statistics (2), histogram (4) and "
        "key properties (8) of the raster are not those of its classes",
    )


def check_raster_info(out: Any, classes: list[dict[str, Any]]) -> None:
    """The answer of updateRasterInfo."""
    require(type(out) is dict and "output_info" in out, "updateRasterInfo must return its kwargs")
    info = out["output_info"]
    require(info.get("bandCount") == 1, f"output_info: bandCount is {info.get('bandCount')!r}")
    kind = info.get("pixelType")
    require(kind in PIXEL_TYPES, f"output_info: pixelType {kind!r} is none of {PIXEL_TYPES}")
    for key in ("statistics", "histogram"):
        require(info.get(key) == (), f"output_info: {key} of the input are kept")
    values = {c["Value"] for c in classes}
    nodata = np.atleast_1d(info["noData"]) if info.get("noData") is not None else np.zeros(0)
    require(
        not set(nodata.tolist()) & (values | {0}),
        f"output_info: noData {nodata.tolist()} is the value of a class",
    )
    if kind == "f4":
        return
    table = strict_json(info.get("rasterAttributeTable"), "rasterAttributeTable")
    names = [field["name"] for field in table["fields"]]
    require(
        names == ["OID", "Value", "Class", "Red", "Green", "Blue"],
        f"rasterAttributeTable: fields are {names}",
    )
    rows = [f["attributes"] for f in table["features"]]
    table_rows = [(r["Value"], r["Class"], [r["Red"], r["Green"], r["Blue"]]) for r in rows]
    require(
        table_rows == [(c["Value"], c["Name"], c["Color"]) for c in classes],
        f"rasterAttributeTable {table_rows} is not that of the model's classes",
    )


def check_pixels(
    out: Any,
    block: Any,
    shape: tuple[int, ...],
    kind: str,
    values: set[int],
    *,
    nodata: Any,
) -> None:
    """The answer of updatePixels.

    Args:
        out: The answer.
        block: The mask that was handed in for the tile without margin.
        shape: What was asked for.
        kind: The type of pixels that was asked for.
        values: Of the classes.
        nodata: What updateRasterInfo named so, if anything.
    """
    require(
        type(out) is dict, "Python Raster Function's read method returned a non-dictionary object"
    )
    pixels = out.get("output_pixels")
    require(type(pixels) is np.ndarray, "output_pixels is not a numpy array")
    byte_count = int(np.prod(shape)) * np.dtype(kind).itemsize
    require(
        pixels.nbytes == byte_count, f"incoming {pixels.nbytes} bytes, expected {byte_count} bytes"
    )
    require(
        pixels.shape == tuple(shape) and pixels.dtype == np.dtype(kind),
        f"output_pixels is {pixels.dtype} {pixels.shape}, expected {kind} {tuple(shape)}",
    )
    mask = out.get("output_mask")
    if mask is not None:
        require(
            type(mask) is np.ndarray and mask.dtype == np.uint8 and mask.shape == pixels.shape,
            "output_mask must be u1 and of the shape of the pixels",
        )
        require(set(np.unique(mask).tolist()) <= {0, 1}, "output_mask must hold 0 and 1 alone")
    valid = block.reshape(pixels.shape) if mask is None else mask != 0
    if nodata is not None:
        masked = set(np.unique(pixels[~valid]).tolist())
        require(
            masked <= set(np.atleast_1d(nodata).tolist()),
            f"updatePixels gave {sorted(masked)} where there is no image, noData is {nodata}",
        )
    if kind == "u1":
        values_found = set(np.unique(pixels[valid]).tolist())
        require(
            values_found <= values | {0},
            f"updatePixels gave {sorted(values_found)}, the classes are {sorted(values)}",
        )


def check_fields(text: Any, kind: Any) -> dict[str, str]:
    """The answers of getFields and getGeometryType: type by name."""
    require(kind == POLYGON, f"getGeometryType gave {kind!r} for polygons")
    fields = {f["name"]: f["type"] for f in strict_json(text, "getFields")["fields"]}
    for name in ("OID", "Class", "Confidence", "Shape"):
        require(name in fields, f"getFields lacks {name}")
    return fields


def check_vectors(out: Any, fields: dict[str, str]) -> list[dict[str, Any]]:
    """The answer of vectorize: the features."""
    require(
        out is not None,
        "Python Raster Function's .vectorize() method returned nothing. Python raster function is "
        "unable to vectorize the data. [Failed to generate table] ERROR 999999",
    )
    require(
        type(out) is dict and list(out) == ["output_vectors"],
        "vectorize must return a dictionary with output_vectors alone",
    )
    table = strict_json(out["output_vectors"], "output_vectors")
    require(
        table.get("geometryType") == "esriGeometryPolygon",
        f"output_vectors: geometryType is {table.get('geometryType')!r}",
    )
    own = {f["name"]: f["type"] for f in table["fields"]}
    require(
        all(fields.get(name) == kind for name, kind in own.items()),
        f"output_vectors: fields {own} are not those of getFields {fields}",
    )
    for number, feature in enumerate(table["features"], 1):
        attributes = feature["attributes"]
        require(
            set(attributes) == set(own),
            f"output_vectors: attributes {sorted(attributes)} are not the fields {sorted(own)}",
        )
        for name, value in attributes.items():
            type_names = FIELD_TYPES[own[name]]
            require(
                type(value) is type_names, f"output_vectors: {name} is {value!r}, not {own[name]}"
            )
        require(attributes["OID"] == number, f"output_vectors: OID {attributes['OID']} of {number}")
        require(
            0 <= attributes["Confidence"] <= 100,
            f"output_vectors: Confidence {attributes['Confidence']} is not 0 to 100",
        )
        for place, ring in enumerate(feature["geometry"]["rings"]):
            check_ring(ring, hole=place > 0)
    return list(table["features"])


def check_ring(ring: list[list[float]], *, hole: bool) -> None:
    """A ring in pixels, x to the right and y down."""
    require(len(ring) >= 4, f"output_vectors: a ring of {len(ring)} points")
    require(ring[0] == ring[-1], "output_vectors: a ring is not closed")
    x, y = np.asarray(ring, float).T
    require(bool(np.isfinite(x).all() and np.isfinite(y).all()), "output_vectors: not finite")
    # With y down, what runs clockwise on the screen has a positive area by this formula.
    area = float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum()) / 2
    kind_of_ring, way = ("a hole", "counter-clockwise") if hole else ("an outer ring", "clockwise")
    require(
        area < 0 if hole else area > 0,
        f"output_vectors: {kind_of_ring} must run {way} on the screen",
    )
