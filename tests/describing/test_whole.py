"""Weights beside an ONNX file are put into the copy, and no other file is read for it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.engine.predictors.onnx_file import onnx_facts
from camp_detector_core.engine.predictors.ort import OnnxPredictor
from camp_detector_core.onnx_model.edit import with_metadata
from camp_detector_core.onnx_model.whole import read_whole
from tests.support.models import tiny_onnx, tiny_spec

if TYPE_CHECKING:
    from pathlib import Path

needs_links = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")


def split(folder: Path, location: str = "m.onnx.data") -> Path:
    """A tiny model with its weights beside it."""
    folder.mkdir(exist_ok=True)
    path = folder / "m.onnx"
    model = onnx.load_from_string(tiny_onnx(tiny_spec()))
    onnx.save(model, path, save_as_external_data=True, location="m.onnx.data", size_threshold=0)
    if location != "m.onnx.data":
        model = onnx.load(path, load_external_data=False)
        for tensor in model.graph.initializer:
            for entry in tensor.external_data:
                if entry.key == "location":
                    entry.value = location
        path.write_bytes(model.SerializeToString())
    return path


def test_the_copy_is_whole_and_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = split(tmp_path / "home")
    (tmp_path / "m.onnx.data").write_bytes(bytes(1000))  # what must not be read
    monkeypatch.chdir(tmp_path)
    data = read_whole(path)
    assert onnx_facts(data, "m").outside == ()
    batch = np.random.default_rng(0).uniform(0, 1, (1, 3, 64, 64)).astype(np.float32)
    before = OnnxPredictor(tiny_onnx(tiny_spec())).predict(batch)
    assert np.array_equal(OnnxPredictor(data).predict(batch), before)
    weights = {w.name: onnx.numpy_helper.to_array(w) for w in onnx.load(path).graph.initializer}
    for tensor in onnx.load_from_string(data).graph.initializer:
        assert np.array_equal(onnx.numpy_helper.to_array(tensor), weights[tensor.name])


@pytest.mark.parametrize(
    "location",
    [
        "../w.data",
        "a/../../w.data",
        "/etc/passwd",
        "C:\\w.data",
        "\\\\host\\w",
        "//host/w",
        "w:x",
        "",
    ],
)
def test_weights_elsewhere_are_not_read(tmp_path: Path, location: str) -> None:
    path = split(tmp_path / "home", location)
    (tmp_path / "w.data").write_bytes(bytes(1000))
    with pytest.raises(PredictorError, match="not in its folder: they are not read"):
        read_whole(path)


@needs_links
def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    path = split(tmp_path / "home")
    path.with_name("m.onnx.data").rename(tmp_path / "else.data")
    path.with_name("m.onnx.data").symlink_to(tmp_path / "else.data")
    with pytest.raises(PredictorError, match="not in its folder"):
        read_whole(path)


def test_weights_that_are_missing_or_short_are_told(tmp_path: Path) -> None:
    path = split(tmp_path / "home")
    beside = path.with_name("m.onnx.data")
    beside.write_bytes(beside.read_bytes()[:5])
    with pytest.raises(PredictorError, match=r"has 5 bytes, and .* another model's, or was cut"):
        read_whole(path)
    beside.unlink()
    with pytest.raises(PredictorError, match=r"m\.onnx\.data cannot be read: No such file"):
        read_whole(path)


def test_a_whole_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(tiny_onnx(tiny_spec()))
    assert read_whole(path) == path.read_bytes()


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(before=st.dictionaries(TEXTS, TEXTS, max_size=5), new=st.dictionaries(TEXTS, TEXTS))
def test_metadata_is_replaced_as_the_library_would(
    before: dict[str, str], new: dict[str, str]
) -> None:
    model = onnx.load_from_string(tiny_onnx(tiny_spec()))
    onnx.helper.set_model_props(model, before)
    changed = onnx.load_from_string(with_metadata(model.SerializeToString(), new))
    assert {e.key: e.value for e in changed.metadata_props} == {**before, **new}
    assert len(changed.metadata_props) == len({**before, **new})
    assert changed.graph == model.graph


@pytest.mark.parametrize("key", ["offset", "length"])
@pytest.mark.parametrize("value", ["-1", "9" * 400, "9" * 5000, "x", "1.5", "0x10"])
def test_places_in_a_file_that_cannot_be_are_told(tmp_path: Path, key: str, value: str) -> None:
    path = split(tmp_path / "home")
    model = onnx.load(path, load_external_data=False)
    for entry in model.graph.initializer[0].external_data:
        if entry.key == key:
            entry.value = value
    path.write_bytes(model.SerializeToString())
    with pytest.raises(PredictorError, match=r"does not say where|another model's") as error:
        read_whole(path)
    assert len(str(error.value)) < 600
