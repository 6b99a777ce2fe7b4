"""Deep learning packages in tests: sound ones, changed ones, and those of other makers."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

from camp_detector_core.esri.dlpk import create_dlpk
from camp_detector_core.esri.package_check import check_package
from tests.support.models import write_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from camp_detector_core.model_file.emd import Kind

STEM = "camp"
ESRI_SAMPLE = """
import os, json
import arcpy
import torch

class ArcGISImageClassifier:
    def __init__(self):
        self.name = "Image classifier"
    def initialize(self, **kwargs): pass
    def getParameterInfo(self): return []
    def getConfiguration(self, **scalars): return {}
    def updateRasterInfo(self, **kwargs): return kwargs
    def updatePixels(self, tlc, shape, props, **pixelBlocks): return pixelBlocks
"""
"""A function as ArcGIS' own are: its libraries at the top."""
TEMPLATE = """
class ImageClassifier:
    def __init__(self):
        self.name = "template"
    def initialize(self, **kwargs): pass
    def getParameterInfo(self): return []
    def getConfiguration(self, **scalars): return {}
    def updateRasterInfo(self, **kwargs): return kwargs
    def updatePixels(self, tlc, shape, props, **pixelBlocks): return pixelBlocks
"""
"""A function as the templates of Esri's samples are: the class has not the file's name."""
FOREIGN = {
    "ModelType": "ImageClassification",
    "InferenceFunction": ".\\ArcGISImageClassifier.py",
    "ModelFile": ".\\model.pth",
    "Framework": "arcgis.learn.models._inferencing",
    "ModelConfiguration": "_unet",
    "ImageHeight": 256,
    "ImageWidth": 256,
    "ExtractBands": [0, 1, 2],
    "Classes": [{"Value": 1, "Name": "house", "Color": [255, 0, 0]}],
}
"""The definition of a package of others."""


_packages: dict[Kind, bytes] = {}
"""Packages of the plain tiny model, which many tests change."""


def make(folder: Path, kind: Kind = "detect", **spec: Any) -> Path:
    """A package of a tiny model, and the model beside it."""
    model = write_model(folder / "tiny.onnx", **spec)
    path = folder / f"{STEM}.dlpk"
    if spec or kind not in _packages:
        create_dlpk(model, path, kind=kind, overwrite=True)
        if not spec:
            _packages[kind] = path.read_bytes()
    else:
        path.write_bytes(_packages[kind])
    return path


def members(path: Path) -> dict[str, bytes]:
    """Content by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, entries: Mapping[str, bytes | str]) -> Path:
    """A zip file of these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def changed(path: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """Change the members of a package in place."""
    entries = members(path)
    change(entries)
    return write(path, entries)


def edited(path: Path, **keys: Any) -> Path:
    """Change keys of a definition; None takes one away."""

    def change(entries: dict[str, bytes]) -> None:
        emd = json.loads(entries[f"{STEM}.emd"])
        emd |= keys
        definition = {k: v for k, v in emd.items() if v is not None}
        entries[f"{STEM}.emd"] = json.dumps(definition).encode()

    return changed(path, change)


def foreign(folder: Path, source: str = ESRI_SAMPLE, **keys: Any) -> Path:
    """A package of others; keys that are None are taken away."""
    emd = {k: v for k, v in {**FOREIGN, **keys}.items() if v is not None}
    return write(
        folder / "others.dlpk",
        {
            "others.emd": json.dumps(emd),
            "ArcGISImageClassifier.py": source,
            "model.pth": b"\x80\x02}q\x00.",
            "model_metrics.html": "<html></html>",
            "ModelCharacteristics/loss_graph.png": b"no picture",
        },
    )


def messages(path: Path, level: str = "problem") -> list[str]:
    """Return the lines of a check at one level."""
    report = check_package(path)
    for note in report.notes:
        assert str(note).isprintable()
    return [f"{n.path}: {n.message}" for n in report.of(level)]  # type: ignore[arg-type]
