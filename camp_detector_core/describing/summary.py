"""Text about a model's description and its trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.counts import counted
from camp_detector_core.engine.messages import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.onnx_model.edit import Ending

    from .draft import Draft
    from .trial import TrialOutput

_RARE, _COMMON = 1e-4, 0.95
"""Fractions of an image that dwellings hardly ever cover."""


def operation_text(ending: Ending, trial: TrialOutput) -> str:
    """Name the operation behind a network."""
    words = {
        "none": "probabilities as they came",
        "sigmoid": "a sigmoid was put behind it",
        "softmax": "a softmax was put behind it",
    }[ending.activation]
    if ending.channels is not None:
        left = sorted(set(range(trial.channels)) - set(ending.channels))
        words += f"; channel {left[0]} was taken for background and left out"
    return words


def trial_text(shares: Sequence[float], image: str | None) -> tuple[str, str]:
    """Summarise the trial.

    Args:
        shares: Fraction of each chip that belongs to a class.
        image: Raster of the trial; None for generated camps.
    """
    if image is not None:
        return "tried on", f"the middle of {image}: {shares[0]:.1%} of it is of a class"
    scenes = " and ".join(f"{share:.1%}" for share in shares[:2])
    return "tried on", f"two generated camps: {scenes} of them are of a class"


def facts_of(
    spec: ModelSpec, draft: Draft, operation: str, trial: TrialOutput
) -> tuple[tuple[str, str], ...]:
    """List the values of the description with their sources."""
    sources = draft.sources

    def with_source(text: Any, *names: str) -> str:  # noqa: ANN401 - shown as text
        value_sources = dict.fromkeys(sources[n] for n in names if n in sources)
        return f"{text} ({', '.join(value_sources)})"

    scaling = "; ".join(f"(raw x {b.scale:.6g} - {b.mean:g}) / {b.std:g}" for b in spec.bands[:4])
    sides = "" if spec.multiple == spec.tile_size else f", multiples of {spec.multiple} px"
    return (
        ("bands", with_source(", ".join(b.name for b in spec.bands), "bands")),
        ("scaling", with_source(scaling, "scale", "mean", "std")),
        ("pixels", with_source(f"{spec.gsd:g} m", "gsd")),
        ("tiles", with_source(f"{spec.tile_size} px{sides}", "tile_size")),
        ("overlap", with_source(f"{spec.overlap} px", "overlap")),
        ("classes", with_source(", ".join(c.name for c in spec.classes), "classes")),
        ("threshold", with_source(f"{spec.threshold:g}", "threshold")),
        ("gives", f"{counted(trial.channels, 'channel')}, {trial.range_text}: {operation}"),
    )


def warnings_of(draft: Draft, shares: Sequence[float], image: str | None) -> tuple[Message, ...]:
    """Name the values that a person should look at."""
    warnings = [
        Message(f"the key {key} of Deepness in {draft.origin} could not be read, and is left aside")
        for key in draft.hints.left_out
    ]
    inspected = shares[:1] if image is not None else shares[:2]
    if max(inspected) < _RARE or min(inspected) > _COMMON:
        amount = "nothing" if max(inspected) < _RARE else "nearly everything"
        remedy = (
            "look whether {bands}, {scale}, {mean}, {std} and {gsd} are those that it was trained "
            "with ({try=IMAGE} tries another raster)"
        )
        sentence = f"{draft.origin} finds {amount} where it was tried"
        warnings.append(Message(sentence, remedy=remedy))
    return tuple(warnings)
