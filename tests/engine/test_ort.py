"""The ONNX adapter: what it accepts, what it refuses, and in which words."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from camp_detector_core.engine.errors import PredictorError, SpecError
from camp_detector_core.engine.predictors import ort
from camp_detector_core.engine.predictors.ort import OnnxPredictor
from camp_detector_core.engine.separation import Separation
from camp_detector_core.engine.spec import METADATA_KEY, Band, ClassDef, ModelSpec

SPEC = ModelSpec(
    name="m",
    version="1",
    bands=tuple(Band(n, 1 / 255, 0.5, 0.25) for n in ("red", "green", "blue")),
    classes=(ClassDef(1, "dwelling", "#FF0000"),),
    gsd=0.2,
)
SEPARATING = dataclasses.replace(SPEC, separation=Separation("border", 0.5, reach=3, min_seed=4))


def make_model(
    *,
    bands: int = 3,
    classes: int = 1,
    size: Any = ("h", "w"),
    batch: Any = "n",
    spec: ModelSpec | None = SPEC,
    weight: float = 1.0,
    activation: str = "Sigmoid",
) -> bytes:
    nodes = [
        helper.make_node("Conv", ["input", "weight"], ["x"]),
        helper.make_node(activation, ["x"], ["output"]),
    ]
    values = [weight] * (bands * classes)
    kind = TensorProto.FLOAT
    tensor = helper.make_tensor("weight", kind, [classes, bands, 1, 1], values)
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("input", kind, [batch, bands, *size])],
        [helper.make_tensor_value_info("output", kind, [batch, classes, *size])],
        [tensor],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    if spec is not None:
        helper.set_model_props(model, {METADATA_KEY: spec.to_json()})
    return bytes(model.SerializeToString())


def test_runs_what_the_spec_describes() -> None:
    predictor = OnnxPredictor(make_model(), threads=2)
    assert predictor.spec == SPEC
    assert (predictor.workers, predictor.batch_size, predictor.fixed_size) == (2, 1, None)
    batch = np.random.default_rng(0).normal(size=(2, 3, 17, 33)).astype(np.float32)
    out = predictor.predict(batch)
    assert out.dtype == np.float32
    np.testing.assert_allclose(out[:, 0], 1 / (1 + np.exp(-batch.sum(1))), atol=1e-5)


def test_many_processors_are_divided_into_few_workers() -> None:
    assert OnnxPredictor(make_model(), threads=16).workers == 4


def test_absurd_numbers_of_threads_are_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    thread_counts: list[int] = []
    real = ort._load

    def spy(model: bytes, threads: int, providers: Any, origin: str) -> Any:
        thread_counts.append(threads)
        return real(model, min(threads, 2), providers, origin)

    monkeypatch.setattr(ort, "_load", spy)
    monkeypatch.setattr(ort, "available_threads", lambda: 3)
    assert OnnxPredictor(make_model(), threads=100_000).workers == 4
    OnnxPredictor(make_model(), threads=100_000, providers=["CUDAExecutionProvider"])
    assert thread_counts == [1, 6]


@pytest.mark.parametrize("sign", [1, -1])
def test_logits_are_refused(sign: int) -> None:
    predictor = OnnxPredictor(make_model(activation="Identity"))
    inside = np.full((1, 3, 8, 8), 0.3334, np.float32)
    assert predictor.predict(inside).max() > 1, "rounding beyond 1 is let through"
    with pytest.raises(PredictorError, match=r"values from .* where probabilities .* sigmoid"):
        predictor.predict(inside * 2 * sign)


def test_fixed_sizes_are_reported() -> None:
    assert OnnxPredictor(make_model(size=(64, 64))).fixed_size == 64
    with pytest.raises(SpecError, match="64 x 32"):
        OnnxPredictor(make_model(size=(64, 32)))


def test_an_unknown_accelerator_falls_back_to_the_cpu() -> None:
    predictor = OnnxPredictor(make_model(), providers=["CUDAExecutionProvider"])
    assert predictor.provider == "CPUExecutionProvider"


@pytest.mark.parametrize("model", [b"", b"not a model at all", make_model()[:-40]])
def test_files_that_are_no_model_are_refused(model: bytes) -> None:
    with pytest.raises(PredictorError) as error:
        OnnxPredictor(model, spec=SPEC)
    assert "\n" not in str(error.value)


def test_a_model_without_description_is_refused_unless_one_is_given() -> None:
    with pytest.raises(SpecError, match="carries no description"):
        OnnxPredictor(make_model(spec=None))
    assert OnnxPredictor(make_model(spec=None), spec=SPEC).spec is SPEC


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bands": 4}, "says 3 bands, but the network's input has 4"),
        ({"classes": 2}, "says 1 classes, but the network's output has 2"),
    ],
)
def test_description_and_network_must_agree(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        OnnxPredictor(make_model(**change))


def test_networks_of_another_number_type_are_refused() -> None:
    ends = [
        helper.make_tensor_value_info(name, TensorProto.DOUBLE, ["n", channels, "h", "w"])
        for name, channels in (("input", 3), ("output", 3))
    ]
    graph = helper.make_graph(
        [helper.make_node("Identity", ["input"], ["output"])], "g", ends[:1], ends[1:]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    with pytest.raises(SpecError, match="must be float32"):
        OnnxPredictor(model.SerializeToString(), spec=SPEC)


@pytest.mark.parametrize(
    ("copies", "message"), [(0, "has no output"), (2, r"two outputs alike \(output, output\)")]
)
def test_networks_without_an_output_or_with_one_twice_are_refused(
    copies: int, message: str
) -> None:
    model = onnx.load_from_string(make_model())
    (output,) = model.graph.output
    del model.graph.output[:]
    model.graph.output.extend([output] * copies)
    with pytest.raises(SpecError, match=message):
        OnnxPredictor(model.SerializeToString())


def test_values_that_are_not_numbers_are_refused() -> None:
    predictor = OnnxPredictor(make_model(weight=float("nan")))
    with pytest.raises(PredictorError, match="not numbers"):
        predictor.predict(np.ones((1, 3, 8, 8), np.float32))


def test_a_run_that_fails_is_one_sentence() -> None:
    predictor = OnnxPredictor(make_model())
    with pytest.raises(PredictorError, match="cannot be run on chips of") as error:
        predictor.predict(np.ones((1, 5, 8, 8), np.float32))
    assert "\n" not in str(error.value)


def test_spec_round_trip_and_its_errors() -> None:
    assert ModelSpec.from_json(SPEC.to_json()) == SPEC
    raw = SPEC.to_dict()
    for change, message in [
        ({"schema_version": 3}, "update Camp Detector"),
        ({"colour": 1}, "unknown fields"),
        ({"gsd": "0.2"}, "gsd must be a number"),
        ({"gsd": float("inf")}, "gsd must be positive"),
        ({"bands": []}, "at least one band"),
        ({"bands": [{"name": "red"}]}, "not of the expected form"),
        ({"classes": [{"value": 0, "name": "a", "color": "#FF0000"}]}, "value must be 1 to 254"),
        ({"classes": [{"value": 1, "name": "a", "color": "red"}]}, "#RRGGBB"),
        ({"tile_size": 500}, "multiple of 32"),
        ({"overlap": 256}, "less than half"),
        ({"threshold": 0}, "threshold"),
        ({"min_area": -1}, "min_area"),
        ({"name": "a b"}, "letters, digits"),
        ({"dtype": "int8"}, "dtype"),
    ]:
        with pytest.raises(SpecError, match=message):
            ModelSpec.from_dict({**raw, **change})
    with pytest.raises(SpecError, match="not JSON"):
        ModelSpec.from_json("{")
    with pytest.raises(SpecError, match="must be an object"):
        ModelSpec.from_json("[]")
    assert dataclasses.replace(SPEC, version="2").id == "m-2"


def two_outputs(*, second: str = "separation", channels: int = 1, kind: int = 1) -> bytes:
    """A model whose first output is band 0 and whose second is band 1 and those after it."""
    nodes = [
        helper.make_node("Slice", ["input", "zero", "one", "one"], ["output"]),
        helper.make_node("Slice", ["input", "one", "end", "one"], ["part"]),
        helper.make_node("Cast", ["part"], [second], to=kind),
    ]
    free = ["n", "h", "w"]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("input", 1, ["n", 3, *free[1:]])],
        [
            helper.make_tensor_value_info("output", 1, ["n", 1, *free[1:]]),
            helper.make_tensor_value_info(second, kind, ["n", channels, *free[1:]]),
        ],
        [
            helper.make_tensor(name, TensorProto.INT64, [1], [value])
            for name, value in (("zero", 0), ("one", 1), ("end", 1 + channels))
        ],
    )
    # Slice takes the first axis unless it is told otherwise.
    for node in nodes[:2]:
        node.input.insert(3, "one")
    graph = helper.make_graph(nodes, "g", graph.input, graph.output, graph.initializer)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def test_the_separation_is_the_last_channel() -> None:
    predictor = OnnxPredictor(two_outputs(), spec=SEPARATING)
    batch = np.random.default_rng(0).random((2, 3, 8, 12)).astype(np.float32)
    np.testing.assert_array_equal(predictor.predict(batch), batch[:, :2])


@pytest.mark.parametrize(
    ("model", "spec", "message"),
    [
        (make_model(), SEPARATING, "no output 'separation'"),
        (two_outputs(second="other"), SEPARATING, "no output 'separation'"),
        (two_outputs(), SPEC, "an output 'separation'"),
        (two_outputs(channels=2), SEPARATING, "says 1 channel of separation, .* separation has 2"),
        (two_outputs(kind=TensorProto.DOUBLE), SEPARATING, "separation of .* must be float32"),
    ],
)
def test_graph_and_description_must_agree_on_separation(
    model: bytes, spec: ModelSpec, message: str
) -> None:
    with pytest.raises(SpecError, match=message):
        OnnxPredictor(model, spec=spec)


def test_a_separation_that_is_no_probability_is_refused() -> None:
    batch = np.zeros((1, 3, 8, 8), np.float32)
    batch[:, 1] = 2
    with pytest.raises(PredictorError, match="where probabilities"):
        OnnxPredictor(two_outputs(), spec=SEPARATING).predict(batch)


def test_outputs_of_other_names_are_left_alone() -> None:
    predictor = OnnxPredictor(two_outputs(second="other"), spec=SPEC)
    assert predictor.predict(np.zeros((1, 3, 8, 8), np.float32)).shape == (1, 1, 8, 8)
