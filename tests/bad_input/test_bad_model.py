"""Models that cannot be used give one clear line and leave nothing behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.models import stac_item, tiny_onnx, tiny_spec
from tests.support.rasters import write_raster
from tests.support.refusal import detect_command, refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def zero_bytes(folder: Path) -> Path:
    path = folder / "zero.onnx"
    path.touch()
    return path


def garbage(folder: Path) -> Path:
    path = folder / "garbage.onnx"
    path.write_bytes(np.random.default_rng(0).bytes(5000))
    return path


def undescribed(folder: Path) -> Path:
    path = folder / "plain.onnx"
    path.write_bytes(tiny_onnx(tiny_spec(), stored=""))
    return path


def contradicting(folder: Path) -> Path:
    path = folder / "lying.onnx"
    four = tiny_spec(names=("red", "green", "blue", "nir"))
    path.write_bytes(tiny_onnx(tiny_spec(), stored=four.to_json()))
    return path


def damaged_network(folder: Path) -> Path:
    path = folder / "damaged.onnx"
    data = (folder / "good.onnx").read_bytes()
    path.write_bytes(data.replace(b"Sigmoid", b"Sigmxid"))
    return path


def wrong_checksum(folder: Path) -> Path:
    path = folder / "item.json"
    path.write_text(stac_item("good.onnx", **{"file:checksum": "1220" + "0" * 64}))
    return path


@pytest.mark.parametrize("verb", ["detect", "inspect"])
@pytest.mark.parametrize(
    ("make", "wrong"),
    [
        (zero_bytes, "zero.onnx is empty (0 bytes)"),
        (garbage, "garbage.onnx is not an ONNX model"),
        (undescribed, "plain.onnx does not say what model it is"),
        (contradicting, "says 4 bands, but the network's input has 3"),
        (damaged_network, "uses the operator Sigm"),
        (wrong_checksum, "its checksum differs"),
        (lambda folder: folder / "gone.onnx", "gone.onnx cannot be read: No such file"),
        (lambda folder: folder / "good.tif", "good.tif is not a model file"),
    ],
)
def test_a_bad_model(
    out: Path, inputs: Path, make: Callable[[Path], Path], wrong: str, verb: str
) -> None:
    model = make(inputs)
    if verb == "inspect":
        refused("inspect", model, out=out, wrong=wrong)
        return
    # Four bands, so that nothing but the model can be at fault.
    image = write_raster(
        inputs / "four.tif", np.zeros((4, 50, 50), np.uint8), photometric="MINISBLACK"
    )
    bands = "1,2,3,4" if make is contradicting else "1,2,3"
    command = detect_command(image, model, out / "o.gpkg")
    refused(*command, "--bands", bands, out=out, wrong=wrong)
