from typing import Any

from . import Raster

def ClassifyPixelsUsingDeepLearning(
    in_raster: Any,
    in_model_definition: Any,
    arguments: Any = ...,
    processing_mode: str | None = ...,
    out_classified_folder: str | None = ...,
    out_featureclass: str | None = ...,
    overwrite_attachments: str | None = ...,
    use_pixelspace: str | None = ...,
) -> Raster: ...
def DetectObjectsUsingDeepLearning(
    in_raster: Any,
    out_detected_objects: str,
    in_model_definition: Any,
    arguments: Any = ...,
    run_nms: str | None = ...,
    confidence_score_field: str | None = ...,
    class_value_field: str | None = ...,
    max_overlap_ratio: float | None = ...,
    processing_mode: str | None = ...,
    use_pixelspace: str | None = ...,
    in_objects_of_interest: Any = ...,
) -> Any: ...
