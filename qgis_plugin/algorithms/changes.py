"""The result of a comparison of two dates, as features."""

from __future__ import annotations

from typing import Iterator, Sequence

from qgis.core import QgsFeature, QgsFields, QgsGeometry

from .. import compat
from .matching import CHANGED_FROM, Date, Pair


def fields_of_changes() -> QgsFields:
    """Fields of each dwelling."""
    fields = QgsFields()
    for made in (
        compat.text("change"),
        compat.large_integer("id_before"),
        compat.large_integer("id_after"),
        compat.double("m2_before"),
        compat.double("m2_after"),
        compat.double("iou"),
        compat.double("covered"),
    ):
        fields.append(made)
    return fields


def features_of_changes(
    fields: QgsFields, before: Date, after: Date, pairs: Sequence[Pair]
) -> Iterator[QgsFeature]:
    """Tell what became of each dwelling, beginning with those of the later date.

    Args:
        fields: Of the features.
        before: The earlier date.
        after: The later date, in the same CRS.
        pairs: Dwellings that are the same.
    """
    for shape, values in _rows(before, after, pairs):
        feature = QgsFeature(fields)
        geometry = QgsGeometry(shape)
        geometry.convertToMultiType()
        feature.setGeometry(geometry)
        feature.setAttributes(values)
        yield feature


def _rows(
    before: Date, after: Date, pairs: Sequence[Pair]
) -> list[tuple[QgsGeometry, list[object]]]:
    """Geometry and attributes of each feature to write."""
    of_after = {p.after: p for p in pairs}
    out: list[tuple[QgsGeometry, list[object]]] = []
    for i, new in enumerate(after.inside):
        pair = of_after.get(i)
        if pair is None:
            part = after.lone[i]
            kind = "changed" if part >= CHANGED_FROM else "appeared"
            out.append((new.shape, [kind, None, new.number, None, new.area, None, part]))
        else:
            old = before.inside[pair.before]
            numbers = [old.number, new.number, old.area, new.area, pair.iou, None]
            out.append((new.shape, ["unchanged", *numbers]))
    for i, part in sorted(before.lone.items()):
        old = before.inside[i]
        kind = "changed" if part >= CHANGED_FROM else "vanished"
        out.append((old.shape, [kind, old.number, None, old.area, None, None, part]))
    return out
