"""Texts from a host's table of arguments become numbers, or a sentence that names the argument."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.engine.arguments import (
    ARGUMENTS,
    MAX_SIDE,
    own_values,
    with_texts,
)
from camp_detector_core.engine.errors import ParameterError, SpecError
from camp_detector_core.engine.tiling.host_tiles import TileLayout
from tests.support.models import tiny_spec


def changed(texts: dict[str, Any], **own: Any) -> dict[str, Any]:
    """The values of a model that says nothing, but for some of its own, with those of texts."""
    return with_texts({**own_values(), **own}, texts)


def test_every_argument_has_a_value_and_is_explained() -> None:
    assert set(ARGUMENTS) == set(own_values())
    assert None not in own_values().values()
    assert all(parameter.help for parameter in ARGUMENTS.values())


@given(st.floats(0.001, 1), st.sampled_from([".", ","]), st.sampled_from(["", " ", "\t"]))
def test_numbers_are_read_in_any_language(value: float, point: str, blank: str) -> None:
    text = blank + f"{value:.9f}".replace(".", point) + blank
    assert changed({"threshold": text})["threshold"] == pytest.approx(value, abs=1e-9)


@given(st.integers(0, 127))
def test_whole_numbers_may_be_written_as_floats(value: int) -> None:
    for text in (str(value), f"{value}.0", f"{value},0", value, float(value)):
        assert changed({"padding": text})["padding"] == value


def test_what_is_empty_or_unknown_changes_nothing() -> None:
    own = {**own_values(), "padding": 3, "threshold": 0.25, "tta": True}
    assert with_texts(own, {"padding": "", "threshold": None, "tta": " "}) == own
    assert with_texts(own, {"device": "x", "nms_overlap": "0.1"}) == own


def test_a_padding_that_was_not_asked_for_gives_way_to_small_chips() -> None:
    assert changed({"tile_size": "96"}, padding=64)["padding"] == 23
    with pytest.raises(ParameterError, match="padding must be a whole number, 0 to 23 pixels, got"):
        changed({"tile_size": "96", "padding": "64"}, padding=64)


def test_a_model_with_an_unusual_threshold_and_area_can_be_chosen() -> None:
    own = {"threshold": 0.0005, "min_area": 2e6}
    values = changed({"threshold": "", "min_area": None}, **own)
    assert (values["threshold"], values["min_area"]) == (0.0005, 2e6)


@pytest.mark.parametrize("texts", [{}, {"tile_size": ""}, {"threshold": "0.5"}])
def test_a_model_with_larger_tiles_than_arcgis_bears_is_refused(texts: dict[str, str]) -> None:
    with pytest.raises(ParameterError, match=f"tile_size must be .* to {MAX_SIDE} pixels"):
        changed(texts, tile_size=2 * MAX_SIDE)
    assert changed({"tile_size": "512"}, tile_size=2 * MAX_SIDE)["tile_size"] == 512


@given(st.integers(1, MAX_SIDE), st.integers(0, 3))
def test_the_range_that_is_said_of_padding_is_the_one_that_a_model_takes(
    side: int, more: int
) -> None:
    spec = tiny_spec(multiple=1, tile_size=side, overlap=0)
    most = changed({"tile_size": side}, padding=MAX_SIDE)["padding"]
    assert TileLayout.of(spec, padding=most).chip == side
    with pytest.raises(ParameterError, match=f"padding must be a whole number, 0 to {most} pixels"):
        changed({"tile_size": side, "padding": most + 1 + more})
    with pytest.raises(SpecError, match="overlap"):
        TileLayout.of(spec, padding=most + 1 + more)


@given(st.text(max_size=8).filter(lambda t: t.strip()))
def test_any_text_is_a_number_or_a_sentence(text: str) -> None:
    sentence = ""
    try:
        assert changed({"padding": text})["padding"] in range(128)
    except ParameterError as error:
        sentence = str(error)
    assert sentence.startswith("padding must be a whole number, 0 to 127 pixels" * bool(sentence))


@pytest.mark.parametrize(
    ("text", "value"), [("True", True), (" yes", True), (1, True), (False, False), ("NO", False)]
)
def test_truth_is_read_in_any_form(text: object, value: bool) -> None:
    values = changed({"return_probabilities": text}, return_probabilities=not value)
    assert values["return_probabilities"] is value
