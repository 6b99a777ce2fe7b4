"""Options and outputs that cannot be give one clear line and leave nothing behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.rasters import rgb_of, scene, write_raster
from tests.support.refusal import detect_command, refused

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (("--threshold", "0"), "--threshold must be above 0 and up to 1"),
        (("--tile-size", "100"), "multiple of 32"),
        (("--overlap", "40"), "less than half of the tile size"),
        (("--min-area", "-1"), "--min-area must be 0 to 1000000 square metres"),
        (("--simplify", "-1"), "--simplify"),
        (("--bands", "1,2"), "--bands names 2 bands"),
        (("--bands", "1,2"), ": e.g. --bands 1,2,3"),
        (("--bands", f"1,2,{'9' * 400}"), "--bands asks for band 999"),
        (("--bands", "red"), "--bands must be whole numbers between commas"),
        (("--stretch", "9,1"), "LOW below HIGH"),
        (("--stretch", "wide"), "--stretch must be percentile or LOW,HIGH"),
        (("--gsd", "-3"), "--gsd"),
        (("--gsd", "fine"), "--gsd must be auto, native, model or a number"),
        (("--gsd", "0.01"), "too far from"),
        (("--device", "coreml"), "coreml cannot be used here"),
        (("--device", "abacus"), "abacus"),
        (("--threads", "0"), "--threads"),
        (("--nonsense",), "--nonsense"),
    ],
)
def test_a_bad_option(out: Path, inputs: Path, options: tuple[str, ...], wrong: str) -> None:
    command = detect_command(inputs / "good.tif", inputs / "good.onnx", out / "o.gpkg")
    refused(*command, *options, out=out, wrong=wrong)


@pytest.mark.parametrize(
    ("target", "wrong"),
    [
        ("o.kml", "the name must end in one of .gpkg"),
        ("gone/o.gpkg", "gone does not exist: create it first"),
        ("", "is a folder"),
        ("there.gpkg", "exists already"),
    ],
)
def test_a_bad_output(out: Path, inputs: Path, target: str, wrong: str) -> None:
    (out / "there.gpkg").write_text("precious")
    if target == "":
        target, wrong = "sub.gpkg", "sub.gpkg is a folder"
        (out / target).mkdir()
    command = detect_command(inputs / "good.tif", inputs / "good.onnx", out / target)
    refused(*command, out=out, wrong=wrong)
    assert (out / "there.gpkg").read_text() == "precious"


def test_an_output_over_its_own_input(tmp_path: Path, inputs: Path) -> None:
    write_raster(tmp_path / "o_mask.tif", rgb_of(scene()))
    command = detect_command(tmp_path / "o_mask.tif", inputs / "good.onnx", tmp_path / "o.gpkg")
    refused(*command, "--mask", "--overwrite", out=tmp_path, wrong="is an input of this run")


def test_no_output(out: Path, inputs: Path) -> None:
    words = ("detect", inputs / "good.tif", "-m", inputs / "good.onnx")
    refused(*words, out=out, wrong="--out is missing: give --out FILE")
    refused(*words, "--mask", "--no-report", out=out, wrong="give --out FILE")
