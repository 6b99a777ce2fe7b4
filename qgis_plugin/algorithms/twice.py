"""Tells where one layer was given for two parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from qgis.core import QgsProcessingFeatureSourceDefinition, QgsProviderRegistry

from .places import same_file

if TYPE_CHECKING:
    from qgis.core import QgsVectorLayer

    from .entries import Entries


def same_features(entries: Entries, one: str, other: str) -> Optional[str]:
    """Name of the layer where two parameters are the same features of it; None: they are not.

    Args:
        entries: The parameters of the run.
        one: Name of a parameter with features.
        other: Name of another one.
    """
    a, b = entries.vector(one), entries.vector(other)
    part = _part(entries.raw(one))
    if a is None or b is None or part != _part(entries.raw(other)):
        return None
    is_selection = part[0]
    if a.id() == b.id() or (not is_selection and _same_source(a, b)):
        return str(a.name())
    return None


def _part(value: object) -> tuple[bool, int, str]:
    """Part of a layer's features: the selection alone, the limit, the filter."""
    if not isinstance(value, QgsProcessingFeatureSourceDefinition):
        return False, -1, ""
    filter_text = getattr(value, "filterExpression", "")
    return value.selectedFeaturesOnly, value.featureLimit, filter_text


def _same_source(one: QgsVectorLayer, other: QgsVectorLayer) -> bool:
    """True if two layers are read from the same place, with the same filter."""
    kind = one.providerType()
    if kind != other.providerType() or kind == "memory":
        return False
    if one.subsetString() != other.subsetString():
        return False
    if one.source() == other.source():
        return True
    decode = QgsProviderRegistry.instance().decodeUri
    a, b = decode(kind, one.source()), decode(kind, other.source())
    paths = str(a.pop("path", "") or ""), str(b.pop("path", "") or "")
    details = ({k: v for k, v in parts.items() if v} for parts in (a, b))
    return all(paths) and same_file(*paths) and next(details) == next(details)
