"""The parameters of a run as the user gave them, read by QGIS' rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from qgis.core import (
    Qgis,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingOutputLayerDefinition,
    QgsProperty,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QVariant


@dataclass(frozen=True)
class Entries:
    """The parameters of one run of an algorithm."""

    algorithm: QgsProcessingAlgorithm
    parameters: dict[str, object]
    """As the user gave them."""
    context: QgsProcessingContext

    def __contains__(self, name: str) -> bool:
        """Tell whether there is a value."""
        value = self.parameters.get(name)
        # A dialog gives a null variant for a file or folder that is not named.
        is_null = isinstance(value, QVariant) and value.isNull()
        return value is not None and value != "" and not is_null

    def raw(self, name: str) -> object:
        """The value of any type that QGIS takes."""
        return self.parameters.get(name)

    def text(self, name: str) -> str:
        """The value as text, empty: there is none."""
        return str(self.algorithm.parameterAsString(self.parameters, name, self.context))

    def flag(self, name: str) -> bool:
        """True if it is ticked, also by default."""
        return bool(self.algorithm.parameterAsBoolean(self.parameters, name, self.context))

    def number(self, name: str) -> float:
        """The value as a number, the default: there is none."""
        return float(self.algorithm.parameterAsDouble(self.parameters, name, self.context))

    def vector(self, name: str) -> Optional[QgsVectorLayer]:
        """The vector layer, also where only what is selected in it counts."""
        value = self.raw(name)
        if isinstance(value, QgsProcessingFeatureSourceDefinition):
            value = value.source
        parameters = {**self.parameters, name: value}
        return self.algorithm.parameterAsVectorLayer(parameters, name, self.context)

    def fields(self, name: str) -> list[str]:
        """The names of fields (another method since QGIS 3.40)."""
        is_new = Qgis.QGIS_VERSION_INT >= 34000  # noqa: PLR2004 - the release that changed it
        read = self.algorithm.parameterAsStrings if is_new else self.algorithm.parameterAsFields
        return list(read(self.parameters, name, self.context))

    def destination(self, name: str) -> str:
        """The text that says where a result goes, empty: nothing does."""
        value = self.raw(name)
        if isinstance(value, QgsProcessingOutputLayerDefinition):
            value = value.sink
        if isinstance(value, QgsProperty):
            if value.isActive():
                value = value.valueAsString(self.context.expressionContext(), "")[0]
            else:
                value = value.staticValue()
        return value if isinstance(value, str) else ""
