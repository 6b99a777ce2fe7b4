"""A model in words, which each host shows in its own form and language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from ..engine.spec import ModelSpec

    Fact = tuple[str, str]
    """Label and value."""
    Translate = Callable[..., str]
    """Translates a text, and fills in its ``{names}`` from keyword arguments."""


MODEL_START = "weights of "
"""Beginning of the words for a start from a whole model; its name and checksum follow."""


def facts_of(spec: ModelSpec, tr: Translate = str.format) -> list[Fact]:
    """List what a user asks of a model, in the order in which it matters.

    Args:
        spec: The model; its words may be a stranger's, and are given as they are.
        tr: Translates labels and phrases; English unless given.
    """
    classes = ", ".join(f"{c.name} ({c.value}, {c.color})" for c in spec.classes)
    credit = spec.attribution or (tr("nobody"),)
    return [
        (tr("Classes"), classes),
        *imagery_facts(spec, tr),
        (tr("Licence"), spec.licence or tr("not stated")),
        *((tr("To be credited"), name) for name in credit),
    ]


def architecture_of(spec: ModelSpec) -> tuple[str, str]:
    """Give the kind of network and its encoder; empty where its training does not say them."""
    kind, _, encoder = spec.provenance.get("architecture", "").partition(", encoder ")
    return kind, encoder


def imagery_facts(spec: ModelSpec, tr: Translate = str.format) -> list[Fact]:
    """List in what imagery a model finds what; the arguments are those of `facts_of`."""
    bands = ", ".join(b.name for b in spec.bands)
    touching = tr("are told apart" if spec.separation else "are taken for one dwelling")
    gsd = tr("{gsd} m a pixel; other imagery is resampled", gsd=f"{spec.gsd:g}")
    return [
        (tr("Bands, in this order"), f"{bands} ({spec.dtype})"),
        (tr("Resolution"), gsd),
        (tr("Tiles, overlap"), f"{spec.tile_size} px, {spec.overlap} px"),
        (tr("Threshold"), f"{spec.threshold:g}"),
        (tr("Smallest dwelling"), f"{spec.min_area:g} m²"),
        (tr("Touching dwellings"), touching),
    ]
