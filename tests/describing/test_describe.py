"""ONNX models from elsewhere get a description that is true of them, or a refusal that helps."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.describing import DraftOptions, describe_model
from camp_detector_core.engine.errors import CampDetectorError, SpecError
from camp_detector_core.engine.predictors.ort import OnnxPredictor
from tests.support.models import RGB, tiny_onnx, tiny_spec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FLOAT = TensorProto.FLOAT
PLAIN = DraftOptions(bands=RGB, gsd=0.5, tile_size=64)


def net(
    nodes: list[onnx.NodeProto],
    *,
    channels: int = 1,
    factor: float = 100.0,
    opset: int = 17,
    ends: Callable[[onnx.ModelProto], Any] = lambda _: None,
    metadata: dict[str, Any] | None = None,
) -> bytes:
    """A convolution to ``logits`` and what comes after it; channel i looks at band i."""
    weight = np.zeros((channels, 3, 1, 1), np.float32)
    for i in range(channels):
        weight[i, i] = factor
    graph = helper.make_graph(
        [helper.make_node("Conv", ["image", "w", "b"], ["logits"]), *nodes],
        "net",
        [helper.make_tensor_value_info("image", FLOAT, ["n", 3, "h", "w_"])],
        [helper.make_tensor_value_info(nodes[-1].output[0] if nodes else "logits", FLOAT,
                                       ["n", channels, "h", "w_"])],
        [
            numpy_helper.from_array(weight, "w"),
            numpy_helper.from_array(np.full(channels, -factor / 2, np.float32), "b"),
        ],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    ends(model)
    if metadata:
        helper.set_model_props(model, {k: json.dumps(v) for k, v in metadata.items()})
    data: bytes = model.SerializeToString()
    return data


def node(kind: str, source: str = "logits", out: str = "out", **more: Any) -> onnx.NodeProto:
    return helper.make_node(kind, [source], [out], **more)


def described(folder: Path, data: bytes, wishes: DraftOptions = PLAIN) -> Any:
    path = folder / "roofs.onnx"
    path.write_bytes(data)
    description = describe_model(path, wishes)
    assert path.read_bytes() == data
    return description


def refusal(folder: Path, data: bytes, wishes: DraftOptions = PLAIN) -> str:
    with pytest.raises(CampDetectorError) as error:
        described(folder, data, wishes)
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 600
    return str(error.value)


def batch() -> np.ndarray:
    return np.random.default_rng(3).uniform(0, 1, (1, 3, 64, 64)).astype(np.float32)


def logits(channels: int, factor: float = 100.0) -> np.ndarray:
    return factor * (batch()[:, :channels] - 0.5)


def sigmoid(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-values))


def softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def test_probabilities_are_left_as_they_are(tmp_path: Path) -> None:
    model = described(tmp_path, net([node("Sigmoid")]))
    predictor = OnnxPredictor(model.data)
    assert predictor.spec == model.spec
    assert np.allclose(predictor.predict(batch()), sigmoid(logits(1)), atol=1e-6)
    assert (model.spec.name, model.spec.version) == ("roofs", "1")
    assert (model.spec.gsd, model.spec.tile_size, model.spec.overlap) == (0.5, 64, 8)
    assert [b.scale for b in model.spec.bands] == [1 / 255] * 3
    assert model.spec.provenance["end of the network"] == "probabilities as they came"


def test_logits_get_a_sigmoid(tmp_path: Path) -> None:
    model = described(tmp_path, net([]))
    assert np.allclose(OnnxPredictor(model.data).predict(batch()), sigmoid(logits(1)), atol=1e-6)
    assert "a sigmoid was put behind it" in dict(model.facts)["gives"]
    onnx.checker.check_model(onnx.load_from_string(model.data), full_check=True)


def test_logits_of_background_and_class_get_a_softmax(tmp_path: Path) -> None:
    data = net([], channels=2, factor=4)
    model = described(tmp_path, data, DraftOptions(**{**vars(PLAIN), "classes": ("tent",)}))
    probabilities = OnnxPredictor(model.data).predict(batch())
    assert np.allclose(probabilities, softmax(logits(2, 4))[:, 1:], atol=1e-6)
    assert [c.name for c in model.spec.classes] == ["tent"]
    onnx.checker.check_model(onnx.load_from_string(model.data), full_check=True)


def test_a_softmax_loses_its_background(tmp_path: Path) -> None:
    data = net([node("Softmax", axis=1)], channels=3, factor=4)
    wishes = DraftOptions(**{**vars(PLAIN), "classes": ("tent", "house"), "background": 1})
    probabilities = OnnxPredictor(described(tmp_path, data, wishes).data).predict(batch())
    assert np.allclose(probabilities, softmax(logits(3, 4))[:, [0, 2]], atol=1e-6)


def test_channels_that_stand_for_themselves_get_sigmoids(tmp_path: Path) -> None:
    wishes = DraftOptions(**{**vars(PLAIN), "classes": ("tent", "house"), "activation": "sigmoid"})
    model = described(tmp_path, net([], channels=2), wishes)
    probabilities = OnnxPredictor(model.data).predict(batch())
    assert np.allclose(probabilities, sigmoid(logits(2)), atol=1e-6)
    assert [c.value for c in model.spec.classes] == [1, 2]


def half(model: onnx.ModelProto) -> None:
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.FLOAT16
    model.graph.node.insert(0, node("Cast", "image", "cast", to=FLOAT))
    model.graph.node[1].input[0] = "cast"


def last(model: onnx.ModelProto) -> None:
    value = helper.make_tensor_value_info("image", FLOAT, ["n", 64, 64, 3])
    model.graph.input[0].CopyFrom(value)
    model.graph.node.insert(0, node("Transpose", "image", "first", perm=[0, 3, 1, 2]))
    model.graph.node[1].input[0] = "first"


def classes_by_number(model: onnx.ModelProto) -> None:
    del model.graph.output[:]
    model.graph.node.append(node("ArgMax", "logits", "number", axis=1))
    value = helper.make_tensor_value_info("number", TensorProto.INT64, ["n", 1, "h", "w_"])
    model.graph.output.append(value)


def boxes(model: onnx.ModelProto) -> None:
    del model.graph.output[:]
    model.graph.node.append(node("Flatten", "logits", "boxes"))
    model.graph.output.append(helper.make_tensor_value_info("boxes", FLOAT, ["n", "k"]))


def second_input(model: onnx.ModelProto) -> None:
    model.graph.input.append(helper.make_tensor_value_info("size", FLOAT, [2]))


def four_at_once(model: onnx.ModelProto) -> None:
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 4


def smaller(model: onnx.ModelProto) -> None:
    model.graph.node.append(node("MaxPool", "logits", "small", kernel_shape=[2, 2], strides=[2, 2]))
    value = helper.make_tensor_value_info("small", FLOAT, ["n", 1, "h2", "w2"])
    model.graph.output[0].CopyFrom(value)


def nan(model: onnx.ModelProto) -> None:
    bias = np.array([np.nan], np.float32)
    model.graph.initializer[1].CopyFrom(numpy_helper.from_array(bias, "b"))


TWO = DraftOptions(**{**vars(PLAIN), "classes": ("tent", "house")})


@pytest.mark.parametrize(
    ("data", "wishes", "words"),
    [
        (net([], channels=2), PLAIN, "give --activation softmax .* or --activation sigmoid"),
        (net([], factor=1e-3), PLAIN, "ends in Conv.*--activation none"),
        (net([node("Abs")]), PLAIN, "Abs, which are neither probabilities nor their logits"),
        (net([], ends=half), PLAIN, r"tensor\(float16\).*float32"),
        (net([], ends=last), PLAIN, "bands last.*channels first"),
        (net([], ends=classes_by_number), PLAIN, "no picture of float32.*number.*int64"),
        (net([], ends=boxes), PLAIN, "no picture.*detectors of boxes"),
        (net([], ends=second_input), PLAIN, r"takes 2 inputs \(image, size\)"),
        (net([], ends=four_at_once), PLAIN, "batches of 4"),
        (net([], ends=nan), PLAIN, "not numbers"),
        (net([]), DraftOptions(bands=RGB), "give --gsd"),
        (net([]), DraftOptions(gsd=1), "takes 3 bands and does not say which: give --bands"),
        (net([]), DraftOptions(bands=("red",), gsd=1), "takes 3 bands, and 1 are named"),
        (
            net([]),
            DraftOptions(**{**vars(PLAIN), "mean": (1.0, 2.0)}),
            "2 values of mean .*: give --mean",
        ),
        (net([]), DraftOptions(**{**vars(PLAIN), "dtype": "uint16"}), "give --scale, as 1/65535"),
        (net([]), TWO, "gives 1 classes, and 2 are named"),
        (net([]), DraftOptions(**{**vars(PLAIN), "activation": "softmax"}), "softmax of one is 1"),
        (net([]), DraftOptions(**{**vars(PLAIN), "activation": "none"}), "are not probabilities"),
        (
            net([]),
            DraftOptions(**{**vars(PLAIN), "background": 1}),
            "--background 1 is not possible",
        ),
        (
            net([node("Sigmoid")]),
            DraftOptions(**{**vars(PLAIN), "activation": "sigmoid"}),
            "a second sigmoid would spoil",
        ),
        (
            net([], channels=2, opset=11),
            DraftOptions(**{**vars(TWO), "classes": ("a",)}),
            "opset 13",
        ),
        (net([], metadata={"model_type": "Detector"}), PLAIN, "a Detector"),
        (b"no model", PLAIN, "not an ONNX model"),
    ],
)
def test_what_cannot_be_told_is_asked_for(
    tmp_path: Path, data: bytes, wishes: DraftOptions, words: str
) -> None:
    with pytest.raises(CampDetectorError) as error:
        described(tmp_path, data, wishes)
    assert re.search(words, error.value.render(COMMAND))
    refusal(tmp_path, data, wishes)


def test_an_answer_of_another_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"\(1, 1, 32, 32\).*a value for each pixel"):
        described(tmp_path, net([], ends=smaller))


DEEPNESS = {
    "model_type": "Segmentor",
    "class_names": {"0": "Background", "1": "Solar panel"},
    "resolution": 30,
    "tile_size": 128,
    "tiles_overlap": 25,
    "seg_thresh": 0.4,
    "standardization_mean": [0.1, 0.2, 0.3],
    "standardization_std": [0.5, 0.6, 0.7],
}


def test_the_metadata_of_deepness_fills_what_is_not_said(tmp_path: Path) -> None:
    data = net([node("Sigmoid")], metadata=DEEPNESS)
    model = described(tmp_path, data, DraftOptions())
    spec = model.spec
    assert (spec.gsd, spec.tile_size, spec.overlap, spec.threshold) == (0.3, 128, 32, 0.4)
    assert [c.name for c in spec.classes] == ["solar-panel"]
    assert [b.name for b in spec.bands] == list(RGB)
    assert [b.mean for b in spec.bands] == [0.1, 0.2, 0.3]
    assert "Deepness" in dict(model.facts)["pixels"]
    own_values = described(tmp_path, data, DraftOptions(gsd=0.5, threshold=0.7, classes=("roof",)))
    assert (own_values.spec.gsd, own_values.spec.threshold) == (0.5, 0.7)
    assert [c.name for c in own_values.spec.classes] == ["roof"]


def test_names_of_older_models_of_deepness_are_read(tmp_path: Path) -> None:
    data = net([], channels=2, metadata=DEEPNESS)
    for one in (data, as_python_writes()):
        model = described(tmp_path, one, DraftOptions())
        assert [c.name for c in model.spec.classes] == ["solar-panel"]
        assert "a softmax was put behind it; channel 0" in dict(model.facts)["gives"]


def as_python_writes() -> bytes:
    """The same with Python's way to write a dictionary."""
    model = onnx.load_from_string(net([], channels=2, metadata=DEEPNESS))
    for entry in model.metadata_props:
        if entry.key == "class_names":
            entry.value = "{0: 'Background', 1: 'Solar panel'}"
    data: bytes = model.SerializeToString()
    return data


@pytest.mark.parametrize("key", [k for k in DEEPNESS if k != "model_type"])
@pytest.mark.parametrize("value", ["{" * 5000, "nan", "[1,", "__import__('os')", "1e999", ""])
def test_values_of_deepness_that_make_no_sense_are_left_aside(
    tmp_path: Path, key: str, value: str
) -> None:
    model = onnx.load_from_string(net([node("Sigmoid")]))
    helper.set_model_props(model, {key: value})
    described_model = described(tmp_path, model.SerializeToString())
    assert described_model.spec.gsd == 0.5


def test_a_description_that_is_there_is_kept_where_nothing_is_said(tmp_path: Path) -> None:
    spec = tiny_spec(threshold=0.6, licence="MIT")
    model = described(tmp_path, tiny_onnx(spec), DraftOptions(gsd=0.25))
    assert (model.spec.gsd, model.spec.threshold, model.spec.licence) == (0.25, 0.6, "MIT")
    assert model.spec.classes == spec.classes
    entries = [e.key for e in onnx.load_from_string(model.data).metadata_props]
    assert sorted(entries) == ["camp_detector.spec", "other"]


def test_a_network_that_takes_only_some_sides_says_so(tmp_path: Path) -> None:
    def halves(model: onnx.ModelProto) -> None:
        """Reshape by 64 pixels, so that sides must be multiples of 64."""
        for name, values in (("s", [0, 3, -1, 64, 64]), ("t", [0, 3, 128, -1])):
            array = np.array(values, np.int64)
            model.graph.initializer.append(numpy_helper.from_array(array, name))
        model.graph.node.insert(0, helper.make_node("Reshape", ["image", "s"], ["cut"]))
        model.graph.node.insert(1, helper.make_node("Reshape", ["cut", "t"], ["whole"]))
        model.graph.node[2].input[0] = "whole"

    wishes = DraftOptions(**{**vars(PLAIN), "tile_size": 128})
    described_model = described(tmp_path, net([], ends=halves), wishes)
    assert described_model.spec.multiple == 128
    assert described(tmp_path, net([]), wishes).spec.multiple == 32
