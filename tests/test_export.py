"""Exports compute what the network computes, carry their description, and are refused otherwise."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from camp_detector_core.engine.errors import SpecError
from camp_detector_core.engine.predictors.ort import OnnxPredictor
from camp_detector_core.engine.separation import Separation
from camp_detector_core.engine.spec import METADATA_KEY, ClassDef
from camp_detector_core.model_file import open_model
from camp_detector_core.network.export import (
    IR_VERSION,
    TOLERANCE,
    ExportError,
    OnnxOptions,
    WithActivation,
    check_parity,
    export_onnx,
    export_state,
    export_torchscript,
)
from camp_detector_core.network.scripting import without_places
from camp_detector_core.network.unet import NetworkError, load_state, read_weights
from tests.support.models import tiny_spec

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


class Small(nn.Module):
    """A network with a stride of 4 and logits far outside 0 to 1."""

    def __init__(self, *, bands: int = 3, classes: int = 1) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.down = nn.Sequential(nn.Conv2d(bands, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(4))
        self.up = nn.ConvTranspose2d(6, classes, 4, stride=4)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = 20 * self.up(self.down(x))
        return out


class SquareOnly(Small):
    """Traced on a square chip, it forgets that it does something else on others."""

    def forward(self, x: Tensor) -> Tensor:
        out = super().forward(x)
        return out if x.shape[2] == x.shape[3] else out + 1


SEPARATING = Separation("border", 0.5, reach=3, min_seed=4)
SPEC = tiny_spec(multiple=4, overlap=8, tile_size=32, threshold=0.4, provenance={"seed": "7"})


def chips(n: int, height: int, width: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(1)
    return rng.standard_normal((n, 3, height, width)).astype(np.float32)


def expected(network: nn.Module, batch: NDArray[np.float32]) -> NDArray[np.float32]:
    with torch.no_grad():
        logits = network.eval()(torch.from_numpy(batch)).numpy()
    assert np.abs(logits).max() > 3, "a second sigmoid would hardly show"
    out: NDArray[np.float32] = 1 / (1 + np.exp(-logits))
    return out


def answer(path: Path, batch: NDArray[np.float32]) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    assert [i.name for i in session.get_inputs()] == ["input"]
    names = [o.name for o in session.get_outputs()]
    assert names in (["output"], ["output", "separation"])
    return np.concatenate(session.run(names, {"input": batch}), axis=1)


def dims(value: onnx.ValueInfoProto) -> list[int | str]:
    return [d.dim_value or d.dim_param for d in value.type.tensor_type.shape.dim]


@pytest.mark.parametrize("opset", [11, 17])
def test_onnx_gives_the_probabilities_at_every_size(tmp_path: Path, opset: int) -> None:
    network, path = Small(), tmp_path / "m.onnx"
    worst = export_onnx(network, path, spec=SPEC, options=OnnxOptions(opset))
    assert worst <= TOLERANCE
    for size in ((1, 32, 32), (3, 64, 20), (2, 8, 128)):
        batch = chips(*size)
        np.testing.assert_allclose(answer(path, batch), expected(network, batch), atol=1e-5)


@pytest.mark.parametrize("opset", [11, 17])
def test_onnx_is_of_the_asked_opset_and_readable_by_old_hosts(tmp_path: Path, opset: int) -> None:
    export_onnx(Small(), tmp_path / "m.onnx", spec=SPEC, options=OnnxOptions(opset))
    model = onnx.load(tmp_path / "m.onnx")
    assert [(o.domain, o.version) for o in model.opset_import] == [("", opset)]
    assert model.ir_version <= IR_VERSION <= 8
    shape = dims(model.graph.input[0])
    assert shape[1] == 3
    assert [isinstance(d, str) for d in shape] == [True, False, True, True]


def test_the_graph_ends_in_one_sigmoid(tmp_path: Path) -> None:
    export_onnx(Small(), tmp_path / "m.onnx", spec=SPEC)
    graph = onnx.load(tmp_path / "m.onnx").graph
    assert [n.op_type for n in graph.node].count("Sigmoid") == 1
    (last,) = [n for n in graph.node if "output" in n.output]
    assert last.op_type == "Sigmoid"


def test_the_description_comes_back_from_each_file(tmp_path: Path) -> None:
    export_onnx(Small(), tmp_path / "m.onnx", spec=SPEC)
    assert open_model(tmp_path / "m.onnx").spec == SPEC
    assert OnnxPredictor((tmp_path / "m.onnx").read_bytes()).spec == SPEC
    export_torchscript(Small(), tmp_path / "m.pt", spec=SPEC)
    extra = {METADATA_KEY: ""}
    torch.jit.load(str(tmp_path / "m.pt"), _extra_files=extra)
    assert type(SPEC).from_json(extra[METADATA_KEY]) == SPEC


def test_torchscript_gives_the_probabilities(tmp_path: Path) -> None:
    network, path = Small(), tmp_path / "m.pt"
    assert export_torchscript(network, path, spec=SPEC) <= TOLERANCE
    module = torch.jit.load(str(path))
    for size in ((1, 32, 32), (2, 64, 20)):
        batch = chips(*size)
        with torch.no_grad():
            probabilities = module(torch.from_numpy(batch)).numpy()
        np.testing.assert_allclose(probabilities, expected(network, batch), atol=1e-5)


def test_torchscript_tells_nothing_of_the_machine(tmp_path: Path) -> None:
    """Neither where torch is installed nor where the network's code lies."""
    path = tmp_path / "m.pt"
    export_torchscript(Small(), path, spec=SPEC)
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        records = archive.infolist()
        for place in (Path(torch.__file__).parents[1], Path(__file__).parent, tmp_path):
            for info in records:
                assert str(place).encode() not in archive.read(info), info.filename
    data = [i for i in records if "/data/" in i.filename]
    assert len(data) == 4
    for info in data:
        name, extra = (
            int.from_bytes(whole[info.header_offset + at :][:2], "little") for at in (26, 28)
        )
        assert (info.header_offset + 30 + name + extra) % 64 == 0, "where torch maps it"
    assert without_places(whole) == whole


@pytest.mark.parametrize("opset", [11, 17])
def test_the_file_for_deepness_keeps_its_contract(tmp_path: Path, opset: int) -> None:
    """Integer sides, a free batch, one output channel, and every value of the metadata JSON."""
    path = tmp_path / "d.onnx"
    export_onnx(Small(), path, spec=SPEC, options=OnnxOptions(opset, deepness=True))
    model = onnx.load(path)
    assert model.ir_version <= 8
    batch, *sides = dims(model.graph.input[0])
    assert isinstance(batch, str)
    assert sides == [3, 32, 32]
    assert dims(model.graph.output[0])[1:] == [1, 32, 32]
    values = {p.key: json.loads(p.value) for p in model.metadata_props}
    assert values["model_type"] == "Segmentor"
    assert values["class_names"] == {"0": "background", "1": "dwelling"}
    assert values["standardization_mean"] == [0.0, 0.0, 0.0]
    assert values["standardization_std"] == [1.0, 1.0, 1.0]
    assert values["resolution"] == 50.0
    assert values["tile_size"] == values["tiles_size"] == 32
    assert values["tiles_overlap"] == 25
    assert values["seg_thresh"] == 0.4
    assert values["seg_small_segment"] == 0
    for count in (1, 3):
        np.testing.assert_allclose(
            answer(path, chips(count, 32, 32)), expected(Small(), chips(count, 32, 32)), atol=1e-5
        )
    with pytest.raises(Exception, match="dimension"):
        answer(path, chips(1, 64, 64))
    assert OnnxPredictor(path.read_bytes()).fixed_size == 32


@pytest.mark.parametrize(
    "changes",
    [
        {"classes": (ClassDef(1, "a", "#000000"), ClassDef(2, "b", "#FFFFFF"))},
        {"dtype": "uint16"},
    ],
)
def test_deepness_gets_no_file_that_it_would_feed_wrongly(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    spec = tiny_spec(multiple=4, **changes)
    network = Small(classes=len(spec.classes))
    with pytest.raises(SpecError, match="Deepness"):
        export_onnx(network, tmp_path / "d.onnx", spec=spec, options=OnnxOptions(deepness=True))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("opset", [11, 17])
def test_a_separation_is_the_second_output(tmp_path: Path, opset: int) -> None:
    spec, network, path = (
        replace(SPEC, separation=SEPARATING),
        Small(classes=2),
        tmp_path / "m.onnx",
    )
    assert export_onnx(network, path, spec=spec, options=OnnxOptions(opset)) <= TOLERANCE
    predictor = OnnxPredictor(path.read_bytes())
    assert predictor.spec == spec
    model = onnx.load(path)
    assert [dims(o)[1] for o in model.graph.output] == [1, 1]
    assert [n.op_type for n in model.graph.node].count("Sigmoid") == 1
    for size in ((1, 32, 32), (2, 64, 20)):
        batch, expected_outputs = chips(*size), expected(network, chips(*size))
        assert np.abs(expected_outputs[:, 0] - expected_outputs[:, 1]).max() > 0.5, (
            "exchanged channels would not show"
        )
        np.testing.assert_allclose(answer(path, batch), expected_outputs, atol=1e-5)
        np.testing.assert_allclose(predictor.predict(batch), expected_outputs, atol=1e-5)


def test_torchscript_gives_the_classes_and_has_all_channels(tmp_path: Path) -> None:
    network, path = Small(classes=2), tmp_path / "m.pt"
    export_torchscript(network, path, spec=replace(SPEC, separation=SEPARATING))
    module, batch = torch.jit.load(str(path)), chips(2, 64, 20)
    with torch.no_grad():
        probabilities = module(torch.from_numpy(batch)).numpy()
        every = module.channels(torch.from_numpy(batch)).numpy()
    np.testing.assert_allclose(probabilities, expected(network, batch)[:, :1], atol=1e-5)
    np.testing.assert_allclose(every, expected(network, batch), atol=1e-5)


def test_deepness_gets_the_classes_alone(tmp_path: Path) -> None:
    path, network = tmp_path / "d.onnx", Small(classes=2)
    spec = replace(SPEC, separation=SEPARATING)
    export_onnx(network, path, spec=spec, options=OnnxOptions(deepness=True))
    assert open_model(path).spec.separation is None
    batch = chips(2, 32, 32)
    np.testing.assert_allclose(answer(path, batch), expected(network, batch)[:, :1], atol=1e-5)
    assert OnnxPredictor(path.read_bytes()).predict(batch).shape == (2, 1, 32, 32)


@pytest.mark.parametrize("export", [export_onnx, export_torchscript])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_network_of_other_channels_is_refused(
    tmp_path: Path, export: Callable[..., float], channels: int
) -> None:
    with pytest.raises(ExportError, match=f"gives {channels} channels, tiny-1.0 has 2"):
        export(
            Small(classes=channels), tmp_path / "m.bin", spec=replace(SPEC, separation=SEPARATING)
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("export", [export_onnx, export_torchscript])
def test_a_difference_in_the_separation_alone_is_refused(
    tmp_path: Path, export: Callable[..., float]
) -> None:
    class SecondOnSquares(Small):
        def forward(self, x: Tensor) -> Tensor:
            out = super().forward(x)
            return out if x.shape[2] == x.shape[3] else out + torch.tensor([[[[0.0]], [[1.0]]]])

    with pytest.raises(ExportError, match="differs"):
        export(
            SecondOnSquares(classes=2),
            tmp_path / "m.bin",
            spec=replace(SPEC, separation=SEPARATING),
        )


@pytest.mark.parametrize("export", [export_onnx, export_torchscript])
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
def test_a_file_that_differs_is_refused_and_the_old_one_stays(
    tmp_path: Path, export: Callable[..., float]
) -> None:
    path = tmp_path / "model.bin"
    with pytest.raises(ExportError, match=r"model\.bin differs from the network by"):
        export(SquareOnly(), path, spec=SPEC)
    assert list(tmp_path.iterdir()) == []
    path.write_bytes(b"earlier")
    with pytest.raises(ExportError):
        export(SquareOnly(), path, spec=SPEC)
    assert [p.name for p in tmp_path.iterdir()] == ["model.bin"]
    assert path.read_bytes() == b"earlier"


def test_a_difference_on_given_chips_is_found(tmp_path: Path) -> None:
    """Noise alone would not show it: the network differs where values are large."""

    class Clipped(Small):
        def forward(self, x: Tensor) -> Tensor:
            limit = 1e9 if not torch.onnx.is_in_onnx_export() else 50.0
            return super().forward(x.clamp(-1e9, limit))

    export_onnx(Clipped(), tmp_path / "m.onnx", spec=SPEC)
    with pytest.raises(ExportError, match="differs"):
        export_onnx(Clipped(), tmp_path / "n.onnx", spec=SPEC, chips=[chips(1, 32, 32) * 100])
    assert not (tmp_path / "n.onnx").exists()


@pytest.mark.parametrize(
    ("tampered", "message"),
    [
        (lambda p: p + 2 * TOLERANCE, "differs from the network by 2"),
        (lambda p: np.where(p > 0.9, np.nan, p), "nan"),
        (lambda p: p[:, :, :-4], "where the network gives"),
        (lambda p: 1 / (1 + np.exp(-p)), "differs"),
    ],
    ids=["shifted", "nan", "cut", "second sigmoid"],
)
def test_parity_is_refused(tampered: Callable[[Any], Any], message: str) -> None:
    model = WithActivation(Small()).eval()

    def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.no_grad():
            out: NDArray[np.float32] = tampered(model(torch.from_numpy(batch)).numpy())
        return out

    with pytest.raises(ExportError, match=message):
        check_parity(model, run, [chips(1, 32, 32)], name="it")


def test_an_unknown_opset_is_refused() -> None:
    with pytest.raises(ExportError, match="opset must be one of"):
        OnnxOptions(13)


def test_a_folder_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="cannot be written"):
        export_state(Small(), tmp_path / "file" / "m.pth")


def test_the_state_dict_holds_tensors_alone(tmp_path: Path) -> None:
    network, other = Small(), Small()
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(1)
    export_state(network, tmp_path / "m.pth")
    tensors = torch.load(tmp_path / "m.pth", weights_only=True)
    assert all(torch.is_tensor(v) for v in tensors.values())
    load_state(other, read_weights(tmp_path / "m.pth")[0], origin=tmp_path / "m.pth")
    batch = chips(1, 32, 32)
    np.testing.assert_array_equal(expected(other, batch), expected(network, batch))


class Bomb:
    """Unpickling it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (self.path.write_text, ("boom",))


def test_weights_that_carry_code_are_refused_and_not_run(tmp_path: Path) -> None:
    torch.save({"w": torch.zeros(1), "x": Bomb(tmp_path / "boom")}, tmp_path / "m.pth")
    with pytest.raises(NetworkError, match=r"m\.pth cannot be read as weights"):
        read_weights(tmp_path / "m.pth")
    assert not (tmp_path / "boom").exists()


@pytest.mark.parametrize("content", [b"", b"no weights", b"PK\x03\x04 cut short"])
def test_files_that_are_no_weights_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.pth").write_bytes(content)
    with pytest.raises(NetworkError, match=r"m\.pth"):
        read_weights(tmp_path / "m.pth")


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    export_state(Small(bands=4), tmp_path / "m.pth")
    with pytest.raises(NetworkError, match="another network"):
        load_state(Small(), read_weights(tmp_path / "m.pth")[0], origin=tmp_path / "m.pth")
