"""Rules for bands: their definition, and their use by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.item import assets_of, properties_of, roles_of
from camp_detector_core.model_file.json_values import as_dict, as_list, texts

if TYPE_CHECKING:
    from .findings import Findings, Place

_OLD_BAND_FIELDS = ("common_name", "center_wavelength", "full_width_half_max")


def band_names(item: dict[str, Any], findings: Findings) -> set[str]:
    """List the names of the defined bands, and note definitions in wrong places."""
    properties, assets = properties_of(item), assets_of(item)
    names = _names(properties, findings.at("properties"))
    models = {key: asset for key, asset in assets.items() if "mlm:model" in roles_of(asset)}
    names_by_asset: dict[str, list[str]] = {
        key: _names(asset, findings.at("assets", key)) for key, asset in assets.items()
    }
    if properties.get("bands") is not None and not any("bands" in a for a in assets.values()):
        remedy = "repeat them on the model's asset: STAC 1.1 allows them here only then"
        findings.at("properties", "bands").problem("no asset has bands", remedy)
    for key in models:
        if names_by_asset[key] and names and names_by_asset[key] != names:
            place = findings.at("assets", key, "bands")
            message = f"names {shown(names_by_asset[key])}, and properties.bands {shown(names)}"
            place.problem(message, "write the same bands in the same order")
    old = [
        name
        for holder in (properties, *models.values())
        for key in ("eo:bands", "raster:bands")
        for name in _text_names(holder.get(key))
    ]
    return {*names, *old}


def _text_names(value: object) -> list[str]:
    names = [as_dict(band).get("name") for band in as_list(value)]
    return [name for name in names if isinstance(name, str)]


def _names(holder: dict[str, Any], base: Place) -> list[str]:
    """List the names of an object's bands, and check each band."""
    names = _text_names(holder.get("bands"))
    for i, band in enumerate(as_list(holder.get("bands"))):
        place = base.at("bands", i)
        if isinstance(band, dict) and not isinstance(band.get("name"), str):
            place.problem("has no name", "add the name that mlm:input uses")
        for field in _OLD_BAND_FIELDS:
            if field in as_dict(band):
                message = f"{field} is a name of STAC 1.0"
                place.problem(message, f"write eo:{field} and list the eo extension")
    if len(set(names)) < len(names):
        base.at("bands").problem("two bands have the same name", "rename one")
    return names


def check_band_use(
    entry: dict[str, Any], structure: dict[str, Any], names: set[str], base: Place
) -> None:
    """Check the bands of an input or output against the defined bands and the shape."""
    bands = as_list(entry.get("bands"))
    for i, band in enumerate(bands):
        derived = "expression" in as_dict(band)
        name = as_dict(band).get("name") if isinstance(band, dict) else band
        if not derived and (not isinstance(name, str) or name not in names):
            defined = ", ".join(sorted(map(shown, names))[:20]) or "none"
            message = f"{shown(name)!r} is not a band of properties.bands, which has {defined}"
            base.at("bands", i).problem(message, "define it there, or correct the name")
    order, shape = texts(structure.get("dim_order")), as_list(structure.get("shape"))
    place = base.at("input" if "input" in entry else "result")
    if not bands or not order:
        return
    if "bands" not in order:
        remedy = "rename the dimension of the bands (channel?) to bands"
        place.at("dim_order").problem("names no dimension bands, and bands are named", remedy)
        return
    axis = order.index("bands")
    # gdal-calc, say: an index of two bands is one layer.
    computed = as_dict(entry.get("pre_processing_function")).get("format", "python") != "python"
    if axis < len(shape) and shape[axis] != len(bands) and not computed:
        message = f"the dimension bands is {shown(shape[axis])}, and {len(bands)} bands are named"
        place.at("shape").problem(message, "make them agree")
