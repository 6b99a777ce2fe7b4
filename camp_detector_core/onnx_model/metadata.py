"""Metadata that ONNX files get: the model's description, and Deepness' keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.errors import SpecError
from camp_detector_core.engine.spec import METADATA_KEY, ModelSpec

if TYPE_CHECKING:
    import onnx


def spec_metadata(spec: ModelSpec) -> dict[str, str]:
    """Make the entry from which every host reads the description."""
    return {METADATA_KEY: spec.to_json()}


def deepness_metadata(spec: ModelSpec) -> dict[str, str]:
    """Make the entries that the QGIS plugin Deepness reads, as JSON values.

    Deepness divides by 255 and applies no activation, so it can run models of 8-bit images with
    one class whose graph ends in probabilities. The tile size has two keys because its code reads
    one and its documentation names the other.

    Raises:
        SpecError: Deepness would feed this model wrongly.
    """
    if len(spec.classes) != 1:
        msg = f"Deepness reads probabilities of one class, and {spec.id} has {len(spec.classes)}"
        raise SpecError(msg)
    if spec.dtype != "uint8" or any(abs(b.scale * 255 - 1) > 1e-6 for b in spec.bands):  # noqa: PLR2004
        msg = f"Deepness divides 8-bit values by 255, and {spec.id} is scaled otherwise"
        raise SpecError(msg)
    values: dict[str, Any] = {
        "model_type": "Segmentor",
        "class_names": {"0": "background", "1": spec.classes[0].name},
        "standardization_mean": [b.mean for b in spec.bands],
        "standardization_std": [b.std for b in spec.bands],
        "resolution": round(spec.gsd * 100, 6),
        "tile_size": spec.tile_size,
        "tiles_size": spec.tile_size,
        "tiles_overlap": round(100 * spec.overlap / spec.tile_size),
        "seg_thresh": spec.threshold,
        "seg_small_segment": 0,
    }
    return {key: json.dumps(value) for key, value in values.items()}


def set_metadata(model: onnx.ModelProto, entries: dict[str, str]) -> None:
    """Put entries into a model in memory, replacing the ones it has."""
    del model.metadata_props[:]
    for key in sorted(entries):
        prop = model.metadata_props.add()
        prop.key, prop.value = key, entries[key]
