"""Parameters of Processing, made from the engine's table of options, and their values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Callable, Mapping

from qgis.core import (
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
)

from camp_detector_core.engine import parameters as table
from camp_detector_core.engine.parameter import Kind
from camp_detector_core.engine.parameters import QGIS
from camp_detector_core.engine.predictors.open import AUTO, GPUS

from ..compat import DOUBLE, INTEGER, POLYGONS
from ..faults import Fault
from ..i18n import tr
from ..runtime import devices
from ..words import WORDS, texts_of

if TYPE_CHECKING:
    from camp_detector_core.engine.parameter import Parameter

    from .entries import Entries

DEVICE = table.DEVICE.hosts[QGIS]
_NUMBERS = {Kind.WHOLE: INTEGER, Kind.NUMBER: DOUBLE}


def definition_of(option: Parameter) -> QgsProcessingParameterDefinition:
    """The parameter of an option: its id, label, limits and default, and help as its tooltip."""
    name, label = option.hosts[QGIS], label_of(option)
    definition: QgsProcessingParameterDefinition
    if option.name in _OWN:
        definition = _OWN[option.name](name, label)
    elif option.kind is Kind.FLAG:
        ticked = option.default is not False
        definition = QgsProcessingParameterBoolean(name, label, defaultValue=ticked)
    elif option.kind in _NUMBERS:
        definition = _number(option, name, label)
    elif option.kind is Kind.WORD:
        definition = QgsProcessingParameterEnum(
            name,
            label,
            options=list(option.choices),
            defaultValue=option.default,
            optional=True,
            usesStaticStrings=True,
        )
    else:
        definition = QgsProcessingParameterString(name, label, optional=True)
    definition.setHelp(help_of(option))
    return definition


def _device(name: str, label: str) -> QgsProcessingParameterEnum:
    return QgsProcessingParameterEnum(
        name,
        label,
        options=devices.devices(),
        defaultValue=devices.preference(),
        usesStaticStrings=True,
    )


def _raster(name: str, label: str) -> QgsProcessingParameterRasterDestination:
    return QgsProcessingParameterRasterDestination(
        name, label, optional=True, createByDefault=False
    )


_OWN: Mapping[str, Callable[[str, str], QgsProcessingParameterDefinition]] = {
    table.IMAGES.name: QgsProcessingParameterRasterLayer,
    table.EXTENT.name: lambda name, label: QgsProcessingParameterExtent(name, label, optional=True),
    table.AREA.name: lambda name, label: QgsProcessingParameterFeatureSource(
        name, label, [POLYGONS], optional=True
    ),
    table.DEVICE.name: _device,
    table.OUT.name: lambda name, label: QgsProcessingParameterFeatureSink(name, label, POLYGONS),
    table.MASK.name: _raster,
    table.PROBABILITY.name: _raster,
}
"""Options of layers, files and devices, for which QGIS has parameters of its own."""


def _number(option: Parameter, name: str, label: str) -> QgsProcessingParameterNumber:
    default = None if isinstance(option.default, str) else option.default
    definition = QgsProcessingParameterNumber(
        name, label, _NUMBERS[option.kind], defaultValue=default, optional=True
    )
    if option.limits is not None:
        definition.setMinimum(option.limits.low)
        definition.setMaximum(min(option.limits.high, definition.maximum()))
    return definition


def label_of(option: Parameter) -> str:
    """The label with the unit, such as "Minimum area (m²)"."""
    units = {"m": tr("m"), "m2": tr("m²"), "px": tr("pixels")}
    label = tr(option.label)
    return f"{label} ({units[option.unit]})" if option.unit else label


def help_of(option: Parameter) -> str:
    """Explanation of an option, of what to type, and of its default."""
    texts = texts_of(option)
    parts = [tr(texts.help)] if texts.help else []
    if texts.form:
        parts.append(tr("Give {form}.", form=tr(texts.form)))
    if texts.choice:
        word = " ".join(option.choices)
        parts.append(tr("{word} is {meaning}.", word=word, meaning=tr(texts.choice)))
    if texts.unset:
        parts.append(tr("Not set: {unset}.", unset=tr(texts.unset)))
    return " ".join(parts)


def value_of(option: Parameter, entries: Entries) -> Any:
    """The value of an option, of the type of its kind; None where it is not set.

    Raises:
        ParameterError: The option does not take it.
    """
    name = option.hosts[QGIS]
    if option.kind is Kind.FLAG:
        is_ticked = entries.flag(name)
        return None if is_ticked and option.default is None else is_ticked
    if name not in entries:
        return None
    if option.kind not in _NUMBERS:
        return option.parse(entries.text(name)) or None
    plain = replace(option, choices={})  # words such as “auto” cannot be typed here
    text = entries.raw(name)
    if isinstance(text, str):
        return plain.parse(text)  # QGIS takes what is no number for 0
    number = entries.number(name)
    if option.kind is Kind.WHOLE:
        number = int(number)
    plain.check(number)
    return number


def device_of(entries: Entries) -> str:
    """The device that the model is to run on, one of `devices.devices`.

    Raises:
        Fault: There is no such device.
    """
    name, present = entries.text(DEVICE), devices.devices()
    # The list has ONNX Runtime's names, which saved models hold; the command line's do as well.
    device = GPUS.get(name, name) or AUTO
    if device not in present:
        raise Fault(
            tr(
                "There is no device {name}: choose one of {known} as {parameter}.",
                name=name,
                known=", ".join(present),
                parameter=WORDS.parameter(table.DEVICE.name, None),
            )
        )
    return device
