"""Model definition of a package: its presence, its JSON, and the keys that ArcGIS needs."""

from __future__ import annotations

import math
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from camp_detector_core.engine.emd_keys import NEEDED_FILES, SPEC_KEY
from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.emd import MAX_EMD, disagreements, kind_of, parse_emd, spec_of
from camp_detector_core.model_file.json_values import as_list, is_number, is_whole
from camp_detector_core.model_file.package import Definition, definitions_among

from .archive import REBUILD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.stac.validation.findings import Place

    from .archive import Package

_TYPES = ("ImageClassification", "ObjectDetection", "InstanceDetection")
"""Model types of Pro's tool to extract features."""
_ALIKE = 0.85
"""Similarity of a misspelt type to the intended one; other types of ArcGIS reach 0.77."""
_SPACES = ("MAP_SPACE", "PIXEL_SPACE")
_BYTE, _RGB = 255, 3


def _is_whole_from(value: Any, minimum: int) -> bool:  # noqa: ANN401 - whatever the JSON holds
    """Test if a value is an integer of a minimum or more."""
    return is_whole(value) and value >= minimum


def _is_cell(value: Any) -> bool:  # noqa: ANN401 - whatever the JSON holds
    """Test if a value is none, or a cell size in one number or two."""
    cell = value if isinstance(value, dict) else {"x": value, "y": value}
    sizes: list[Any] = [cell.get(axis) for axis in ("x", "y")]
    return value is None or all(is_number(size) and 0 < size < math.inf for size in sizes)


class _Rule(NamedTuple):
    """Values that ArcGIS takes for one key."""

    key: str
    is_sound: Callable[[Any], bool]
    message: str
    """``{}`` stands for the value."""
    is_problem: bool = True
    """False if ArcGIS can do without."""


_WHOLE = "is {}, and not a positive whole number"
_RULES = (
    _Rule("BatchSize", lambda value: _is_whole_from(value, 1), _WHOLE),
    _Rule(
        "ImageSpaceUsed",
        lambda value: value in _SPACES,
        f"is {{}}, and not {' or '.join(_SPACES)}",
        is_problem=False,
    ),
    _Rule(
        "MinCellSize", _is_cell, "is {}, and not an object with positive x and y", is_problem=False
    ),
    _Rule(
        "MaxCellSize", _is_cell, "is {}, and not an object with positive x and y", is_problem=False
    ),
    _Rule(
        "SupportsVariableTileSize",
        lambda value: isinstance(value, bool),
        "is neither true nor false",
    ),
    _Rule(
        "Threshold",
        lambda value: is_number(value) and 0 <= value <= 1,
        "is {}, and not a number from 0 to 1",
    ),
)


def check_definition(package: Package, path: Path) -> Definition | None:
    """Check the definition; None if there is no readable one.

    Args:
        package: The members.
        path: The package's file.

    Returns:
        It has a spec if that is valid.
    """
    name = _root_emd(package)
    data = None if name is None else package.read(name, MAX_EMD)
    if name is None or data is None:
        return None
    emd = package.findings.at(name)
    if name[:-4] != path.stem:
        message = f"is not named as the package is ({shown(path.stem)}.dlpk)"
        remedy = f"name the package {shown(name[:-4])}.dlpk: ArcGIS' publishing wants equal names"
        emd.advice(message, remedy)
    try:
        fields = parse_emd(data, name)
    except CampDetectorError as error:
        emd.problem(str(error), REBUILD)
        return None
    is_ours = SPEC_KEY in fields
    with package.findings.passing("model definition"):
        _check_text(data, emd, is_ours=is_ours)
        for check in (_check_type, _check_bands, _check_classes, _check_sides, _check_rest):
            check(fields, emd)
        spec = _own_spec(fields, emd) if is_ours else None
    return Definition(path, name, fields, spec)


def _root_emd(package: Package) -> str | None:
    definitions = sorted(n for n in package.names if n.lower().endswith(".emd"))
    root = definitions_among(definitions)
    if len(root) == 1:
        if len(definitions) > 1:
            package.findings.at(definitions[-1]).advice("is a second definition", "leave it out")
        return root[0]
    hint = f" ({shown(definitions[0])} lies below)" if definitions and not root else ""
    message = f"holds {len(root)} model definitions (.emd) at its root{hint}, and one is needed"
    package.findings.at("package").problem(message, REBUILD)
    return None


def _check_text(data: bytes, emd: Place, *, is_ours: bool) -> None:
    if data.startswith(b"\xef\xbb\xbf"):
        emd.problem("begins with a byte order mark", "write it without")
    elif not data.isascii():
        message = "is not ASCII, and ArcGIS reads it in the encoding of the machine"
        with emd.findings.as_advice(on=not is_ours):
            emd.problem(message, r"write other characters as \uXXXX")


def _check_type(fields: dict[str, Any], emd: Place) -> None:
    model_type, place = fields.get("ModelType"), emd.at("ModelType")
    if not isinstance(model_type, str) or not model_type:
        place.problem("is missing", f"write one of {', '.join(_TYPES)}")
    elif model_type not in _TYPES:
        message = f"is {shown(model_type)!r}, and not one of {', '.join(_TYPES)}"
        meant = get_close_matches(model_type.lower(), list(map(str.lower, _TYPES)), 1, _ALIKE)
        wrong = bool(meant) or SPEC_KEY in fields
        with emd.findings.as_advice(on=not wrong):
            place.problem(message, "correct it, if it is one")


def _check_bands(fields: dict[str, Any], emd: Place) -> None:
    place, bands_value = emd.at("ExtractBands"), fields.get("ExtractBands")
    if bands_value is None:
        place.advice("is missing", "write the bands, counted from 0: ArcGIS takes all")
        return
    bands = as_list(bands_value)
    are_integers = all(_is_whole_from(b, 0) for b in bands)
    are_names = all(isinstance(b, str) and b for b in bands)
    if not bands or not (are_integers or are_names):
        message = (
            f"is {shown(bands_value)}, and not a list of bands, counted from 0, or of their names"
        )
        place.problem(message, "correct it")
    elif len({str(b) for b in bands}) < len(bands):
        place.advice(f"is {shown(bands_value)}: a band occurs twice", "see that it is meant")
    elif are_integers and 0 not in bands and sorted(bands) == list(range(1, len(bands) + 1)):
        message = (
            f"is {shown(bands_value)}, which leaves out the first band: they are counted from 0"
        )
        place.advice(message, "see that it is meant")


def _check_classes(fields: dict[str, Any], emd: Place) -> None:
    base, classes_value = emd.at("Classes"), fields.get("Classes")
    classes = as_list(classes_value)
    if not classes:
        base.problem("is no list of classes", "write Value, Name and Color of each")
        return
    values = []
    for i, entry in enumerate(classes):
        place = base.at(i)
        if not isinstance(entry, dict):
            place.problem("is no object", "write Value, Name and Color")
            continue
        value, color = entry.get("Value"), as_list(entry.get("Color"))
        if not is_whole(value):
            message = f"has the Value {shown(value)}, and not a whole number"
            place.problem(message, "write Value, not ClassValue")
        values.append(shown(value))
        if not isinstance(entry.get("Name"), str) or not entry["Name"]:
            place.problem("has no Name", "write it")
        if len(color) != _RGB or not all(is_whole(c) and 0 <= c <= _BYTE for c in color):
            message = (
                f"has the Color {shown(entry.get('Color'))}, and not three numbers from 0 to 255"
            )
            place.advice(message, "write it")
    if len(set(values)) < len(values):
        base.problem("has one Value twice", "give each class its own")


def _check_sides(fields: dict[str, Any], emd: Place) -> None:
    """Check the size of the chips, and that their padding leaves something of them."""
    for key in ("ImageHeight", "ImageWidth"):
        if fields.get(key) is None:
            emd.at(key).advice("is missing", "write the side of the chips in pixels")
        elif not _is_whole_from(fields[key], 1):
            message = _WHOLE.format(shown(fields[key]))
            emd.at(key).problem(message, "write the side of the chips in pixels")
    side: Any = fields.get("ImageWidth")
    for key in ("Padding", "ModelPadding"):
        padding = fields.get(key, 0)
        is_sound = _is_whole_from(padding, 0)
        if not is_sound or (_is_whole_from(side, 1) and side <= 2 * padding):
            message = f"is {shown(padding)}, and not a whole number below half of ImageWidth"
            emd.at(key).problem(message, "correct it")


def _check_rest(fields: dict[str, Any], emd: Place) -> None:
    """Check optional keys."""
    if "DataRange" in fields:
        message = "makes ArcGIS rescale the raster by its own least and largest value"
        emd.at("DataRange").advice(message, "leave it out and scale in the function")
    for rule in _RULES:
        if rule.key in fields and not rule.is_sound(fields[rule.key]):
            message = rule.message.format(shown(fields[rule.key]))
            with emd.findings.as_advice(on=not rule.is_problem):
                emd.at(rule.key).problem(message, "correct it")


def _own_spec(fields: dict[str, Any], emd: Place) -> ModelSpec | None:
    """Read the spec, and check that all other keys follow from it."""
    for key in NEEDED_FILES:
        if not isinstance(fields.get(key), str) or not fields[key]:
            emd.at(key).problem("is missing", REBUILD)
    try:
        spec = spec_of(fields, str(emd))
    except CampDetectorError as error:
        emd.at(SPEC_KEY).problem(shown(error), REBUILD)
        return None
    kind = kind_of(fields)
    if kind is None or spec is None:
        if fields.get("ModelType") in _TYPES:  # others are told of by `_check_type`
            emd.at("ModelType").problem(f"is {shown(fields['ModelType'])}", REBUILD)
        return spec
    for key, value in disagreements(fields, spec, kind).items():
        message = f"is {shown(fields.get(key))}, and {SPEC_KEY} makes it {shown(value)}"
        emd.at(key).problem(message, REBUILD)
    return spec
