"""Libraries and licences of this computer; none of them is loaded to tell."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Optional

from .errors import ToolError

if TYPE_CHECKING:
    from .model_package import Model
    from .raster_facts import RasterFacts

Bands = Optional[tuple[int, ...]]
"""Numbers of the bands that the user chose, from 1, or None."""
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


def why_not_arcgis(raster: RasterFacts, model: Model, bands: Bands) -> Optional[str]:
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
    return _why_not_so(raster, model, bands)


def _why_not_so(raster: RasterFacts, model: Model, bands: Bands) -> Optional[str]:
    """Give the reason why ArcGIS' tool cannot read the raster as the model needs it, or None."""
    if bands is not None:
        return "Bands were chosen, and ArcGIS' own tool takes those of the model's definition"
    if raster.dtype != model.spec.dtype:
        return f"The raster is {raster.dtype} and the model takes {model.spec.dtype}"
    return None


def why_not_own() -> Optional[str]:
    """Give the reason why the carried core cannot do it, to begin a sentence; None if it can."""
    if not has_module("onnxruntime"):
        return f"ONNX Runtime is not installed; it comes with {INSTALLER}, from ArcGIS Pro 3.3 on"
    if not has_module("osgeo"):
        return "GDAL for Python (osgeo) is missing in this Python; ArcGIS Pro's own has it"
    return None


def choose(
    choice: str, raster: RasterFacts, model: Model, bands: Bands
) -> tuple[str, Optional[str]]:
    """Choose what runs the model.

    Args:
        choice: ``AUTOMATIC``, ``ARCGIS`` or ``CAMP_DETECTOR``.
        raster: The input.
        model: The model.
        bands: The bands that the user chose.

    Returns:
        ``ARCGIS`` or ``CAMP_DETECTOR``, and why it is not the former, where that was left open.

    Raises:
        ToolError: Neither can, or not the one that was asked for.
    """
    if choice == "CAMP_DETECTOR":
        _require(why_not_own(), "choose ARCGIS or AUTOMATIC under {engine}")
        return choice, None
    arcgis = why_not_arcgis(raster, model, bands)
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
