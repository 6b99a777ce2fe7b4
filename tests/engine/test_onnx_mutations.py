"""Changed bytes of an ONNX file are run or refused in a sentence, and nothing is printed."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from camp_detector_core.engine.errors import CampDetectorError, PredictorError
from camp_detector_core.engine.predictors.ort import OnnxPredictor
from camp_detector_core.engine.predictors.runtime import Files, load_model
from camp_detector_core.esri.package_check import check_package
from camp_detector_core.model_file import open_model
from tests.support.models import stac_item, tiny_onnx, tiny_spec

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = tiny_onnx(tiny_spec())
CHIP = np.zeros((1, 3, 64, 64), np.float32)
EDGES = st.sampled_from([0, 1, 0x0A, 0x12, 0x22, 0x7F, 0x80, 0xFF])
CAREFUL = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """The bytes of a model with some of them others, gone, or more."""
    data = bytearray(WHOLE)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data) - 1))
        change = draw(st.integers(0, 3))
        if change == 0:
            data[at] = draw(EDGES | st.integers(0, 255))
        elif change == 1:
            del data[at : at + draw(st.integers(1, 8))]
        elif change == 2:
            data[at:at] = draw(st.binary(min_size=1, max_size=8))
        else:
            data[at : at + 4] = draw(st.sampled_from([b"\xff" * 4, b"\x80" * 4, bytes(4)]))
    return bytes(data)


@CAREFUL
@given(data=changed())
def test_changed_bytes_are_run_or_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], data: bytes
) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(data)
    for run in (
        lambda: OnnxPredictor(open_model(path).onnx, threads=1).predict(CHIP),
        lambda: OnnxPredictor(data, spec=tiny_spec(), threads=1).predict(CHIP),
    ):
        try:
            run()
        except CampDetectorError as error:
            sentence = str(error)
            assert sentence.isprintable() and len(sentence) < 1000  # noqa: PT018 - of each refusal
    assert capfd.readouterr() == ("", "")


def with_weights_outside(folder: Path) -> bytes:
    path = folder / "out.onnx"
    onnx.save(
        onnx.load_from_string(WHOLE),
        path,
        save_as_external_data=True,
        location="w",
        size_threshold=0,
    )
    return path.read_bytes()


def test_no_host_takes_weights_outside_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = with_weights_outside(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "item.json").write_text(stac_item("out.onnx"))
    package = tmp_path / "tiny.dlpk"
    with zipfile.ZipFile(package, "w") as out:
        out.writestr("tiny.emd", json.dumps({"ModelFile": "model.onnx", "ModelType": "x"}))
        out.writestr("model.onnx", data)
        out.write(tmp_path / "w", "w")
    ways: list[Any] = [
        lambda: open_model(tmp_path / "out.onnx"),
        lambda: open_model(tmp_path / "item.json"),
        lambda: open_model(package),
        lambda: load_model(Files(tmp_path / "out.onnx"), tiny_spec()),
        lambda: OnnxPredictor(data),
    ]
    for way in ways:
        with pytest.raises(PredictorError, match="has weights in another file"):
            way()
    assert any("has weights in another file" in line for line in check_package(package).lines())
