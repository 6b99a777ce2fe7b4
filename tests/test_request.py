"""Values by the names of the table become the request of a run, the same way for every host."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from camp_detector_core.detection.request import Outputs, Request
from camp_detector_core.engine.errors import ParameterError
from camp_detector_core.engine.parameters import PARAMETERS
from camp_detector_core.georaster.options import SourceOptions
from camp_detector_core.georaster.settings import Settings

OUT = Path("camp") / "dwellings.gpkg"
FILES = {"probability": ".tif", "mask": ".tif", "overlay": ".png", "report": ".json"}
HOST_ALONE = {
    "catalog", "batch_size", "padding", "return_probabilities", "run_nms", "engine", "processor",
    "gpu_id",
}  # fmt: skip
"""Parameters that a host, ArcGIS or the raster function heeds; no part of a request has them."""
VALUES = {
    "threshold": 0.4, "min_area": 3.0, "tile_size": 256, "overlap": 32, "simplify": 0.5,
    "square": True, "separate": False, "threads": 2, "device": "cpu", "tta": True,
    "bands": (3, 2, 1), "gsd": 0.25, "pixel_size": 0.1, "stretch": (0.0, 255.0), "nodata": 7.0,
    "external": True, "extent": (0.0, 0.0, 1.0, 1.0), "area": object(), "overlay_size": 64,
    "grid": "image", "overwrite": True, "probability": True, "mask": True, "overlay": True,
    "report": False, "all_outputs": False, "out": OUT, "model": Path("a.onnx"),
    "images": ("a.tif", "b.tif"),
}  # fmt: skip
"""A value of each parameter that is not its default."""


def test_each_parameter_has_its_place() -> None:
    assert VALUES.keys() | HOST_ALONE == PARAMETERS.keys()
    request = Request.of(VALUES)
    assert (request.images, request.model) == (VALUES["images"], VALUES["model"])
    parts = (Settings, SourceOptions, Outputs)
    files = {"out", "all_outputs", *FILES}
    places = {name: [p for p in parts if name in {f.name for f in fields(p)}] for name in VALUES}
    for name in VALUES.keys() - files - {"images", "model"}:
        assert len(places[name]) == 1, name
    values = vars(request.settings) | vars(request.source) | vars(request.outputs)
    for name, value in VALUES.items():
        if name not in files:
            assert values.get(name, value) == value


@pytest.mark.parametrize("nothing", [{}, dict.fromkeys(PARAMETERS.keys() - {"images"})])
def test_what_is_not_given_has_the_default_of_the_table(nothing: dict[str, Any]) -> None:
    request = Request.of({**nothing, "images": "a.tif"})
    assert request == Request(images=("a.tif",))
    values = vars(request.settings) | vars(request.source) | vars(request.outputs)
    for name in PARAMETERS.keys() & values.keys() - FILES.keys():
        assert values[name] == PARAMETERS[name].default, name


def test_files_are_named_after_the_dwellings_or_by_the_user() -> None:
    def names(**values: object) -> dict[str, Path]:
        return Outputs.of({"out": OUT, **values}).paths()

    beside = {n: OUT.with_name(f"dwellings_{n}{suffix}") for n, suffix in FILES.items()}
    assert names() == {"dwellings": OUT, "report": beside["report"]}
    assert names(report=False) == {"dwellings": OUT}
    assert names(all_outputs=True, report=False) == {"dwellings": OUT, **beside}
    mine = Path("classes.tif")
    assert names(mask=mine, report=False) == {"dwellings": OUT, "mask": mine}
    assert names(mask=mine, all_outputs=True)["mask"] == mine
    assert Outputs.of({"mask": mine, "overwrite": True}) == Outputs(mask=mine, overwrite=True)


@pytest.mark.parametrize("values", [{"mask": True}, {"all_outputs": True}])
def test_a_file_without_a_name_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match="no file is named for them"):
        Outputs.of(values)


def test_a_wrong_value_and_a_wrong_name_are_refused() -> None:
    with pytest.raises(ParameterError, match="threshold must be above 0 and up to 1, got 2"):
        Request.of({"images": "a.tif", "threshold": 2})
    with pytest.raises(TypeError, match="is called treshold"):
        Request.of({"images": "a.tif", "treshold": 0.5})
