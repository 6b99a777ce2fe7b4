"""Facts of a model as HTML for the dialogs."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Optional

from camp_detector_core.model_file.facts import facts_of

from ..i18n import right_to_left, tr
from ..models.installed import ADDED, BUNDLED, FOLDER, InstalledModel, accuracy_of, area_of
from .area import geometry_of

if TYPE_CHECKING:
    from camp_detector_core.engine.spec import ModelSpec

    from ..models import ModelLibrary
    from ..models.catalogue import Offer

_MIB = 1 << 20
_MOST_BYTES = 1 << 60
"""No file is larger, whatever an untrusted file says."""


def known_models(library: ModelLibrary) -> frozenset[str]:
    """Checksums of the models that are the plugin's own, or were added."""
    return frozenset(m.sha256 for m in library.models() if m.origin != FOLDER)


def added(model: InstalledModel, checksums: frozenset[str]) -> str:
    """Say whether a model was added.

    Args:
        model: As the library has it now.
        checksums: Of the models that were there before, from `known_models`.
    """
    if model.sha256 in checksums:
        return tr("{name} is already there.", name=model.id)
    return tr("{name} was added; its checksum was verified.", name=model.id)


def model_html(model: InstalledModel) -> str:
    """All facts of an installed model."""
    origin = {
        BUNDLED: tr("came with the plugin"),
        ADDED: tr("added from {place}", place=model.source or "?"),
    }.get(model.origin, tr("in the folder {place}", place=model.path.parent))
    extra = [
        (tr("Training area"), tr("shown on the map") if model.area else tr("not known")),
        *((_measure(name), value) for name, value in model.accuracy()),
        (tr("Origin"), origin),
        (tr("Checksum"), f"SHA-256 {model.sha256}"),
    ]
    return spec_html(model.spec, model.size, extra)


def offer_html(offer: Offer) -> str:
    """All facts of a model that a catalogue offers, before anything of it is fetched."""
    ground = geometry_of(area_of(offer.item))
    place = tr("not known")
    if ground is not None:
        box = ground.boundingBox()
        place = tr(
            "longitude {west} to {east}, latitude {south} to {north}",
            west=f"{box.xMinimum():.4g}", east=f"{box.xMaximum():.4g}",
            south=f"{box.yMinimum():.4g}", north=f"{box.yMaximum():.4g}",
        )  # fmt: skip
    measured = [(_measure(name), value) for name, value in accuracy_of(offer.item, offer.spec)] or [
        (tr("Accuracy"), tr("not stated"))
    ]
    return spec_html(offer.spec, offer.size, [(tr("Training area"), place), *measured])


def spec_html(spec: ModelSpec, size: Optional[int], extra: list[tuple[str, str]]) -> str:
    """A description as a table; untrusted words are shown as plain text."""
    rows = [
        *facts_of(spec, tr),
        (tr("Size"), _size(size)),
        *extra,
    ]
    # Qt does not turn tables round by itself.
    mirrored = right_to_left()
    side = "right" if mirrored else "left"
    body = ""
    for name, value in rows:
        cells = [
            f"<td align='{side}'><b>{escape(name)}</b></td>",
            "<td>&nbsp;&nbsp;</td>",
            f"<td align='{side}'>{_lines(value)}</td>",
        ]
        body += f"<tr>{''.join(reversed(cells) if mirrored else cells)}</tr>"
    width = " width='100%'" if mirrored else ""
    return (
        f"<h3 align='{side}'>{escape(spec.id)}</h3>"
        f"<p align='{side}'>{_lines(spec.description)}</p><table{width}>{body}</table>"
    )


def _size(size: Optional[int]) -> str:
    if size is None or not 0 <= size <= _MOST_BYTES:
        return tr("not stated")
    return f"{size / _MIB:.1f} MiB" if size >= _MIB else f"{size / 1024:.1f} KiB"


def _measure(name: str) -> str:
    part, _, measure = name.partition(" ")
    parts = {
        "test": tr("Accuracy, test"),
        "val": tr("Accuracy, validation"),
        "validation": tr("Accuracy, validation"),
    }
    kinds = {"dwellings": tr("dwellings"), "pixels": tr("pixels")}
    label = parts.get(part, part)
    return f"{label}: {kinds.get(measure, measure)}" if measure else label


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())
