"""All words of the tools and their parameters, once.

The dialogs' parameters, the checks and the metadata files (``*.pyt.xml``) are made from here.
"""

from __future__ import annotations

from .wording_detection import CLASSIFY, DETECT
from .wording_export import EXPORT
from .wording_types import ParameterText, ToolboxText, ToolText

TOOLBOX = ToolboxText(
    label="Camp Detector",
    summary="Finds the dwellings of refugee and displacement camps in drone and satellite imagery, "
    "writes each as a polygon, and counts them by area.",
    description=(
        (
            "Five tools: Detect Dwellings, Classify Camp Pixels, Install Model Package, Camp "
            "Summary and Export Training Data. Models are deep learning packages (.dlpk); one "
            "comes with the toolbox."
        ),
        (
            "A polygon is a roof and says nothing about who or how many live under it. Look at the "
            "result over the imagery before you use a count."
        ),
    ),
    credits="Camp Detector contributors. Each model names its data and authors in its package.",
    licence="The toolbox is under the MIT licence; each model carries its own.",
    tags=("dwellings", "refugee camp", "humanitarian", "deep learning", "imagery"),
)

INSTALL = ToolText(
    name="InstallModelPackage",
    label="Install Model Package",
    summary="Checks a model package, says in words what it is, and copies it into your folder of "
    "models, from where the other tools take it by themselves.",
    usage=(
        (
            "Nothing in the package is run. Its files, its model definition and its description "
            "are read and held against each other; whatever is wrong is listed, and a package with "
            "faults is not installed."
        ),
        "The package that was installed last is the default model of the other tools.",
        (
            "The folder is CampDetector\\models in your local application data (%LOCALAPPDATA%); "
            "the environment variable CAMP_DETECTOR_MODELS names another one."
        ),
    ),
    parameters=(
        ParameterText(
            name="in_package",
            label="Model Package",
            datatype="DEFile",
            kind="Required",
            file_types=("dlpk",),
            help="A deep learning package of Camp Detector (.dlpk).",
        ),
        ParameterText(
            name="replace",
            label="Replace a package of the same name",
            datatype="GPBoolean",
            default=False,
            help="Without this a package that is installed already under this name, with other "
            "content, is kept, and the tool stops.",
        ),
        ParameterText(
            name="check_only",
            label="Only check and explain",
            datatype="GPBoolean",
            default=False,
            help="Nothing is copied.",
        ),
        ParameterText(
            name="installed",
            label="Installed Package",
            datatype="DEFile",
            kind="Derived",
            output=True,
            help="The installed copy.",
        ),
    ),
    example='arcpy.campdetector.InstallModelPackage(r"C:\\models\\camp-detect.dlpk")',
)

SUMMARY = ToolText(
    name="CampSummary",
    label="Camp Summary",
    summary="Counts dwellings, and adds up the ground that they cover, in each polygon of a "
    "boundary layer and in each cell of a grid of hexagons.",
    usage=(
        (
            "A dwelling belongs as a whole to the area in which its centre lies (the centroid, or "
            "where that is outside of the outline, as in an L, a point inside of it). It is "
            "counted once: where areas overlap, in the first; on a common border, in one of the "
            "two. What lies in no area is counted as outside, so that the numbers of all areas and "
            "of outside add up to all dwellings."
        ),
        (
            "Covered ground is the sum of the dwellings' own geodesic areas. Density is dwellings "
            "for each hectare of the area."
        ),
        (
            "Hexagons are regular on the ground at the middle of the dwellings. Cells without a "
            "dwelling are not written."
        ),
        "A selection on a layer is honoured.",
    ),
    parameters=(
        ParameterText(
            name="in_dwellings",
            label="Dwellings",
            datatype="GPFeatureLayer",
            kind="Required",
            geometry=("Polygon", "Point", "Multipoint"),
            help="The polygons to count, such as the output of Detect Dwellings, or points, whose "
            "ground is not known; each point of a multipoint is a dwelling.",
        ),
        ParameterText(
            name="in_boundaries",
            label="Boundaries",
            datatype="GPFeatureLayer",
            geometry=("Polygon",),
            help="Areas to count in: blocks, sectors, districts.",
        ),
        ParameterText(
            name="name_field",
            label="Name Field",
            datatype="Field",
            depends_on="in_boundaries",
            help="Field of the boundaries that names each area in the tables.",
        ),
        ParameterText(
            name="out_areas",
            label="Output Areas",
            datatype="DEFeatureClass",
            output=True,
            help="The boundaries with the fields name, dwellings, covered_m2, mean_m2, area_ha, "
            "per_ha and cover_pct.",
        ),
        ParameterText(
            name="hexagon_width",
            label="Hexagon Width (metres)",
            datatype="GPDouble",
            default=100.0,
            limits=(1.0, 100000.0),
            help="Distance between opposite sides of a cell on the ground.",
        ),
        ParameterText(
            name="out_hexagons",
            label="Output Hexagons",
            datatype="DEFeatureClass",
            output=True,
            help="The cells that hold a dwelling, with the same fields.",
        ),
        ParameterText(
            name="out_table",
            label="Output Table (CSV)",
            datatype="DEFile",
            output=True,
            file_types=("csv",),
            help="The counts as a table: all, outside, and each area (each cell where there are "
            "no boundaries).",
        ),
        ParameterText(
            name="count",
            label="Number of Dwellings",
            datatype="GPLong",
            kind="Derived",
            output=True,
            help="How many dwellings were counted in all.",
        ),
    ),
    example='arcpy.campdetector.CampSummary("dwellings", "blocks", "NAME", r"camp.gdb\\by_block")',
)

TOOLS = (DETECT, CLASSIFY, INSTALL, SUMMARY, EXPORT)


def text_of(name: str) -> ToolText:
    """The words of the tool with this name."""
    return next(text for text in TOOLS if text.name == name)
