"""All words of Export Training Data."""

from __future__ import annotations

from camp_detector_core.engine.parameters import BANDS
from camp_detector_core.training_data.request import MARGIN, MOST_MARGIN

from .wording_types import ParameterText, ToolText, text_of_parameter

EXPORT = ToolText(
    name="ExportTrainingData",
    label="Export Training Data",
    summary="Writes imagery, corrected dwellings and the area in which they are complete as a "
    "folder with which a model can be taught your place.",
    usage=(
        (
            "Run Detect Dwellings, correct a part of the result (50 to 150 dwellings of all kinds: "
            "delete false alarms, draw what is missing, divide what is merged), and draw the area "
            "in which no dwelling is missing any more, with empty ground in it, too."
        ),
        (
            "The folder holds the imagery of that area without loss, the dwellings and the area as "
            "GeoPackages, a places file, and a text with the one command that teaches a model: "
            "python -m training adapt, on any machine with the training extra of Camp Detector. "
            "The command is in the messages as well."
        ),
        (
            "Outlines that cross themselves are mended; whatever is left out is counted in the "
            "messages. Dwellings that the edge of the area cuts are kept as a whole, those beyond "
            "it are left out."
        ),
        (
            "All files appear at the end, or none. The folder must be new or empty; an earlier "
            "export is replaced only where the geoprocessing options allow it. The imagery shows "
            "the place: protect it as you protect the original."
        ),
    ),
    parameters=(
        ParameterText(
            name="in_raster",
            label="Imagery",
            datatype="GPRasterLayer",
            kind="Required",
            help="The raster that the dwellings were corrected on: a dataset, a layer, a mosaic. "
            "It needs a coordinate system. Pixels are written as they are.",
        ),
        ParameterText(
            name="in_dwellings",
            label="Corrected Dwellings",
            datatype="GPFeatureLayer",
            kind="Required",
            geometry=("Polygon",),
            help="Outlines of dwellings, in any coordinate system. A selection is honoured.",
        ),
        ParameterText(
            name="out_folder",
            label="Output Folder",
            datatype="DEFolder",
            kind="Required",
            output=True,
            help="The folder to write: one that does not exist, or is empty.",
        ),
        ParameterText(
            name="in_area",
            label="Reviewed Area",
            datatype="GPFeatureLayer",
            geometry=("Polygon",),
            help="Polygons within which no dwelling is missing. Beyond them nothing is known, and "
            "nothing teaches. Left empty, the rectangle around all dwellings is taken, with a "
            "warning.",
        ),
        ParameterText(
            name="class_field",
            label="Class Field",
            datatype="Field",
            depends_on="in_dwellings",
            help="Field of the dwellings with the class of each, for models with several classes.",
        ),
        ParameterText(
            name="margin",
            label="Margin (metres)",
            datatype="GPDouble",
            category="Advanced",
            default=MARGIN,
            limits=(0.0, MOST_MARGIN),
            help="Imagery around the reviewed area, which the model sees and which teaches "
            "nothing.",
        ),
        text_of_parameter(
            BANDS,
            category="Advanced",
            help="Numbers of the bands to write, in the order of the model's, e.g. 3,2,1. Left "
            "empty, all bands are written.",
        ),
        ParameterText(
            name="credit",
            label="Credit",
            datatype="GPString",
            category="Advanced",
            help="Names that imagery or dwellings ask to be credited; they go into the model.",
        ),
        ParameterText(
            name="command",
            label="Command",
            datatype="GPString",
            kind="Derived",
            output=True,
            help="The command that teaches a model with the folder.",
        ),
    ),
    example='arcpy.campdetector.ExportTrainingData("camp.tif", "corrected", r"C:\\camp\\north", '
    '"reviewed")',
)
