"""Camp Detector inside ArcGIS Pro: one Python raster function for both deep learning tools.

Classify Pixels calls `updatePixels`, Detect Objects calls `vectorize`. This file lies in a deep
learning package (.dlpk) beside the model, its definition (.emd) and a zip of the engine, and
translates: arguments and blocks of pixels in, classes or polygons out. It imports the standard
library and numpy alone, so that choosing a model is quick and needs no deep learning libraries;
they and the model are loaded when the first tile comes. Python 3.9 to 3.13.
"""
# ruff: noqa: N802, N803, N999 - ArcGIS chooses these names
# ruff: noqa: ANN401, ARG002 - and hands over whatever it likes

from __future__ import annotations

import contextlib
import functools
import importlib
import json
import logging
import math
import re
import sys
import threading
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Callable, NamedTuple  # noqa: UP035 - evaluated on Python 3.9

import numpy as np

HERE = Path(__file__).absolute().parent
CPU, FREEST_GPU = -1, -2  # of ArcGIS' ``device``; 0 and more are numbers of GPUs
NODATA = 255
ENGINE = re.compile(r"(rcd_engine_\w+)\.zip")
FIELDS = {"OID": "OID", "Class": "String", "Classvalue": "Integer", "Confidence": "Double"}

_log = logging.getLogger("RefugeeCampDetector")
_lock = threading.RLock()
_homes = [HERE]


class CampDetectorProblem(Exception):  # noqa: N818 - users of ArcGIS read its name
    """What is wrong and what to do, in one sentence for the user."""


def _in_one_sentence(doing: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make every failure of a method that ArcGIS calls a sentence for the user."""

    def wrap(method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def call(self: RefugeeCampDetector, *args: Any, **kwargs: Any) -> Any:
            try:
                return method(self, *args, **kwargs)
            except CampDetectorProblem:
                raise
            except MemoryError:
                msg = "The computer ran out of memory: give a smaller batch_size or tile_size."
                raise CampDetectorProblem(msg) from None
            except Exception as error:
                if isinstance(error, RuntimeError) and "smaller batch size" in str(error):
                    raise  # in ArcGIS' own words
                if any(kind.__name__ == "CampDetectorError" for kind in type(error).__mro__):
                    text = str(error)
                    raise CampDetectorProblem(text[:1].upper() + text[1:] + ".") from None
                msg = f"Camp Detector could not {doing} ({type(error).__name__}: {error})."
                raise CampDetectorProblem(msg) from error

        return call

    return wrap


def _engine(part: str) -> Any:
    """A module of the engine, from the one zip beside this file.

    Its name holds its version and a checksum, so that packages of several versions can be used in
    one session of ArcGIS. Where this file is gone, it is the zip beside the last definition.
    """
    with _lock:
        home = next((h for h in _homes if h.is_dir()), HERE)
        names = [path.name for path in home.iterdir()] if home.is_dir() else []
        found = list(filter(None, map(ENGINE.fullmatch, names)))
        if len(found) != 1:
            what = "is missing" if not found else "is there more than once"
            msg = f"The engine (rcd_engine_*.zip) {what} in {home}: get the model package again."
            raise CampDetectorProblem(msg)
        file, name = str(home / found[0].group(0)), found[0].group(1)
        if file not in sys.path:
            # ArcGIS unpacks into folders that are gone after a while.
            sys.path[:] = [file, *(p for p in sys.path if not _is_gone(Path(p)))]
        package = importlib.import_module(name)
        inside = str(Path(file, name))
        if inside not in package.__path__:
            kept = (p for p in package.__path__ if not _is_gone(Path(p).parent))
            package.__path__[:] = [inside, *kept]
    return importlib.import_module(f"{name}.{part}")


def _is_gone(path: Path) -> bool:
    """Whether this was the zip of an engine."""
    return bool(ENGINE.fullmatch(path.name)) and not path.exists()


class Definition(NamedTuple):
    """A model definition (.emd) that was read and checked."""

    folder: Path
    raw: dict[str, Any]
    spec: Any
    """The engine's ModelSpec."""
    bands: tuple[int, ...]
    """Bands of the raster to read, from 0."""
    classes: list[tuple[int, str, list[int]]]
    """Value, name and colour of each class."""

    @classmethod
    def read(cls, model: str) -> Definition:
        """Read a definition from the path of an .emd, or from its text."""
        text, folder = model.strip().lstrip("\ufeff"), HERE
        if not text.startswith("{"):
            folder = Path(text).absolute().parent
            _homes[1:] = [folder]
            try:
                text = Path(text).read_text(encoding="utf-8-sig")
            except (OSError, ValueError) as error:
                why = getattr(error, "strerror", None) or "it is no text"
                msg = f"The model definition {model:.200} cannot be read ({why}): choose it again."
                raise CampDetectorProblem(msg) from None
        try:
            raw = _engine("json_text").parse_json(text)
            spec = _engine("spec").ModelSpec.from_dict(raw["CampDetector"])
            bands = tuple(int(band) for band in raw.get("ExtractBands", range(len(spec.bands))))
            classes = [
                (int(c["Value"]), str(c["Name"]), [int(v) for v in c["Color"]])
                for c in raw["Classes"]
            ]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            why = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            msg = f"The model definition is not one of Camp Detector's, or was changed: {why:.300}."
            raise CampDetectorProblem(msg) from None
        values = {c.value for c in spec.classes}
        if len(bands) != len(spec.bands) or {value for value, _, _ in classes} != values:
            msg = (
                "The model definition contradicts itself: ExtractBands must name "
                f"{len(spec.bands)} bands, and Classes must have the values {sorted(values)}."
            )
            raise CampDetectorProblem(msg)
        return cls(folder, raw, spec, bands, classes)

    def file(self, key: str) -> Path | None:
        """The path of a file that the definition names."""
        name = self.raw.get(key)
        return Path(self.folder, str(name).replace("\\", "/")) if name else None

    def defaults(self) -> Any:
        """The arguments that the model is meant to be run with, as the engine's Arguments."""
        spec = self.spec
        own = {
            "padding": self.raw.get("Padding", spec.overlap // 2),
            "batch_size": self.raw.get("BatchSize"),
            "threshold": self.raw.get("Threshold", spec.threshold),
            "min_area": self.raw.get("MinArea", spec.min_area),
            "tile_size": self.raw.get("ImageHeight", spec.tile_size),
        }
        return _engine("arguments").Arguments().changed(own)


def _arcpy() -> Any:
    """arcpy, or None outside of ArcGIS and where its licence does not let it be imported."""
    try:
        return importlib.import_module("arcpy")
    except Exception:  # noqa: BLE001 - without a licence it raises RuntimeError
        return None


def _wkt_of(reference: Any) -> Any:
    """A coordinate system as WKT where arcpy can tell it, else as it came: a code or WKT."""
    with contextlib.suppress(Exception):
        if not hasattr(reference, "exportToString"):
            reference = _arcpy().SpatialReference(int(reference))
        return str(reference.exportToString())
    return getattr(reference, "factoryCode", reference)


class RefugeeCampDetector:
    """Finds dwellings in drone and satellite imagery; ArcGIS makes one for each use."""

    def __init__(self) -> None:
        """Say what this is; nothing is read or loaded yet."""
        self.name = "Refugee Camp Detector"
        self.description = "Finds the dwellings of refugee and displacement camps in imagery."
        self._definition: Definition | None = None
        self._device = CPU
        self._arguments: Any = None
        self._layout: Any = None
        self._detector: Any = None
        self._pixel_area: float | None = None
        self._is_checked = False
        self._warned: set[str] = set()
        self._own = threading.RLock()

    @_in_one_sentence("read the model definition")
    def initialize(self, **kwargs: Any) -> None:
        """Read the model definition; neither the model nor any library is opened.

        ArcGIS leaves out ``model`` before one is chosen, and ``device`` while it only asks what
        the function is.
        """
        model = kwargs.get("model")
        if model is None or not str(model).strip():
            return
        self._definition = Definition.read(str(model))
        device, limits = kwargs.get("device"), (FREEST_GPU, 64)
        self._device = int(_engine("arguments").number("device", device, CPU, limits))
        with self._own:
            self._arguments = self._definition.defaults()
            self._layout = self._detector = None
            self._warned.clear()

    @_in_one_sentence("say what it needs")
    def getParameterInfo(self) -> list[dict[str, Any]]:
        """What ArcGIS asks the user for; from the fourth entry on, the table of arguments."""
        out = [
            _row("raster", "raster", None, "Raster", "The imagery"),
            _row("model", "string", None, "Input Model Definition", "The .emd of the model"),
            _row("device", "numeric", CPU, "Device", "-1 is the processor, 0 and up a GPU"),
        ]
        arguments = _engine("arguments")
        for name, value in asdict(self._arguments or arguments.Arguments()).items():
            title, text = name.replace("_", " ").title(), arguments.HELP[name]
            out.append(_row(name, "numeric", value, title, text))
            if isinstance(value, bool):
                out[-1].update(dataType="string", value=str(value), domain=("True", "False"))
        return out

    @_in_one_sentence("use these arguments")
    def getConfiguration(self, **scalars: Any) -> dict[str, Any]:
        """How ArcGIS shall cut the raster into tiles; the arguments come as texts."""
        definition = self._known()
        chosen = definition.defaults().changed(scalars)
        layout = _engine("adrift").TileLayout.of(
            definition.spec,
            tile_size=chosen.tile_size,
            padding=chosen.padding,
            batch_size=chosen.batch_size,
        )
        with self._own:
            self._arguments, self._layout, self._detector = chosen, layout, None
        return {
            "extractBands": definition.bands,
            "padding": int(layout.margin),
            "tx": int(layout.side),
            "ty": int(layout.side),
            "fixedTileSize": 1,
            "batch_size": chosen.batch_size,
            "threshold": chosen.threshold,
            "test_time_augmentation": chosen.test_time_augmentation,
            "inheritProperties": 4 | 8,  # place and resampling; not pixel type (1) and NoData (2)
            "invalidateProperties": 2 | 4 | 8,
            "inputMask": True,
        }

    @_in_one_sentence("use this raster")
    def updateRasterInfo(self, **kwargs: Any) -> dict[str, Any]:
        """Say what comes out, and check that the raster is what the model was made for."""
        output, definition = kwargs["output_info"], self._known()
        self._check_raster(definition.spec, kwargs.get("raster_info") or {})
        probabilities = self._arguments.return_probabilities
        output["bandCount"] = 1
        output["pixelType"] = "f4" if probabilities else "u1"
        # Else the raster's own would be taken over, and might be the value of a class.
        output["noData"] = np.array([-1.0 if probabilities else NODATA])
        output["statistics"] = output["histogram"] = ()
        if not probabilities:
            output["rasterAttributeTable"] = _attribute_table(definition.classes)
        return kwargs

    def updateKeyMetadata(self, names: Any, bandIndex: int, **keyMetadata: Any) -> dict[str, Any]:
        """Say that the values are classes, so that ArcGIS draws them as such."""
        probabilities = getattr(self._arguments, "return_probabilities", False)
        if bandIndex == -1:
            keyMetadata["datatype"] = "Processed" if probabilities else "Thematic"
        else:
            keyMetadata["bandname"] = "Probability" if probabilities else "Class"
        return keyMetadata

    @_in_one_sentence("classify this tile")
    def updatePixels(
        self,
        tlc: Any,
        shape: tuple[int, ...],
        props: dict[str, Any],
        **pixelBlocks: Any,
    ) -> dict[str, Any]:
        """Classify a tile; what is outside of the raster or masked stays without result."""
        detector = self._ready()
        classes, scores = detector.classes(*self._block(pixelBlocks))
        known, found = classes != NODATA, classes
        if self._arguments.return_probabilities:
            likeliest = scores[: len(self._known().spec.classes)].max(axis=0)
            found = np.where(known, likeliest / np.float32(254), np.float32(-1))
        kind = props.get("pixelType") or ("f4" if found is not classes else "u1")
        return {
            "output_pixels": np.ascontiguousarray(found.reshape(shape).astype(kind)),
            "output_mask": np.ascontiguousarray(known.reshape(shape).astype("u1")),
        }

    @_in_one_sentence("find objects in this tile")
    def vectorize(self, **pixelBlocks: Any) -> dict[str, str]:
        """The dwellings of a tile as a feature table, in pixels from its upper left corner."""
        detector = self._ready()
        names = {value: name for value, name, _ in self._known().classes}
        features = [
            {
                "attributes": {
                    "OID": number,
                    "Class": names[int(dwelling.class_value)],
                    "Classvalue": int(dwelling.class_value),
                    "Confidence": round(100 * float(dwelling.mean_probability), 4),
                },
                # The engine's exteriors run counter-clockwise on the screen, Esri's clockwise.
                "geometry": {
                    "rings": [
                        [[float(x), float(y)] for x, y in ring[::-1]]
                        for ring in (dwelling.exterior, *dwelling.holes)
                    ]
                },
            }
            for number, dwelling in enumerate(detector.dwellings(*self._block(pixelBlocks)), 1)
        ]
        table = _table(FIELDS, features)
        table["geometryType"] = "esriGeometryPolygon"
        return {"output_vectors": json.dumps(table, allow_nan=False)}

    def getFields(self) -> str:
        """The fields of the feature class that Detect Objects makes."""
        return json.dumps({"fields": _table({**FIELDS, "Shape": "Geometry"}, [])["fields"]})

    def getGeometryType(self) -> int:
        """Polygons."""
        return 4

    def _warn(self, sentence: str) -> None:
        """Tell the user once a run, among the messages of the tool where there is one."""
        with self._own:
            if sentence in self._warned:
                return
            self._warned.add(sentence)
        tell = getattr(_arcpy(), "AddWarning", None)
        (tell or _log.warning)(sentence)

    def _known(self) -> Definition:
        if self._definition is not None:
            return self._definition
        msg = "No model definition was given: choose a .dlpk or an .emd of Camp Detector."
        raise CampDetectorProblem(msg)

    def _ready(self) -> Any:
        """The engine's TileDetector, made when the first tile comes."""
        with self._own:
            if self._layout is None:
                self.getConfiguration()
            detector = self._detector
            if detector is None:
                detector = self._detector = self._made()
            return detector

    def _made(self) -> Any:
        definition, chosen = self._known(), self._arguments
        spec, runtime, script = (
            definition.spec,
            _engine("runtime"),
            definition.file("TorchScriptFile"),
        )
        files = runtime.Files(definition.file("ModelFile") or HERE / "model.onnx", script)
        try:
            model = runtime.open_model(files, spec, device=self._device)
        except runtime.LibraryMissingError:
            raise CampDetectorProblem(_libraries_missing(has_script=script is not None)) from None
        if self._device != CPU and not model.is_on_gpu:
            self._warn(
                "The graphics card cannot be used (no driver, or libraries without support for "
                "it): Camp Detector runs on the processor, which finds the same and takes longer."
            )
        side = model.predictor.fixed_size
        if side not in {None, self._layout.chip}:
            msg = f"This model takes only chips of {side} pixels: set tile_size to {side}."
            raise CampDetectorProblem(msg)
        least = chosen.min_area / (self._pixel_area or spec.gsd**2)
        return _engine("adrift").TileDetector(
            runtime.Batched(model, chosen.batch_size),
            replace(spec, threshold=chosen.threshold, min_area=chosen.min_area),
            self._layout,
            outlines=_engine("outline").OutlineOptions(tolerance=1.0, min_pixels=least),
            tta=chosen.test_time_augmentation,
        )

    def _block(self, blocks: dict[str, Any]) -> tuple[Any, Any]:
        """Pixels (bands, rows, cols), and which of them (rows, cols) count."""
        pixels = np.asarray(blocks["raster_pixels"])
        if pixels.ndim == 2:  # noqa: PLR2004 - one band may come without its axis
            pixels = pixels[np.newaxis]
        spec = self._known().spec
        suitable = _engine("suitable")
        if not self._is_checked:
            known = suitable.PIXEL_TYPES[spec.dtype]
            suitable.check_depth(spec, known if pixels.dtype == spec.dtype else "other")
        suitable.check_bands(spec, pixels.shape[0], exact=True)
        valid = np.ones(pixels.shape[1:], bool)
        mask = blocks.get("raster_mask")
        if mask is not None:
            layers = np.asarray(mask) != 0
            valid &= layers if layers.ndim == 2 else layers.all(axis=0)  # noqa: PLR2004
        if pixels.dtype.kind == "f":
            valid &= np.isfinite(pixels).all(axis=0)
        return pixels, valid

    def _check_raster(self, spec: Any, raster: dict[str, Any]) -> None:
        """Refuse what the model cannot be run on, and warn of pixels of another size."""
        suitable = _engine("suitable")
        suitable.check_bands(spec, int(raster.get("bandCount", len(spec.bands))))
        if raster.get("pixelType"):
            suitable.check_depth(spec, str(raster["pixelType"]))
            self._is_checked = True
        if raster.get("cellSize") is None:
            return
        size = [abs(float(v)) for v in np.atleast_1d(raster["cellSize"])]
        cell, extent = (size[0], size[-1]), raster.get("extent")
        box = [0.0] * 4 if extent is None else [float(v) for v in extent]
        unit = _engine("ground").unit_of(_wkt_of(raster.get("spatialReference")), box, cell)
        area = math.prod((*cell, *unit.metres)) if unit.is_known else None
        with self._own:
            if area != self._pixel_area:
                self._pixel_area, self._detector = area, None
        advice = suitable.advice_on_cells(spec, unit, cell)
        if advice:
            self._warn(advice)


def _row(*values: Any) -> dict[str, Any]:
    keys = ("name", "dataType", "value", "displayName", "description")
    row = dict(zip(keys, values))  # noqa: B905 - Python 3.9
    return {**row, "required": row["name"] in {"raster", "model"}}


def _table(kinds: dict[str, str], features: list[dict[str, Any]]) -> dict[str, Any]:
    """A feature table as ArcGIS reads it."""
    return {
        "displayFieldName": "",
        "fieldAliases": {name: name for name in kinds},
        "fields": [
            {"name": name, "type": f"esriFieldType{kind}", "alias": name}
            for name, kind in kinds.items()
        ],
        "features": features,
    }


def _attribute_table(classes: list[tuple[int, str, list[int]]]) -> str:
    """Names and colours of the values of the class raster."""
    kinds = {"OID": "OID", "Value": "Integer", "Class": "String"}
    kinds.update(dict.fromkeys(("Red", "Green", "Blue"), "Integer"))
    rows = [
        {"attributes": dict(zip(kinds, (number, value, name, *color)))}  # noqa: B905 - Python 3.9
        for number, (value, name, color) in enumerate(classes, 1)
    ]
    return json.dumps(_table(kinds, rows))


def _libraries_missing(*, has_script: bool) -> str:
    version = ""
    with contextlib.suppress(Exception):
        version = " " + str(_arcpy().GetInstallInfo()["Version"])
    if re.match(r" 3\.[0-2]\b", version) and not has_script:
        return (
            f"ArcGIS Pro{version} has no ONNX Runtime, and this package holds no TorchScript model "
            "for it: update to ArcGIS Pro 3.3 or newer."
        )
    return (
        "The deep learning libraries are not installed: run the Deep Learning Libraries Installer "
        f"for {'your version of ArcGIS Pro' if not version else f'ArcGIS Pro{version}'} "
        "(https://github.com/Esri/deep-learning-frameworks) and start ArcGIS Pro again."
    )
