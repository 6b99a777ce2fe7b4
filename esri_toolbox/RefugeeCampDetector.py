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
import logging
import math
import re
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, TypeVar  # noqa: UP035 - Python 3.9

import numpy as np

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray
    from typing_extensions import ParamSpec

    _P = ParamSpec("_P")

_Result = TypeVar("_Result")

HOME = Path(__file__).absolute().parent
CPU = -1  # of ArcGIS' ``device``
NODATA = 255
HOST = "function"
"""This function among the hosts that the table of parameters names."""
ENGINE = re.compile(r"rcd_engine_\w+\.zip")

_log = logging.getLogger("RefugeeCampDetector")
_lock = threading.RLock()
_homes = [HOME]


class CampDetectorProblem(Exception):  # noqa: N818 - users of ArcGIS read its name
    """A sentence for the user: the fault, and the remedy."""


def _in_one_sentence(doing: str) -> Callable[[Callable[_P, _Result]], Callable[_P, _Result]]:
    """Make every failure of a method that ArcGIS calls a sentence for the user."""

    def wrap(method: Callable[_P, _Result]) -> Callable[_P, _Result]:
        @functools.wraps(method)
        def call(*args: _P.args, **kwargs: _P.kwargs) -> _Result:
            try:
                return method(*args, **kwargs)
            except CampDetectorProblem:
                raise
            except MemoryError:
                msg = "The computer ran out of memory: give a smaller batch_size or tile_size."
                raise CampDetectorProblem(msg) from None
            except Exception as error:
                if isinstance(error, RuntimeError) and "smaller batch size" in str(error):
                    raise  # in ArcGIS' own words
                render = getattr(error, "render", None)
                if render is not None:  # one of the engine's, which names this function's arguments
                    text = str(render(esri_words.EsriWords(HOST)))
                    raise CampDetectorProblem(text[:1].upper() + text[1:] + ".") from None
                msg = f"Camp Detector could not {doing} ({type(error).__name__}: {error})."
                raise CampDetectorProblem(msg) from error

        return call

    return wrap


def _engine(part: str) -> ModuleType:
    """A module of the engine, from the one zip beside this file.

    Its name holds its version and a checksum, so that packages of several versions can be used in
    one session of ArcGIS. Where this file is gone, it is the same zip beside the last definition.
    """
    with _lock:
        home = next((h for h in _homes if h.is_dir()), HOME)
        engines = _engines_in(home)
        if len(engines) != 1:
            fault = "is missing" if not engines else "is there more than once"
            msg = f"The engine (rcd_engine_*.zip) {fault} in {home}: get the model package again."
            raise CampDetectorProblem(msg)
        if engines != _own_engines:
            msg = (
                f"The engine in {home} is of another release than the function that ArcGIS Pro "
                "holds in memory: start ArcGIS Pro again."
            )
            raise CampDetectorProblem(msg)
        name, file = Path(engines[0]).stem, str(home / engines[0])
        if file not in sys.path:
            # ArcGIS unpacks into folders that are gone after a while.
            sys.path[:] = [file, *(p for p in sys.path if not _is_gone(Path(p)))]
        package = importlib.import_module(name)
        inside = str(Path(file, name))
        if inside not in package.__path__:
            paths = (p for p in package.__path__ if not _is_gone(Path(p).parent))
            package.__path__[:] = [inside, *paths]
    return importlib.import_module(f"{name}.{part}")


def _engines_in(folder: Path) -> list[str]:
    """The names of all engines in a folder."""
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return [name for name in names if ENGINE.fullmatch(name)]


_own_engines = _engines_in(HOME)
"""The engine that came with this file."""


def _is_gone(path: Path) -> bool:
    """True if this was the zip of an engine, and is there no more."""
    return bool(ENGINE.fullmatch(path.name)) and not path.exists()


class _EngineModule:
    """A module of the engine, which is looked for whenever something of it is used."""

    def __init__(self, name: str) -> None:
        """Name it."""
        self._name = name

    def __getattr__(self, name: str) -> object:
        """Something of the module."""
        return getattr(_engine(self._name), name)


if TYPE_CHECKING:
    from camp_detector_core.engine import arguments, esri_words, ground, packaged_model, suitable
    from camp_detector_core.engine import spec as specs
    from camp_detector_core.engine.polygons import esri_json, outline
    from camp_detector_core.engine.predictors import runtime
    from camp_detector_core.engine.tiling import host_tiles
else:
    arguments, esri_words, ground, packaged_model, suitable = map(
        _EngineModule, ("arguments", "esri_words", "ground", "packaged_model", "suitable")
    )
    esri_json, outline = map(_EngineModule, ("polygons.esri_json", "polygons.outline"))
    runtime, host_tiles = map(_EngineModule, ("predictors.runtime", "tiling.host_tiles"))


def _read_model(model: str) -> packaged_model.PackagedModel:
    """Read a definition from the path of an .emd, or from its text."""
    text, folder = model.strip().lstrip("\ufeff"), HOME
    if not text.startswith("{"):
        folder = Path(text).absolute().parent
        _homes[1:] = [folder]
        try:
            text = Path(text).read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            msg = f"The model definition {model:.200} cannot be read ({reason}): choose it again."
            raise CampDetectorProblem(msg) from None
    return packaged_model.parse_definition(text, folder)


def _arcpy() -> ModuleType | None:
    """arcpy, or None outside of ArcGIS and where its licence does not let it be imported."""
    try:
        return importlib.import_module("arcpy")
    except Exception:  # noqa: BLE001 - without a licence it raises RuntimeError
        return None


def _wkt_of(reference: Any) -> int | str | None:
    """A coordinate system as WKT where arcpy can tell it, else as it came: a code or WKT."""
    with contextlib.suppress(Exception):
        if not hasattr(reference, "exportToString"):
            reference = importlib.import_module("arcpy").SpatialReference(int(reference))
        return str(reference.exportToString())
    code: int | str | None = getattr(reference, "factoryCode", reference)
    return code


class RefugeeCampDetector:
    """Finds dwellings in drone and satellite imagery; ArcGIS makes one for each use."""

    def __init__(self) -> None:
        """Say what this is; nothing is read or loaded yet."""
        self.name = "Refugee Camp Detector"
        self.description = "Finds the dwellings of refugee and displacement camps in imagery."
        self._model: packaged_model.PackagedModel | None = None
        self._device = CPU
        self._arguments: dict[str, Any] | None = None
        self._detector: host_tiles.TileDetector | None = None
        self._pixel_area: float | None = None
        self._is_checked = False
        self._warned: set[str] = set()
        self._own = threading.RLock()

    @_in_one_sentence("read the model definition")
    def initialize(self, **kwargs: object) -> None:
        """Read the model definition; neither the model nor any library is opened.

        ArcGIS leaves out ``model`` before one is chosen, and ``device`` while it only asks what
        the function is.
        """
        model = kwargs.get("model")
        if model is None or not str(model).strip():
            return
        self._model = _read_model(str(model))
        self._device = arguments.DEVICE.parse(kwargs.get("device"), decimal_comma=True)
        with self._own:
            self._arguments = self._model.values({})
            self._detector = None
            self._warned.clear()

    @_in_one_sentence("say what it needs")
    def getParameterInfo(self) -> list[dict[str, object]]:
        """List what ArcGIS asks the user for; from the fourth entry on, the table of arguments."""
        out = [
            _row("raster", "raster", None, "Raster", "The imagery"),
            _row("model", "string", None, "Input Model Definition", "The .emd of the model"),
            _row("device", "numeric", CPU, arguments.DEVICE.title, arguments.DEVICE.help),
        ]
        for name, value in (self._arguments or arguments.own_values()).items():
            entry = arguments.ARGUMENTS[name]
            out.append(_row(entry.hosts[HOST], "numeric", value, entry.title, entry.help))
            if isinstance(value, bool):
                out[-1].update(dataType="string", value=str(value), domain=("True", "False"))
        return out

    @_in_one_sentence("use these arguments")
    def getConfiguration(self, **scalars: object) -> dict[str, object]:
        """Say how ArcGIS shall cut the raster into tiles; the arguments come as texts."""
        model = self._require_model()
        values = model.values(scalars)
        layout = _layout_of(model.spec, values)
        with self._own:
            self._arguments, self._detector = values, None
        return {
            "extractBands": model.bands,
            "padding": int(layout.margin),
            "tx": int(layout.side),
            "ty": int(layout.side),
            "fixedTileSize": 1,
            "batch_size": values["batch_size"],
            "threshold": values["threshold"],
            "test_time_augmentation": values["tta"],
            "inheritProperties": 4 | 8,  # place and resampling; not pixel type (1) and NoData (2)
            "invalidateProperties": 2 | 4 | 8,
            "inputMask": True,
        }

    @_in_one_sentence("use this raster")
    def updateRasterInfo(self, **kwargs: Any) -> dict[str, Any]:
        """Say what comes out, and check that the raster is what the model was made for."""
        output, model = kwargs["output_info"], self._require_model()
        self._check_raster(model.spec, kwargs.get("raster_info") or {})
        probabilities = self._values()["return_probabilities"]
        output["bandCount"] = 1
        output["pixelType"] = "f4" if probabilities else "u1"
        # Else the raster's own would be taken over, and might be the value of a class.
        output["noData"] = np.array([-1.0 if probabilities else NODATA])
        output["statistics"] = output["histogram"] = ()
        if not probabilities:
            output["rasterAttributeTable"] = esri_json.class_table(model.classes)
        return kwargs

    def updateKeyMetadata(
        self, names: object, bandIndex: int, **keyMetadata: object
    ) -> dict[str, object]:
        """Say that the values are classes, so that ArcGIS draws them as such."""
        probabilities = (self._arguments or {}).get("return_probabilities")
        if bandIndex == -1:
            keyMetadata["datatype"] = "Processed" if probabilities else "Thematic"
        else:
            keyMetadata["bandname"] = "Probability" if probabilities else "Class"
        return keyMetadata

    @_in_one_sentence("classify this tile")
    def updatePixels(
        self,
        tlc: object,
        shape: tuple[int, ...],
        props: dict[str, Any],
        **pixelBlocks: NDArray[np.generic],
    ) -> dict[str, NDArray[np.generic]]:
        """Classify a tile; what is outside of the raster or masked stays without result."""
        detector = self._ready()
        classes, scores = detector.classes(*self._block(pixelBlocks))
        valid, values = classes != NODATA, classes
        if self._values()["return_probabilities"]:
            likeliest = scores[: len(self._require_model().spec.classes)].max(axis=0)
            values = np.where(valid, likeliest / np.float32(254), np.float32(-1))
        kind = props.get("pixelType") or ("f4" if values is not classes else "u1")
        return {
            "output_pixels": np.ascontiguousarray(values.reshape(shape).astype(kind)),
            "output_mask": np.ascontiguousarray(valid.reshape(shape).astype("u1")),
        }

    @_in_one_sentence("find objects in this tile")
    def vectorize(self, **pixelBlocks: NDArray[np.generic]) -> dict[str, str]:
        """The dwellings of a tile as a feature table, in pixels from its upper left corner."""
        detector = self._ready()
        names = {value: name for value, name, _ in self._require_model().classes}
        dwellings = detector.dwellings(*self._block(pixelBlocks))
        return {"output_vectors": esri_json.dwelling_table(dwellings, names)}

    def getFields(self) -> str:
        """The fields of the feature class that Detect Objects makes."""
        return esri_json.dwelling_fields()

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

    def _require_model(self) -> packaged_model.PackagedModel:
        if self._model is not None:
            return self._model
        msg = "No model definition was given: choose a .dlpk or an .emd of Camp Detector."
        raise CampDetectorProblem(msg)

    def _values(self) -> dict[str, Any]:
        """The values of the run, or the model's own where none were given yet."""
        return self._arguments or self._require_model().values({})

    def _ready(self) -> host_tiles.TileDetector:
        """The detector, made when the first tile comes."""
        with self._own:
            detector = self._detector
            if detector is None:
                detector = self._detector = self._open_detector()
            return detector

    def _open_detector(self) -> host_tiles.TileDetector:
        packaged, values = self._require_model(), self._values()
        layout = _layout_of(packaged.spec, values)
        spec, script = packaged.spec, packaged.file("TorchScriptFile")
        files = runtime.Files(packaged.file("ModelFile") or HOME / "model.onnx", script)
        try:
            model = runtime.load_model(files, spec, device=self._device)
        except runtime.LibraryMissingError:
            raise CampDetectorProblem(_libraries_missing(has_script=script is not None)) from None
        if self._device != CPU and not model.is_on_gpu:
            self._warn(
                "The graphics card cannot be used (no driver, or libraries without support for "
                "it): Camp Detector runs on the processor, which finds the same and takes longer."
            )
        side = model.predictor.fixed_size
        if side not in {None, layout.chip}:
            msg = f"This model takes only chips of {side} pixels: set tile_size to {side}."
            raise CampDetectorProblem(msg)
        least = values["min_area"] / (self._pixel_area or spec.gsd**2)
        return host_tiles.TileDetector(
            runtime.Batched(model, values["batch_size"]),
            replace(spec, threshold=values["threshold"], min_area=values["min_area"]),
            layout,
            outlines=outline.OutlineOptions(tolerance=1.0, min_pixels=least),
            tta=values["tta"],
        )

    def _block(
        self, blocks: dict[str, NDArray[np.generic]]
    ) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
        """Pixels (bands, rows, cols), and which of them (rows, cols) count."""
        pixels = np.asarray(blocks["raster_pixels"])
        if pixels.ndim == 2:  # noqa: PLR2004 - one band may come without its axis
            pixels = pixels[np.newaxis]
        spec = self._require_model().spec
        if not self._is_checked:
            pixel_type = suitable.PIXEL_TYPES[spec.dtype]
            suitable.check_depth(spec, pixel_type if pixels.dtype == spec.dtype else "other")
        suitable.check_bands(spec, pixels.shape[0], exact=True)
        valid = np.ones(pixels.shape[1:], bool)
        mask = blocks.get("raster_mask")
        if mask is not None:
            layers = np.asarray(mask) != 0
            valid &= layers if layers.ndim == 2 else layers.all(axis=0)  # noqa: PLR2004
        if pixels.dtype.kind == "f":
            valid &= np.isfinite(pixels).all(axis=0)
        return pixels, valid

    def _check_raster(self, spec: specs.ModelSpec, raster: dict[str, Any]) -> None:
        """Refuse what the model cannot be run on, and warn of pixels of another size."""
        suitable.check_bands(spec, int(raster.get("bandCount", len(spec.bands))))
        if raster.get("pixelType"):
            suitable.check_depth(spec, str(raster["pixelType"]))
            self._is_checked = True
        if raster.get("cellSize") is None:
            return
        size = [abs(float(v)) for v in np.atleast_1d(raster["cellSize"])]
        cell, extent = (size[0], size[-1]), raster.get("extent")
        box = [0.0] * 4 if extent is None else [float(v) for v in extent]
        unit = ground.unit_of(_wkt_of(raster.get("spatialReference")), box, cell)
        area = math.prod((*cell, *unit.metres)) if unit.is_known else None
        with self._own:
            if area != self._pixel_area:
                self._pixel_area, self._detector = area, None
        advice = suitable.advice_on_cells(spec, unit, cell)
        if advice:
            self._warn(advice)


def _layout_of(spec: specs.ModelSpec, values: dict[str, Any]) -> host_tiles.TileLayout:
    """The tiles that ArcGIS shall cut.

    Raises:
        SpecError: The network cannot take such chips.
    """
    names = ("tile_size", "padding", "batch_size")
    return host_tiles.TileLayout.of(spec, **{name: values[name] for name in names})


def _row(*values: object) -> dict[str, object]:
    keys = ("name", "dataType", "value", "displayName", "description")
    row = dict(zip(keys, values))  # noqa: B905 - Python 3.9
    return {**row, "required": row["name"] in {"raster", "model"}}


def _libraries_missing(*, has_script: bool) -> str:
    version = ""
    with contextlib.suppress(Exception):
        version = " " + str(importlib.import_module("arcpy").GetInstallInfo()["Version"])
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
