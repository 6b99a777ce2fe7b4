"""A stand-in for arcpy: the names and signatures that the toolbox uses, and none besides.

Wrong names, wrong arguments, values of wrong types and tools without a licence fail as in ArcGIS.
Feature classes are kept in memory; rasters are files.
"""

from __future__ import annotations

import inspect
import os
from typing import Any, Dict, List, Optional

from ._geometry import (
    AsShape,
    Extent,
    Multipoint,
    Point,
    PointGeometry,
    Polygon,
    Polyline,
    SpatialReference,
)
from ._state import reset, state

__all__ = [
    "AsShape", "CheckExtension", "CheckInExtension", "CheckOutExtension", "CreateUniqueName",
    "Describe", "EnvManager", "ExecuteError", "Exists", "Extent", "GetMessages", "ListFields",
    "Messages", "Multipoint", "Parameter", "Point", "PointGeometry", "Polygon", "Polyline",
    "Raster", "ResetProgressor", "SetProgressor", "SetProgressorLabel", "SetProgressorPosition",
    "SpatialReference", "env", "reset", "state",
]  # fmt: skip


class ExecuteError(Exception):
    """A geoprocessing tool failed."""


# Environments.

_DEFAULTS: dict[str, Any] = {
    "autoCancelling": True, "cellSize": "MAXOF", "extent": None, "gpuId": None,
    "outputCoordinateSystem": None, "overwriteOutput": False, "parallelProcessingFactor": None,
    "processorType": None, "scratchWorkspace": None, "snapRaster": None,
}  # fmt: skip


class _Environment:
    def __init__(self) -> None:
        self.__dict__.update(_DEFAULTS)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _DEFAULTS:
            raise AttributeError(f"there is no environment {name}")
        if name in {"gpuId", "parallelProcessingFactor"} and not isinstance(
            value, (str, type(None))
        ):
            raise TypeError(f"{name} must be text")
        self.__dict__[name] = value

    @property
    def scratchFolder(self) -> str:
        return state.scratch

    @property
    def scratchGDB(self) -> str:
        path = os.path.join(state.scratch, "scratch.gdb")
        state.workspaces.add(path)
        return path

    @property
    def isCancelled(self) -> bool:
        state.questions += 1
        return state.cancel_after is not None and state.questions > state.cancel_after


env = _Environment()


class EnvManager:
    def __init__(self, **environments: Any) -> None:
        unknown = set(environments) - set(_DEFAULTS)
        if unknown:
            raise AttributeError(f"there are no environments {unknown}")
        self._environments = environments

    def __enter__(self) -> EnvManager:
        self._before = {name: getattr(env, name) for name in self._environments}
        for name, value in self._environments.items():
            setattr(env, name, value)
        return self

    def __exit__(self, *error: object) -> None:
        for name, value in self._before.items():
            setattr(env, name, value)


# Licences, messages, progress.


def CheckExtension(extension_code: str) -> str:
    return state.licence if extension_code == "ImageAnalyst" else "NotLicensed"


def CheckOutExtension(extension_code: str) -> str:
    state.licences.append(f"out {extension_code}")
    if state.licence != "Available":
        return state.licence
    state.locks.append(extension_code)
    return "CheckedOut"


def CheckInExtension(extension_code: str) -> str:
    state.licences.append(f"in {extension_code}")
    state.locks.remove(extension_code)
    return "CheckedIn"


def GetMessages(severity: int = 0) -> str:
    return "\n".join(state.gp_messages)


class Messages:
    """Messages object that ArcGIS hands to a tool's ``execute``."""

    def __init__(self) -> None:
        self.lines: list[tuple] = []

    def _add(self, kind: str, text: Any) -> None:
        if not isinstance(text, str):
            raise TypeError("a message must be text")
        self.lines.append((kind, text))

    def addMessage(self, message: str) -> None:
        self._add("message", message)

    def addWarningMessage(self, message: str) -> None:
        self._add("warning", message)

    def addErrorMessage(self, message: str) -> None:
        self._add("error", message)

    def of(self, kind: str) -> list[str]:
        return [text for line_kind, text in self.lines if line_kind == kind]


def AddWarning(message: str) -> None:
    state.gp_messages.append(message)


def SetProgressor(
    type: str,
    message: str | None = None,
    min_range: int = 0,
    max_range: int = 100,
    step_value: int = 1,
) -> None:
    if type not in {"default", "step"} or not min_range < max_range:
        raise ValueError("no such progressor")
    state.progress.append(("start", message, max_range))


def SetProgressorLabel(label: str) -> None:
    state.progress.append(("label", label))


def SetProgressorPosition(position: int | None = None) -> None:
    state.progress.append(("position", position))


def ResetProgressor() -> None:
    state.progress.append(("reset",))


# Data.


def Exists(dataset: str) -> bool:
    return state.exists(str(dataset))


def CreateUniqueName(base_name: str, workspace: str | None = None) -> str:
    stem, dot, suffix = base_name.partition(".")
    while True:
        state.unique += 1
        between = os.sep if os.path.isdir(str(workspace)) else "\\"
        path = f"{workspace}{between}{stem}{state.unique}{dot}{suffix}"
        if not state.exists(path):
            return path


class _Described:
    def __init__(self, path: str, reference: SpatialReference | None) -> None:
        self.catalogPath, self.spatialReference = path, reference


def Describe(value: Any) -> _Described:
    path = state.layers.get(str(value), str(value))
    if path in state.tables:
        return _Described(path, state.tables[path].reference)
    if state.exists(path):
        return _Described(path, None)
    raise OSError(f'"{value}" does not exist')


class _Field:
    def __init__(self, name: str) -> None:
        self.name = name


def ListFields(dataset: str) -> list:
    return [_Field(name) for name in state.tables[str(dataset)].fields]


_TYPES = {
    "uint8": "U8", "int8": "S8", "uint16": "U16", "int16": "S16", "uint32": "U32",
    "int32": "S32", "float32": "F32", "float64": "D64",
}  # fmt: skip


class Raster:
    def __init__(self, inRaster: Any) -> None:
        from ._rasters import header

        name = inRaster.catalogPath if isinstance(inRaster, Raster) else str(inRaster)
        file = state.rasters.get(name, name)
        if not os.path.isfile(file):
            raise RuntimeError(f"ERROR 000732: Input Raster: Dataset {name} does not exist")
        raster_header = header(file)
        self.name = os.path.basename(name)
        self.catalogPath = name
        self.bandCount = raster_header["bands"]
        self.pixelType = _TYPES[raster_header["dtype"]]
        self.meanCellWidth, self.meanCellHeight = raster_header["cells"]
        self.spatialReference = (
            SpatialReference(text=raster_header["wkt"])
            if raster_header["wkt"]
            else SpatialReference()
        )
        self.extent = Extent(*raster_header["bounds"])
        self.extent.spatialReference = self.spatialReference

    def __str__(self) -> str:
        return self.catalogPath

    def save(self, name: str) -> None:
        from ._rasters import copy

        if not isinstance(name, str):
            raise TypeError("save takes a path")
        if state.exists(name) and not env.overwriteOutput:
            raise ExecuteError("ERROR 000725: Output already exists")
        copy(state.rasters.get(self.catalogPath, self.catalogPath), name)


# Parameters.

_DATATYPES = {
    "GPRasterLayer", "GPFeatureLayer", "GPExtent", "GPDouble", "GPLong", "GPString", "GPBoolean",
    "DEFile", "DEFolder", "DEFeatureClass", "DERasterDataset", "Field",
}  # fmt: skip


class _Filter:
    def __init__(self) -> None:
        self.type: str | None = None
        self.list: list[Any] = []

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "type" and value not in {None, "ValueList", "Range"}:
            raise ValueError(f"no filter {value}")
        if name == "list" and not isinstance(value, list):
            raise TypeError("a filter's list must be a list")
        if name not in {"type", "list"}:
            raise AttributeError(name)
        object.__setattr__(self, name, value)


class Parameter:
    _own = frozenset((
        "name", "displayName", "direction", "datatype", "parameterType", "enabled", "category",
        "symbology", "multiValue", "value", "filter", "parameterDependencies", "altered",
        "hasBeenValidated", "message", "severity",
    ))  # fmt: skip

    def __init__(
        self,
        name: str | None = None,
        displayName: str | None = None,
        direction: str | None = None,
        datatype: Any = None,
        parameterType: str | None = None,
        enabled: bool | None = None,
        category: str | None = None,
        symbology: str | None = None,
        multiValue: bool | None = None,
    ) -> None:
        kinds = [datatype] if isinstance(datatype, str) else datatype
        if not set(kinds) <= _DATATYPES:
            raise ValueError(f"no datatype {datatype}")
        if parameterType not in {"Required", "Optional", "Derived"}:
            raise ValueError(f"no parameter type {parameterType}")
        if direction not in {"Input", "Output"} or (
            parameterType == "Derived" and direction != "Output"
        ):
            raise ValueError(f"no direction {direction}")
        if not (name and name.isidentifier() and displayName):
            raise ValueError("a parameter needs a name and a label")
        self.name, self.displayName, self.direction = name, displayName, direction
        self.datatype, self.parameterType, self.category = datatype, parameterType, category
        self.enabled, self.symbology, self.multiValue = enabled is not False, symbology, multiValue
        self.filter, self.parameterDependencies = _Filter(), []
        self.hasBeenValidated = False
        self.message, self.severity = "", 0
        self.__dict__["value"], self.__dict__["altered"] = None, False

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._own:
            raise AttributeError(f"a parameter has no {name}")
        if name == "value":
            self._check(value)
            # ArcGIS marks it whoever sets it.
            self.__dict__["altered"] = value is not None
        self.__dict__[name] = value

    def _check(self, value: Any) -> None:
        kind = self.datatype if isinstance(self.datatype, str) else self.datatype[0]
        types = {"GPDouble": (int, float), "GPLong": int, "GPBoolean": bool, "GPString": str}
        if value is None or kind not in types:
            return
        if not isinstance(value, types[kind]) or (kind != "GPBoolean" and isinstance(value, bool)):
            raise ValueError(f"{self.name} cannot be {value!r}")
        if self.filter.type == "ValueList" and value not in self.filter.list:
            raise ValueError(f"{self.name} must be one of {self.filter.list}")
        if self.filter.type == "Range" and not self.filter.list[0] <= value <= self.filter.list[1]:
            raise ValueError(f"{self.name} must be in {self.filter.list}")

    @property
    def valueAsText(self) -> str | None:
        return None if self.value is None else str(self.value)

    def setErrorMessage(self, message: str) -> None:
        self.message, self.severity = str(message), 2

    def setWarningMessage(self, message: str) -> None:
        self.message, self.severity = str(message), 1

    def clearMessage(self) -> None:
        self.message, self.severity = "", 0


def _recorded(function: Any) -> Any:
    """Note each call by the names of its arguments, with the environments of the time."""
    signature = inspect.signature(function)

    def run(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        environments = {name: getattr(env, name) for name in _DEFAULTS}
        state.calls.append((function.__name__, dict(bound.arguments), environments))
        return function(*args, **kwargs)

    run.__name__ = function.__name__
    run.__signature__ = signature
    return run


from . import da, ia, management  # noqa: E402 - they use what is above
