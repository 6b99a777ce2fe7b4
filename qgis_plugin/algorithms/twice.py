"""Tells where one layer was given for two parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Optional

from qgis.core import QgsProcessingFeatureSourceDefinition, QgsProviderRegistry

from .places import same_file

if TYPE_CHECKING:
    from qgis.core import QgsProcessingAlgorithm, QgsProcessingContext, QgsVectorLayer


class _Source(NamedTuple):
    """A layer, and which of its features."""

    layer: Optional[QgsVectorLayer]
    is_selection: bool
    part: tuple[object, ...]
    """Limit and filter of features in the parameter."""


def same_features(
    algorithm: QgsProcessingAlgorithm,
    parameters: dict[str, object],
    one: str,
    other: str,
    context: QgsProcessingContext,
) -> Optional[str]:
    """Name of the layer where two parameters are the same features of it; None: they are not.

    Args:
        algorithm: That is to be run.
        parameters: As the user gave them.
        one: Name of a parameter with features.
        other: Name of another one.
        context: Of the run.
    """
    a, b = (_source_of(algorithm, parameters, name, context) for name in (one, other))
    if a.layer is None or b.layer is None or a[1:] != b[1:]:
        return None
    if a.layer.id() == b.layer.id() or (not a.is_selection and _same_source(a.layer, b.layer)):
        return str(a.layer.name())
    return None


def _source_of(
    algorithm: QgsProcessingAlgorithm,
    parameters: dict[str, object],
    name: str,
    context: QgsProcessingContext,
) -> _Source:
    value, is_selection, part = parameters.get(name), False, (-1, "")
    if isinstance(value, QgsProcessingFeatureSourceDefinition):
        is_selection = value.selectedFeaturesOnly
        part = (value.featureLimit, getattr(value, "filterExpression", ""))
        value = value.source
    layer = algorithm.parameterAsVectorLayer({**parameters, name: value}, name, context)
    return _Source(layer, is_selection, part)


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
    rest = ({k: v for k, v in parts.items() if v} for parts in (a, b))
    return all(paths) and same_file(*paths) and next(rest) == next(rest)
