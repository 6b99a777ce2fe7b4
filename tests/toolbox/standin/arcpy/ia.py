"""The deep learning tools: recorded, and done by what a test puts in their place."""

from __future__ import annotations

from typing import Any, Optional

from . import ExecuteError, Raster, _recorded, env, state


def _licensed() -> None:
    if "ImageAnalyst" not in state.held:
        state.gp_messages.append("ERROR 000824: The tool is not licensed.")
        raise ExecuteError("ERROR 000824: The tool is not licensed.")


@_recorded
def ClassifyPixelsUsingDeepLearning(
    in_raster: Any,
    in_model_definition: Any,
    arguments: Any = None,
    processing_mode: Optional[str] = "PROCESS_AS_MOSAICKED_IMAGE",
    out_classified_folder: Optional[str] = None,
    out_featureclass: Optional[str] = None,
    overwrite_attachments: Optional[str] = "NO_OVERWRITE",
    use_pixelspace: Optional[str] = "NO_PIXELSPACE",
) -> Raster:
    _licensed()
    return state.classify(in_raster, in_model_definition, arguments)


@_recorded
def DetectObjectsUsingDeepLearning(
    in_raster: Any,
    out_detected_objects: Any,
    in_model_definition: Any,
    arguments: Any = None,
    run_nms: Optional[str] = "NO_NMS",
    confidence_score_field: Optional[str] = None,
    class_value_field: Optional[str] = None,
    max_overlap_ratio: Optional[float] = 0,
    processing_mode: Optional[str] = "PROCESS_AS_MOSAICKED_IMAGE",
    use_pixelspace: Optional[str] = "NO_PIXELSPACE",
) -> Any:
    _licensed()
    if state.exists(out_detected_objects) and not env.overwriteOutput:
        raise ExecuteError("ERROR 000725: Output already exists")
    return state.detect(in_raster, out_detected_objects, in_model_definition, arguments)
