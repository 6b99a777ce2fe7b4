"""The description of a model, in plain words and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.separation import OUTPUT
from camp_detector_core.engine.wording import visible
from camp_detector_core.model_file.facts import facts_of

if TYPE_CHECKING:
    from camp_detector_core.engine.predictors.ort import OnnxPredictor
    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.model_file import ModelFile

_MEGA = 1e6
_INDENT = 22


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
    scaling = "; ".join(
        f"{b.name} (raw x {b.scale:.6g} - {b.mean:.4g}) / {b.std:.4g}" for b in spec.bands
    )
    facts = [
        *facts_of(spec),
        *_separation(spec),
        ("Scaling", scaling),
        ("Input", _input(model, predictor)),
        ("Output", _output(model)),
        ("File", f"{model.origin}, {len(model.onnx) / _MEGA:.1f} MB"),
        ("SHA-256", model.sha256),
        *sorted(spec.provenance.items()),
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


def _separation(spec: ModelSpec) -> list[tuple[str, str]]:
    """Tell how the model tells dwellings apart that touch, if it does."""
    separation = spec.separation
    if separation is None:
        return []
    side = "below" if separation.method == "border" else "from"
    words = (
        f"{side} {separation.threshold:g} of the {separation.method}, "
        f"{separation.min_seed} px or more, grown by {separation.reach} px"
    )
    return [("Seeds", words)]
