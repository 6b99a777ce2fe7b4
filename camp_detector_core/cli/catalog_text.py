"""Models of a catalogue, in plain words and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.wording import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camp_detector_core.catalog.entry import Asset, Entry

_MEGA = 1e6
_KILO = 1e3
_INDENT = 15
_WIDEST = 40
_HEADS = ("id", "title", "GSD m", "bands", "classes", "IoU", "F1", "licence", "imagery of")
_SPLITS = {"train", "training", "val", "validation", "test"}
_SHORT = {"red": "r", "green": "g", "blue": "b", "nir": "nir"}


def megabytes(size: int) -> str:
    """Return a size in bytes as text, in MB or kB."""
    return f"{size / _MEGA:.1f} MB" if size >= _MEGA / 10 else f"{size / _KILO:.1f} kB"


def touches(entry: Entry, bbox: Sequence[float]) -> bool:
    """Return True where a model's training area is known and overlaps a box in degrees."""
    box = entry.bbox
    if box is None:
        return False
    across = any(
        west <= right and east >= left for west, east in _spans(box) for left, right in _spans(bbox)
    )
    return across and box[1] <= bbox[3] and box[3] >= bbox[1]


def _spans(box: Sequence[float]) -> list[tuple[float, float]]:
    """Return the range of longitudes, or the two that a box across the antimeridian has."""
    west, _, east, _ = box
    return [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]


def _figure(entry: Entry, name: str) -> float | None:
    """Return the first figure of a name, that of the test split if there is one."""
    hits = {k: v for k, v in entry.metrics.items() if _name_of(k) == name}
    tested = [v for k, v in hits.items() if "test" in k.lower()]
    return next(iter([*tested, *hits.values()]), None)


def _name_of(key: str) -> str:
    """Return the name of a figure without its split: ``iou`` for ``test.IoU`` and ``val_iou``."""
    name = key.lower().rpartition(".")[2]
    part, _, rest = name.partition("_")
    return rest if part in _SPLITS else name


def summary(entry: Entry) -> dict[str, Any]:
    """Return the row of a model in the list, as values for JSON."""
    return {
        "id": entry.id,
        "title": entry.title,
        "gsd": entry.gsd,
        "bands": list(entry.bands),
        "classes": list(entry.classes),
        "iou": _figure(entry, "iou"),
        "f1": _figure(entry, "f1"),
        "licence": entry.licence,
        "date": entry.date,
        "bbox": entry.bbox,
        "metrics": entry.metrics,
    }


def table(entries: Sequence[Entry]) -> str:
    """Return the list of models as text, a row for each."""
    rows = [_HEADS, *(_row(entry) for entry in entries)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEADS))]
    return "\n".join(
        "  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _row(entry: Entry) -> tuple[str, ...]:
    cells = (
        entry.id,
        _short(entry.title),
        "-" if entry.gsd is None else f"{entry.gsd:.3g}",
        ",".join(_SHORT.get(b, b) for b in entry.bands) or "-",
        ",".join(entry.classes) or "-",
        _number(_figure(entry, "iou")),
        _number(_figure(entry, "f1")),
        _short(entry.licence) or "-",
        _when(entry) or "-",
    )
    return tuple(visible(c) for c in cells)


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


def _when(entry: Entry) -> str:
    """Return the day of the imagery; where it is not known, the day of training, marked so."""
    trained = entry.properties.get("camp_detector:datetime_of") == "training"
    return f"(trained {entry.date})" if trained else entry.date


def details(entry: Entry) -> str:
    """Return all facts about a model as text, one a line."""
    box = entry.bbox
    values = entry.properties
    facts = [
        ("finds", ", ".join(entry.classes) or "not stated"),
        ("in", f"imagery with the bands {', '.join(entry.bands) or 'not stated'}"),
        ("at", "not stated" if entry.gsd is None else f"{entry.gsd:g} m a pixel"),
        ("network", values.get("mlm:architecture", "not stated")),
        ("trained on", "unknown ground" if box is None else _area(box)),
        ("imagery of", _when(entry) or "not stated"),
        *((name, f"{value:.4g}") for name, value in entry.metrics.items()),
        ("licence", entry.licence or "not stated"),
        *(("attribution", a) for a in entry.attribution or ("not stated",)),
        *((f"asset {a.key}", _file(a)) for a in entry.assets),
    ]
    width = max(_INDENT, *(len(name) for name, _ in facts))
    lines = [entry.id, entry.title]
    lines += [str(values["description"])] if values.get("description") else []
    lines += [f"  {name:<{width}} {value}" for name, value in facts]
    return "\n".join(visible(line) for line in lines)


def _area(box: Sequence[float]) -> str:
    west, south, east, north = box
    return f"{west:.5f} to {east:.5f} degrees east, {south:.5f} to {north:.5f} degrees north"


def _file(asset: Asset) -> str:
    size = "" if asset.size is None else f", {megabytes(asset.size)}"
    return f"{asset.href}{size}"
