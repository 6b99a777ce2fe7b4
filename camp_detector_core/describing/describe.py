"""Describe a model: look through it, try it on chips, and put the description into a copy."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import PredictorError, SpecError
from camp_detector_core.engine.onnx_file import onnx_facts
from camp_detector_core.engine.separation import OUTPUT as SEPARATION
from camp_detector_core.engine.spec import METADATA_KEY, ModelSpec
from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.metadata import read_metadata
from camp_detector_core.packaging.onnx_edit import (
    Ending,
    last_operator,
    with_ending,
    with_metadata,
)
from camp_detector_core.packaging.onnx_whole import read_whole

from .chips import trial_chips
from .deepness import BACKGROUND, deepness_hints
from .draft import DEEPNESS, GIVEN, OWN, Draft
from .summary import facts_of, how_it_ends, tried, warnings_of
from .tensors import input_of, output_of
from .trial import Answers, activation_for, background_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from camp_detector_core.engine.ort import Network, OnnxPredictor

    from .deepness import Hints
    from .options import Wishes

_RANK = 4
_SOFTMAX_OPSET = 13
"""From here on a softmax of ONNX is over one axis; before, over all from one on."""
_MULTIPLES = (32, 64, 128, 256)
_CLASS = "dwelling"


@dataclass(frozen=True)
class Described:
    """A copy of a model that says what it is."""

    data: bytes
    """The ONNX file."""
    spec: ModelSpec
    facts: tuple[tuple[str, str], ...]
    """Each value of the description and its source: names and values in words."""
    warnings: tuple[str, ...] = ()


def describe_model(path: Path, wishes: Wishes, *, image: str | None = None) -> Described:
    """Describe a segmentation network; the file is not changed.

    Args:
        path: The ONNX file; weights in files beside it are put into the copy.
        wishes: What the user says.
        image: A raster that it is tried on; None: generated chips.

    Raises:
        PredictorError: It is no ONNX model that can be run.
        SpecError: It is of another kind, or something must be said that cannot be told from it.
        RasterError: The raster cannot be read.
    """
    from camp_detector_core.engine.ort import Network, OnnxPredictor

    data = read_whole(path)
    entries = read_metadata(data, str(path))
    own = ModelSpec.from_json(entries[METADATA_KEY]) if METADATA_KEY in entries else None
    draft = Draft(wishes, deepness_hints(entries, str(path)), own, str(path))
    network = Network(data, origin=str(path))
    bands, side = input_of(network, str(path))
    output = output_of(network, str(path))
    spec = draft.before(channels=bands, side=side)
    chips = trial_chips(spec, image)
    operator = last_operator(data, output)
    answers = Answers(
        tuple(_run(network, chip, output, spec) for chip in chips), operator, str(path)
    )
    if side is None and own is None:
        spec = replace(spec, multiple=_multiple_of(network, chips[0], output, spec))
    ending, names = _ending(answers, output, draft, onnx_facts(data, str(path)).opsets)
    how = how_it_ends(ending, answers)
    spec = draft.after(spec, names, how, hashlib.sha256(data).hexdigest())
    kept = with_ending(data, ending) if own is None or not ending.is_nothing else data
    whole = with_metadata(kept, {METADATA_KEY: spec.to_json()})
    predictor = OnnxPredictor(whole, threads=1, origin=f"the copy of {path}")
    shares = _shares(predictor, chips, spec)
    facts = (*facts_of(spec, draft, how, answers), tried(shares, image))
    warnings = list(warnings_of(draft, shares, image))
    if spec.separation is None and SEPARATION in {v.name for v in network.outputs}:
        warnings.append(
            f"{path} has an output {SEPARATION!r}, which may tell touching dwellings apart: it is "
            "left out, as nothing says how (--separation METHOD,THRESHOLD,REACH,MIN_SEED does)"
        )
    return Described(whole, spec, facts, tuple(warnings))


def _run(
    network: Network, chip: NDArray[np.float32], output: str, spec: ModelSpec
) -> NDArray[np.float32]:
    """The answer to one chip, of the chip's own size.

    Raises:
        SpecError: It is of another size.
        PredictorError: The network cannot be run.
    """
    values = network.run(chip, output)
    if values.ndim != _RANK or values.shape[0] != 1 or values.shape[2:] != chip.shape[2:]:
        msg = (
            f"the network answers chips of {chip.shape} with {values.shape}, and a value for each "
            "pixel is needed: export it with its answer enlarged to the size of the chip, or give "
            f"another --tile-size than {spec.tile_size}"
        )
        raise SpecError(msg)
    return values


def _multiple_of(network: Network, chip: NDArray[np.float32], output: str, spec: ModelSpec) -> int:
    """The multiple that sides of chips must be: the least that the network takes."""
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
    answers: Answers, output: str, draft: Draft, opsets: Mapping[str, int]
) -> tuple[Ending, tuple[str, ...]]:
    """The operation behind the network, and the names of the classes that come out."""
    wishes, hints, own = draft.wishes, draft.hints, draft.own
    named = wishes.classes or (tuple(c.name for c in own.classes) if own else ())
    exclusive = _are_exclusive(answers, len(named), hints)
    activation = activation_for(answers, wishes.activation, exclusive=exclusive)
    if activation == "softmax" and opsets.get("", 0) < _SOFTMAX_OPSET:
        msg = (
            f"{answers.origin} needs a softmax at its end and is of opset {opsets.get('', 0)}: "
            f"export it for opset {_SOFTMAX_OPSET} or newer, or with its softmax"
        )
        raise SpecError(msg)
    flags = [_is_background(name) for name in hints.names]
    alone = activation == "softmax" or answers.sum_to_one
    background = background_of(answers.channels, wishes.background, flags, exclusive=alone)
    if background is None and len(named) == answers.channels - 1 and named:
        background = 0
    channels = tuple(i for i in range(answers.channels) if i != background)
    names = _names(answers, named, channels, draft)
    parted = wishes.separation or (own and own.separation)
    kept = (SEPARATION,) if parted else ()
    chosen = None if background is None else channels
    return Ending(output, activation, chosen, len(channels), kept), names


def _are_exclusive(answers: Answers, named: int, hints: Hints) -> bool | None:
    """Whether each pixel is one of the channels; None where nothing tells."""
    if answers.channels == 1:
        return None
    if named == answers.channels - 1:
        return True
    if len(hints.names) == answers.channels and any(map(_is_background, hints.names)):
        return True
    return None


def _is_background(name: str) -> bool:
    return name.strip().lower() in BACKGROUND


def _names(
    answers: Answers, named: Sequence[str], channels: Sequence[int], draft: Draft
) -> tuple[str, ...]:
    """Names of the classes.

    Raises:
        SpecError: There are too few or too many, or none.
    """
    hints = [n for n in draft.hints.names if not _is_background(n)]
    if named:
        draft.sources["classes"] = GIVEN if draft.wishes.classes else OWN
        names = list(named)
    elif hints:
        draft.sources["classes"] = DEEPNESS
        if len(draft.hints.names) == answers.channels:
            hints = [draft.hints.names[i] for i in channels]
        names = [_plain(name, i) for i, name in enumerate(hints)]
    else:
        draft.sources["classes"] = "assumed"
        names = [_CLASS] if len(channels) == 1 else []
    if len(names) != len(channels):
        msg = (
            f"{answers.origin} gives {len(channels)} classes, and {len(names)} are named "
            f"({shown(', '.join(names)) or 'none'}): give --classes with a name for each, and "
            "--background where a channel is none of them"
        )
        raise SpecError(msg)
    return tuple(names)


def _plain(name: str, number: int) -> str:
    """A name as descriptions have it, of letters, digits, '.', '_' and '-'."""
    clean = re.sub(r"[^A-Za-z0-9._-]+", "-", name.strip().lower()).strip("-._")
    return clean or f"class-{number + 1}"


def _shares(
    predictor: OnnxPredictor, chips: Sequence[NDArray[np.float32]], spec: ModelSpec
) -> list[float]:
    """The share of each chip that is of any class."""
    found = [predictor.predict(chip)[:, : len(spec.classes)] for chip in chips]
    return [float((f.max(axis=1) >= spec.threshold).mean()) for f in found]
