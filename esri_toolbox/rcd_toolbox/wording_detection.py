"""All words of Detect Dwellings and Classify Camp Pixels.

Their parameters come from the table of detection's options; this says how ArcGIS shows them.
"""

from __future__ import annotations

from dataclasses import replace

from camp_detector_core.engine import parameters
from camp_detector_core.engine.arguments import MAX_SIDE
from camp_detector_core.engine.parameter import Limits

from .wording_types import ParameterText, ToolText, text_of_parameter

_ADVANCED = "Advanced"
"""Group of parameters that a dialog shows folded."""
_RASTER = text_of_parameter(
    parameters.IMAGES,
    datatype="GPRasterLayer",
    help="Imagery from above: a raster dataset, a layer, a mosaic. It needs the bands that the "
    "model names (usually red, green, blue, in this order), a coordinate system, and pixels about "
    "as large as those that the model was trained on; other resolutions are resampled.",
)
_MODEL = text_of_parameter(
    parameters.MODEL,
    datatype="DEFile",
    file_types=("dlpk", "emd"),
    help="A model package of Camp Detector (.dlpk) or a model definition (.emd). Left empty, it is "
    "the package that Install Model Package installed last, or else the one that lies beside the "
    "toolbox. A package holds code that ArcGIS Pro runs: use those of people you trust.",
)
_EXTENT = text_of_parameter(
    parameters.EXTENT,
    datatype="GPExtent",
    help="The part of the raster to work on; left empty, all of it (or the extent of the "
    "geoprocessing environment, where one is set).",
)
_THRESHOLD = text_of_parameter(parameters.THRESHOLD)
_MIN_AREA = text_of_parameter(parameters.MIN_AREA)
_TILE_SIZE = text_of_parameter(
    replace(parameters.TILE_SIZE, unset=parameters.THRESHOLD.unset, limits=Limits(32, MAX_SIDE)),
    category=_ADVANCED,
)
_BANDS = text_of_parameter(parameters.BANDS, category=_ADVANCED, limits=None)
_BATCH = text_of_parameter(
    parameters.BATCH_SIZE,
    category=_ADVANCED,
    help=f"{parameters.BATCH_SIZE.explanation} The engine of this toolbox does not need it.",
)
_TTA = text_of_parameter(parameters.TTA, category=_ADVANCED)
_NMS = text_of_parameter(parameters.RUN_NMS, category=_ADVANCED)
_ENGINE = text_of_parameter(parameters.ENGINE, category=_ADVANCED)
_PROCESSOR = text_of_parameter(parameters.PROCESSOR, category=_ADVANCED)
_GPU = text_of_parameter(parameters.GPU_ID, category=_ADVANCED)
_MODEL_SAYS = ParameterText(
    name="model_says",
    label="The Model's Own Values",
    datatype="GPString",
    category=_ADVANCED,
    enabled=False,
    help="What the chosen model says of itself, to look at. Leave it as it is.",
)

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
        _RASTER,
        _MODEL,
        text_of_parameter(
            parameters.OUT,
            datatype="DEFeatureClass",
            output=True,
            help="The polygon feature class or shapefile to write.",
        ),
        _EXTENT,
        _THRESHOLD,
        _MIN_AREA,
        _TILE_SIZE,
        _BATCH,
        _TTA,
        _NMS,
        _ENGINE,
        _PROCESSOR,
        _GPU,
        _MODEL_SAYS,
        _BANDS,
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
    parameters=(
        _RASTER,
        _MODEL,
        text_of_parameter(
            parameters.MASK,
            datatype="DERasterDataset",
            kind="Required",
            default=None,
            output=True,
            help="The raster to write: a .tif, or a raster in a geodatabase.",
        ),
        _EXTENT,
        _THRESHOLD,
        _TILE_SIZE,
        _BATCH,
        _TTA,
        _ENGINE,
        _PROCESSOR,
        _GPU,
        _MODEL_SAYS,
        _BANDS,
    ),
    example='arcpy.campdetector.ClassifyCampPixels("camp.tif", "", r"C:\\camp\\classes.tif")',
)
