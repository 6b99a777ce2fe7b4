"""The result of a comparison of two dates, as rows of a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, Sequence

from .. import compat
from .matching import CHANGED_FROM, Date, Pair

if TYPE_CHECKING:
    from qgis.core import QgsField

    from .sinks import Row


def fields_of_changes() -> list[QgsField]:
    """Fields of each dwelling."""
    return [
        compat.text("change"),
        compat.large_integer("id_before"),
        compat.large_integer("id_after"),
        compat.double("m2_before"),
        compat.double("m2_after"),
        compat.double("iou"),
        compat.double("covered"),
    ]


def rows_of_changes(before: Date, after: Date, pairs: Sequence[Pair]) -> Iterator[Row]:
    """Tell what became of each dwelling, beginning with those of the later date.

    Args:
        before: The earlier date.
        after: The later date, in the same CRS.
        pairs: Dwellings that are the same.
    """
    of_after = {p.after: p for p in pairs}
    for i, new in enumerate(after.inside):
        pair = of_after.get(i)
        if pair is None:
            part = after.lone[i]
            kind = "changed" if part >= CHANGED_FROM else "appeared"
            yield new.shape, [kind, None, new.number, None, new.area, None, part]
        else:
            old = before.inside[pair.before]
            numbers = [old.number, new.number, old.area, new.area, pair.iou, None]
            yield new.shape, ["unchanged", *numbers]
    for i, part in sorted(before.lone.items()):
        old = before.inside[i]
        kind = "changed" if part >= CHANGED_FROM else "vanished"
        yield old.shape, [kind, old.number, None, old.area, None, None, part]
