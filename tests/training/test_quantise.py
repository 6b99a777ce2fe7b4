"""Quantised models: as good as the float ones, whole in 8 bits, and refused where they are not."""

from __future__ import annotations

import json
import logging
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import pytest
import rasterio

from camp_detector_core.engine.errors import CampDetectorError, OutputError
from camp_detector_core.engine.predictors.ort import OnnxPredictor
from camp_detector_core.engine.separation import Separation
from camp_detector_core.network.export import IR_VERSION
from tests.support.datasets import GSD, SIDE
from tests.support.models import tiny_onnx, tiny_spec
from tests.support.rasters import write_raster
from tests.support.small_nets import BODY_CONVS, small_net
from training.__main__ import run as call
from training.data.datamodule import CampDataModule
from training.quantise import compare
from training.quantise import run as quantising
from training.quantise.graph import QuantiseError, body_of, head_of, plain_graph, stretches
from training.quantise.run import QuantiseOptions, quantise_model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from camp_detector_core.engine.spec import ModelSpec
    from tests.support.datasets import Town
    from training.fit.options import DataOptions

    Options = Callable[..., QuantiseOptions]

SPEC = tiny_spec(gsd=GSD)
SEPARATING = replace(SPEC, separation=Separation("border", 0.5, 4, 2))
SPREAD = 1e4
"""So much larger is one channel that nothing is left of the others."""


@pytest.fixture(scope="module")
def split(data_of: Callable[..., DataOptions], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("split") / "split.json"
    CampDataModule(data_of(), split_file=path)
    return path


@pytest.fixture
def options(town: Town, split: Path, tmp_path: Path) -> Options:
    """Options over a network that is written for them; what is given changes them."""

    def make(data: bytes = b"", **changes: Any) -> QuantiseOptions:
        model = tmp_path / "float.onnx"
        model.write_bytes(data or small_net(SPEC))
        values: dict[str, Any] = {
            "model": model,
            "chips": town.chips,
            "labels": town.labels,
            "split": split,
            "out": tmp_path / "int8.onnx",
            "calibration": 4,
            **changes,
        }
        return QuantiseOptions(**values)

    return make


def executed(data: bytes, tmp_path: Path) -> Counter[str]:
    """Kinds of the nodes that ONNX Runtime really runs."""
    settings = onnxruntime.SessionOptions()
    settings.optimized_model_filepath = str(tmp_path / "executed.onnx")
    settings.log_severity_level = 4
    onnxruntime.InferenceSession(data, settings, providers=["CPUExecutionProvider"])
    model = onnx.load(settings.optimized_model_filepath, load_external_data=False)
    return Counter(n.op_type for n in model.graph.node)


def of_opset(version: int) -> bytes:
    model = onnx.load_from_string(tiny_onnx(SPEC))
    model.opset_import[0].version = version
    data: bytes = model.SerializeToString()
    return data


def test_the_quantised_model_is_the_same_model(options: Options) -> None:
    run_options = options()
    result = quantise_model(run_options)
    before = OnnxPredictor(run_options.model.read_bytes())
    after = OnnxPredictor(run_options.out.read_bytes())
    extended = dict(after.spec.provenance)
    assert replace(after.spec, provenance=before.spec.provenance) == before.spec
    assert before.spec.provenance.items() <= extended.items()
    assert "7 bits" in extended["quantised"]
    assert "4 varied chips" in extended["quantised"]
    assert f"{result.fidelity.iou_int8:.4f}" in extended["quantised figures"]
    assert result.kept_float == ()
    assert result.fidelity.iou_float > 0.8
    assert abs(result.fidelity.loss) < 0.01


def test_height_width_and_batch_stay_free_and_probabilities_near(options: Options) -> None:
    run_options = options()
    quantise_model(run_options)
    before = OnnxPredictor(run_options.model.read_bytes())
    after = OnnxPredictor(run_options.out.read_bytes())
    assert after.fixed_size is None
    rng = np.random.default_rng(0)
    for shape in ((1, 3, 32, 32), (2, 3, 64, 96), (3, 3, 96, 32)):
        chips = rng.random(shape, np.float32)
        difference = np.abs(before.predict(chips) - after.predict(chips))
        assert 0 < difference.max() < 0.06
        assert difference.mean() < 0.02


def test_old_runtimes_can_read_the_file(options: Options) -> None:
    run_options = options()
    quantise_model(run_options)
    model = onnx.load(str(run_options.out))
    onnx.checker.check_model(model, full_check=True)
    assert model.ir_version <= IR_VERSION
    assert [(o.domain, o.version) for o in model.opset_import] == [("", 17)]


def test_viewers_find_the_shapes_between_the_nodes(options: Options) -> None:
    run_options = options()
    quantise_model(run_options)
    graph = onnx.load(str(run_options.out)).graph
    shapes = {value.name: value.type.tensor_type.shape for value in graph.value_info}
    of_nodes = {name for node in graph.node for name in node.output}
    assert shapes.keys() & of_nodes
    assert all(shapes[name].dim for name in shapes.keys() & of_nodes)


def test_all_but_the_last_convolution_runs_in_8_bits(options: Options, tmp_path: Path) -> None:
    run_options = options()
    quantise_model(run_options)
    kinds = executed(run_options.out.read_bytes(), tmp_path)
    assert kinds["QLinearConv"] == len(BODY_CONVS)
    assert kinds["QuantizeLinear"] == kinds["DequantizeLinear"] == 1
    assert kinds["Shape"] == kinds["Pad"] == kinds["Clip"] == kinds["Relu"] == 0


def test_weights_have_7_bits_but_those_of_depthwise_convolutions_8(options: Options) -> None:
    run_options = options(small_net(SPEC, spread=-1.0))
    quantise_model(replace(run_options, force=True))
    initializers = onnx.load(str(run_options.out)).graph.initializer
    weights = {i.name: onnx.numpy_helper.to_array(i) for i in initializers}
    largest = {n: np.abs(w.astype(int)).max() for n, w in weights.items() if w.dtype == np.int8}
    by_name = {n: v for n, v in largest.items() if n.startswith("w_") and v}
    assert by_name == {
        "w_first_quantized": 64,
        "w_mix_quantized": 64,
        "w_depthwise_quantized": 127,
    }


def test_a_second_output_comes_along(options: Options) -> None:
    run_options = options(small_net(SEPARATING))
    result = quantise_model(run_options)
    before = OnnxPredictor(run_options.model.read_bytes())
    after = OnnxPredictor(run_options.out.read_bytes())
    assert after.spec.separation == SEPARATING.separation
    chips = np.random.default_rng(0).random((1, 3, 32, 64), np.float32)
    difference = np.abs(before.predict(chips) - after.predict(chips))
    assert difference.shape == (1, 2, 32, 64)
    assert 0 < difference[:, 1].max() < 0.06
    assert result.fidelity.separation_mean is not None
    assert result.fidelity.separation_mean < 0.02


def test_what_harms_most_stays_float(options: Options) -> None:
    run_options = options(small_net(SPEC, spread=SPREAD))
    result = quantise_model(run_options)
    assert "mix" in result.kept_float
    assert "first" not in result.kept_float
    assert abs(result.fidelity.loss) < 0.01
    after = OnnxPredictor(run_options.out.read_bytes())
    float_nodes = after.spec.provenance["float nodes"]
    assert float_nodes.endswith("and 3 nodes: mix to resize")


def test_parts_that_stay_float_are_told_one_by_one(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last part harms most, then the first one; what lies between them is in 8 bits."""
    harm = {(): 0.9, ("mix",): 0.5, ("first", "mix"): 0.0}

    def measured(run: Any, float_nodes: tuple[str, ...], expected: Any) -> Any:
        model, fidelity = real(run, float_nodes, expected)
        convs = tuple(n for n in BODY_CONVS if n in float_nodes)
        return model, replace(
            fidelity, iou_int8=fidelity.iou_float - harm.get(convs, 0.9), mean=harm.get(convs, 0.9)
        )

    real = quantising.Quantisation._try
    monkeypatch.setattr(quantising.Quantisation, "_try", measured)
    run_options = options()
    float_nodes = quantise_model(run_options).kept_float
    assert float_nodes == ("mix", "relu", "resize", "first", "clip")
    provenance = OnnxPredictor(run_options.out.read_bytes()).spec.provenance["float nodes"]
    assert provenance.endswith("and 5 nodes: first to clip, mix to resize")


def test_more_stays_float_where_more_than_half_of_what_is_allowed_is_lost(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_options = options(small_net(SPEC, spread=SPREAD), force=True)
    with monkeypatch.context() as change:
        change.setattr(quantising, "ROUNDS", 0)
        loss = quantise_model(run_options).fidelity.loss
    unforced = replace(run_options, force=False, overwrite=True)
    assert quantise_model(replace(unforced, max_loss=2.1 * loss)).kept_float == ()
    assert "mix" in quantise_model(replace(unforced, max_loss=1.9 * loss)).kept_float


def test_a_coarse_clock_gives_a_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows' clock has steps of 15 ms, with runs of 4 ms and 1 ms."""
    seconds_now = [0]

    @dataclass(frozen=True)
    class Timed:
        spec: ModelSpec
        cost: int
        workers: int = 1
        batch_size: int = 1

        def predict(self, batch: np.ndarray) -> np.ndarray:
            seconds_now[0] += self.cost
            return batch

    clock = SimpleNamespace(process_time=lambda: seconds_now[0] // 15 * 15)
    monkeypatch.setattr(compare, "time", clock)
    chip = np.zeros((3, 4, 4), np.float32)
    assert 2 < compare.speed_ratio(Timed(SPEC, 4), Timed(SPEC, 1), chip) < 6


def test_a_model_that_loses_too_much_is_not_written(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantising, "ROUNDS", 0)
    run_options = options(small_net(SPEC, spread=SPREAD))
    with pytest.raises(QuantiseError, match=r"a loss of more than 0.01: nothing written"):
        quantise_model(run_options)
    assert [p.name for p in run_options.out.parent.iterdir()] == ["float.onnx"]
    assert quantise_model(replace(run_options, force=True)).fidelity.loss > 0.5
    assert run_options.out.exists()


def faint_separation() -> bytes:
    """A network that parts dwellings by a channel which is nothing in 8 bits beside the others."""
    model = onnx.load_from_string(small_net(SEPARATING))
    for value in model.graph.initializer:
        array = onnx.numpy_helper.to_array(value).copy()
        if value.name == "w_mix":
            array[2] /= SPREAD
        elif value.name == "w_last":
            array[-1] *= SPREAD
        elif value.name == "b_last":
            array[-1] = -2
        value.CopyFrom(onnx.numpy_helper.from_array(array, value.name))
    data: bytes = model.SerializeToString()
    return data


def test_what_harms_the_separation_stays_float(options: Options) -> None:
    result = quantise_model(options(faint_separation()))
    assert "mix" in result.kept_float
    assert "first" not in result.kept_float
    assert result.fidelity.separation_error < 0.01


def test_a_model_that_parts_dwellings_otherwise_is_not_written(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantising, "ROUNDS", 0)
    run_options = options(faint_separation())
    with pytest.raises(QuantiseError, match=r"touching dwellings .* more than 0.05: nothing"):
        quantise_model(run_options)
    assert not run_options.out.exists()
    fidelity = quantise_model(replace(run_options, force=True)).fidelity
    assert fidelity.separation_error > 0.2
    assert abs(fidelity.loss) < 0.01, "the masks alone show nothing"


@pytest.mark.parametrize("value", [0, 255])
def test_nothing_is_compared_where_no_dwelling_is_labelled(
    options: Options, town: Town, split: Path, tmp_path: Path, value: int
) -> None:
    """Neither empty ground nor unknown ground shows what is lost."""
    masks = tmp_path / "masks"
    shutil.copytree(town.masks, masks)
    for name in json.loads(split.read_text())["val"]:
        blank = np.full((1, SIDE, SIDE), value, np.uint8)
        with rasterio.open(masks / f"{name}.tif") as mask:
            place = {"crs": mask.crs, "transform": mask.transform}
        write_raster(masks / f"{name}.tif", blank, nodata=255, **place)
    run_options = options(small_net(SPEC, spread=SPREAD), labels=masks, force=True)
    with pytest.raises(QuantiseError, match=r"part val of .* no loss .*: name another part"):
        quantise_model(run_options)
    assert not run_options.out.exists()


def test_nothing_is_overwritten_unasked(options: Options) -> None:
    run_options = options()
    run_options.out.write_text("mine")
    with pytest.raises(OutputError, match="exists"):
        quantise_model(run_options)
    assert run_options.out.read_text() == "mine"
    quantise_model(replace(run_options, overwrite=True))
    assert run_options.out.stat().st_size > 1000


@pytest.mark.parametrize("output", ["out", "report"])
@pytest.mark.parametrize("source", ["model", "split", "labels", "masks", "chips"])
def test_no_input_is_overwritten(
    options: Options, town: Town, tmp_path: Path, output: str, source: str
) -> None:
    """The output is another link to the input, whatever name leads to it."""
    run_options = options(labels=town.masks if source == "masks" else town.labels, overwrite=True)
    read = run_options.labels if source == "masks" else getattr(run_options, source)
    file = min(read.iterdir()) if read.is_dir() else read
    link = tmp_path / "linked.onnx"
    link.hardlink_to(file)
    with pytest.raises(OutputError, match=r"linked\.onnx is an input of this run"):
        quantise_model(replace(run_options, **{output: link}))
    assert link.samefile(file)


def test_the_same_input_gives_the_same_file(options: Options) -> None:
    run_options = options()
    quantise_model(run_options)
    second = replace(run_options, out=run_options.out.with_name("again.onnx"))
    quantise_model(second)
    assert second.out.read_bytes() == run_options.out.read_bytes()


def test_what_cannot_be_quantised_is_refused_in_a_sentence(options: Options) -> None:
    cases = {
        "not a model": b"text",
        "does not say what model it is": tiny_onnx(SPEC, stored=""),
        "no convolution but the last": tiny_onnx(SPEC),
        "one size only": small_net(SPEC, side=64),
        "of opset 11": of_opset(11),
    }
    for reason, data in cases.items():
        run_options = options(data)
        with pytest.raises(CampDetectorError) as error:
            quantise_model(run_options)
        if reason != "not a model":
            assert reason in str(error.value)
        assert not run_options.out.exists()
    good = options()
    quantise_model(good)
    second = replace(good, model=good.out, out=good.out.with_name("again.onnx"))
    with pytest.raises(QuantiseError, match="quantised already"):
        quantise_model(second)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"calibration": 0}, "at least one calibration chip"),
        ({"max_loss": -0.1}, "a loss of 0 or more"),
        ({"max_loss": float("nan")}, "a loss of 0 or more"),
    ],
)
def test_senseless_options_are_refused(
    options: Options, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(QuantiseError, match=reason):
        options(**changes)


def test_the_output_is_another_onnx_file(options: Options, tmp_path: Path) -> None:
    with pytest.raises(QuantiseError, match=r"must end in \.onnx"):
        options(out=tmp_path / "int8.pt")
    with pytest.raises(QuantiseError, match="the float model itself"):
        options(out=tmp_path / "float.onnx")


def test_the_plain_graph_has_no_arithmetic_on_shapes() -> None:
    graph = plain_graph(small_net(SEPARATING), SEPARATING).graph
    assert [n.name for n in graph.node if n.op_type in {"Shape", "Pad", "Mod", "Concat"}] == []
    assert body_of(graph) == ["first", "clip", "depthwise", "mix", "relu", "resize"]
    assert set(head_of(graph)) == {"last", "sigmoid", "cut", "rest"}
    assert stretches(graph, 8) == [("first", "clip"), ("depthwise",), ("mix", "relu", "resize")]
    assert stretches(graph, 2) == [("first", "clip", "depthwise"), ("mix", "relu", "resize")]


def test_nodes_without_a_name_are_told_apart() -> None:
    """Two paddings, two resizes: each is folded with its own amount."""
    model = onnx.load_from_string(small_net(SPEC))
    graph, node = model.graph, onnx.helper.make_node
    resize = next(n for n in graph.node if n.name == "resize")
    last = next(n for n in graph.node if n.name == "last")
    resize.output[0] = "half"
    last.input[0] = "twice"
    at = list(graph.node).index(last)
    more = [
        node("Add", ["sides", "sides"], ["doubled"]),
        node("Concat", ["same", "doubled"], ["doubled sizes"], axis=0),
        node("Resize", ["half", "", "", "doubled sizes"], ["large"], mode="nearest"),
        node("Pad", ["large", "six and one"], ["wide"]),
        node("MaxPool", ["wide"], ["twice"], kernel_shape=[2, 2], strides=[2, 2]),
    ]
    for i, extra in enumerate(more):
        graph.node.insert(at + i, extra)
    edges = np.array([0, 0, 0, 0, 0, 0, 1, 1], np.int64)
    graph.initializer.append(onnx.numpy_helper.from_array(edges, "six and one"))
    for one in graph.node:
        one.name = "Conv_0" if one.name == "mix" else ""
    onnx.checker.check_model(model, full_check=True)
    plain = plain_graph(model.SerializeToString(), SPEC).graph
    names = [n.name for n in plain.node]
    assert "" not in names
    assert len(set(names)) == len(names)
    constants = {i.name: onnx.numpy_helper.to_array(i) for i in plain.initializer}
    factors = [constants[n.input[2]].tolist() for n in plain.node if n.op_type == "Resize"]
    assert factors == [[1, 1, 2, 2], [1, 1, 2, 2]]


def test_the_command_prints_and_reports(
    options: Options, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_options = options()
    report = tmp_path / "report.json"
    call(
        [
            "quantise",
            *("--model", str(run_options.model), "--chips", str(run_options.chips)),
            *("--labels", str(run_options.labels), "--split", str(run_options.split)),
            *("--out", str(run_options.out), "--report", str(report), "--calibration", "4"),
        ]
    )
    output = capsys.readouterr().out
    assert str(run_options.out) in output
    content = json.loads(report.read_text(encoding="utf-8"))
    assert f"{content['fidelity']['iou_int8']:.4f}" in output
    assert f"{content['fidelity']['largest']:.4f}" in output
    assert f"{content['speed_ratio']:.2f}" in output
    assert content["bytes_int8"] == run_options.out.stat().st_size
    assert content["part"] == "val"


def test_the_library_beneath_says_nothing(
    options: Options, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    quantise_model(options())
    assert [r for r in caplog.records if r.name == "root"] == []
    logging.getLogger("root").info("heard again")
    assert caplog.messages[-1] == "heard again"
