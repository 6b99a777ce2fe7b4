"""Check a model package without running anything of it, and say in words what it is.

The full offline check is the command ``camp-detector package check``; this one needs nothing but
the standard library of any Python that ArcGIS Pro brings, and looks at what could harm or fail.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Iterator, Mapping

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.spec import ModelSpec

from .errors import ToolError
from .model_package import CLASSIFY, DETECT, Model, model_of, root_emd
from .package_zip import (
    DAMAGED,
    MAX_TEXT,
    damaged_members,
    member_bytes,
    open_zip,
    require_file,
    shown,
    unsafe_names,
)

if TYPE_CHECKING:
    import zipfile

REQUIRED = (
    "ModelType", "InferenceFunction", "ModelFile", "Framework", "ImageHeight", "ImageWidth",
    "ExtractBands", "Classes", "CampDetector", "EngineFile",
)  # fmt: skip
_MAX_SOURCE = 256 << 10
_STEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
"""What `camp_detector_core.packaging` takes as the name of a package."""
_SAFE_PARSER = (3, 11)
"""From this Python on, a source that is nested too deep is an error; older ones crash."""
FINDS = {
    DETECT: "finds objects and gives each as a polygon (tool Detect Dwellings)",
    CLASSIFY: "gives each pixel a class (tool Classify Camp Pixels)",
}


def faults_of(path: Path, *, name: str) -> list[str]:
    """All that is wrong with a package, one sentence each; none where it is good.

    Args:
        path: The file.
        name: What the package is called, where the file is a copy under another name.
    """
    try:
        require_file(path)
        with open_zip(path) as package:
            unsafe = unsafe_names(package)
            if unsafe:
                return [f"{fault}." for fault in unsafe]
            broken = [f"{shown(n)} is damaged." for n in damaged_members(package)]
            return broken or list(_faults(package, path))
    except ToolError as error:
        return [f"{error}."]
    except DAMAGED as error:
        return [f"{name} is no package (a zip file), or is damaged: {shown(error)}."]


def _faults(package: zipfile.ZipFile, path: Path) -> Iterator[str]:
    emd_name = root_emd(package, path)
    model = model_of(path, emd_name, member_bytes(package, emd_name, limit=MAX_TEXT))
    emd = model.emd
    if not _STEM.fullmatch(PurePosixPath(emd_name).stem):
        yield (
            f"The definition {shown(emd_name)} has a name that no package can be installed under: "
            "it may hold ASCII letters, digits, '.', '_' and '-'."
        )
    missing = [key for key in REQUIRED if key not in emd]
    if missing:
        yield f"{emd_name} lacks {', '.join(missing)}."
        return
    if model.kind not in FINDS:
        yield f"{emd_name}: the ModelType {shown(model.kind)} is none that this toolbox runs."
    yield from _file_faults(package, emd, emd_name)
    yield from _spec_faults(model, emd_name)


def _file_faults(package: zipfile.ZipFile, emd: Mapping[str, Any], emd_name: str) -> Iterator[str]:
    names = set(package.namelist())
    for key in ("InferenceFunction", "ModelFile", "EngineFile"):
        stated = str(emd[key]).replace("\\", "/")
        clean = str(PurePosixPath(stated))
        if clean not in names:
            yield f"{emd_name} names {shown(stated)} as {key}, which the package does not hold."
        elif key == "InferenceFunction":
            yield from _function_faults(package, clean)


def _function_faults(package: zipfile.ZipFile, name: str) -> Iterator[str]:
    """Whether the raster function is Python with a class of its file's name; it is not run."""
    stem = PurePosixPath(name).stem
    if package.getinfo(name).file_size > _MAX_SOURCE:
        yield f"{shown(name)} has more than {_MAX_SOURCE >> 10} KiB, which no raster function has."
        return
    try:
        source = member_bytes(package, name, limit=_MAX_SOURCE).decode("utf-8")
        if sys.version_info < _SAFE_PARSER:
            found = re.search(rf"^class {re.escape(stem)}\b", source, re.MULTILINE) is not None
        else:
            body = ast.parse(source, name).body
            found = any(isinstance(node, ast.ClassDef) and node.name == stem for node in body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        yield f"{shown(name)} is not Python that this ArcGIS could run: {shown(error)}."
        return
    if not found:
        yield f"{shown(name)} has no class {shown(stem)}, so that ArcGIS cannot start it."


def _spec_faults(model: Model, emd_name: str) -> Iterator[str]:
    """Whether the model's own description is whole, and the definition says the same."""
    try:
        spec = ModelSpec.from_dict(dict(model.spec))
    except CampDetectorError as error:
        yield f"{emd_name}: {error}."
        return
    classes = [
        {"Value": c.value, "Name": c.name, "Color": list(bytes.fromhex(c.color[1:]))}
        for c in spec.classes
    ]
    wanted = {
        "ImageHeight": spec.tile_size,
        "ImageWidth": spec.tile_size,
        "ExtractBands": list(range(len(spec.bands))),
        "Classes": classes,
        "Threshold": spec.threshold,
        "MinArea": spec.min_area,
        "Padding": spec.overlap // 2,
    }
    for key, value in wanted.items():
        told = model.emd.get(key, value)
        if told != value or isinstance(told, bool):
            yield (
                f"{emd_name}: {key} is {shown(told)}, and the model's description "
                f"makes it {shown(value)}."
            )


def describe(path: Path) -> Iterator[str]:
    """A package in words, a line each; it was found good."""
    with open_zip(path) as package:
        name = root_emd(package, path)
        model = model_of(path, name, member_bytes(package, name, limit=MAX_TEXT))
        network = package.getinfo(str(PurePosixPath(str(model.emd["ModelFile"])))).file_size
        card = [n for n in package.namelist() if PurePosixPath(n).name == "MODEL_CARD.md"]
    spec = model.spec
    yield f"Model: {model.id}, which {FINDS.get(model.kind, model.kind)}."
    if spec.get("description"):
        yield f"What for: {shown_long(spec['description'])}"
    classes = ", ".join(f"{name} ({value})" for value, (name, _) in model.classes.items())
    yield f"Finds: {classes}."
    yield f"Bands, in this order: {', '.join(model.bands)}; values of {model.dtype}."
    yield (
        f"Pixels: trained on {model.gsd:g} m on the ground; imagery of other sizes is resampled."
    )
    yield (
        f"Its own values: threshold {model.default('threshold'):g}, minimum area "
        f"{model.default('min_area'):g} m2, tiles of {model.default('tile_size'):g} pixels."
    )
    size = path.stat().st_size / 1e6
    yield f"Size: {size:.1f} MB, of which the network has {network / 1e6:.1f} MB."
    yield f"Licence: {shown(spec.get('licence') or 'not stated; ask its author')}."
    for credit in spec.get("attribution", ()):
        yield f"Credit: {shown_long(credit)}"
    provenance = spec.get("provenance") or {}
    for key in sorted(provenance):
        if key.startswith(("test ", "val ")):
            yield f"Figure: {shown(key)} {shown_long(provenance[key])}"
    if card:
        yield f"More: {card[0]} in the package says what it is good for and where it fails."


def shown_long(text: object) -> str:
    """Text of a stranger as one paragraph."""
    clean = " ".join(
        "".join(c if c.isprintable() or c.isspace() else "?" for c in str(text)).split()
    )
    return clean if len(clean) <= 600 else clean[:597] + "..."  # noqa: PLR2004 - a paragraph
