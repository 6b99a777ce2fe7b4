"""Raster functions with a known fault each, which the host must refuse.

`GOOD` is the least that does what ArcGIS asks: it marks what is bright. Faults are made by
exchanging a piece of it. `ORIGINAL_STYLE` has the faults of a function that was written for one
machine and tried on one raster.
"""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
import json
import numpy as np


class Marker:
    def __init__(self):
        self.name, self.description = "Marker", "Marks what is bright"
        self.pad = 8

    def initialize(self, **kwargs):
        self.model = kwargs.get("model")

    def getParameterInfo(self):
        def row(name, kind, value):
            return dict(name=name, dataType=kind, value=value, required=False,
                        displayName=name, description=name)
        return [row("raster", "raster", None), row("model", "string", None),
                row("device", "numeric", -1), row("padding", "numeric", 8)]

    def getConfiguration(self, **scalars):
        self.pad = int(float(scalars.get("padding") or 8))
        return dict(extractBands=(0,), padding=self.pad, tx=48, ty=48, fixedTileSize=1,
                    inheritProperties=12, invalidateProperties=14,
                    inputMask=True)

    def updateRasterInfo(self, **kwargs):
        info = kwargs["output_info"]
        info["bandCount"], info["pixelType"], info["statistics"] = 1, "u1", ()
        info["histogram"] = ()
        info["noData"] = None
        names = ["OID", "Value", "Class", "Red", "Green", "Blue"]
        info["rasterAttributeTable"] = json.dumps(dict(
            fields=[dict(name=n, type="x", alias=n) for n in names],
            features=[dict(attributes=dict(zip(names, (1, 1, "bright", 255, 0, 0))))]))
        return kwargs

    def updateKeyMetadata(self, names, bandIndex, **keyMetadata):
        return keyMetadata

    def updatePixels(self, tlc, shape, props, **pixelBlocks):
        p = self.pad
        block = pixelBlocks["raster_pixels"][0]
        block = block[p:block.shape[0] - p, p:block.shape[1] - p]
        mask = pixelBlocks["raster_mask"].reshape(pixelBlocks["raster_pixels"].shape[1:])
        mask = mask[p:mask.shape[0] - p, p:mask.shape[1] - p]
        out = (block > 127).astype(props["pixelType"]).reshape(shape)
        return {"output_pixels": out, "output_mask": mask.astype("u1").reshape(shape)}

    def getFields(self):
        kinds = dict(OID="OID", Class="String", Confidence="Double", Shape="Geometry")
        return json.dumps(dict(fields=[
            dict(name=n, type="esriFieldType" + k, alias=n) for n, k in kinds.items()]))

    def getGeometryType(self):
        return 4

    def vectorize(self, **pixelBlocks):
        ring = [[1, 1], [5, 1], [5, 4], [1, 4], [1, 1]]
        fields = [f for f in json.loads(self.getFields())["fields"] if f["name"] != "Shape"]
        feature = dict(attributes=dict(OID=1, Class="bright", Confidence=50.0),
                       geometry=dict(rings=[ring]))
        return {"output_vectors": json.dumps(dict(
            geometryType="esriGeometryPolygon", fields=fields, features=[feature]))}
"""

ORIGINAL_STYLE = """
import json, os
import numpy as np


class Marker:
    def __init__(self):
        self.name, self.description = "Marker", "Marks what is bright"

    def initialize(self, **kwargs):
        if "model" in kwargs:
            with open(kwargs["model"]) as f:
                self.info = json.load(f)

    def getParameterInfo(self):
        def row(name, kind, value):
            return dict(name=name, dataType=kind, value=value, required=True,
                        displayName=name, description=name)
        return [row("raster", "raster", None), row("model", "string", None),
                row("BatchSize", "numeric", 4), row("Threshold", "numeric", 0.5)]

    def getConfiguration(self, **scalars):
        return dict(extractBands=(0, 1, 2), tx=256, ty=256, dataRange=(0, 1), inputMask=True)

    def updateRasterInfo(self, **kwargs):
        kwargs["output_info"]["bandCount"] = 1
        kwargs["output_info"]["pixelType"] = "u1"
        return kwargs

    def updatePixels(self, tlc, shape, props, **pixelBlocks):
        pixels = pixelBlocks["raster_pixels"]
        pixels[np.isnan(pixels)] = 0
        return {"output_pixels": (pixels[0] > 0.5).astype("u1") * 255}
"""

EMD = {
    "ModelType": "ImageClassification",
    "InferenceFunction": "Marker.py",
    "ModelFile": "model.onnx",
    "ImageHeight": 64,
    "ImageWidth": 64,
    "ExtractBands": [0],
    "Classes": [{"Value": 1, "Name": "bright", "Color": [255, 0, 0]}],
}


def pack(
    path: Path, source: str, *, emds: tuple[str, ...] = ("marker.emd",), **changes: Any
) -> Path:
    """Write a package around the source of a function."""
    with zipfile.ZipFile(path, "w") as archive:
        for emd in emds:
            archive.writestr(emd, json.dumps({**EMD, **changes}))
        archive.writestr("Marker.py", source)
        archive.writestr("model.onnx", b"model")
    return path


def exchanged(old: str, new: str) -> str:
    """`GOOD` with one piece of it exchanged."""
    if old not in GOOD:
        raise AssertionError(f"{old!r} is not in the good function")
    return GOOD.replace(old, new)


INIT = 'self.name, self.description = "Marker", "Marks what is bright"'
CONF = "        return dict(extractBands"
OUT = 'return {"output_pixels": out, "output_mask": mask.astype("u1").reshape(shape)}'
RING = "[[1, 1], [5, 1], [5, 4], [1, 4], [1, 1]]"
FAULTS: dict[str, tuple[str, str, str, str]] = {
    "a wrong dtype": (
        "classify", '.astype(props["pixelType"])', ".astype('u2')",
        "incoming 4608 bytes, expected 2304 bytes"),
    "a padding that is not cut off": (
        "classify", "        p = self.pad\n", "        p, shape = 0, (1, 64, 64)\n",
        "incoming 4096 bytes, expected 2304 bytes"),
    "a shape of its own": (
        "classify", OUT, 'return {"output_pixels": out[0]}',
        "output_pixels is uint8 (48, 48), expected u1 (1, 48, 48)"),
    "a bare array": ("classify", OUT, "return out", "returned a non-dictionary object"),
    "255 for a class": (
        "classify", "(block > 127)", "((block > 127) * 255)", "the classes are [1]"),
    "a mask of another type": (
        "classify", 'mask.astype("u1")', 'mask.astype("f4")', "output_mask must be u1"),
    "pixels of the host changed": (
        "classify", "        p = self.pad\n",
        "        p = self.pad\n        pixelBlocks['raster_pixels'][:] = 0\n",
        "wrote into the raster_pixels of the host"),
    "results that change": (
        "classify", "(block > 127)", "(np.random.random(block.shape) > 0.5)",
        "came out otherwise when it was asked for again"),
    "a rescaled range": (
        "classify", CONF, "        return dict(dataRange=(0, 1), extractBands", "dataRange"),
    "bands from 1": (
        "classify", "extractBands=(0,)", "extractBands=(1, 2, 3)", "names bands that a raster"),
    "bands as a list": (
        "classify", "extractBands=(0,)", "extractBands=[0]", "extractBands must be a tuple"),
    "a padding as text": (
        "classify", "padding=self.pad,", 'padding="8",', "padding must be an int"),
    "the pixel type of the raster": (
        "classify", "inheritProperties=12", "inheritProperties=13", "inheritProperties is 13"),
    "the nodata of the raster": (
        "classify", "inheritProperties=12", "inheritProperties=14", "inheritProperties is 14"),
    "another place than the raster's": (
        "classify", "inheritProperties=12", "inheritProperties=8", "inheritProperties is 8"),
    "all of the raster's, since nothing is said": (
        "classify", "inheritProperties=12, ", "", "inheritProperties is 15"),
    "arguments taken for numbers": (
        "classify", 'int(float(scalars.get("padding") or 8))', 'scalars["padding"] + 0',
        "ERROR 999999 getConfiguration: TypeError"),
    "no names of classes": (
        "classify", 'info["rasterAttributeTable"] = json', 'info["other"] = json',
        "rasterAttributeTable"),
    "a histogram of the raster": (
        "classify", 'info["histogram"] = ()', "pass", "histogram of the input are kept"),
    "statistics that stay": (
        "classify", "invalidateProperties=14", "invalidateProperties=12",
        "invalidateProperties is 12"),
    "nodata that is not what is masked": (
        "classify", 'info["noData"] = None', 'info["noData"] = np.array([254])',
        "where there is no image, noData is [254]"),
    "an unknown pixel type": ("classify", '1, "u1", ()', '1, "u8", ()', "pixelType 'u8'"),
    "a class that is nodata": (
        "classify", 'info["noData"] = None', 'info["noData"] = np.array([1])',
        "noData [1] is the value of a class"),
    "a tuple of parameters": (
        "validate", 'row("padding", "numeric", 8)]', 'row("padding", "numeric", 8), 0][:4] and ()',
        "is not a python list"),
    "no device": (
        "validate", 'row("device", "numeric", -1), ', "",
        "must be raster, model and device, got ['raster', 'model', 'padding']"),
    "a heavy import": (
        "validate", "import numpy as np\n", "import numpy as np\nimport torch\n",
        "ERROR 002667 Unable to initialize python raster function with scalar arguments."),
    "a light import of something heavy": (
        "validate", "import numpy as np\n", "import numpy as np\nimport onnxruntime\n",
        "importing Marker.py loads ['onnxruntime']"),
    "a model opened too early": (
        "validate", 'self.model = kwargs.get("model")',
        ('self.model = kwargs.get("model")\n        import os\n'
        '        self.model and open(os.path.dirname(self.model) + "/model.onnx", "rb").close()'),
        "choosing the model opens the model file"),
    "another class name": ("validate", "class Marker:", "class Other:", "has no class Marker"),
    "nothing for a tile": (
        "detect", '        return {"output_vectors"', '        return None and {"output_vectors"',
        "method returned nothing"),
    "an open ring": ("detect", RING, "[[1, 1], [5, 1], [5, 4], [1, 4]]", "a ring is not closed"),
    "a ring that runs the other way": (
        "detect", RING, "[[1, 1], [1, 4], [5, 4], [5, 1], [1, 1]]", "must run clockwise"),
    "a number that JSON has not": (
        "detect", "Confidence=50.0", "Confidence=float('nan')", "holds NaN"),
    "a numpy number": (
        "detect", "Confidence=50.0", "Confidence=np.float32(50)", "ERROR 999999 vectorize"),
    "an integer where a float is meant": (
        "detect", "Confidence=50.0", "Confidence=50", "Confidence is 50, not"),
    "attributes that are no fields": (
        "detect", "OID=1, Class=", "OID=1, Kind=2, Class=", "are not the fields"),
    "fields without geometry": (
        "detect", ', Shape="Geometry")', ")", "getFields lacks Shape"),
    "features kept from the last call": (
        "detect", "dict(OID=1,", ("dict(OID=self.__dict__.setdefault('n', []).append(1) or "
        "len(self.n),"), "came out otherwise|OID 2 of 1"),
}  # fmt: skip
"""By name: what is done, the piece, what stands there instead, and what the host says."""
