"""The description of a model in its two versions, and of how dwellings are told apart."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.engine.errors import SpecError
from camp_detector_core.engine.separation import Separation
from camp_detector_core.engine.spec import METADATA_KEY, ModelSpec
from camp_detector_core.model_file import default_model_path, open_model
from camp_detector_core.model_file.metadata import read_metadata
from tests.support.models import tiny_spec

SEPARATION = Separation("core", 0.4, reach=3, min_seed=5)


@given(
    st.sampled_from(["border", "core"]),
    st.floats(0.01, 0.99),
    st.integers(0, 32),
    st.integers(1, 64),
)
def test_a_separation_survives_its_json(
    method: str, threshold: float, reach: int, seed: int
) -> None:
    spec = tiny_spec(separation=Separation(method, threshold, reach, seed))
    assert ModelSpec.from_json(spec.to_json()) == spec
    assert spec.to_dict()["schema_version"] == 2
    assert (spec.channels, tiny_spec().channels) == (2, 1)


FIRST_VERSION = (
    '{"attribution": ["made by a test"], "bands": [{"mean": 0.0, "name": "red", '
    '"scale": 0.00392156862745098, "std": 1.0}, {"mean": 0.0, "name": "green", '
    '"scale": 0.00392156862745098, "std": 1.0}, {"mean": 0.0, "name": "blue", '
    '"scale": 0.00392156862745098, "std": 1.0}], "classes": [{"color": "#E31A1C", '
    '"name": "dwelling", "value": 1}], "description": "", "dtype": "uint8", "gsd": 0.5, '
    '"licence": "CC0-1.0", "min_area": 0.0, "multiple": 32, "name": "tiny", '
    '"overlap": 16, "provenance": {}, "schema_version": 1, "threshold": 0.5, '
    '"tile_size": 64, "version": "1.0"}'
)


def test_a_model_without_separation_is_described_as_ever() -> None:
    """To the byte, so that older readers read it and checksums stay."""
    assert tiny_spec().to_json() == FIRST_VERSION
    assert ModelSpec.from_json(FIRST_VERSION) == tiny_spec()


def test_the_model_that_ships_is_described_in_the_same_bytes_again() -> None:
    text = read_metadata(default_model_path().read_bytes(), "")[METADATA_KEY]
    assert open_model(default_model_path()).spec.to_json() == text


@pytest.mark.parametrize(
    "change",
    [
        {"separation": None},
        {"separation": "border"},
        {"separation": []},
        {"separation": {}},
        {"separation": {"method": "border", "threshold": 0.5, "reach": 2}},
        *(
            {"separation": {**vars(SEPARATION), **wrong}}
            for wrong in (
                {"method": "watershed"},
                {"method": 1},
                {"method": "\ud800"},
                {"method": "x" * 100_000},
                {"threshold": 0},
                {"threshold": 1},
                {"threshold": float("nan")},
                {"threshold": "0.5"},
                {"reach": -1},
                {"reach": 33},
                {"reach": 2.5},
                {"reach": True},
                {"reach": 10**400},
                {"min_seed": 0},
                {"min_seed": 65},
                {"min_seed": None},
                {"further": 1},
            )
        ),
        {"schema_version": 1},
        {"schema_version": 3},
    ],
)
def test_senseless_separations_are_refused(change: dict[str, Any]) -> None:
    raw = {**tiny_spec(separation=SEPARATION).to_dict(), **change}
    with pytest.raises(SpecError) as error:
        ModelSpec.from_dict(raw)
    assert len(str(error.value)) < 1000


def test_the_second_version_holds_a_separation() -> None:
    with pytest.raises(SpecError, match="holds a separation"):
        ModelSpec.from_dict({**tiny_spec().to_dict(), "schema_version": 2})
    assert dataclasses.replace(tiny_spec(separation=SEPARATION), separation=None) == tiny_spec()
