"""One use of a raster function, from choosing the model to the last tile, as ArcGIS goes about it.

Runs in the process that stands in for ArcGIS Pro: standard library and numpy, Python 3.9.
"""

from __future__ import annotations

import importlib.util
import json
import random
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import rules
from .raster import Extent, HostRaster, Reader
from .rules import HostError, require

if TYPE_CHECKING:
    from collections.abc import Callable

    from .surroundings import Recorder


@dataclass(frozen=True)
class Run:
    """Actions of a user with a package."""

    folder: str
    """Folder that the package was unpacked into."""
    emd: str
    """Name of the definition in it."""
    role: str = "classify"
    """``classify``, ``detect``, or ``validate`` to do no more than choose the model."""
    raster: str = ""
    arguments: dict[str, str] = field(default_factory=dict)
    """Values in the user's table of arguments; unknown names are dropped."""
    defaults: str = "point"
    """Form of the other rows: with a decimal ``point`` or ``comma``, or ``omitted``."""
    device: Any = -1
    definition: str = "path"
    """``path`` of the .emd, its ``text``, or its ``marked text``, with a byte order mark."""
    registered: bool = False
    """True if the module is in sys.modules while it is executed."""
    extent: list[float] | None = None
    """top, left, height, width in pixels; None: the raster's."""
    fill: str = "zero"
    blocks: str = "plain"
    flat: bool = False
    """True if shape and mask come without the axis of the bands."""
    shuffled: int = 0
    """Seed of the order of the tiles."""
    repeated: bool = False
    """True if each tile is requested twice."""
    workers: int = 1
    """Threads, each with an object of its own,"""
    together: bool = False
    """unless they share one."""
    uninformed: bool = False
    """True if updateRasterInfo is never called, as may be for polygons."""
    removed: bool = False
    """True if the folder of the package is deleted afterwards, as a temporary one is."""
    per_band: bool = False
    """True if the mask has a layer for each band, which differ: garbage in one masks a pixel."""
    share: tuple[int, int] = (0, 1)
    """Number of this process and number of processes; each does its tiles alone."""


class Session:
    """Does a `Run` and keeps what came out."""

    def __init__(self, run: Run, rasters: dict[str, HostRaster], recorder: Recorder) -> None:
        self.run = run
        self.raster = rasters.get(run.raster)
        self.recorder = recorder
        self.emd = json.loads(Path(run.folder, run.emd).read_text(encoding="utf-8"))
        self.path = Path(run.folder, self.emd["InferenceFunction"].replace("\\", "/"))
        self.report: dict[str, Any] = {"error": None}
        self.arrays: dict[str, Any] = {}
        self.nodata: Any = None
        self._log: list[str] = []

    def go(self) -> None:
        """Do it; what the host refuses is told as the error."""
        try:
            kind = self._load()
            self._validate(kind)
            if self.run.role != "validate":
                self._execute(kind)
        except HostError as error:
            self.report["error"] = str(error)
        if self.run.removed:
            shutil.rmtree(self.run.folder)

    def _call(self, stage: str, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a method as ArcGIS does, and fail in its words."""
        self.recorder.stage = stage
        try:
            return method(*args, **kwargs)
        except Exception as error:
            kind = type(error).__name__
            if stage in {"import", "initialize", "validation"}:
                raise HostError(
                    "ERROR 002667 Unable to initialize python raster function with scalar "
                    f"arguments. [{self.path}] {kind}: {error}"
                ) from error
            raise HostError(f"ERROR 999999 {stage}: {kind}: {error}") from error
        finally:
            self.recorder.stage = ""

    def _load(self) -> Any:
        """The class of the function, which must be named like its file."""
        stem = self.path.stem
        require(self.path.is_file(), f"{self.path.name} is missing from the package")
        spec = importlib.util.spec_from_file_location(stem, self.path)
        module = importlib.util.module_from_spec(spec)
        if self.run.registered:
            sys.modules[stem] = module
        else:
            sys.modules.pop(stem, None)
        heavy = set(sys.modules)
        self._call("import", spec.loader.exec_module, module)
        heavy_loaded = {"torch", "onnxruntime", "arcpy", "cv2"} & (set(sys.modules) - heavy)
        require(not heavy_loaded, f"importing {self.path.name} loads {sorted(heavy_loaded)}")
        require(hasattr(module, stem), f"{self.path.name} has no class {stem}")
        return getattr(module, stem)

    def _model(self) -> str:
        path = Path(self.run.folder, self.run.emd)
        if self.run.definition == "path":
            return str(path)
        text = path.read_text(encoding="utf-8")
        definitions = {"text": text, "marked text": f"\ufeff{text}"}
        return definitions.get(self.run.definition, self.run.definition)

    def _validate(self, kind: Any) -> None:
        """The user has chosen the model: no device is known, and nothing may be loaded."""
        start, count_before = time.perf_counter(), len(self.recorder.files_opened)
        function = self._call("validation", kind)
        require(
            isinstance(getattr(function, "name", None), str)
            and isinstance(getattr(function, "description", None), str),
            "__init__ must set name and description",
        )
        rules.check_parameters(self._call("validation", function.getParameterInfo))
        self._call("validation", function.initialize)
        self._call("validation", function.initialize, model=self._model())
        rows = self._call("validation", function.getParameterInfo)
        self.report["validation_seconds"] = time.perf_counter() - start
        rules.check_parameters(rows)
        self.report["parameters"] = rows
        files_read = [Path(p).name for _, p in self.recorder.files_opened[count_before:]]
        models = {self.emd.get(key) for key in ("ModelFile", "TorchScriptFile")}
        require(not models & set(files_read), "choosing the model opens the model file")

    def _scalars(self, rows: list[dict[str, Any]]) -> dict[str, str]:
        """The table of arguments, all as text."""
        run, out = self.run, {}
        for row in rows[3:]:
            name, text = row["name"], str(row["value"])
            if name in run.arguments:
                out[name] = run.arguments[name]
            elif run.defaults != "omitted":
                comma = run.defaults == "comma" and row["dataType"] == "numeric"
                out[name] = text.replace(".", ",") if comma else text
        return out

    def _prepared(self, kind: Any) -> tuple[Any, dict[str, Any], str]:
        """A new object that is ready for tiles, its configuration, and the pixel type."""
        function = self._call("initialize", kind)
        device = {} if self.run.device is None else {"device": self.run.device}
        self._call("initialize", function.initialize, model=self._model(), **device)
        scalars = self._scalars(self._call("initialize", function.getParameterInfo))
        bands = self.raster.pixels.shape[0]
        configuration = self._call("getConfiguration", function.getConfiguration, **scalars)
        rules.check_configuration(configuration, bands=max(bands, len(self.emd["ExtractBands"])))
        if self.run.uninformed:
            return function, configuration, "u1"
        # inheritProperties: what the function does not set is the raster's own.
        output = self.raster.info()
        out = self._call(
            "updateRasterInfo",
            function.updateRasterInfo,
            raster_info=self.raster.info(),
            output_info=output,
            **scalars,
        )
        rules.check_raster_info(out, self.emd["Classes"])
        rules.check_configuration(configuration, bands)
        key = self._call("metadata", function.updateKeyMetadata, ("datatype",), -1, datatype="x")
        require(type(key) is dict and "datatype" in key, "updateKeyMetadata must return a dict")
        band = self._call("metadata", function.updateKeyMetadata, ("bandname",), 0, bandname="x")
        require(type(band) is dict and "bandname" in band, "updateKeyMetadata must return a dict")
        self.report["metadata"] = [key["datatype"], band["bandname"]]
        self.nodata = out["output_info"].get("noData")
        self.report["nodata"] = None if self.nodata is None else np.asarray(self.nodata).tolist()
        self.report["configuration"] = {
            k: v for k, v in configuration.items() if k != "extractBands"
        }
        return function, configuration, out["output_info"]["pixelType"]

    def _execute(self, kind: Any) -> None:
        self.report["files_opened"] = len(self.recorder.files_opened)
        run = self.run
        prepared = [self._prepared(kind) for _ in range(1 if run.together else run.workers)]
        _, configuration, pixel_type = prepared[0]
        top, left, height, width = run.extent or (0, 0, *self.raster.pixels.shape[1:])
        extent = Extent(top, left, int(height), int(width))
        reader = Reader(self.raster, extent, configuration["extractBands"], run.fill, run.blocks)
        tiles = [
            (r, c)
            for r in range(-(-extent.height // configuration["ty"]))
            for c in range(-(-extent.width // configuration["tx"]))
        ][run.share[0] :: run.share[1]]
        if run.shuffled:
            random.Random(run.shuffled).shuffle(tiles)
        work = _Tiles(self, reader, configuration, pixel_type)
        if run.workers == 1:
            answers = [work.do(prepared[0][0], tile) for tile in tiles]
        else:
            with ThreadPoolExecutor(run.workers) as pool:
                turns = [prepared[i % len(prepared)][0] for i in range(len(tiles))]
                answers = list(pool.map(work.do, turns, tiles))
        self.report["tiles"] = len(answers)
        if run.role == "detect":
            self.report["features"] = [feature for part in answers for feature in part]


class _Tiles:
    """Hands out tiles and puts together what comes back."""

    def __init__(
        self, session: Session, reader: Reader, configuration: dict[str, Any], pixel_type: str
    ) -> None:
        self._session = session
        self._reader = reader
        self._configuration = configuration
        self._kind = pixel_type
        extent = reader.extent
        session.arrays["pixels"] = np.zeros((extent.height, extent.width), pixel_type)
        session.arrays["mask"] = np.zeros((extent.height, extent.width), np.uint8)
        self._fields: dict[str, str] = {}
        self._values = {c["Value"] for c in session.emd["Classes"]}

    def do(self, function: Any, tile: tuple[int, int]) -> Any:
        """One tile, once or twice."""
        role = self._detect if self._session.run.role == "detect" else self._classify
        first = role(function, tile)
        if self._session.run.repeated:
            second_answer = role(function, tile)
            same = (
                np.array_equal(first, second_answer)
                if role == self._classify
                else first == second_answer
            )
            require(same, f"tile {tile} came out otherwise when it was asked for again")
        return first

    def _block(self, tile: tuple[int, int]) -> tuple[int, int, dict[str, Any]]:
        """Height and width of the tile, and what is handed over for it."""
        configuration, extent = self._configuration, self._reader.extent
        row, col, pad = (
            tile[0] * configuration["ty"],
            tile[1] * configuration["tx"],
            configuration["padding"],
        )
        height, width = configuration["ty"], configuration["tx"]
        if not configuration.get("fixedTileSize"):
            height, width = min(height, extent.height - row), min(width, extent.width - col)
        pixels, mask = self._reader.read(row - pad, col - pad, height + 2 * pad, width + 2 * pad)
        if self._session.run.per_band:
            mask = _by_band(mask, len(pixels))
        elif not self._session.run.flat:
            mask = mask[np.newaxis]
        return height, width, {"raster_pixels": pixels, "raster_mask": mask}

    def _call(self, stage: str, method: Any, blocks: dict[str, Any], *args: Any) -> Any:
        before = {name: block.copy() for name, block in blocks.items()}
        out = self._session._call(stage, method, *args, **blocks)
        for name, block in blocks.items():
            same = block.tobytes() == before[name].tobytes()
            require(same, f"{stage} wrote into the {name} of the host")
        return out

    def _classify(self, function: Any, tile: tuple[int, int]) -> Any:
        height, width, blocks = self._block(tile)
        flat, raster = self._session.run.flat, self._session.raster
        shape = (height, width) if flat else (1, height, width)
        row, col, pad = (
            tile[0] * self._configuration["ty"],
            tile[1] * self._configuration["tx"],
            self._configuration["padding"],
        )
        props = {
            "pixelType": self._kind, "spatialReference": raster.epsg, "cellSize": raster.cell,
            "width": width, "height": height, "noData": None, "extent": raster.info()["extent"],
        }  # fmt: skip
        corner = (raster.origin[0] + col * raster.cell[0], raster.origin[1] - row * raster.cell[1])
        out = self._call("updatePixels", function.updatePixels, blocks, corner, shape, props)
        inner = slice(pad, pad + height), slice(pad, pad + width)
        mask = blocks["raster_mask"].reshape(-1, *blocks["raster_pixels"].shape[1:])
        valid = mask.all(axis=0)[inner]
        nodata = self._session.nodata
        rules.check_pixels(out, valid, shape, self._kind, self._values, nodata=nodata)
        mask = out.get("output_mask", valid.astype(np.uint8)).reshape(height, width)
        pixels = out["output_pixels"].reshape(height, width)
        whole = self._session.arrays
        rows, cols = slice(row, row + height), slice(col, col + width)
        part = whole["pixels"][rows, cols].shape
        whole["pixels"][rows, cols] = pixels[: part[0], : part[1]]
        whole["mask"][rows, cols] = mask[: part[0], : part[1]]
        return np.where(mask != 0, pixels, 0)

    def _detect(self, function: Any, tile: tuple[int, int]) -> list[dict[str, Any]]:
        _, _, blocks = self._block(tile)
        fields = self._session._call("getFields", function.getFields)
        kind = self._session._call("getGeometryType", function.getGeometryType)
        out = self._call("vectorize", function.vectorize, blocks)
        features = rules.check_vectors(out, rules.check_fields(fields, kind))
        raster, extent = self._session.raster, self._reader.extent
        col, row = tile[1] * self._configuration["tx"], tile[0] * self._configuration["ty"]
        for feature in features:
            feature["tile"] = list(tile)
            feature["geometry"]["rings"] = [
                [
                    [
                        raster.origin[0] + (extent.left + col + x) * raster.cell[0],
                        raster.origin[1] - (extent.top + row + y) * raster.cell[1],
                    ]
                    for x, y in ring
                ]
                for ring in feature["geometry"]["rings"]
            ]
        return features


def _by_band(mask: Any, bands: int) -> Any:
    """A mask for each band: each pixel without image is masked in one of them alone."""
    layers = np.ones((bands, *mask.shape), np.uint8)
    rows, cols = np.nonzero(mask == 0)
    layers[(rows + cols) % bands, rows, cols] = 0
    return layers
