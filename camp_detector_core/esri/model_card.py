"""Card of a model for people, and the licences of a package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.wording import one_line
from camp_detector_core.model_file.facts import imagery_facts
from camp_detector_core.model_file.item import properties_of
from camp_detector_core.model_file.json_values import as_dict, numbers_in
from camp_detector_core.stac.facts import RunFacts, facts_of
from camp_detector_core.stac.item import AREA_NOTE, FIELD_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.model_file.emd import Kind

TOOLS: Mapping[Kind, str] = {
    "classify": "Classify Pixels Using Deep Learning",
    "detect": "Detect Objects Using Deep Learning",
}
"""Tool of ArcGIS' Image Analyst for each kind of package."""
_MIT = """\
MIT License

Copyright (c) 2026 Camp Detector contributors

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""
_SCALING = """\
Bands are taken in this order from the first bands of the raster. Values are scaled as they were in
training, whatever a tile holds; imagery of another bit depth, or of a cell size that is far from
this one, is not what the model knows."""
_LABELS = {
    "all_ones_iou": "IoU if all were marked",
    "f1": "F1",
    "iou": "IoU",
    "mean_f1": "mean F1",
    "predicted": "marked",
}
"""Labels of figures whose keys do not explain themselves."""
_SIGNED = frozenset({"count_error"})
_SHARES = _SIGNED | {"precision", "recall"}
_LARGEST = 1e6
"""Larger numbers in untrusted items are no shares, and may be too large for a float."""
_TIMES = ("start_datetime", "end_datetime", "datetime")


def title_of(spec: ModelSpec, item: Mapping[str, Any]) -> str:
    """Return the item's title, or make one from the description."""
    title = properties_of(dict(item)).get("title")
    if isinstance(title, str) and title:
        return one_line(title)
    return f"{spec.name} {spec.version}: {', '.join(c.name for c in spec.classes)}"


def description_of(spec: ModelSpec, item: Mapping[str, Any]) -> str:
    """Return the model's purpose: the item's words, without those on STAC's fields, or its own."""
    properties = properties_of(dict(item))
    description, note = properties.get("description"), properties.get(AREA_NOTE)
    text = description if isinstance(description, str) else ""
    for words in (*FIELD_WORDS, note):
        if isinstance(words, str) and words:
            text = text.replace(words, " ")
    return (
        one_line(text)
        or one_line(spec.description)
        or f"Finds {', '.join(c.name for c in spec.classes)} in aerial imagery."
    )


def model_card(spec: ModelSpec, kind: Kind, item: Mapping[str, Any], *, limits: str) -> bytes:
    """Write ``MODEL_CARD.md``.

    Args:
        spec: The model.
        kind: Kind of the package.
        item: The model's STAC item; empty where there is none.
        limits: Limits of the model, Markdown.
    """
    parts = [
        f"# {title_of(spec, item)}",
        description_of(spec, item),
        f"This package is for the tool **{TOOLS[kind]}** of ArcGIS Pro.",
        "## What it finds",
        _table(("value", "class", "colour"), ((c.value, c.name, c.color) for c in spec.classes)),
        "## In what imagery",
        _table(("", ""), imagery_facts(spec)),
        _SCALING,
        "## How good it is",
        _figures(spec, item),
        "## Where it fails",
        limits,
        "## Where it comes from",
        _table(("", ""), _origin(spec, item)),
        "## Licence",
        f"The model: {one_line(spec.licence) or 'not stated'}. The code: MIT. See LICENSE.txt.",
        "Name these when you publish the model or what it found:"
        if spec.attribution
        else "The model names nobody who must be credited.",
        "\n".join(f"- {one_line(name)}" for name in spec.attribution),
        "A map of dwellings can put people at risk. Think of them before you publish one.",
    ]
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def licence_text(spec: ModelSpec) -> bytes:
    """Write ``LICENSE.txt`` for the model and the code."""
    licence = one_line(spec.licence)
    statement = (
        f"{licence}\n(text of licences by their SPDX identifier: https://spdx.org/licenses/)"
        if licence
        else "not stated; ask who gave you the model before you pass it on"
    )
    creditors = (
        "".join(f"  {one_line(name)}\n" for name in spec.attribution) or "  nobody is named\n"
    )
    return (
        f"The model in this package, {one_line(spec.id)}\n\n{statement}\n\n"
        f"Must be named when the model or what it found is published:\n{creditors}\n"
        f"The code in this package\n\n{_MIT}"
    ).encode()


def _figures(spec: ModelSpec, item: Mapping[str, Any]) -> str:
    """List the item's figures; else those in the provenance, which the last table has."""
    metrics = as_dict(properties_of(dict(item)).get("camp_detector:metrics"))
    rows = [
        (figure_label(way), figure_text(way, value)) for way, value in sorted(numbers_in(metrics))
    ]
    if rows:
        return _table(("figure", ""), rows)
    figures = [(k, v) for k, v in sorted(spec.provenance.items()) if _is_figure(k)]
    return _table(("figure", ""), figures) if figures else "No figures came with the model."


def _is_figure(key: str) -> bool:
    return any(word in key for word in ("pixels", "dwellings", "figures"))


def figure_label(way: tuple[str, ...]) -> str:
    """Label a figure for people, from the keys that lead to it in an item."""
    *places, name = (one_line(_LABELS.get(key, key.replace("_", " "))) for key in way)
    return f"{', '.join(places)}: {name}" if places else name


def figure_text(way: tuple[str, ...], value: float) -> str:
    """Format a figure for people: shares in percent, others unchanged."""
    if way[-1] in _SHARES and abs(value) < _LARGEST:
        return f"{100 * value:+.1f} %" if way[-1] in _SIGNED else f"{100 * value:.1f} %"
    return str(value) if type(value) is int else f"{value:.3g}"


def _origin(spec: ModelSpec, item: Mapping[str, Any]) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = [("model", spec.id)]
    properties = properties_of(dict(item))
    if properties.get("camp_detector:datetime_of") == "imagery":
        rows += [
            (n.replace("_", " "), properties[n])
            for n in _TIMES
            if isinstance(properties.get(n), str)
        ]
    run: RunFacts = facts_of(spec)
    if run.architecture:
        rows.append(("network", " ".join(filter(None, (run.architecture, run.encoder)))))
    rows += [(k, v) for k, v in sorted(spec.provenance.items()) if not _is_figure(k)]
    return rows


def _table(head: tuple[str, ...], rows: Any) -> str:  # noqa: ANN401 - any rows of values
    lines = [_row(head), _row(("---",) * len(head)), *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: tuple[object, ...]) -> str:
    return f"| {' | '.join(one_line(str(cell)).replace('|', '/') for cell in cells)} |"
