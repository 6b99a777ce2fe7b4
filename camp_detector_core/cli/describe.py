"""The description of a model, in plain words and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.separation import OUTPUT
from camp_detector_core.engine.wording import visible

if TYPE_CHECKING:
    from camp_detector_core.engine.predictors.ort import OnnxPredictor
    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.model_file import ModelFile

_MEGA = 1e6
_INDENT = 16


def as_json(model: ModelFile, predictor: OnnxPredictor) -> dict[str, Any]:
    """Return all facts about a model, as values for JSON."""
    return {
        "id": model.spec.id,
        "file": model.origin,
        "bytes": len(model.onnx),
        "sha256": model.sha256,
        "input": _input(model, predictor),
        "output": _output(model),
        "spec": model.spec.to_dict(),
    }


def as_text(model: ModelFile, predictor: OnnxPredictor) -> str:
    """Return all facts about a model as text, one a line."""
    spec = model.spec
    classes = ", ".join(f"{c.name} (value {c.value}, colour {c.color})" for c in spec.classes)
    bands = ", ".join(b.name for b in spec.bands)
    scaling = "; ".join(
        f"{b.name} (raw x {b.scale:.6g} - {b.mean:.4g}) / {b.std:.4g}" for b in spec.bands
    )
    smallest = f"{spec.min_area:g} m2" if spec.min_area else "any"
    facts = [
        ("finds", classes),
        ("in", f"imagery with the bands {bands} as {spec.dtype}"),
        ("at", f"{spec.gsd:g} m a pixel; other imagery is resampled"),
        ("by tiles of", f"{spec.tile_size} px that share {spec.overlap} px with each neighbour"),
        ("threshold", f"probability {spec.threshold:g}"),
        ("smallest", smallest),
        ("touching", _touching(spec)),
        ("licence", spec.licence or "not stated"),
        *(("attribution", a) for a in spec.attribution or ("not stated",)),
        ("scaling", scaling),
        ("input", _input(model, predictor)),
        ("output", _output(model)),
        ("file", f"{model.origin}, {len(model.onnx) / _MEGA:.1f} MB"),
        ("sha256", model.sha256),
        *((f"{key}", value) for key, value in sorted(spec.provenance.items())),
    ]
    lines = [f"{spec.name}, version {spec.version}"]
    if spec.description:
        lines.append(spec.description)
    lines += [f"  {visible(name):<{_INDENT - 1}} {value}" for name, value in facts]
    return "\n".join(visible(line) for line in lines)


def _input(model: ModelFile, predictor: OnnxPredictor) -> str:
    side = predictor.fixed_size
    spec = model.spec
    size = f"{side}, {side}" if side else f"height, width (multiples of {spec.multiple})"
    return f"float32 (n, {len(spec.bands)}, {size}), scaled"


def _output(model: ModelFile) -> str:
    spec = model.spec
    classes = f"float32 (n, {len(spec.classes)}, height, width), probabilities"
    if spec.separation is None:
        return classes
    return f"{classes}; {OUTPUT}, float32 (n, 1, height, width), of the {spec.separation.method}"


def _touching(spec: ModelSpec) -> str:
    """Tell how the model handles dwellings that touch."""
    separation = spec.separation
    if separation is None:
        return "taken for one dwelling"
    side = "below" if separation.method == "border" else "from"
    return (
        f"told apart: seeds are {side} {separation.threshold:g} of the {separation.method}, "
        f"{separation.min_seed} px or more, grown by {separation.reach} px"
    )
