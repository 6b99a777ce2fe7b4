"""All words of Detect Dwellings and Classify Camp Pixels.

Their parameters come from the table of detection's options; this says how ArcGIS shows them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Mapping

from camp_detector_core.engine import parameters
from camp_detector_core.engine.arguments import MAX_SIDE
from camp_detector_core.engine.parameter import Limits

from .wording_types import ParameterText, ToolText, text_of_parameter

if TYPE_CHECKING:
    from camp_detector_core.engine.parameter import Parameter

_PARAMETERS = {
    **{parameter.name: parameter for parameter in parameters.shown_in(parameters.ARCGIS)},
    parameters.TILE_SIZE.name: replace(
        parameters.TILE_SIZE, unset=parameters.THRESHOLD.unset, limits=Limits(32, MAX_SIDE)
    ),
}
"""The parameters by their names in the table; tiles are as in the raster function."""
_DATA: Mapping[str, Mapping[str, Any]] = {
    "images": {
        "datatype": "GPRasterLayer",
        "help": "Imagery from above: a raster dataset, a layer, a mosaic. It needs the bands that "
        "the model names (usually red, green, blue, in this order), a coordinate system, and "
        "pixels about as large as those that the model was trained on; other resolutions are "
        "resampled.",
    },
    "model": {
        "datatype": "DEFile",
        "file_types": ("dlpk", "emd"),
        "help": "A model package of Camp Detector (.dlpk) or a model definition (.emd). Left "
        "empty, it is the package that Install Model Package installed last, or else the one that "
        "lies beside the toolbox. A package holds code that ArcGIS Pro runs: use those of people "
        "you trust.",
    },
    "out": {
        "datatype": "DEFeatureClass",
        "output": True,
        "help": "The polygon feature class or shapefile to write.",
    },
    "mask": {
        "datatype": "DERasterDataset",
        "kind": "Required",
        "default": None,
        "output": True,
        "help": "The raster to write: a .tif, or a raster in a geodatabase.",
    },
    "extent": {
        "datatype": "GPExtent",
        "help": "The part of the raster to work on; left empty, all of it (or the extent of the "
        "geoprocessing environment, where one is set).",
    },
}
"""Parameters that are data, by their names in the table, with what ArcGIS says of them."""
_OWN: Mapping[str, Mapping[str, Any]] = {
    **_DATA,
    "threshold": {},
    "min_area": {},
    "batch_size": {
        "category": "Advanced",
        "help": f"{parameters.BATCH_SIZE.explanation} The engine of this toolbox does not need it.",
    },
}
"""Fields that ArcGIS has otherwise; all other parameters are in the group that is shown folded."""
OPTIONS = tuple(p for name, p in _PARAMETERS.items() if name not in _DATA)
"""The parameters that are values."""
_MODEL_SAYS = ParameterText(
    name="model_says",
    label="The Model's Own Values",
    datatype="GPString",
    category="Advanced",
    enabled=False,
    help="What the chosen model says of itself, to look at. Leave it as it is.",
)
_POSITIONS = (
    "in_raster", "in_model", "out_features", "out_raster", "extent", "threshold", "min_area",
    "tile_size", "batch_size", "test_time_augmentation", "run_nms", "engine", "processor",
    "gpu_id", "model_says", "bands",
)  # fmt: skip
"""The order in which scripts give parameters without their names; new ones come after these."""


def _without(*absent: Parameter) -> tuple[ParameterText, ...]:
    """The parameters of a tool in order: all that ArcGIS shows but some."""
    texts = [_MODEL_SAYS]
    for name, parameter in _PARAMETERS.items():
        if parameter not in absent:
            own = _OWN.get(name, {"category": "Advanced"})
            texts.append(text_of_parameter(parameter, **own))
    places = {name: i for i, name in enumerate(_POSITIONS)}
    return tuple(sorted(texts, key=lambda text: places.get(text.name, len(places))))


DETECT = ToolText(
    name="DetectDwellings",
    label="Detect Dwellings",
    summary="Finds dwellings in imagery and writes each as a polygon with its class, its area on "
    "the ground and the model's confidence.",
    usage=(
        (
            "The output has the fields class, area_m2 (square metres on the ground, geodesic) and "
            "confidence (0 to 100: the mean probability over the dwelling's pixels). The number of "
            "dwellings is in the messages and in the derived output."
        ),
        (
            "Before the run the tool looks at bands, bit depth, pixel size, coordinate system, "
            "libraries and licence, and says what does not fit."
        ),
        (
            "ArcGIS' own tool needs the Image Analyst extension and the Deep Learning Libraries "
            "Installer for ArcGIS Pro. Without the licence the engine of this toolbox does the "
            "work, with the same result; it needs the libraries, too, and ArcGIS Pro 3.3 or newer."
        ),
        (
            "Imagery of another bit depth than the model's (such as 16 bits) is stretched over the "
            "whole raster by the engine of this toolbox; ArcGIS' own tool cannot do that."
        ),
        (
            "Each dwelling is given once, also where pieces of the raster meet, so that no "
            "non-maximum suppression is needed."
        ),
    ),
    parameters=(
        *_without(parameters.MASK),
        ParameterText(
            name="count",
            label="Number of Dwellings",
            datatype="GPLong",
            kind="Derived",
            output=True,
            help="How many dwellings were found.",
        ),
    ),
    example='arcpy.campdetector.DetectDwellings("camp.tif", "", r"camp.gdb\\dwellings")',
)

CLASSIFY = ToolText(
    name="ClassifyCampPixels",
    label="Classify Camp Pixels",
    summary="Writes a raster with the class of each pixel: 0 background, or the value of a class "
    "of the model, with the classes' names and colours.",
    usage=(
        (
            "The same model, settings and checks as in Detect Dwellings; the classes agree with "
            "its polygons. Between touching dwellings lies a line of background one pixel wide."
        ),
        "Pixels without imagery are NoData.",
        "The output has a colour map and an attribute table with the field Class.",
    ),
    parameters=_without(*parameters.FOR_POLYGONS),
    example='arcpy.campdetector.ClassifyCampPixels("camp.tif", "", r"C:\\camp\\classes.tif")',
)
