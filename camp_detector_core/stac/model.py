"""Fields ``mlm:`` of an item, from the model's description and its real graph."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.separation import OUTPUT as SEPARATION

from .facts import StacError

if TYPE_CHECKING:
    from camp_detector_core.engine.spec import Band, ModelSpec
    from camp_detector_core.onnx_model.graph import Graph, Tensor, Weights

    from .facts import RunFacts

SEMANTIC, INSTANCE = "semantic-segmentation", "instance-segmentation"
PREPROCESSING = "camp_detector_core.engine.prepare:normalise"
POSTPROCESSING = "camp_detector_core.engine.scores:to_classes"
SEPARATING = "camp_detector_core.engine.instances:separate"
"""Functions of this software, as ``package.module:name``."""
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_.\-\s]+[a-zA-Z0-9]")
"""Names that the schema of the extension accepts as ``mlm:name``."""
_INPUT_DIMS = ["batch", "bands", "height", "width"]
_OUTPUT_DIMS = ["batch", "channel", "height", "width"]
_DIGITS = 9
"""Significant digits of scaling values: 0.485 * 255 in floating point is 123.67499999999998."""


def model_properties(
    spec: ModelSpec, graph: Graph, weights: Weights, run: RunFacts
) -> dict[str, Any]:
    """Make all ``mlm:`` properties, checked by stac-model; equal input gives equal dicts.

    Raises:
        StacError: The graph does not match the description.
    """
    from stac_model.base import ModelHyperParameters  # type: ignore[import-untyped]
    from stac_model.schema import MLModelProperties  # type: ignore[import-untyped]

    _refuse_misfit(spec, graph)
    outputs = [_output(spec, value) for value in graph.outputs]
    checked = MLModelProperties(
        name=mlm_name(spec),
        architecture=" with encoder ".join(filter(None, (run.architecture, run.encoder))),
        tasks={task for output in outputs for task in output["tasks"]},
        framework=run.framework or "ONNX",
        framework_version=run.framework_version or None,
        memory_size=weights.size,
        total_parameters=_parameters(weights, run),
        pretrained=run.pretrained,
        pretrained_source=run.pretrained_source,
        batch_size_suggestion=1,
        accelerator=None,
        accelerator_constrained=False,
        accelerator_summary="Needs no accelerator: runs on any 64-bit processor. A GPU is used "
        "where ONNX Runtime has a provider for it.",
        input=[_input(spec, graph.inputs[0])],
        output=outputs,
        hyperparameters=ModelHyperParameters(**_hyperparameters(spec, run)),
    )
    properties: dict[str, Any] = checked.model_dump(mode="json", by_alias=True)
    properties["mlm:tasks"] = sorted(properties["mlm:tasks"])
    for output, raw_output in zip(properties["mlm:output"], outputs, strict=True):
        output["tasks"] = raw_output["tasks"]  # stac-model keeps a set, whose order is chance
    properties["mlm:input"][0].update(resize_type=None)
    properties["mlm:pretrained_source"] = run.pretrained_source  # null says: from scratch
    properties.pop("mlm:accelerator", None)  # the schema knows no word for "none needed"
    return properties


def _parameters(weights: Weights, run: RunFacts) -> int | None:
    if run.total_parameters is not None:
        return run.total_parameters
    return None if weights.quantised else weights.parameters


def bands_of(spec: ModelSpec) -> list[dict[str, Any]]:
    """Make ``bands`` as in STAC 1.1, with names and the type of the raw values."""
    return [
        {
            "name": band.name,
            "description": f"{band.name} as {spec.dtype}; channel {i} of the input",
            "data_type": spec.dtype,
        }
        for i, band in enumerate(spec.bands)
    ]


def mlm_name(spec: ModelSpec) -> str:
    """Return the model's name, or the nearest one that the extension allows."""
    return spec.name if _NAME.fullmatch(spec.name) else f"model-{spec.name.rstrip('._-')}"


def class_name(name: str) -> str:
    """Return a class's name as the classification extension allows it, without points."""
    return name.replace(".", "_")


def scaling_of(band: Band) -> tuple[float, float]:
    """Compute mean and standard deviation of a band in raw values, without floating-point noise."""
    return _rounded(band.mean / band.scale), _rounded(band.std / band.scale)


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _input(spec: ModelSpec, value: Tensor) -> dict[str, Any]:
    scaling = [
        {"type": "z-score", "mean": mean, "stddev": std}
        for mean, std in (scaling_of(b) for b in spec.bands)
    ]
    return {
        "name": value.name,
        "description": f"Raw values ({spec.dtype}) of {', '.join(b.name for b in spec.bands)} at "
        f"{spec.gsd:g} metres a pixel, with (raw - mean) / stddev applied to each band as "
        "value_scaling says, in raw units. This normalisation is not in the graph: apply it "
        "before the model. Pixels without data become 0 after it. Height and width must be "
        f"multiples of {spec.multiple}; fill up with 0 below and on the right.",
        "bands": [b.name for b in spec.bands],
        "variables": None,
        "input": {
            "shape": list(value.shape or ()),
            "dim_order": _INPUT_DIMS,
            "data_type": value.dtype,
        },
        "value_scaling": scaling,
        "resize_type": None,
        "pre_processing_function": {
            "format": "python",
            "expression": PREPROCESSING,
            "description": "(raw - mean) / stddev by band, and 0 where there is no data.",
        },
    }


def _output(spec: ModelSpec, value: Tensor) -> dict[str, Any]:
    is_separation = value.name == SEPARATION and spec.separation is not None
    return {
        "name": value.name,
        "tasks": [INSTANCE if is_separation else SEMANTIC],
        "description": _separation_words(spec) if is_separation else _class_words(spec),
        "bands": None,
        "variables": None,
        "result": {
            "shape": list(value.shape or ()),
            "dim_order": _OUTPUT_DIMS,
            "data_type": value.dtype,
        },
        **({} if is_separation else {"classification:classes": _classes(spec)}),
        "post_processing_function": _postprocessing(is_separation=is_separation),
    }


def _class_words(spec: ModelSpec) -> str:
    names = ", ".join(f"channel {i} of {c.name}" for i, c in enumerate(spec.classes))
    return (
        f"Probabilities from 0 to 1, after the sigmoid, which is in the graph: do not apply it "
        f"again ({names}; background has no channel). A pixel from {spec.threshold:g} on "
        "(inference.threshold) belongs to the class, to the likeliest one where there are several."
    )


def _separation_words(spec: ModelSpec) -> str:
    separation = spec.separation
    if separation is None:
        return ""
    meaning = {
        "border": "of lying on the outline of a dwelling: what is below parts touching dwellings",
        "core": "of lying well inside of a dwelling: each patch of it is the seed of one dwelling",
    }[separation.method]
    return (
        f"Probability from 0 to 1 {meaning}, at {separation.threshold:g} "
        "(inference.separation.threshold). It serves to tell touching dwellings apart and may be "
        "left out: the mask is whole without it."
    )


def _postprocessing(*, is_separation: bool) -> dict[str, Any]:
    words = (
        "Grows the seeds back into the mask and leaves a line between touching dwellings."
        if is_separation
        else "The class of each pixel from probabilities stored as round(254 p), 255 for no data."
    )
    return {
        "format": "python",
        "expression": SEPARATING if is_separation else POSTPROCESSING,
        "description": words,
    }


def _classes(spec: ModelSpec) -> list[Any]:
    from stac_model.output import MLMClassification  # type: ignore[import-untyped]

    background = MLMClassification(0, name="background", description="no dwelling")
    return [
        background,
        *(
            MLMClassification(
                c.value,
                name=class_name(c.name),
                description=c.name,
                color_hint=c.color.removeprefix("#"),
            )
            for c in spec.classes
        ),
    ]


def _hyperparameters(spec: ModelSpec, run: RunFacts) -> dict[str, Any]:
    """Return ``training.*`` as in the run, and ``inference.*`` as the model should be run."""
    inference: dict[str, Any] = {
        "threshold": spec.threshold,
        "tile_size": spec.tile_size,
        "overlap": spec.overlap,
        "multiple": spec.multiple,
        "min_area": spec.min_area,
        "gsd": spec.gsd,
    }
    if spec.separation is not None:
        inference |= {f"separation.{k}": v for k, v in vars(spec.separation).items()}
    training = {f"training.{k}": v for k, v in sorted(run.training.items())}
    return training | {f"inference.{k}": v for k, v in inference.items()}


def _refuse_misfit(spec: ModelSpec, graph: Graph) -> None:
    """Refuse a graph that does not match the description."""
    output_names = ["output", SEPARATION] if spec.separation is not None else ["output"]
    shapes = [v.shape or () for v in (*graph.inputs, *graph.outputs)]
    if len(graph.inputs) != 1 or len(graph.outputs) != len(output_names):
        msg = (
            f"{spec.id} is described with one input and {len(output_names)} outputs, and its graph "
            f"has {len(graph.inputs)} and {len(graph.outputs)}: export it again"
        )
        raise StacError(msg)
    channels = [len(spec.bands), len(spec.classes), *([1] if spec.separation else [])]
    for shape, channel in zip(shapes, channels, strict=True):
        if len(shape) != len(_INPUT_DIMS) or shape[1] not in {channel, -1}:
            msg = (
                f"{spec.id} is described with {channel} channels where its graph has the shape "
                f"{list(shape)}: export it again"
            )
            raise StacError(msg)
