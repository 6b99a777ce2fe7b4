"""ONNX Runtime's refusals are reported with the whole reason and the remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper, numpy_helper

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.predictors import ort
from camp_detector_core.engine.predictors.ort import CPU, OnnxPredictor
from camp_detector_core.engine.predictors.ort_errors import load_failure, reason_of, run_failure
from tests.support.models import tiny_onnx, tiny_spec

if TYPE_CHECKING:
    from collections.abc import Callable

RELEASE = onnxruntime.__version__
HALF, FLOAT = onnx.TensorProto.FLOAT16, onnx.TensorProto.FLOAT


def changed(change: Callable[[onnx.ModelProto], Any]) -> bytes:
    model = onnx.load_from_string(tiny_onnx(tiny_spec()))
    change(model)
    data: bytes = model.SerializeToString()
    return data


def operator(name: str, domain: str) -> Callable[[onnx.ModelProto], Any]:
    def change(model: onnx.ModelProto) -> None:
        model.graph.node[1].op_type, model.graph.node[1].domain = name, domain
        if domain:
            model.opset_import.add(domain=domain, version=1)

    return change


def half(model: onnx.ModelProto) -> None:
    for end in (*model.graph.input, *model.graph.output):
        end.type.tensor_type.elem_type = HALF
    for weight in model.graph.initializer:
        array = numpy_helper.to_array(weight).astype(np.float16)
        weight.CopyFrom(numpy_helper.from_array(array, weight.name))


def ends_in(kind: str) -> Callable[[onnx.ModelProto], Any]:
    def change(model: onnx.ModelProto) -> None:
        model.graph.node.append(helper.make_node(kind, ["output"], ["s"]))
        inner = helper.make_tensor_type_proto(FLOAT, ["n", 1, "h", "w"])
        make = {
            "SequenceConstruct": helper.make_sequence_type_proto,
            "Optional": helper.make_optional_type_proto,
        }[kind]
        del model.graph.output[:]
        model.graph.output.append(helper.make_value_info("s", make(inner)))

    return change


def channels_last(model: onnx.ModelProto) -> None:
    shape = model.graph.input[0].type.tensor_type.shape
    shape.CopyFrom(helper.make_tensor_type_proto(FLOAT, ["n", 64, 64, 3]).tensor_type.shape)
    model.graph.node.insert(
        0, helper.make_node("Transpose", ["input"], ["first"], perm=[0, 3, 1, 2])
    )
    model.graph.node[1].input[0] = "first"


def opset(version: int) -> Callable[[onnx.ModelProto], Any]:
    def change(model: onnx.ModelProto) -> None:
        model.opset_import[0].version = version

    return change


def ir(version: int) -> Callable[[onnx.ModelProto], Any]:
    def change(model: onnx.ModelProto) -> None:
        model.ir_version = version

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (ir(99), ["IR version 99", RELEASE, "reads up to", "reinstall onnxruntime", "opset 17"]),
        (opset(99), ["opset 99 of ai.onnx", RELEASE, "knows up to", "convert_version(model, 17)"]),
        (operator("Foo", ""), ["operator Foo of the standard operators", RELEASE]),
        (operator("Foo", "org.example"), ["operator Foo of the domain org.example", RELEASE]),
        (operator("Foo", "com.microsoft"), ["operator Foo of the domain com.microsoft"]),
        (operator("Foo", "ai.onnx.ml"), ["operator Foo of the domain ai.onnx.ml"]),
        (half, ["input of m.onnx must be float32, got tensor(float16)"]),
        (ends_in("SequenceConstruct"), ["s of m.onnx must be float32, got seq(tensor(float))"]),
        (ends_in("Optional"), ["s of m.onnx must be float32, got optional(tensor(float))"]),
        (
            lambda m: m.graph.input.append(helper.make_tensor_value_info("size", FLOAT, [2])),
            ["takes 2 inputs (input, size)", "its only input"],
        ),
        (
            lambda m: m.graph.input[0].type.tensor_type.ClearField("shape"),
            ["input of m.onnx must have 4 axes", "no shape"],
        ),
        (channels_last, ["with the bands last", "channels first"]),
    ],
)
def test_a_model_that_cannot_be_used_is_told_with_its_reason(
    change: Callable[[onnx.ModelProto], Any], words: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CampDetectorError) as error:
        OnnxPredictor(changed(change), spec=tiny_spec(), origin="m.onnx")
    message = str(error.value)
    for word in words:
        assert word in message
    assert "m.onnx" in message
    assert message.isprintable()
    assert len(message) < 700
    assert ".cc:" not in message
    assert capfd.readouterr() == ("", "")


LONG = (
    "[ONNXRuntimeError] : 1 : FAIL : /a/b/model.cc:256 onnxruntime::Model::Model(onnx::X&&, "
    "const std::unordered_map<std::string, std::pair<int, int> >*, void (*)(int)) const The reason."
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (LONG, "The reason."),
        ("inference_session.cc:2238 operator() ORT model failed.", "ORT model failed."),
        (
            r"C:\a\arena.cc:3 void* __cdecl onnxruntime::Arena::Get(size_t) Status: x.h:4 Why?",
            "Status: Why?",
        ),
        ("Node (a) Op (Conv) is wrong", "Node (a) Op (Conv) is wrong"),
        ("f.cc:1 never(closed", ""),
        ("two\n lines\x1b[2J", r"two lines\x1b[2J"),
    ],
)
def test_places_in_the_sources_are_left_out(text: str, reason: str) -> None:
    assert reason_of(RuntimeError(text)) == (reason or "RuntimeError")


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("std::bad_alloc")])
def test_memory_that_ran_out_is_told_as_such(error: Exception) -> None:
    assert "not enough memory to load m.onnx" in str(load_failure(error, "m.onnx", RELEASE))
    assert "not enough memory to run m.onnx" in str(run_failure(error, "m.onnx", (1, 3, 64, 64)))


def test_a_huge_tensor_at_run_time_is_told_as_memory() -> None:
    def change(model: onnx.ModelProto) -> None:
        first, second = model.graph.node
        size = numpy_helper.from_array(np.array([1 << 44], np.int64), "size")
        model.graph.initializer.append(size)
        del model.graph.node[:]
        model.graph.node.extend(
            [
                helper.make_node("ConstantOfShape", ["size"], ["much"]),
                helper.make_node("ReduceSum", ["much"], ["sum"], keepdims=0),
                first,
                helper.make_node("Add", [first.output[0], "sum"], ["more"]),
                second,
            ]
        )
        second.input[0] = "more"

    predictor = OnnxPredictor(changed(change), origin="m.onnx")
    with pytest.raises(CampDetectorError, match="not enough memory"):
        predictor.predict(np.zeros((1, 3, 64, 64), np.float32))


def test_a_provider_that_fails_gives_way_to_the_processor_without_a_banner(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider", CPU]
    )
    real = onnxruntime.InferenceSession
    requested = []

    def broken(model: bytes, options: Any, providers: list[Any], **more: Any) -> Any:
        requested.append(providers)
        if len(providers) > 1:
            message = "CUDA failure 100: no CUDA-capable device is detected"
            raise RuntimeError(message)
        return real(model, options, providers=providers, **more)

    monkeypatch.setattr(ort.onnxruntime, "InferenceSession", broken)
    predictor = OnnxPredictor(tiny_onnx(tiny_spec()), providers=["CUDAExecutionProvider"])
    assert predictor.provider == CPU
    assert requested == [["CUDAExecutionProvider", CPU], [CPU]]
    assert capfd.readouterr() == ("", "")
    assert predictor._session._enable_fallback is False
