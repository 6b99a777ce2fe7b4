"""The deep learning tools: recorded, and done by what a test puts in their place."""

from __future__ import annotations

from typing import Any

from . import ExecuteError, Raster, _recorded, env, state


def _licensed() -> None:
    if "ImageAnalyst" not in state.locks:
        state.gp_messages.append("ERROR 000824: The tool is not licensed.")
        raise ExecuteError("ERROR 000824: The tool is not licensed.")


@_recorded
def ClassifyPixelsUsingDeepLearning(
    in_raster: Any,
    in_model_definition: Any,
    arguments: Any = None,
    processing_mode: str | None = "PROCESS_AS_MOSAICKED_IMAGE",
    out_classified_folder: str | None = None,
    out_featureclass: str | None = None,
    overwrite_attachments: str | None = "NO_OVERWRITE",
    use_pixelspace: str | None = "NO_PIXELSPACE",
) -> Raster:
    _licensed()
    return state.classify(in_raster, in_model_definition, arguments)


@_recorded
def DetectObjectsUsingDeepLearning(
    in_raster: Any,
    out_detected_objects: Any,
    in_model_definition: Any,
    arguments: Any = None,
    run_nms: str | None = "NO_NMS",
    confidence_score_field: str | None = None,
    class_value_field: str | None = None,
    max_overlap_ratio: float | None = 0,
    processing_mode: str | None = "PROCESS_AS_MOSAICKED_IMAGE",
    use_pixelspace: str | None = "NO_PIXELSPACE",
) -> Any:
    _licensed()
    if state.exists(out_detected_objects) and not env.overwriteOutput:
        raise ExecuteError("ERROR 000725: Output already exists")
    return state.detect(in_raster, out_detected_objects, in_model_definition, arguments)
