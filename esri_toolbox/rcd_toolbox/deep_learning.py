"""Run a model with the deep learning tools of Image Analyst."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Iterator

from camp_detector_core.georaster.source import pixel_at

from .host import licence
from .machine import EXTENSION
from .option_values import argument_text
from .placing import scratch

if TYPE_CHECKING:
    from .raster_facts import RasterFacts
    from .tool_request import Bounds, ToolRequest


@contextmanager
def _environment(request: ToolRequest) -> Iterator[None]:
    """The environments that the tools look at, as they were afterwards."""
    import arcpy

    facts = request.facts
    size = facts.cell_size(request.model.spec)
    bounds = request.bounds or facts.bounds
    environments: dict[str, object] = {
        "cellSize": size.value,
        "extent": arcpy.Extent(*bounds),
        "outputCoordinateSystem": facts.reference,
        # More than one process made such runs end with "Parallel processing job timed out".
        "parallelProcessingFactor": "0",
        "scratchWorkspace": arcpy.env.scratchGDB,
    }
    if size.native:
        environments["snapRaster"] = request.raster
        environments["extent"] = arcpy.Extent(*aligned(bounds, facts))
    processor, gpu = request.values["processor"], request.values["gpu_id"]
    if processor in {"CPU", "GPU"}:
        environments["processorType"] = processor
    if gpu is not None:
        environments["gpuId"] = str(gpu)
    with arcpy.EnvManager(**environments):
        yield


def aligned(bounds: Bounds, facts: RasterFacts) -> Bounds:
    """The bounds of all pixels of a raster that touch some bounds, as the engine takes them."""
    (left, top), (cx, cy) = (facts.bounds[0], facts.bounds[3]), facts.cells
    return (
        left + pixel_at((bounds[0] - left) / cx) * cx,
        top + pixel_at((bounds[1] - top) / cy) * cy,
        left - pixel_at((left - bounds[2]) / cx) * cx,
        top - pixel_at((top - bounds[3]) / cy) * cy,
    )


@contextmanager
def detect(request: ToolRequest) -> Iterator[str]:
    """Run Detect Objects Using Deep Learning into a feature class that is deleted at the end.

    Raises:
        ToolError: The licence cannot be had.
    """
    import arcpy

    with scratch("rcd_dwellings", str(arcpy.env.scratchGDB)) as out:
        with licence(EXTENSION), _environment(request):
            arcpy.ia.DetectObjectsUsingDeepLearning(
                in_raster=request.raster,
                out_detected_objects=out,
                in_model_definition=str(request.model.path),
                arguments=argument_text(request.values),
                run_nms="NMS" if request.values["run_nms"] else "NO_NMS",
                confidence_score_field="Confidence",
                class_value_field="Classvalue",
                max_overlap_ratio=0,
                processing_mode="PROCESS_AS_MOSAICKED_IMAGE",
                use_pixelspace="NO_PIXELSPACE",
            )
        yield out


def classify(request: ToolRequest, out_raster: str) -> None:
    """Run Classify Pixels Using Deep Learning and save what it returns.

    Raises:
        ToolError: The licence cannot be had.
    """
    import arcpy

    with licence(EXTENSION), _environment(request):
        raster = arcpy.ia.ClassifyPixelsUsingDeepLearning(
            in_raster=request.raster,
            in_model_definition=str(request.model.path),
            arguments=argument_text(request.values),
            processing_mode="PROCESS_AS_MOSAICKED_IMAGE",
            use_pixelspace="NO_PIXELSPACE",
        )
        raster.save(out_raster)
