"""Libraries and licences of this computer; none of them is loaded to tell."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any, Mapping, Optional

from camp_detector_core.engine.parameters import ENGINE

from .errors import ToolError
from .option_values import beyond_arcgis

if TYPE_CHECKING:
    from .model_package import Model
    from .raster_facts import RasterFacts

EXTENSION = "ImageAnalyst"
INSTALLER = (
    "the Deep Learning Libraries Installer for ArcGIS Pro of your version "
    "(github.com/Esri/deep-learning-frameworks)"
)


def has_module(name: str) -> bool:
    """True if a package could be imported."""
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def why_not_arcgis(values: Mapping[str, Any], raster: RasterFacts, model: Model) -> Optional[str]:
    """Give the reason why ArcGIS' own tool cannot do it, to begin a sentence; None if it can."""
    import arcpy

    status = str(arcpy.CheckExtension(EXTENSION))
    if status != "Available":
        return f"Image Analyst is not available here ({status})"
    if not hasattr(arcpy, "ia"):
        return "This ArcGIS has no Image Analyst module (arcpy.ia)"
    if not has_module("onnxruntime") and not has_module("torch"):
        return f"ArcGIS' deep learning libraries are not installed; install them with {INSTALLER}"
    if not has_module("onnxruntime") and not model.definition.fields.get("TorchScriptFile"):
        return (
            "ONNX Runtime is not installed, and this model has no copy for PyTorch alone; it comes "
            f"with {INSTALLER}, from ArcGIS Pro 3.3 on"
        )
    return _why_not_so(values, raster, model)


def _why_not_so(values: Mapping[str, Any], raster: RasterFacts, model: Model) -> Optional[str]:
    """Give the reason why ArcGIS' tool cannot do what was chosen with this raster, or None."""
    label = beyond_arcgis(values)
    if label is not None:
        return f"“{label}” was set, which ArcGIS' own tool does not take"
    if raster.dtype != model.spec.dtype:
        return f"The raster is {raster.dtype} and the model takes {model.spec.dtype}"
    return None


def why_not_own() -> Optional[str]:
    """Give the reason why the carried core cannot do it, to begin a sentence; None if it can."""
    if not has_module("onnxruntime"):
        return f"ONNX Runtime is not installed; it comes with {INSTALLER}, from ArcGIS Pro 3.3 on"
    return why_not_gdal()


def why_not_gdal() -> Optional[str]:
    """Give the reason why no file can be read, to begin a sentence; None if it can."""
    if not has_module("osgeo"):
        return "GDAL for Python (osgeo) is missing in this Python; ArcGIS Pro's own has it"
    return None


def choose(
    values: Mapping[str, Any], raster: RasterFacts, model: Model
) -> tuple[str, Optional[str]]:
    """Choose what runs the model.

    Args:
        values: Values of the options, by the names of the table.
        raster: The input.
        model: The model.

    Returns:
        ``ARCGIS`` or ``CAMP_DETECTOR``, and why it is not the former, where that was left open.

    Raises:
        ToolError: Neither can, or not the one that was asked for.
    """
    choice = values.get(ENGINE.name)
    if choice == "CAMP_DETECTOR":
        _require(why_not_own(), "choose ARCGIS or AUTOMATIC under {engine}")
        return "CAMP_DETECTOR", None
    arcgis = why_not_arcgis(values, raster, model)
    if arcgis is None:
        return "ARCGIS", None
    if choice == "ARCGIS":
        _require(arcgis, "choose AUTOMATIC or CAMP_DETECTOR under {engine}")
    own = why_not_own()
    if own is not None:
        msg = f"The model cannot be run. {arcgis}. The engine of this toolbox cannot either: {own}"
        raise ToolError(msg)
    return "CAMP_DETECTOR", arcgis


def _require(fault: Optional[str], remedy: str) -> None:
    if fault is not None:
        raise ToolError(fault, remedy=remedy)
