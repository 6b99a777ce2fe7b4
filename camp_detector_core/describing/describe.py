"""Description of a model: inspect it, try it on chips, and store the description in a copy."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import PredictorError, SpecError
from camp_detector_core.engine.messages import Message
from camp_detector_core.engine.predictors.onnx_file import onnx_facts
from camp_detector_core.engine.separation import OUTPUT as SEPARATION
from camp_detector_core.engine.spec import METADATA_KEY, ModelSpec
from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.metadata import read_metadata
from camp_detector_core.onnx_model.edit import Ending, last_operator, with_ending, with_metadata
from camp_detector_core.onnx_model.whole import read_whole

from .chips import trial_chips
from .deepness import BACKGROUND, deepness_hints
from .draft import FROM_DEEPNESS, FROM_FILE, FROM_USER, Draft
from .summary import facts_of, operation_text, trial_text, warnings_of
from .tensors import input_of, output_of
from .trial import TrialOutput, activation_for, background_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from camp_detector_core.engine.predictors.ort import Network, OnnxPredictor

    from .deepness import Hints
    from .options import DraftOptions

_RANK = 4
_SOFTMAX_OPSET = 13
"""First ONNX opset whose softmax works on one axis; older ones flatten the axes after it."""
_MULTIPLES = (32, 64, 128, 256)
_CLASS = "dwelling"


@dataclass(frozen=True)
class DescribedModel:
    """A copy of a model that holds its description."""

    data: bytes
    """Content of the ONNX file."""
    spec: ModelSpec
    facts: tuple[tuple[str, str], ...]
    """Names and values of the description as text, with their sources."""
    warnings: tuple[Message, ...] = ()


def describe_model(
    path: Path, options: DraftOptions, *, image: str | None = None
) -> DescribedModel:
    """Describe a segmentation network in a copy of its file.

    Args:
        path: The ONNX file; weights in files beside it are put into the copy.
        options: Values that the user gives.
        image: A raster that it is tried on; None: generated chips.

    Raises:
        PredictorError: The file is not an ONNX model that can be run.
        SpecError: It is of another kind, or something must be said that cannot be told from it.
        RasterError: The raster cannot be read.
    """
    from camp_detector_core.engine.predictors.ort import Network, OnnxPredictor

    data = read_whole(path)
    entries = read_metadata(data, str(path))
    file_spec = ModelSpec.from_json(entries[METADATA_KEY]) if METADATA_KEY in entries else None
    draft = Draft(options, deepness_hints(entries, str(path)), file_spec, str(path))
    network = Network(data, origin=str(path))
    bands, side = input_of(network, str(path))
    output = output_of(network, str(path))
    spec = draft.trial_spec(channels=bands, side=side)
    chips = trial_chips(spec, image)
    operator = last_operator(data, output)
    trial = TrialOutput(
        tuple(_run(network, chip, output, spec) for chip in chips), operator, str(path)
    )
    if side is None and file_spec is None:
        spec = replace(spec, multiple=_multiple_of(network, chips[0], output, spec))
    ending, names = _ending(trial, output, draft, onnx_facts(data, str(path)).opsets)
    operation = operation_text(ending, trial)
    spec = draft.full_spec(spec, names, operation, hashlib.sha256(data).hexdigest())
    edited = with_ending(data, ending) if file_spec is None or not ending.is_nothing else data
    described = with_metadata(edited, {METADATA_KEY: spec.to_json()})
    predictor = OnnxPredictor(described, threads=1, origin=f"the copy of {path}")
    shares = _shares(predictor, chips, spec)
    facts = (*facts_of(spec, draft, operation, trial), trial_text(shares, image))
    warnings = list(warnings_of(draft, shares, image))
    if spec.separation is None and SEPARATION in {v.name for v in network.outputs}:
        sentence = (
            f"{path} has an output {SEPARATION!r}, which may tell touching dwellings apart: it is "
            "left out, as nothing says how"
        )
        remedy = "({separation=METHOD,THRESHOLD,REACH,MIN_SEED} does)"
        warnings.append(Message(sentence, "separation", remedy))
    return DescribedModel(described, spec, facts, tuple(warnings))


def _run(
    network: Network, chip: NDArray[np.float32], output: str, spec: ModelSpec
) -> NDArray[np.float32]:
    """Run one chip and check that the output has the chip's size.

    Raises:
        SpecError: It is of another size.
        PredictorError: The network cannot be run.
    """
    values = network.run(chip, output)
    if values.ndim != _RANK or values.shape[0] != 1 or values.shape[2:] != chip.shape[2:]:
        msg = (
            f"the network answers chips of {chip.shape} with {values.shape}, and a value for each "
            "pixel is needed"
        )
        remedy = (
            "export it with its answer enlarged to the size of the chip | give another "
            f"{{tile_size}} than {spec.tile_size}"
        )
        raise SpecError(msg, parameter="tile_size", remedy=remedy)
    return values


def _multiple_of(network: Network, chip: NDArray[np.float32], output: str, spec: ModelSpec) -> int:
    """Find the smallest multiple that the network takes as side of a chip."""
    side = spec.tile_size
    for multiple in (spec.multiple, *(m for m in _MULTIPLES if m > spec.multiple)):
        if side % multiple == 0 and side > multiple:
            try:
                _run(network, chip[:, :, : side - multiple], output, spec)
            except (SpecError, PredictorError):
                continue
            return multiple
    return side


def _ending(
    trial: TrialOutput, output: str, draft: Draft, opsets: Mapping[str, int]
) -> tuple[Ending, tuple[str, ...]]:
    """Choose the operation behind the network and the names of its classes."""
    options, hints, file_spec = draft.options, draft.hints, draft.file_spec
    given_names = options.classes or (tuple(c.name for c in file_spec.classes) if file_spec else ())
    exclusive = _are_exclusive(trial, len(given_names), hints)
    activation = activation_for(trial, options.activation, exclusive=exclusive)
    if activation == "softmax" and opsets.get("", 0) < _SOFTMAX_OPSET:
        msg = (
            f"{trial.origin} needs a softmax at its end and is of opset {opsets.get('', 0)}: "
            f"export it for opset {_SOFTMAX_OPSET} or newer, or with its softmax"
        )
        raise SpecError(msg)
    flags = [_is_background(name) for name in hints.names]
    is_exclusive = activation == "softmax" or trial.sum_to_one
    background = background_of(trial.channels, options.background, flags, exclusive=is_exclusive)
    if background is None and len(given_names) == trial.channels - 1 and given_names:
        background = 0
    channels = tuple(i for i in range(trial.channels) if i != background)
    names = _names(trial, given_names, channels, draft)
    separation = options.separation or (file_spec and file_spec.separation)
    extra_outputs = (SEPARATION,) if separation else ()
    class_channels = None if background is None else channels
    return Ending(output, activation, class_channels, len(channels), extra_outputs), names


def _are_exclusive(trial: TrialOutput, name_count: int, hints: Hints) -> bool | None:
    """Test if each pixel belongs to exactly one channel; None if that is unknown."""
    if trial.channels == 1:
        return None
    if name_count == trial.channels - 1:
        return True
    if len(hints.names) == trial.channels and any(map(_is_background, hints.names)):
        return True
    return None


def _is_background(name: str) -> bool:
    return name.strip().lower() in BACKGROUND


def _names(
    trial: TrialOutput, given_names: Sequence[str], channels: Sequence[int], draft: Draft
) -> tuple[str, ...]:
    """Choose the names of the classes.

    Raises:
        SpecError: There are too few or too many, or none.
    """
    hints = [n for n in draft.hints.names if not _is_background(n)]
    if given_names:
        draft.sources["classes"] = FROM_USER if draft.options.classes else FROM_FILE
        names = list(given_names)
    elif hints:
        draft.sources["classes"] = FROM_DEEPNESS
        if len(draft.hints.names) == trial.channels:
            hints = [draft.hints.names[i] for i in channels]
        names = [_clean_name(name, i) for i, name in enumerate(hints)]
    else:
        draft.sources["classes"] = "assumed"
        names = [_CLASS] if len(channels) == 1 else []
    if len(names) != len(channels):
        msg = (
            f"{trial.origin} gives {len(channels)} classes, and {len(names)} are named "
            f"({shown(', '.join(names)) or 'none'})"
        )
        remedy = (
            "give {classes} with a name for each, and {background} where a channel is none of them"
        )
        raise SpecError(msg, parameter="classes", remedy=remedy)
    return tuple(names)


def _clean_name(name: str, number: int) -> str:
    """Make a class name of letters, digits, '.', '_' and '-'."""
    clean = re.sub(r"[^A-Za-z0-9._-]+", "-", name.strip().lower()).strip("-._")
    return clean or f"class-{number + 1}"


def _shares(
    predictor: OnnxPredictor, chips: Sequence[NDArray[np.float32]], spec: ModelSpec
) -> list[float]:
    """Compute the fraction of each chip that belongs to any class."""
    scores = [predictor.predict(chip)[:, : len(spec.classes)] for chip in chips]
    return [float((f.max(axis=1) >= spec.threshold).mean()) for f in scores]
