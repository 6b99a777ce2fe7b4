"""Put the description of a model and its trial into words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.counts import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.packaging.onnx_edit import Ending

    from .draft import Draft
    from .trial import Answers

_RARE, _COMMON = 1e-4, 0.95
"""Parts of a picture that dwellings hardly ever make up."""


def how_it_ends(ending: Ending, answers: Answers) -> str:
    """Name the operation behind a network."""
    words = {
        "none": "probabilities as they came",
        "sigmoid": "a sigmoid was put behind it",
        "softmax": "a softmax was put behind it",
    }[ending.activation]
    if ending.channels is not None:
        left = sorted(set(range(answers.channels)) - set(ending.channels))
        words += f"; channel {left[0]} was taken for background and left out"
    return words


def tried(shares: Sequence[float], image: str | None) -> tuple[str, str]:
    """Summarise the trial.

    Args:
        shares: Part of each chip that is of a class.
        image: The raster that it was tried on, if it was.
    """
    if image is not None:
        return "tried on", f"the middle of {image}: {shares[0]:.1%} of it is of a class"
    scenes = " and ".join(f"{share:.1%}" for share in shares[:2])
    return "tried on", f"two generated camps: {scenes} of them are of a class"


def facts_of(
    spec: ModelSpec, draft: Draft, how: str, answers: Answers
) -> tuple[tuple[str, str], ...]:
    """List the values of the description with their sources."""
    sources = draft.sources

    def told(text: Any, *names: str) -> str:  # noqa: ANN401 - shown as text
        found = dict.fromkeys(sources[n] for n in names if n in sources)
        return f"{text} ({', '.join(found)})"

    scaling = "; ".join(f"(raw x {b.scale:.6g} - {b.mean:g}) / {b.std:g}" for b in spec.bands[:4])
    sides = "" if spec.multiple == spec.tile_size else f", multiples of {spec.multiple} px"
    return (
        ("bands", told(", ".join(b.name for b in spec.bands), "bands")),
        ("scaling", told(scaling, "scale", "mean", "std")),
        ("pixels", told(f"{spec.gsd:g} m", "gsd")),
        ("tiles", told(f"{spec.tile_size} px{sides}", "tile_size")),
        ("overlap", told(f"{spec.overlap} px", "overlap")),
        ("classes", told(", ".join(c.name for c in spec.classes), "classes")),
        ("threshold", told(f"{spec.threshold:g}", "threshold")),
        ("gives", f"{counted(answers.channels, 'channel')}, {answers.range_text}: {how}"),
    )


def warnings_of(draft: Draft, shares: Sequence[float], image: str | None) -> tuple[str, ...]:
    """Name the values that a person should look at."""
    found = [
        f"the key {key} of Deepness in {draft.origin} could not be read, and is left aside"
        for key in draft.hints.left_out
    ]
    looked_at = shares[:1] if image is not None else shares[:2]
    if max(looked_at) < _RARE or min(looked_at) > _COMMON:
        much = "nothing" if max(looked_at) < _RARE else "nearly everything"
        found.append(
            f"{draft.origin} finds {much} where it was tried: look whether --bands, --scale, "
            "--mean, --std and --gsd are those that it was trained with (--try IMAGE tries another "
            "raster)"
        )
    return tuple(found)
