"""Check a model package without running anything of it, and say in words what it is.

The full offline check is the command ``camp-detector package check``; this one needs nothing but
the standard library of any Python that ArcGIS Pro brings, and looks at what could harm or fail.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Iterator, Optional

from camp_detector_core.engine.emd_keys import DECISIVE, NEEDED, NEEDED_FILES
from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.wording import message, shown
from camp_detector_core.model_file.emd import disagreements
from camp_detector_core.model_file.facts import facts_of
from camp_detector_core.model_file.members import member_of, name_fault
from camp_detector_core.model_file.package import MAX_NETWORK, open_definition
from camp_detector_core.model_file.untrusted import require_file
from camp_detector_core.model_file.zip_file import (
    damage_of,
    is_folder,
    member_fault,
    open_zip,
    read_member,
)

from .model_package import model_of
from .words import in_words

if TYPE_CHECKING:
    import zipfile
    from pathlib import Path

    from camp_detector_core.model_file.emd import Kind

    from .model_package import Model

_MAX_TOTAL = 2 << 30
_MAX_SOURCE = 256 << 10
_STEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
"""Names of packages that `camp_detector_core.esri` makes."""
_SAFE_PARSER = (3, 11)
"""From this Python on, a source that is nested too deep is an error; older ones crash."""
_PARAGRAPH = 600
"""Characters of an untrusted text that is shown as a paragraph."""
_FINDS: dict[Kind, str] = {
    "detect": "finds objects and gives each as a polygon (tool Detect Dwellings)",
    "classify": "gives each pixel a class (tool Classify Camp Pixels)",
}


def faults_of(path: Path) -> list[str]:
    """All that is wrong with a package, one sentence each; none where it is good."""
    try:
        require_file(path, what="package")
        with open_zip(path) as package:
            return list(_member_faults(package)) or list(_faults(package, path))
    except CampDetectorError as error:
        return [f"{in_words(error)}."]


def _member_faults(package: zipfile.ZipFile) -> Iterator[str]:
    """A sentence for each member that must not be there, or that is damaged."""
    members = package.infolist()
    names: set[str] = set()
    faults = [(m, _fault_of(m, names)) for m in members]
    yield from (f"{shown(m.filename)} {fault}." for m, fault in faults if fault)
    total = sum(m.file_size for m in members)
    if total > _MAX_TOTAL:
        yield f"It unpacks to {total >> 20} MiB, and at most {_MAX_TOTAL >> 20} are taken."
    elif not any(fault for _, fault in faults):
        damages = ((m.filename, damage_of(package, m)) for m in members)
        yield from (f"{shown(name)} is damaged: {reason}." for name, reason in damages if reason)


def _fault_of(member: zipfile.ZipInfo, names: set[str]) -> Optional[str]:
    """The fault of a member that can be told by its entry in the table of contents."""
    fault = name_fault(member.filename, names)
    if fault is None and member.file_size > MAX_NETWORK:
        return f"unpacks to more than {MAX_NETWORK >> 20} MiB"
    if fault is None and not is_folder(member):
        fault = member_fault(member)
    if fault is not None:
        return "{}: {}".format(*fault)
    if not member.filename.isascii() or not member.filename.isprintable():
        return "has a name that is not plain ASCII, which not every ArcGIS can unpack"
    return None


def _faults(package: zipfile.ZipFile, path: Path) -> Iterator[str]:
    """A sentence for each fault of the definition and of the files that it names."""
    model = model_of(open_definition(path))
    name, fields, kind = model.definition.name, model.definition.fields, model.definition.kind
    if not _STEM.fullmatch(PurePosixPath(name).stem):
        yield (
            f"The definition {shown(name)} has a name that no package can be installed under: "
            "it may hold ASCII letters, digits, '.', '_' and '-'."
        )
    missing = [key for key in NEEDED if key not in fields]
    if missing:
        yield f"{shown(name)} lacks {', '.join(missing)}."
        return
    yield from _file_faults(package, model)
    if kind is None:
        model_type = shown(fields["ModelType"])
        yield f"{shown(name)}: the ModelType {model_type} is none that this toolbox runs."
        return
    wrong = disagreements(fields, model.spec, kind, stated_only=True)
    for key in [key for key in DECISIVE if key in wrong]:
        yield (
            f"{shown(name)}: {key} is {shown(fields[key])}, and the model's description makes it "
            f"{shown(wrong[key])}."
        )


def _file_faults(package: zipfile.ZipFile, model: Model) -> Iterator[str]:
    for key in NEEDED_FILES:
        value = model.definition.fields[key]
        name = member_of(value)
        if name is None or name not in package.namelist():
            definition = shown(model.definition.name)
            yield f"{definition} names {shown(value)} as {key}, which the package does not hold."
        elif key == "InferenceFunction":
            yield from _function_faults(package, name)


def _function_faults(package: zipfile.ZipFile, name: str) -> Iterator[str]:
    """Judge whether the raster function is Python with a class of its file's name; run nothing."""
    stem = PurePosixPath(name).stem
    if package.getinfo(name).file_size > _MAX_SOURCE:
        yield f"{shown(name)} has more than {_MAX_SOURCE >> 10} KiB, which no raster function has."
        return
    try:
        source = read_member(package, name, _MAX_SOURCE, "the package").decode("utf-8")
        if sys.version_info < _SAFE_PARSER:
            is_there = re.search(rf"^class {re.escape(stem)}\b", source, re.MULTILINE) is not None
        else:
            body = ast.parse(source, name).body
            is_there = any(isinstance(node, ast.ClassDef) and node.name == stem for node in body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        yield f"{shown(name)} is not Python that this ArcGIS could run: {shown(error)}."
        return
    if not is_there:
        yield f"{shown(name)} has no class {shown(stem)}, so that ArcGIS cannot start it."


def describe(path: Path) -> Iterator[str]:
    """A good package in words, a line each."""
    model = model_of(open_definition(path))
    spec, fields, kind = model.spec, model.definition.fields, model.definition.kind
    with open_zip(path) as package:
        network = package.getinfo(member_of(fields["ModelFile"]) or "").file_size
        cards = [n for n in package.namelist() if PurePosixPath(n).name == "MODEL_CARD.md"]
    yield f"Model: {spec.id}, which {_FINDS[kind] if kind else 'ArcGIS runs'}."
    if spec.description:
        yield f"What for: {message(spec.description, _PARAGRAPH)}"
    yield from (f"{label}: {message(value, _PARAGRAPH)}" for label, value in facts_of(spec))
    size = path.stat().st_size / 1e6
    yield f"Size: {size:.1f} MB, of which the network has {network / 1e6:.1f} MB."
    for key, value in sorted(spec.provenance.items()):
        if key.startswith(("test ", "val ")):
            yield f"Figure: {shown(key)} {message(value, _PARAGRAPH)}"
    if cards:
        yield f"More: {shown(cards[0])} in the package says what it is good for and where it fails."
