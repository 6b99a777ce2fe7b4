"""The one table of detection's options; every host derives its own from it.

``camp-detector detect``, the dialogs of QGIS and ArcGIS, the arguments of the raster function, the
parameters of the MLflow project and the reference tables in the documentation have their names,
limits, defaults and words from here. An option that is added is a row here, and a field of the
part of a request that uses it; hosts hand over what the user gave by the names of the table.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Mapping, TypeVar

from .limits import MAX_TILE_SIZE
from .parameter import Kind, Limits, Parameter

_Part = TypeVar("_Part", bound="Part")
CLI, QGIS, ARCGIS, FUNCTION, MLFLOW = "cli", "qgis", "arcgis", "function", "mlflow"
"""Hosts: the command line, QGIS, the toolbox of ArcGIS, the raster function in each package, and
the inference of training."""
DESKTOP = (CLI, QGIS, ARCGIS, FUNCTION)
IMAGERY = (CLI, QGIS, MLFLOW)
_OWN = "the model's"


def _hosts(name: str, *hosts: str, **names: str) -> Mapping[str, str]:
    """The name of a parameter in each host; capitals in QGIS, where it has no name of its own."""
    usual = {host: name.upper() if host == QGIS else name for host in hosts}
    return {**usual, **names}


IMAGES = Parameter(
    "images",
    Kind.DATA,
    "Imagery",
    "Imagery from above: anything that GDAL reads. It needs the bands that the model names, and "
    "pixels about as large as those that the model was trained on; others are resampled.",
    form="IMAGE...",
    hosts={CLI: "images", QGIS: "INPUT", ARCGIS: "in_raster", MLFLOW: "image_path"},
    required=True,
)
OUT = Parameter(
    "out",
    Kind.DATA,
    "Dwellings",
    "Where the dwellings go: .gpkg, .fgb, .geojson or .shp. Other outputs lie beside it.",
    form="FILE",
    hosts={CLI: "out", QGIS: "OUTPUT", ARCGIS: "out_features", MLFLOW: "output_dir"},
    required=True,
    for_polygons=True,
)
PROBABILITY = Parameter(
    "probability",
    Kind.FLAG,
    "Probability raster",
    "Also NAME_probability.tif: the probability of each class at each pixel, and further bands by "
    "which the model separates touching dwellings.",
    default=False,
    hosts=_hosts("probability", CLI, QGIS),
)
MASK = Parameter(
    "mask",
    Kind.FLAG,
    "Class raster",
    "Also NAME_mask.tif: one value a class.",
    default=False,
    hosts=_hosts("mask", CLI, qgis="CLASSES", arcgis="out_raster"),
)
OVERLAY = Parameter(
    "overlay",
    Kind.FLAG,
    "Picture",
    "Also NAME_overlay.png, a picture to look at.",
    default=False,
    hosts=_hosts("overlay", CLI),
)
OVERLAY_SIZE = Parameter(
    "overlay_size",
    Kind.WHOLE,
    "Size of the picture",
    "Longest side of the picture in pixels.",
    unit="px",
    limits=Limits(16, 32768),
    default=2048,
    form="PX",
    hosts=_hosts("overlay_size", CLI),
)
GRID = Parameter(
    "grid",
    Kind.WORD,
    "Grid of the rasters",
    "Grid and format of the rasters.",
    default="model",
    choices={
        "model": "Cloud-Optimized GeoTIFF at the model's resolution, probabilities 0 to 254",
        "image": "GeoTIFF of the image's own size and place, probabilities 0 to 1",
    },
    hosts=_hosts("grid", CLI),
)
REPORT = Parameter(
    "report",
    Kind.FLAG,
    "Report",
    "NAME_report.json: model, input, parameters, software, counts, seconds.",
    default=True,
    hosts=_hosts("report", CLI),
)
ALL_OUTPUTS = Parameter(
    "all_outputs",
    Kind.FLAG,
    "All outputs",
    "Probability raster, class raster, picture and report.",
    default=False,
    hosts=_hosts("all_outputs", CLI),
)
OVERWRITE = Parameter(
    "overwrite",
    Kind.FLAG,
    "Overwrite",
    "Replace outputs that exist.",
    default=False,
    hosts=_hosts("overwrite", CLI, MLFLOW),
)
MODEL = Parameter(
    "model",
    Kind.DATA,
    "Model",
    "An .onnx file, a STAC-MLM item (.json), a .dlpk, or the id of a model in the catalogue.",
    unset="the one that ships",
    hosts=_hosts("model", CLI, QGIS, arcgis="in_model", mlflow="model_path"),
)
CATALOG = Parameter(
    "catalog",
    Kind.TEXT,
    "Catalogue",
    "Catalogue of models: a folder, s3://bucket/prefix, https://... or postgresql://...; also from "
    "CAMP_DETECTOR_CATALOG.",
    unset="a folder among your own data",
    form="PLACE",
    hosts=_hosts("catalog", CLI),
)
EXTENT = Parameter(
    "extent",
    Kind.DATA,
    "Extent",
    "The part of the raster to work on.",
    unset="all of it",
    hosts=_hosts("extent", QGIS, ARCGIS),
)
AREA = Parameter(
    "area",
    Kind.DATA,
    "Only inside of these polygons",
    "Pixels whose centre lies in no polygon are taken as missing.",
    unset="none",
    hosts=_hosts("area", qgis="MASK"),
)
THRESHOLD = Parameter(
    "threshold",
    Kind.NUMBER,
    "Threshold",
    "Probability from which a pixel is dwelling: lower marks more ground and lets neighbours grow "
    "together, higher marks less.",
    limits=Limits(0, 1, above=True),
    unset=_OWN,
    form="SHARE",
    hosts=_hosts("threshold", *DESKTOP),
)
MIN_AREA = Parameter(
    "min_area",
    Kind.NUMBER,
    "Minimum area",
    "Smallest dwelling in square metres; smaller ones are left out.",
    unit="m2",
    limits=Limits(0, 1e6),  # no dwelling is as large as a square kilometre
    unset=_OWN,
    form="M2",
    hosts=_hosts("min_area", *DESKTOP),
    for_polygons=True,
)
TILE_SIZE = Parameter(
    "tile_size",
    Kind.WHOLE,
    "Tile size",
    "Side of the tiles that the model sees, a multiple of its step (usually 32). Larger ones need "
    "more memory.",
    unit="px",
    limits=Limits(1, MAX_TILE_SIZE),
    unset="up to the model's, as fits the imagery best",
    form="PX",
    hosts=_hosts("tile_size", *DESKTOP),
)
OVERLAP = Parameter(
    "overlap",
    Kind.WHOLE,
    "Tile overlap",
    "Pixels that neighbouring tiles share, less than half of a tile.",
    unit="px",
    limits=Limits(0, MAX_TILE_SIZE // 2 - 1),
    unset=_OWN,
    form="PX",
    hosts=_hosts("overlap", CLI, QGIS),
)
SIMPLIFY = Parameter(
    "simplify",
    Kind.NUMBER,
    "Straighten outlines by",
    "Straighten outlines by at most this; 0 keeps every pixel edge.",
    unit="m",
    limits=Limits(0, 1000),
    unset="one pixel",
    form="METRES",
    hosts=_hosts("simplify", CLI, QGIS),
    for_polygons=True,
)
SQUARE = Parameter(
    "square",
    Kind.FLAG,
    "Square corners",
    "Make nearly rectangular outlines rectangles.",
    default=False,
    hosts=_hosts("square", CLI, QGIS),
    for_polygons=True,
)
SEPARATE = Parameter(
    "separate",
    Kind.FLAG,
    "Separate dwellings that touch",
    "Separate dwellings that touch, at no cost in time; else each connected patch is one dwelling.",
    unset="where the model can",
    hosts=_hosts("separate", CLI, QGIS),
)
TTA = Parameter(
    "tta",
    Kind.FLAG,
    "Average over flips and turns",
    "Average the answers to the 8 flips and turns of each tile (4 where tiles are not square). "
    "Takes 8 times as long, for outlines that are a little truer.",
    default=False,
    hosts=_hosts(
        "tta",
        CLI,
        QGIS,
        arcgis="test_time_augmentation",
        function="test_time_augmentation",
    ),
)
BANDS = Parameter(
    "bands",
    Kind.WHOLES,
    "Bands",
    "Bands of the raster in the order of the model's, e.g. 3,2,1.",
    limits=Limits(1),
    unset="by name or colour, else the first ones",
    form="N,N,...",
    hosts=_hosts("bands", *IMAGERY, ARCGIS),
)
STRETCH = Parameter(
    "stretch",
    Kind.RANGE,
    "Stretch",
    "Raw values that become black and white.",
    choices={"percentile": "the 2nd and 98th percentile of the whole raster"},
    unset="none for the dtype of the model, else percentile",
    form="LOW,HIGH|percentile",
    hosts=_hosts("stretch", *IMAGERY),
)
NODATA = Parameter(
    "nodata",
    Kind.NUMBER,
    "NoData value",
    "Raw value of pixels without image, e.g. 255 for white borders.",
    unset="what the raster says",
    form="VALUE",
    hosts=_hosts("nodata", *IMAGERY),
)
GSD = Parameter(
    "gsd",
    Kind.NUMBER,
    "Resolution",
    "Metres a pixel to work at.",
    unit="m",
    limits=Limits(0, above=True),
    default="auto",
    choices={
        "auto": "the raster's own within 10 % of the model's, else the model's",
        "native": "the raster's own",
        "model": "the model's",
    },
    form="auto|native|model|METRES",
    hosts=_hosts("gsd", CLI, MLFLOW, qgis="RESOLUTION"),
)
PIXEL_SIZE = Parameter(
    "pixel_size",
    Kind.NUMBER,
    "Pixel size",
    "Metres a pixel of a picture without georeference.",
    unit="m",
    limits=Limits(0, above=True),
    unset=_OWN,
    form="METRES",
    hosts=_hosts("pixel_size", CLI, MLFLOW),
)
EXTERNAL = Parameter(
    "external",
    Kind.FLAG,
    "Let the imagery read files outside of its folder",
    "Let virtual rasters and the like read files outside of their folder and servers; only for "
    "files that you trust.",
    default=False,
    hosts=_hosts("allow_external_sources", *IMAGERY),
)
THREADS = Parameter(
    "threads",
    Kind.WHOLE,
    "Processors",
    "Processors to use.",
    limits=Limits(1),
    unset="all",
    form="N",
    hosts=_hosts("threads", CLI),
)
DEVICE = Parameter(
    "device",
    Kind.WORD,
    "Device",
    "What runs the model.",
    default="auto",
    choices={
        "auto": "CUDA where it can be used, else DirectML, else the processor",
        "cpu": "",
        "cuda": "",
        "directml": "",
        "coreml": "",
    },
    hosts=_hosts("device", CLI, QGIS),
)
BATCH_SIZE = Parameter(
    "batch_size",
    Kind.WHOLE,
    "Batch size",
    "Tiles that are computed together: more is faster and needs more memory; the result is the "
    "same.",
    limits=Limits(1, 256),
    default=16,
    hosts=_hosts("batch_size", ARCGIS, FUNCTION),
)
PADDING = Parameter(
    "padding",
    Kind.WHOLE,
    "Padding",
    "Pixels at the rim of each tile that count less: more of them, fewer seams.",
    unit="px",
    limits=Limits(0, 1023),
    default=16,
    hosts=_hosts("padding", FUNCTION),
)
RETURN_PROBABILITIES = Parameter(
    "return_probabilities",
    Kind.FLAG,
    "Return probabilities",
    "Give the probability of the likeliest class in place of the class.",
    default=False,
    hosts=_hosts("return_probabilities", FUNCTION),
)
RUN_NMS = Parameter(
    "run_nms",
    Kind.FLAG,
    "Non-maximum suppression",
    "Lets ArcGIS' tool remove overlapping polygons afterwards. Not needed: each dwelling is given "
    "once.",
    default=False,
    hosts=_hosts("run_nms", ARCGIS),
    for_polygons=True,
)
ENGINE = Parameter(
    "engine",
    Kind.WORD,
    "Run with",
    "Which engine runs the model. Both find the same, except where the raster is resampled to the "
    "model's pixel size, which ArcGIS and GDAL do each in its own way.",
    default="AUTOMATIC",
    choices={
        "AUTOMATIC": "ArcGIS' tool where it is licensed and the imagery has the bit depth of the "
        "model, else the engine of this toolbox",
        "ARCGIS": "the deep learning tool of Image Analyst",
        "CAMP_DETECTOR": "the engine of this toolbox, which needs no Image Analyst licence, reads "
        "the file with GDAL and runs on the processor",
    },
    hosts=_hosts("engine", ARCGIS),
)
PROCESSOR = Parameter(
    "processor",
    Kind.WORD,
    "Processor",
    "What ArcGIS' tool runs on; the engine of this toolbox runs on the processor.",
    default="ENVIRONMENT",
    choices={
        "ENVIRONMENT": "the Processor Type of the geoprocessing environments",
        "CPU": "",
        "GPU": "",
    },
    hosts=_hosts("processor", ARCGIS),
)
GPU_ID = Parameter(
    "gpu_id",
    Kind.WHOLE,
    "GPU",
    "Number of the GPU, from 0, where there are several.",
    limits=Limits(0, 63),
    unset="ArcGIS Pro chooses",
    hosts=_hosts("gpu_id", ARCGIS),
)

PARAMETERS: Mapping[str, Parameter] = {
    value.name: value for value in list(globals().values()) if isinstance(value, Parameter)
}
"""All, by their names, in the order of the command line."""
FOR_POLYGONS = tuple(parameter for parameter in PARAMETERS.values() if parameter.for_polygons)
"""Parameters of polygons, which tools that write rasters alone leave out."""


def check(values: Mapping[str, Any]) -> None:
    """Refuse values that their parameters do not take; other names are not looked at.

    Args:
        values: By the names of parameters.

    Raises:
        ParameterError: For the first of them, in the order of the table.
    """
    for name, parameter in PARAMETERS.items():
        parameter.check(values.get(name))


def shown_in(host: str) -> tuple[Parameter, ...]:
    """The parameters that a host shows, in order."""
    return tuple(p for p in PARAMETERS.values() if host in p.hosts)


@dataclass(frozen=True)
class Part:
    """Base of the parts of a request, whose fields have the names of parameters.

    Raises:
        ParameterError: A value that its parameter does not take.
    """

    def __post_init__(self) -> None:
        """Refuse what is outside of the limits."""
        check(vars(self))

    @classmethod
    def of(cls: type[_Part], values: Mapping[str, Any]) -> _Part:  # noqa: PYI019 - Self is newer than Python 3.9
        """Make the part from those values that have the names of its fields.

        Args:
            values: By the names of parameters; None stands for no value, and gives the default.

        Raises:
            ParameterError: As the class says.
        """
        names = {f.name for f in fields(cls)}
        return cls(**{n: v for n, v in values.items() if n in names and v is not None})
