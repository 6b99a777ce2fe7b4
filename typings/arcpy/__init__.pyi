# What the toolbox uses of arcpy, which no registry holds types for. Written from Esri's
# documentation; tests/toolbox/test_stand_in.py holds the local stand-in against it.

from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Literal, Self

from . import da as da
from . import ia as ia
from . import management as management

class ExecuteError(Exception): ...

class Filter:
    type: str
    list: Sequence[Any]

class Parameter:
    displayName: str
    name: str
    datatype: str | list[str]
    parameterType: str
    direction: str
    category: str | None
    value: Any
    enabled: bool
    filter: Filter
    parameterDependencies: list[str]
    def __init__(
        self,
        name: str | None = ...,
        displayName: str | None = ...,
        direction: str | None = ...,
        datatype: str | list[str] | None = ...,
        parameterType: str | None = ...,
        enabled: bool | None = ...,
        category: str | None = ...,
        symbology: str | None = ...,
        multiValue: bool | None = ...,
    ) -> None: ...
    @property
    def valueAsText(self) -> str | None: ...
    @property
    def altered(self) -> bool: ...
    @property
    def hasBeenValidated(self) -> bool: ...
    def setErrorMessage(self, message: str) -> None: ...
    def setWarningMessage(self, message: str) -> None: ...
    def clearMessage(self) -> None: ...

class SpatialReference:
    type: str
    name: str
    factoryCode: int
    metersPerUnit: float
    radiansPerUnit: float
    projectionName: str
    def __init__(self, item: int | str | None = ..., *, text: str | None = ...) -> None: ...
    def exportToString(self) -> str: ...

class Point:
    X: float
    Y: float
    def __init__(self, X: float = ..., Y: float = ...) -> None: ...

class PointGeometry:
    type: Literal["point"]
    firstPoint: Point
    def __init__(self, inputs: Point, spatial_reference: SpatialReference | None = ...) -> None: ...
    def projectAs(self, spatial_reference: SpatialReference) -> PointGeometry: ...

class Extent:
    XMin: float
    YMin: float
    XMax: float
    YMax: float
    spatialReference: SpatialReference | None
    def __init__(
        self, XMin: float = ..., YMin: float = ..., XMax: float = ..., YMax: float = ...
    ) -> None: ...
    def projectAs(self, spatial_reference: SpatialReference) -> Extent: ...

class Multipoint:
    type: Literal["multipoint"]
    def __iter__(self) -> Iterator[Point]: ...

class Polyline:
    type: Literal["polyline"]

class Polygon:
    type: Literal["polygon"]
    area: float
    extent: Extent
    WKB: bytearray
    trueCentroid: Point
    labelPoint: Point
    def getArea(self, type: str | None = ..., units: str | None = ...) -> float: ...
    def __iter__(self) -> Iterator[Iterable[Point | None]]: ...

class Raster:
    name: str
    catalogPath: str
    bandCount: int
    pixelType: str
    meanCellWidth: float
    meanCellHeight: float
    spatialReference: SpatialReference
    extent: Extent
    def __init__(self, inRaster: Any) -> None: ...
    def save(self, name: str) -> None: ...

class _Described:
    catalogPath: str
    spatialReference: SpatialReference

class _Field:
    name: str

class _Environment:
    autoCancelling: bool
    extent: Extent | str | None
    overwriteOutput: bool
    scratchFolder: str
    scratchGDB: str
    @property
    def isCancelled(self) -> bool: ...

env: _Environment

class EnvManager:
    def __init__(self, **environments: Any) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

def AddWarning(message: str) -> None: ...
def AsShape(geojson_struct: dict[str, Any], esri_json: bool = ...) -> Polygon: ...  # all we make
def CheckExtension(extension_code: str) -> str: ...
def CheckOutExtension(extension_code: str) -> str: ...
def CheckInExtension(extension_code: str) -> str: ...
def CreateUniqueName(base_name: str, workspace: str | None = ...) -> str: ...
def Describe(value: Any) -> _Described: ...
def Exists(dataset: str) -> bool: ...
def GetMessages(severity: int = ...) -> str: ...
def ListFields(dataset: str) -> list[_Field]: ...
def ResetProgressor() -> None: ...
def SetProgressor(
    type: str,
    message: str | None = ...,
    min_range: int = ...,
    max_range: int = ...,
    step_value: int = ...,
) -> None: ...
def SetProgressorLabel(label: str) -> None: ...
def SetProgressorPosition(position: int | None = ...) -> None: ...
