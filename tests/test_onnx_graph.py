"""Inputs and outputs of a graph, read without ONNX and compared with ONNX."""

from __future__ import annotations

from typing import Any

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.engine.separation import Separation
from camp_detector_core.model_file import default_model_path
from camp_detector_core.onnx_model.graph import Tensor, read_graph
from tests.support.models import tiny_onnx, tiny_spec


def as_onnx_has_it(data: bytes) -> tuple[list[Any], list[Any]]:
    """Names and shapes of the ends of a graph, as the library ONNX reads them."""
    graph = onnx.load_from_string(data).graph
    return tuple(  # type: ignore[return-value]
        [(e.name, tuple(d.dim_value or -1 for d in e.type.tensor_type.shape.dim)) for e in ends]
        for ends in (graph.input, graph.output)
    )


@pytest.mark.parametrize("side", [None, 64])
def test_ends_are_those_that_onnx_reads(side: int | None) -> None:
    spec = tiny_spec(separation=Separation("core", 0.5, 2, 1))
    for data in (tiny_onnx(spec, side=side), default_model_path().read_bytes()):
        graph = read_graph(data, "x")
        inputs, outputs = as_onnx_has_it(data)
        assert [(t.name, t.shape) for t in graph.inputs] == inputs
        assert [(t.name, t.shape) for t in graph.outputs] == outputs
        assert {t.dtype for t in (*graph.inputs, *graph.outputs)} == {"float32"}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (TensorProto.FLOAT, "float32"), (TensorProto.UINT8, "uint8"), (TensorProto.INT64, "int64"),
        (TensorProto.FLOAT16, "float16"), (TensorProto.DOUBLE, "float64"),
        (TensorProto.UINT16, "uint16"), (TensorProto.INT16, "int16"), (TensorProto.STRING, "other"),
    ],
)  # fmt: skip
def test_types_have_the_names_of_stac(kind: int, name: str) -> None:
    end = helper.make_tensor_value_info("a", kind, [1, "n", None])
    graph = helper.make_graph([helper.make_node("Identity", ["a"], ["a"])], "g", [end], [end])
    data = helper.make_model(graph).SerializeToString()
    assert read_graph(data, "x").inputs == (Tensor("a", name, (1, -1, -1)),)


def test_weights_that_are_listed_as_inputs_are_none() -> None:
    model = onnx.load_from_string(tiny_onnx(tiny_spec()))
    for weight in model.graph.initializer:
        model.graph.input.append(
            helper.make_tensor_value_info(weight.name, weight.data_type, weight.dims)
        )
    assert [t.name for t in read_graph(model.SerializeToString(), "x").inputs] == ["input"]


def test_a_shape_that_is_not_given_is_not_made_up() -> None:
    end = helper.make_tensor_value_info("a", TensorProto.FLOAT, None)
    graph = helper.make_graph([helper.make_node("Identity", ["a"], ["a"])], "g", [end], [end])
    assert read_graph(helper.make_model(graph).SerializeToString(), "x").outputs[0].shape is None


@given(st.binary(max_size=200) | st.integers(0, 400).map(lambda n: tiny_onnx(tiny_spec())[:n]))
def test_other_bytes_are_refused_or_read(data: bytes) -> None:
    try:
        read_graph(data, "x.onnx")
    except PredictorError as error:
        assert "x.onnx" in str(error)  # noqa: PT017 - the other way out is allowed, too


def test_fields_without_end_are_refused() -> None:
    value = b"\x5a\x00" * 2_000_000  # field 11, no bytes: two million inputs
    size = len(value)
    length = bytes(
        [size & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size >> 14 & 0x7F | 0x80, size >> 21]
    )
    with pytest.raises(PredictorError):
        read_graph(b"\x3a" + length + value, "x")
