"""The table of options agrees with itself, and reads and refuses values at its limits."""

from __future__ import annotations

import ast
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.engine import parameters
from camp_detector_core.engine.errors import ParameterError
from camp_detector_core.engine.parameter import UNITS, Kind, Limits, Parameter
from camp_detector_core.engine.parameters import ARCGIS, CLI, FUNCTION, MLFLOW, PARAMETERS, QGIS

EVERY = pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=list(PARAMETERS))
LIMITED = [p for p in PARAMETERS.values() if p.limits is not None]
NUMBERS = {Kind.WHOLE: int, Kind.NUMBER: float}


@EVERY
def test_a_parameter_is_whole(parameter: Parameter) -> None:
    assert parameter.name.isidentifier()
    assert parameter.label[:1].isupper()
    assert parameter.help.endswith(".")
    assert set(parameter.hosts) <= {CLI, QGIS, ARCGIS, FUNCTION, MLFLOW}
    assert parameter.hosts
    assert parameter.unit in {"", *UNITS}
    assert "--" not in parameter.label + parameter.help + parameter.unset


def test_each_name_of_the_table_is_assigned_once() -> None:
    tree = ast.parse(Path(parameters.__file__).read_text(encoding="utf-8"))
    names = [ast.unparse(node.targets[0]) for node in tree.body if isinstance(node, ast.Assign)]
    assert len(names) > len(PARAMETERS)
    assert len(names) == len(set(names))


@EVERY
def test_a_default_can_be_chosen(parameter: Parameter) -> None:
    parameter.check(parameter.default)
    assert parameter.parse(parameter.default) == parameter.default
    assert parameter.parse(" ") == parameter.default
    has_value = parameter.default is not None or parameter.required
    assert has_value != bool(parameter.unset)


@pytest.mark.parametrize("host", [CLI, QGIS, ARCGIS, FUNCTION, MLFLOW])
def test_no_two_parameters_of_a_host_have_one_name(host: str) -> None:
    names = [p.hosts[host] for p in PARAMETERS.values() if host in p.hosts]
    assert len(names) == len(set(names))


@given(st.sampled_from(LIMITED), st.floats(allow_nan=True, allow_infinity=True))
def test_what_lies_within_the_limits_is_taken(parameter: Parameter, number: float) -> None:
    limits = parameter.limits
    assert limits is not None
    low = number > limits.low if limits.above else number >= limits.low
    is_within = math.isfinite(number) and low and number <= limits.high
    if parameter.kind is not Kind.NUMBER:
        is_within = is_within and number == int(number)
    text = repr(number) if parameter.kind is not Kind.WHOLES else f"{number:.0f}"
    if parameter.kind is Kind.WHOLES:
        is_within = math.isfinite(number) and round(number) >= limits.low
    if is_within:
        value = parameter.parse(text)
        assert value == (number if parameter.kind in NUMBERS else (round(number),))
    else:
        with pytest.raises(ParameterError, match=f"^{parameter.name} must be "):
            parameter.parse(text)


@pytest.mark.parametrize("parameter", LIMITED, ids=lambda p: p.name)
def test_the_limits_themselves_are_the_last_that_are_taken(parameter: Parameter) -> None:
    limits = parameter.limits
    assert limits is not None
    step = 1 if parameter.kind is not Kind.NUMBER else 1e-9
    inside = [limits.low + step * limits.above]
    outside = [limits.low - step * (not limits.above)]
    if math.isfinite(limits.high):
        inside.append(limits.high)
        outside.append(limits.high + step * 1000)
    wrap = (lambda n: (n,)) if parameter.kind is Kind.WHOLES else lambda n: n
    for number in inside:
        parameter.check(wrap(number))
    for number in outside:
        with pytest.raises(ParameterError) as error:
            parameter.check(wrap(number))
        assert error.value.parameter == parameter.name


@pytest.mark.parametrize(
    "parameter", [p for p in PARAMETERS.values() if p.choices], ids=lambda p: p.name
)
def test_words_are_taken_as_they_are_listed(parameter: Parameter) -> None:
    for word in parameter.choices:
        assert parameter.parse(f" {word} ") == word
    with pytest.raises(ParameterError, match=re.escape(", ".join(parameter.choices))):
        parameter.parse("fine")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("threshold", "0,5", None),
        ("min_area", "1,500", None),
        ("threads", "1,000", None),
        ("tile_size", "64.0", 64),
        ("tile_size", 64, 64),
        ("tta", "Yes", True),
        ("square", False, False),
        ("bands", "3, 2,1", (3, 2, 1)),
        ("bands", (3, 2), None),
        ("bands", "3,", None),
        ("bands", "", None),
        ("stretch", "0,255.5", (0.0, 255.5)),
        ("stretch", "-1e308,1e308", None),
        ("stretch", "1,2,3", None),
        ("stretch", "nan,2", None),
        ("gsd", "0.25", 0.25),
        ("gsd", "native", "native"),
        ("nodata", "-9999", -9999.0),
        ("threads", "1e400", None),
        ("simplify", "x" * 500, None),
    ],
)
def test_values_are_read_in_the_forms_of_all_hosts(name: str, text: Any, value: Any) -> None:
    if value is None and text:
        with pytest.raises(ParameterError) as error:
            PARAMETERS[name].parse(text)
        assert len(str(error.value)) < 150
    else:
        assert PARAMETERS[name].parse(text) == value


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("threshold", "0,5", 0.5), ("tile_size", "64,0", 64), ("stretch", "0,255", (0.0, 255.0))],
)
def test_a_decimal_comma_is_read_where_a_host_writes_one(name: str, text: str, value: Any) -> None:
    assert PARAMETERS[name].parse(text, decimal_comma=True) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bands", [3, 2, 1]),
        ("stretch", [0, 255]),
        ("tile_size", np.int64(512)),
        ("threshold", np.float32(0.5)),
    ],
)
def test_values_of_scripts_are_taken(name: str, value: Any) -> None:
    PARAMETERS[name].check(value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("tile_size", 512.5, "got 512.5"),
        ("tile_size", 512.0, "got 512.0"),
        ("threads", True, "got True"),
        ("bands", 3, "got 3"),
        ("bands", (1, None), "got 1,None"),
        ("bands", ("red",), "got 'red'"),
        ("bands", [], "got none"),
        ("stretch", [0, "x"], "got 0,'x'"),
        ("stretch", (-1e308, 1e308), "at most 1.8e+308 apart, got -1e+308,1e+308"),
        ("stretch", (0, 10**400), "at most 1.8e+308 apart, got 0,a number too large"),
        ("stretch", (9, 1), "LOW below HIGH, got 9,1"),
        ("simplify", (1.0,), "got 1"),
        ("simplify", {}, "got {}"),
        ("device", 3, "got 3"),
    ],
)
def test_values_of_another_type_are_refused(name: str, value: Any, words: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(words)) as error:
        PARAMETERS[name].check(value)
    assert error.value.parameter == name


def test_limits_are_said_in_words() -> None:
    texts = [
        str(limits)
        for limits in (Limits(0, 1e6), Limits(0, 1, above=True), Limits(1), Limits(0, above=True))
    ]
    assert texts == ["0 to 1000000", "above 0 and up to 1", "1 or more", "above 0"]
