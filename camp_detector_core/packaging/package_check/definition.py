"""The model definition of a package: is there one, is it JSON, and does it say what ArcGIS asks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.emd_keys import NEEDED_FILES, SPEC_KEY
from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.emd import (
    MAX_EMD,
    Kind,
    disagreements,
    kind_of,
    parse_emd,
    spec_of,
)
from camp_detector_core.model_file.json_values import as_list, is_number, is_whole
from camp_detector_core.model_file.package import definitions_among

if TYPE_CHECKING:
    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.packaging.validation.findings import Findings

    from .archive import Package

_TYPES = ("ImageClassification", "ObjectDetection", "InstanceDetection")
"""What Pro's tool to extract features takes."""
_ALIKE = 0.85
"""How alike a misspelt type and the one that is meant are; other types of ArcGIS reach 0.77."""
_SPACES = ("MAP_SPACE", "PIXEL_SPACE")
_BYTE, _RGB = 255, 3
_AGAIN = "build the package again"


@dataclass(frozen=True)
class Definition:
    """A definition that is a JSON object, whatever it holds."""

    name: str
    """Of its file."""
    fields: dict[str, Any]
    spec: ModelSpec | None
    """Our description in it, where there is one that can be read."""
    kind: Kind | None

    @property
    def ours(self) -> bool:
        """Whether it says that it is of a model of this project."""
        return SPEC_KEY in self.fields


def check_definition(package: Package, stem: str, findings: Findings) -> Definition | None:
    """Judge the definition; None where there is none that can be read.

    Args:
        package: The members.
        stem: Of the package's file.
        findings: Gets what is wrong.
    """
    name = _root_emd(package, findings)
    data = None if name is None else package.read(name, MAX_EMD)
    if name is None or data is None:
        return None
    if name[:-4] != stem:
        what = f"is not named as the package is ({shown(stem)}.dlpk)"
        remedy = f"name the package {shown(name[:-4])}.dlpk: ArcGIS' publishing wants equal names"
        findings.advice((name,), what, remedy)
    try:
        fields = parse_emd(data, name)
    except CampDetectorError as error:
        findings.problem((name,), str(error), _AGAIN)
        return None
    before = findings.problems()
    ours = SPEC_KEY in fields
    _check_text(data, name, findings, ours=ours)
    for check in (_check_type, _check_sides, _check_bands, _check_classes, _check_rest):
        check(name, fields, findings)
    spec = _own_spec(name, fields, findings) if ours else None
    if findings.problems() == before:
        findings.passed.append("model definition")
    return Definition(name, fields, spec, kind_of(fields))


def _root_emd(package: Package, findings: Findings) -> str | None:
    found = sorted(n for n in package.names if n.lower().endswith(".emd"))
    root = definitions_among(found)
    if len(root) == 1:
        if len(found) > 1:
            findings.advice((found[-1],), "is a second definition", "leave it out")
        return root[0]
    below = f" ({shown(found[0])} lies below)" if found and not root else ""
    what = f"holds {len(root)} model definitions (.emd) at its root{below}, and one is needed"
    findings.problem(("package",), what, _AGAIN)
    return None


def _check_text(data: bytes, name: str, findings: Findings, *, ours: bool) -> None:
    if data.startswith(b"\xef\xbb\xbf"):
        findings.problem((name,), "begins with a byte order mark", "write it without")
    elif not data.isascii():
        say = findings.problem if ours else findings.advice
        what = "is not ASCII, and ArcGIS reads it in the encoding of the machine"
        say((name,), what, r"write other characters as \uXXXX")


def _check_type(name: str, fields: dict[str, Any], findings: Findings) -> None:
    told, where = fields.get("ModelType"), (name, "ModelType")
    if not isinstance(told, str) or not told:
        findings.problem(where, "is missing", f"write one of {', '.join(_TYPES)}")
    elif told not in _TYPES:
        what = f"is {shown(told)!r}, and not one of {', '.join(_TYPES)}"
        meant = get_close_matches(told.lower(), list(map(str.lower, _TYPES)), 1, _ALIKE)
        wrong = bool(meant) or SPEC_KEY in fields
        (findings.problem if wrong else findings.advice)(where, what, "correct it, if it is one")


def _check_sides(name: str, fields: dict[str, Any], findings: Findings) -> None:
    for key in ("ImageHeight", "ImageWidth"):
        told = fields.get(key)
        if told is None:
            findings.advice((name, key), "is missing", "write the side of the chips in pixels")
        elif not _is_whole_from(told, 1):
            what = f"is {shown(told)}, and not a positive whole number"
            findings.problem((name, key), what, "write the side of the chips in pixels")


def _check_bands(name: str, fields: dict[str, Any], findings: Findings) -> None:
    where, told = (name, "ExtractBands"), fields.get("ExtractBands")
    if told is None:
        findings.advice(where, "is missing", "write the bands, counted from 0: ArcGIS takes all")
        return
    bands = as_list(told)
    whole = all(_is_whole_from(b, 0) for b in bands)
    named = all(isinstance(b, str) and b for b in bands)
    if not bands or not (whole or named):
        what = f"is {shown(told)}, and not a list of bands, counted from 0, or of their names"
        findings.problem(where, what, "correct it")
    elif len({str(b) for b in bands}) < len(bands):
        findings.advice(where, f"is {shown(told)}: a band occurs twice", "see that it is meant")
    elif whole and 0 not in bands and sorted(bands) == list(range(1, len(bands) + 1)):
        what = f"is {shown(told)}, which leaves out the first band: they are counted from 0"
        findings.advice(where, what, "see that it is meant")


def _check_classes(name: str, fields: dict[str, Any], findings: Findings) -> None:
    where, told = (name, "Classes"), fields.get("Classes")
    classes = as_list(told)
    if not classes:
        findings.problem(where, "is no list of classes", "write Value, Name and Color of each")
        return
    values = []
    for i, entry in enumerate(classes):
        place = (*where, i)
        if not isinstance(entry, dict):
            findings.problem(place, "is no object", "write Value, Name and Color")
            continue
        value, color = entry.get("Value"), as_list(entry.get("Color"))
        if not is_whole(value):
            what = f"has the Value {shown(value)}, and not a whole number"
            findings.problem(place, what, "write Value, not ClassValue")
        values.append(shown(value))
        if not isinstance(entry.get("Name"), str) or not entry["Name"]:
            findings.problem(place, "has no Name", "write it")
        if len(color) != _RGB or not all(is_whole(c) and 0 <= c <= _BYTE for c in color):
            what = f"has the Color {shown(entry.get('Color'))}, and not three numbers from 0 to 255"
            findings.advice(place, what, "write it")
    if len(set(values)) < len(values):
        findings.problem(where, "has one Value twice", "give each class its own")


def _check_rest(name: str, fields: dict[str, Any], findings: Findings) -> None:
    """Keys that may be missing."""
    if "DataRange" in fields:
        what = "makes ArcGIS rescale the raster by its own least and largest value"
        findings.advice((name, "DataRange"), what, "leave it out and scale in the function")
    if fields.get("ImageSpaceUsed", _SPACES[0]) not in _SPACES:
        what = f"is {shown(fields['ImageSpaceUsed'])}, and not {' or '.join(_SPACES)}"
        findings.advice((name, "ImageSpaceUsed"), what, "correct it")
    side: Any = fields.get("ImageWidth")
    for key in ("Padding", "ModelPadding"):
        told = fields.get(key, 0)
        wide = _is_whole_from(side, 1) and _is_whole_from(told, 0) and side <= 2 * told
        if not _is_whole_from(told, 0) or wide:
            what = f"is {shown(told)}, and not a whole number below half of ImageWidth"
            findings.problem((name, key), what, "correct it")
    told = fields.get("BatchSize", 1)
    if not _is_whole_from(told, 1):
        what = f"is {shown(told)}, and not a positive whole number"
        findings.problem((name, "BatchSize"), what, "correct it")
    told = fields.get("Threshold", 0.5)
    if not is_number(told) or not 0 <= told <= 1:
        what = f"is {shown(told)}, and not a number from 0 to 1"
        findings.problem((name, "Threshold"), what, "correct it")
    if not isinstance(fields.get("SupportsVariableTileSize", True), bool):
        where = (name, "SupportsVariableTileSize")
        findings.problem(where, "is neither true nor false", "correct it")
    for key in ("MinCellSize", "MaxCellSize"):
        _check_cell(name, key, fields.get(key), findings)


def _check_cell(name: str, key: str, told: object, findings: Findings) -> None:
    if told is None:
        return
    cell = told if isinstance(told, dict) else {"x": told, "y": told}
    if not all(_positive(cell.get(axis)) for axis in ("x", "y")):
        what = f"is {shown(told)}, and not an object with positive x and y"
        findings.advice((name, key), what, "correct it")


def _is_whole_from(value: Any, least: int) -> bool:  # noqa: ANN401 - whatever the JSON holds
    """Whether a value is a whole number, and not below another one."""
    return is_whole(value) and value >= least


def _positive(value: object) -> bool:
    try:
        return is_number(value) and math.isfinite(value) and value > 0  # type: ignore[arg-type, operator]
    except OverflowError:
        return False


def _own_spec(name: str, fields: dict[str, Any], findings: Findings) -> ModelSpec | None:
    """Our description, and whether all other keys are those that it makes."""
    for key in NEEDED_FILES:
        if not isinstance(fields.get(key), str) or not fields[key]:
            findings.problem((name, key), "is missing", _AGAIN)
    try:
        spec = spec_of(fields, name)
    except CampDetectorError as error:
        findings.problem((name, SPEC_KEY), shown(error), _AGAIN)
        return None
    kind = kind_of(fields)
    if kind is None or spec is None:
        if fields.get("ModelType") in _TYPES:  # others are told of by `_check_type`
            findings.problem((name, "ModelType"), f"is {shown(fields['ModelType'])}", _AGAIN)
        return spec
    for key, value in disagreements(fields, spec, kind).items():
        what = f"is {shown(fields.get(key))}, and {SPEC_KEY} makes it {shown(value)}"
        findings.problem((name, key), what, _AGAIN)
    return spec
