"""Parameters of Processing, made from the engine's table of options."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Optional

from qgis.core import (
    QgsProcessingParameterBoolean,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from camp_detector_core.engine.parameter import Kind
from camp_detector_core.engine.parameters import QGIS

from ..compat import DOUBLE, INTEGER
from ..i18n import tr
from ..words import texts_of

if TYPE_CHECKING:
    from qgis.core import (
        QgsProcessingAlgorithm,
        QgsProcessingContext,
        QgsProcessingParameterDefinition,
    )

    from camp_detector_core.engine.parameter import Parameter

_NUMBERS = {Kind.WHOLE: INTEGER, Kind.NUMBER: DOUBLE}


def definition_of(option: Parameter) -> QgsProcessingParameterDefinition:
    """The parameter of an option: its id, label, limits and default, and help as its tooltip.

    Args:
        option: A flag, a number, or what is written as text.
    """
    name, label = option.hosts[QGIS], label_of(option)
    made: QgsProcessingParameterDefinition
    if option.kind is Kind.FLAG:
        made = QgsProcessingParameterBoolean(name, label, defaultValue=option.default is not False)
    elif option.kind in _NUMBERS:
        made = _number(option, name, label)
    else:
        made = QgsProcessingParameterString(name, label, optional=True)
    made.setHelp(help_of(option))
    return made


def _number(option: Parameter, name: str, label: str) -> QgsProcessingParameterNumber:
    kind = _NUMBERS[option.kind]
    made = QgsProcessingParameterNumber(name, label, kind, optional=True)
    if option.limits is not None:
        made.setMinimum(option.limits.low)
        made.setMaximum(min(option.limits.high, made.maximum()))
    return made


def label_of(option: Parameter) -> str:
    """The label with the unit, such as "Minimum area (m²)"."""
    units = {"m": tr("m"), "m2": tr("m²"), "px": tr("pixels")}
    label = tr(option.label)
    return f"{label} ({units[option.unit]})" if option.unit else label


def help_of(option: Parameter) -> str:
    """Explanation of an option, of what to type, and of its default."""
    texts = texts_of(option)
    parts = [tr(texts.help)]
    if texts.form:
        parts.append(tr("Give {form}.", form=tr(texts.form)))
    if texts.choice:
        word = " ".join(option.choices)
        parts.append(tr("{word} is {meaning}.", word=word, meaning=tr(texts.choice)))
    if texts.unset:
        parts.append(tr("Not set: {unset}.", unset=tr(texts.unset)))
    return " ".join(parts)


def value_of(
    option: Parameter,
    algorithm: QgsProcessingAlgorithm,
    parameters: dict[str, object],
    context: QgsProcessingContext,
) -> Any:
    """The value of an option, of the type of its kind; None where it is not set.

    Raises:
        ParameterError: The option does not take it.
    """
    name = option.hosts[QGIS]
    if option.kind is Kind.FLAG:
        return algorithm.parameterAsBoolean(parameters, name, context)
    if parameters.get(name) in (None, ""):
        return None
    if option.kind not in _NUMBERS:
        return option.parse(algorithm.parameterAsString(parameters, name, context)) or None
    number: Optional[float] = algorithm.parameterAsDouble(parameters, name, context)
    if option.kind is Kind.WHOLE and number is not None:
        number = int(number)
    replace(option, choices={}).check(number)  # words such as “auto” cannot be typed here
    return number
