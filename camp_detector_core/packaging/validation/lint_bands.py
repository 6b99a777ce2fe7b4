"""Rules for bands: defined where they must be, and used by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.wording import shown

from .reading import as_dict, as_list, assets_of, properties_of, roles_of, texts

if TYPE_CHECKING:
    from .findings import Findings, Where

_OLD_BAND_FIELDS = ("common_name", "center_wavelength", "full_width_half_max")


def band_names(item: dict[str, Any], findings: Findings) -> set[str]:
    """Names of the bands that the item defines, and whether they stand where they must."""
    properties, assets = properties_of(item), assets_of(item)
    here = _names(properties, ("properties",), findings)
    models = {key: asset for key, asset in assets.items() if "mlm:model" in roles_of(asset)}
    there: dict[str, list[str]] = {
        key: _names(asset, ("assets", key), findings) for key, asset in assets.items()
    }
    if properties.get("bands") is not None and not any("bands" in a for a in assets.values()):
        remedy = "repeat them on the model's asset: STAC 1.1 allows them here only then"
        findings.problem(("properties", "bands"), "no asset has bands", remedy)
    for key in models:
        if there[key] and here and there[key] != here:
            where = ("assets", key, "bands")
            what = f"names {shown(there[key])}, and properties.bands {shown(here)}"
            findings.problem(where, what, "write the same bands in the same order")
    old = [name for key in ("eo:bands", "raster:bands") for name in _plain(properties.get(key))]
    old += [
        name
        for asset in models.values()
        for key in ("eo:bands", "raster:bands")
        for name in _plain(asset.get(key))
    ]
    return {*here, *old}


def _plain(value: object) -> list[str]:
    names = [as_dict(band).get("name") for band in as_list(value)]
    return [name for name in names if isinstance(name, str)]


def _names(holder: dict[str, Any], where: Where, findings: Findings) -> list[str]:
    """Names of the bands of an object; each band checked alone."""
    names = _plain(holder.get("bands"))
    for i, band in enumerate(as_list(holder.get("bands"))):
        place = (*where, "bands", i)
        if isinstance(band, dict) and not isinstance(band.get("name"), str):
            findings.problem(place, "has no name", "add the name that mlm:input uses")
        for field in _OLD_BAND_FIELDS:
            if field in as_dict(band):
                what = f"{field} is a name of STAC 1.0"
                findings.problem(place, what, f"write eo:{field} and list the eo extension")
    if len(set(names)) < len(names):
        findings.problem((*where, "bands"), "two bands have the same name", "rename one")
    return names


def check_band_use(
    entry: dict[str, Any],
    structure: dict[str, Any],
    names: set[str],
    where: Where,
    findings: Findings,
) -> None:
    """The bands of an input or output against those defined, and against its shape."""
    bands = as_list(entry.get("bands"))
    for i, band in enumerate(bands):
        derived = "expression" in as_dict(band)
        name = as_dict(band).get("name") if isinstance(band, dict) else band
        if not derived and (not isinstance(name, str) or name not in names):
            known = ", ".join(sorted(map(shown, names))[:20]) or "none"
            what = f"{shown(name)!r} is no band of properties.bands, which has {known}"
            findings.problem((*where, "bands", i), what, "define it there, or correct the name")
    order, shape = texts(structure.get("dim_order")), as_list(structure.get("shape"))
    place = (*where, "input" if "input" in entry else "result")
    if not bands or not order:
        return
    if "bands" not in order:
        remedy = "rename the dimension of the bands (channel?) to bands"
        findings.problem(
            (*place, "dim_order"), "names no dimension bands, and bands are named", remedy
        )
        return
    at = order.index("bands")
    # gdal-calc, say: an index of two bands is one layer.
    computed = as_dict(entry.get("pre_processing_function")).get("format", "python") != "python"
    if at < len(shape) and shape[at] != len(bands) and not computed:
        what = f"the dimension bands is {shown(shape[at])}, and {len(bands)} bands are named"
        findings.problem((*place, "shape"), what, "make them agree")
