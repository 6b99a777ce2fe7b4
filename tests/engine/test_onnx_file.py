"""ONNX files looked through: weights outside of the file are seen wherever they may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper
from onnx.external_data_helper import set_external_data

from camp_detector_core.engine.errors import CampDetectorError, PredictorError
from camp_detector_core.engine.predictors import onnx_file
from camp_detector_core.engine.predictors.onnx_file import onnx_facts, require_whole
from camp_detector_core.engine.predictors.ort import OnnxPredictor
from camp_detector_core.engine.predictors.protobuf import bytes_field, number_field
from camp_detector_core.model_file import open_model
from camp_detector_core.onnx_model.graph import read_graph
from tests.support.models import tiny_onnx, tiny_spec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WEIGHTS = "weights.bin"


def outside(name: str = "w") -> onnx.TensorProto:
    """A tensor whose numbers lie in another file."""
    tensor = numpy_helper.from_array(np.ones((2, 2), np.float32), name)
    set_external_data(tensor, WEIGHTS, offset=0, length=16)
    tensor.ClearField("raw_data")
    return tensor


def sparse() -> onnx.SparseTensorProto:
    plain = numpy_helper.from_array(np.ones(1, np.int64), "i")
    return helper.make_sparse_tensor(outside(), plain, [2])


def subgraph() -> onnx.GraphProto:
    return helper.make_graph([], "inner", [], [], [outside()])


def node(**attribute: Any) -> onnx.NodeProto:
    constant = helper.make_node("Constant", [], ["c"])
    constant.attribute.add(name="value", **attribute)
    return constant


def in_indices(model: onnx.ModelProto) -> None:
    tensor = sparse()
    tensor.values.CopyFrom(tensor.indices)
    tensor.indices.CopyFrom(outside())
    model.graph.sparse_initializer.append(tensor)


def deep(model: onnx.ModelProto) -> None:
    inner = subgraph()
    for _ in range(5):
        inner = helper.make_graph([node(g=inner, type=onnx.AttributeProto.GRAPH)], "g", [], [])
    model.graph.node.append(node(graphs=[inner], type=onnx.AttributeProto.GRAPHS))


def in_function(model: onnx.ModelProto) -> None:
    constant = node(t=outside(), type=onnx.AttributeProto.TENSOR)
    model.functions.append(
        helper.make_function(
            "org.example", "F", [], ["c"], [constant], [helper.make_opsetid("", 17)]
        )
    )


def in_default(model: onnx.ModelProto) -> None:
    in_function(model)
    del model.functions[0].node[:]
    model.functions[0].attribute_proto.add(name="a", t=outside())


PLACES: list[Callable[[onnx.ModelProto], Any]] = [
    lambda m: m.graph.initializer.append(outside()),
    lambda m: m.graph.sparse_initializer.append(sparse()),
    in_indices,
    lambda m: m.graph.node.append(node(t=outside())),
    lambda m: m.graph.node.append(node(tensors=[outside()])),
    lambda m: m.graph.node.append(node(sparse_tensor=sparse())),
    lambda m: m.graph.node.append(node(sparse_tensors=[sparse()])),
    lambda m: m.graph.node.append(node(g=subgraph())),
    deep,
    in_function,
    in_default,
    lambda m: m.training_info.add(initialization=subgraph()),
    lambda m: m.training_info.add(algorithm=subgraph()),
]


def changed(change: Callable[[onnx.ModelProto], Any]) -> bytes:
    model = onnx.load_from_string(tiny_onnx(tiny_spec()))
    change(model)
    data: bytes = model.SerializeToString()
    return data


@pytest.mark.parametrize("place", PLACES)
def test_weights_outside_of_the_file_are_seen_wherever_they_are(
    place: Callable[[onnx.ModelProto], Any],
) -> None:
    data = changed(place)
    assert onnx_facts(data, "m.onnx").outside == (WEIGHTS,)
    for read in (require_whole, read_graph):
        with pytest.raises(PredictorError, match=rf"m.onnx has weights in .*{WEIGHTS}.*describe"):
            read(data, "m.onnx")


def real_weights_outside(folder: Path) -> bytes:
    """A model that runs once its weights are there; they are in a folder."""
    model = onnx.load_from_string(tiny_onnx(tiny_spec()))
    onnx.save(
        model,
        folder / "m.onnx",
        save_as_external_data=True,
        location=WEIGHTS,
        size_threshold=0,
    )
    return (folder / "m.onnx").read_bytes()


def test_no_file_of_the_current_folder_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = real_weights_outside(tmp_path)
    monkeypatch.chdir(tmp_path)  # where ONNX Runtime alone would find them, and take them
    for start in (lambda: OnnxPredictor(data), lambda: open_model(tmp_path / "m.onnx")):
        with pytest.raises(PredictorError, match="has weights in another file"):
            start()


def test_the_places_are_those_of_onnx_itself() -> None:
    kinds = {onnx_file.MODEL: onnx.ModelProto.DESCRIPTOR}
    waiting = [onnx_file.MODEL]
    strings = onnx.TensorProto.DESCRIPTOR.fields_by_name["name"].type
    while waiting:
        kind = waiting.pop()
        descriptors = kinds[kind].fields
        texts = {f.number for f in descriptors if f.type == strings}
        assert onnx_file._TEXTS.get(kind, frozenset()) == texts, kind
        parts = onnx_file._PARTS.get(kind, {})
        messages = {f.number: f.message_type for f in descriptors if f.message_type}
        assert parts.keys() <= messages.keys()
        for number, message in messages.items():
            if number not in parts:  # nothing in it may count
                assert holds_no_tensor(message), (kind, message.name)
            elif parts[number] not in kinds:
                kinds[parts[number]] = message
                waiting.append(parts[number])


def holds_no_tensor(message: Any) -> bool:
    visited, waiting = set(), [message]
    while waiting:
        one = waiting.pop()
        visited.add(one.name)
        waiting += [
            f.message_type
            for f in one.fields
            if f.message_type and f.message_type.name not in visited
        ]
    return visited.isdisjoint({"TensorProto", "GraphProto", "SparseTensorProto"})


@pytest.mark.parametrize("location", [1, 1 + (1 << 32)])
def test_an_enumeration_is_cut_as_the_library_cuts_it(location: int) -> None:
    tensor = bytes_field(8, b"w") + number_field(14, location)
    data = bytes_field(7, bytes_field(5, tensor))
    assert onnx.load_from_string(data).graph.initializer[0].data_location == 1
    assert onnx_facts(data, "m").outside


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\x05input", b"\x05inp\xfft"),
        (b"\x06output", b"\x06outp\xfft"),
        (b"other", b"oth\xffr"),
        (b"entry", b"\xc0ntry"),
        (b"test", b"te\xfft"),
        (b"\x08output-w", b"\x08outp\xfft-w"),
        (b"height", b"heig\xedt"),
        (b"Sigmoid", b"Sigm\xffid"),
    ],
)
def test_names_that_are_no_utf8_are_refused(
    old: bytes, new: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    data = tiny_onnx(tiny_spec())
    assert old in data
    with pytest.raises(CampDetectorError, match="holds a name that is not UTF-8"):
        OnnxPredictor(data.replace(old, new), origin="m.onnx")
    assert capfd.readouterr() == ("", "")


def test_versions_are_told() -> None:
    data = changed(lambda m: m.opset_import.add(domain="ai.onnx.ml", version=3))
    facts = onnx_facts(data, "m")
    assert (facts.ir_version, facts.opsets) == (8, {"": 17, "ai.onnx.ml": 3})
    assert facts.outside == ()


def test_what_is_nested_without_end_is_refused() -> None:
    inner = b""
    for _ in range(200):
        inner = bytes_field(1, bytes_field(5, bytes_field(6, inner)))
    with pytest.raises(PredictorError, match="damaged"):
        onnx_facts(bytes_field(7, inner), "m")


def test_two_networks_in_a_file_are_refused() -> None:
    data = tiny_onnx(tiny_spec())
    with pytest.raises(PredictorError, match="damaged"):
        onnx_facts(data + data, "m")
