"""What a model says of itself: read from its .dlpk or .emd, never run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Mapping, Optional

from camp_detector_core.engine.json_text import parse_json

from .errors import ToolError
from .package_zip import (
    DAMAGED,
    MAX_MEMBER,
    MAX_TEXT,
    member_bytes,
    open_zip,
    require_file,
    shown,
)

if TYPE_CHECKING:
    import os
    import zipfile

SPEC_KEY = "CampDetector"
"""Key of our description in an Esri model definition."""
_LARGEST_SIDE = 65_536
DETECT, CLASSIFY = "ObjectDetection", "ImageClassification"


@dataclass(frozen=True)
class Model:
    """A model package or definition, read but not loaded."""

    path: Path
    """The file that the user named."""
    emd_name: str
    emd: Mapping[str, Any]
    """The model definition."""
    spec: Mapping[str, Any]
    """The model's description: the object under ``CampDetector``."""

    @property
    def id(self) -> str:
        """Name and version."""
        return f"{self.spec.get('name')}-{self.spec.get('version')}"

    @property
    def kind(self) -> str:
        """ArcGIS' ``ModelType``."""
        return str(self.emd.get("ModelType", ""))

    @property
    def bands(self) -> tuple[str, ...]:
        """Names of the bands in the model's order."""
        return tuple(str(band["name"]) for band in self.spec["bands"])

    @property
    def classes(self) -> dict[int, tuple[str, str]]:
        """Name and colour (``#RRGGBB``) of each class by its value."""
        return {int(c["value"]): (str(c["name"]), str(c["color"])) for c in self.spec["classes"]}

    @property
    def dtype(self) -> str:
        """Numpy's name of the raw values that the model was made for."""
        return str(self.spec.get("dtype", "uint8"))

    @property
    def gsd(self) -> float:
        """Metres a pixel."""
        return float(self.spec["gsd"])

    @property
    def padding(self) -> int:
        """Pixels on each side of a piece that are seen and not kept."""
        return int(self.spec.get("overlap", 64)) // 2

    @property
    def multiple(self) -> int:
        """What sides of tiles are multiples of."""
        return int(self.spec.get("multiple", 32))

    def default(self, name: str) -> float:
        """The model's own value of ``threshold``, ``min_area`` (m2) or ``tile_size`` (pixels)."""
        own = {"threshold": 0.5, "min_area": 0.0, "tile_size": 512.0}
        return float(self.spec.get(name, own[name]))

    def onnx(self) -> bytes:
        """The bytes of the network.

        Raises:
            ToolError: It is missing, or too large.
        """
        return self._part(str(self.emd.get("ModelFile", "")), MAX_MEMBER)

    def _part(self, stated: str, limit: int) -> bytes:
        clean = PurePosixPath(stated.replace("\\", "/"))
        if not stated or clean.is_absolute() or ".." in clean.parts or ":" in stated:
            msg = f"{self.path}: the file {shown(stated)!r} that it names does not lie in it"
            raise ToolError(msg)
        try:
            if self.path.suffix.lower() == ".emd":
                beside = self.path.parent / clean
                if self.path.parent.resolve() not in beside.resolve().parents:
                    msg = f"{self.path}: {shown(stated)} leads out of its folder"
                    raise ToolError(msg)
                return beside.read_bytes()
            with open_zip(self.path) as package:
                return member_bytes(package, str(clean), limit=limit)
        except (KeyError, *DAMAGED) as error:
            msg = f"{self.path} does not hold {shown(stated)} whole: get it again"
            raise ToolError(msg) from error


_read: dict[tuple[str, int, int], Model] = {}
"""Models that were read, by path, time and size; the dialog asks after each key that is pressed."""
_MOST_KEPT = 16


def read_model(path: os.PathLike[str] | str) -> Model:
    """Read a model package or definition.

    Raises:
        ToolError: It is missing, damaged, or none of Camp Detector's.
    """
    path = Path(path)
    require_file(path)
    state = path.stat()
    key = (str(path), state.st_mtime_ns, state.st_size)
    if key not in _read:
        if len(_read) >= _MOST_KEPT:
            _read.clear()
        _read[key] = _read_now(path)
    return _read[key]


def _read_now(path: Path) -> Model:
    suffix = path.suffix.lower()
    if suffix == ".emd":
        if path.stat().st_size > MAX_TEXT:
            msg = f"{path} has more than {MAX_TEXT >> 20} MiB: it is no model definition"
            raise ToolError(msg)
        return model_of(path, path.name, path.read_bytes())
    if suffix != ".dlpk":
        msg = f"{path} is no model: choose a package (.dlpk) or a model definition (.emd)"
        raise ToolError(msg)
    try:
        with open_zip(path) as package:
            name = root_emd(package, path)
            data = member_bytes(package, name, limit=MAX_TEXT)
    except DAMAGED as error:
        msg = f"{path} is no deep learning package (a zip file), or is damaged: {shown(error)}"
        raise ToolError(msg) from error
    return model_of(path, name, data)


def root_emd(package: zipfile.ZipFile, path: Path) -> str:
    """Name of the one model definition at the root.

    Raises:
        ToolError: There is none, or more than one.
    """
    found = [n for n in package.namelist() if n.lower().endswith(".emd") and "/" not in n]
    if len(found) != 1:
        msg = f"{path} has {len(found)} model definitions (.emd) at its root, and one is needed"
        raise ToolError(msg)
    return found[0]


def emd_name(path: Path) -> str:
    """Name of the model definition in a package that was checked."""
    with open_zip(path) as package:
        return root_emd(package, path)


def model_of(path: Path, name: str, data: bytes) -> Model:
    """The model of a definition's bytes.

    Raises:
        ToolError: Not JSON, or not a definition of ours.
    """
    emd = strict_json(data, f"{path}, {name}" if path.name != name else str(path))
    spec = emd.get(SPEC_KEY)
    if not isinstance(spec, dict):
        msg = (
            f"{path} is no model of Camp Detector (its definition has no {SPEC_KEY!r}): make a "
            "package with camp-detector package, or run other models with ArcGIS' own tools"
        )
        raise ToolError(msg)
    missing = [key for key in ("name", "version", "bands", "classes", "gsd") if not spec.get(key)]
    if missing:
        msg = f"{path}: the model's description lacks {', '.join(missing)}: make it again"
        raise ToolError(msg)
    model = Model(path, name, emd, spec)
    try:
        _ = model.bands, model.classes, model.gsd, model.padding
        _check_numbers(model)
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        msg = f"{path}: the model's description is not of the expected form ({shown(error)})"
        raise ToolError(msg) from error
    return model


def _check_numbers(model: Model) -> None:
    """Refuse numbers that a dialog could not show or compute with; the engine checks the rest."""
    limits = {
        "gsd": (model.gsd, 1e-6, 1e6),
        "multiple": (model.multiple, 1, _LARGEST_SIDE),
        "overlap": (model.padding, 0, _LARGEST_SIDE),
        "tile_size": (model.default("tile_size"), 1, _LARGEST_SIDE),
        "threshold": (model.default("threshold"), -1e6, 1e6),
        "min_area": (model.default("min_area"), -1e12, 1e12),
    }
    for name, (value, least, most) in limits.items():
        if not least <= value <= most:
            msg = f"{name} is {value:g}"
            raise ValueError(msg)


def strict_json(data: bytes, where: str) -> dict[str, Any]:
    """A JSON object without the extensions that other readers refuse.

    Raises:
        ToolError: It is none.
    """
    try:
        found = parse_json(data)
    except ValueError as error:
        msg = f"{where} is not JSON that can be read: {shown(error)}"
        raise ToolError(msg) from error
    if not isinstance(found, dict):
        msg = f"{where} must hold a JSON object, and holds a {type(found).__name__}"
        raise ToolError(msg)
    return found


def summary_of(model: Model) -> str:
    """One line that names the model and the values that its parameters start with."""
    return (
        f"{model.id}: {model.gsd:g} m a pixel, threshold {model.default('threshold'):g}, "
        f"min_area {model.default('min_area'):g}, tile_size {model.default('tile_size'):g}"
    )


def value_in(summary: Optional[str], name: str) -> Optional[float]:
    """The value of a parameter in a line of `summary_of`."""
    for part in (summary or "").split(", "):
        key, _, value = part.partition(" ")
        if key == name:
            try:
                return float(value)
            except ValueError:
                return None
    return None
