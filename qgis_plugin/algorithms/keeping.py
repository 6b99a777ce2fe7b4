"""Fields of another layer that are kept beside ours."""

from __future__ import annotations

from typing import Iterable, NamedTuple

from qgis.core import QgsField, QgsFields, QgsJsonUtils

from .. import compat

_LEFT_OUT = {"fid"}
"""The row number of a GeoPackage; the output has numbers of its own."""
_GEOMETRY = "geom"
"""QGIS' name of the geometry in a GeoPackage; no field may have it."""
_SHORT = 10
"""Characters of a name in a Shapefile."""


class KeptField(NamedTuple):
    """A field that is kept."""

    column: int
    """In the layer that it comes from."""
    field: QgsField
    """As it is written."""

    def value(self, attributes: list[object]) -> object:
        """Value of the field among a feature's attributes, as it is written."""
        value = attributes[self.column]
        if isinstance(value, (list, dict)):
            return QgsJsonUtils.encodeValue(value)
        return value


def kept_fields(fields: QgsFields, own_names: Iterable[str]) -> list[KeptField]:
    """The fields of a layer under names that no other has, whatever their case.

    Args:
        fields: Of the layer.
        own_names: Names that are taken.

    Returns:
        All but ``fid``, with their types; lists and maps become text, which every format takes.
    """
    used_names = {name.lower() for name in own_names} | _LEFT_OUT | {_GEOMETRY}
    fields_kept = []
    for index in range(fields.count()):
        field = QgsField(fields.at(index))
        name = field.name()
        if name.lower() in _LEFT_OUT:
            continue
        new, number = name, 2
        while new.lower() in used_names:
            suffix = f"_{number}"
            new, number = name[: _SHORT - len(suffix)] + suffix, number + 1
        used_names.add(new.lower())
        if compat.holds_parts(field):
            field = compat.text(new)
        field.setName(new)
        fields_kept.append(KeptField(index, field))
    return fields_kept
