"""Run a model with the deep learning tools of Image Analyst."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Iterator

from .host import licence
from .machine import EXTENSION

if TYPE_CHECKING:
    from .choices import Choices


@contextmanager
def _environment(chosen: Choices) -> Iterator[None]:
    """The environments that the tools look at, as they were afterwards."""
    import arcpy

    facts = chosen.facts
    size = facts.cell_size(chosen.model)
    bounds = chosen.bounds or facts.bounds
    wanted: dict[str, Any] = {
        "cellSize": size.value,
        "extent": arcpy.Extent(*bounds),
        "outputCoordinateSystem": facts.reference,
        # More than one process made such runs end with "Parallel processing job timed out".
        "parallelProcessingFactor": "0",
        "scratchWorkspace": arcpy.env.scratchGDB,
    }
    if size.native:
        wanted["snapRaster"] = chosen.raster
    if chosen.processor in {"CPU", "GPU"}:
        wanted["processorType"] = chosen.processor
    if chosen.gpu_id is not None:
        wanted["gpuId"] = str(chosen.gpu_id)
    with arcpy.EnvManager(**wanted):
        yield


def detect(chosen: Choices) -> str:
    """Run Detect Objects Using Deep Learning into a feature class of its own.

    Returns:
        The feature class in the scratch geodatabase; the caller deletes it.

    Raises:
        ToolError: The licence cannot be had.
    """
    import arcpy

    out = str(arcpy.CreateUniqueName("rcd_dwellings", arcpy.env.scratchGDB))
    try:
        with licence(EXTENSION), _environment(chosen):
            arcpy.ia.DetectObjectsUsingDeepLearning(
                in_raster=chosen.raster,
                out_detected_objects=out,
                in_model_definition=str(chosen.model.path),
                arguments=chosen.arguments(),
                run_nms="NMS" if chosen.run_nms else "NO_NMS",
                confidence_score_field="Confidence",
                class_value_field="Classvalue",
                max_overlap_ratio=0,
                processing_mode="PROCESS_AS_MOSAICKED_IMAGE",
                use_pixelspace="NO_PIXELSPACE",
            )
    except BaseException:
        discard(out)
        raise
    return out


def classify(chosen: Choices, out_raster: str) -> None:
    """Run Classify Pixels Using Deep Learning and save what it returns.

    Raises:
        ToolError: The licence cannot be had.
    """
    import arcpy

    with licence(EXTENSION), _environment(chosen):
        found = arcpy.ia.ClassifyPixelsUsingDeepLearning(
            in_raster=chosen.raster,
            in_model_definition=str(chosen.model.path),
            arguments=chosen.arguments(),
            processing_mode="PROCESS_AS_MOSAICKED_IMAGE",
            use_pixelspace="NO_PIXELSPACE",
        )
        found.save(out_raster)


def discard(path: str) -> None:
    """Delete what may be there; what cannot be deleted lies in the scratch workspace."""
    import arcpy

    try:
        if arcpy.Exists(path):
            arcpy.management.Delete(path)
    except (RuntimeError, arcpy.ExecuteError):
        return
