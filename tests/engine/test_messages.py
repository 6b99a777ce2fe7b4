"""Messages name parameters and tools in the words of whoever shows them."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.errors import CampDetectorError, ParameterError, RasterError
from camp_detector_core.engine.messages import TOOLS, Message, names_in


class Dialog:
    """A host with a parameter for bands, one of its own for GSD, and one tool."""

    def parameter(self, name: str, value: str | None) -> str | None:
        """Give its label."""
        if name == "gsd":
            return "their own size as “Resolution”" if value == "native" else "“Resolution”"
        if name != "bands":
            return None
        return "“Bands”" if value is None else f"{value} as “Bands”"

    def tool(self, name: str) -> str | None:
        """Give the menu."""
        return "Raster > Warp" if name == "warp" else None


@pytest.mark.parametrize(
    ("remedy", "plain", "dialog"),
    [
        ("", "x is odd", "x is odd"),
        (
            "say which with {bands}",
            "x is odd: say which with bands",
            "x is odd: say which with “Bands”",
        ),
        ("give {bands=3,2,1}", "x is odd: give bands=3,2,1", "x is odd: give 3,2,1 as “Bands”"),
        ("({nodata} sets it)", "x is odd (nodata sets it)", "x is odd"),
        (
            "; {gsd=native} runs it",
            "x is odd; gsd=native runs it",
            "x is odd; their own size as “Resolution” runs it",
        ),
        (
            "turn it with {tool:warp}",
            f"x is odd: turn it with {TOOLS['warp']}",
            "x is odd: turn it with Raster > Warp",
        ),
        (
            "give {tta} | fewer {bands}",
            "x is odd: give tta, or fewer bands",
            "x is odd: fewer “Bands”",
        ),
        ("leave it | give {tta}", "x is odd: leave it, or give tta", "x is odd: leave it"),
        ("a {{set}} of {bands}", "x is odd: a {set} of bands", "x is odd: a {set} of “Bands”"),
    ],
)
def test_a_remedy_says_what_the_host_has(remedy: str, plain: str, dialog: str) -> None:
    error = RasterError("x is odd", remedy=remedy)
    assert (str(error), error.render(Dialog())) == (plain, dialog)
    assert str(Message("x is odd", remedy=remedy)) == plain


def test_a_sentence_goes_on_from_the_name_of_its_parameter() -> None:
    error = ParameterError("is no value of x", parameter="bands", value="9")
    assert (str(error), error.render(Dialog())) == (
        "bands=9 is no value of x",
        "9 as “Bands” is no value of x",
    )
    unknown = ParameterError("must be 1", parameter="tta")
    assert unknown.render(Dialog()) == "tta must be 1"


@given(st.text(max_size=40))
def test_a_value_is_shown_as_it_is(value: str) -> None:
    error = ParameterError("is no value of x", parameter="bands", value=value)
    assert str(error) == f"bands={value} is no value of x"
    assert error.render(Dialog()) == f"{value} as “Bands” is no value of x"


@given(st.text(max_size=40))
def test_the_sentence_itself_is_shown_as_it_is(name: str) -> None:
    assert str(CampDetectorError(name, remedy="see {bands}")) == f"{name}: see bands"


@pytest.mark.parametrize("reviver", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])  # noqa: S301 - our own
def test_an_error_keeps_its_remedy_on_its_way_between_processes(reviver: Any) -> None:
    error = reviver(ParameterError("is odd", parameter="gsd", value="5", remedy="leave {gsd}"))
    assert (error.parameter, str(error)) == ("gsd", "gsd=5 is odd: leave gsd")


def test_the_names_of_a_template_can_be_listed() -> None:
    names = list(names_in("give {bands=3,2,1}, or {{x}} | {tool:warp} with {gsd}"))
    assert names == [("parameter", "bands"), ("tool", "warp"), ("parameter", "gsd")]


def test_every_tool_has_a_command() -> None:
    assert {name: COMMAND.tool(name) for name in TOOLS} == {
        "assign_crs": "gdal_edit.py -a_srs",
        "assign_place": "gdal_edit.py -a_ullr",
        "copy": "gdal_translate",
        "cut": "gdal_translate -projwin",
        "expand_palette": "gdal_translate -expand rgb",
        "inspect": "gdalinfo",
        "mosaic": "gdalbuildvrt",
        "retile": "gdal_retile.py",
        "set_nodata": "gdal_edit.py -a_nodata",
        "tile": "gdal_translate -co TILED=YES",
        "unset_nodata": "gdal_edit.py -unsetnodata",
        "warp": "gdalwarp",
    }
    message = Message("x is odd", remedy="give {min_area=2} | turn it with {tool:warp}")
    assert message.render(COMMAND) == "x is odd: give --min-area 2, or turn it with gdalwarp"
