"""A training starts from the weights of a model of ours, whichever of its files is given."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from camp_detector_core.engine.predictors.ort import OnnxPredictor
from camp_detector_core.engine.separation import Separation
from camp_detector_core.engine.spec import Band, ClassDef, ModelSpec
from camp_detector_core.model_file import default_model_path, open_model
from camp_detector_core.network.channels import combine_channels
from camp_detector_core.network.export import OnnxOptions, export_onnx, export_state
from camp_detector_core.network.onnx_weights import QuantisedError, convolutions_of
from camp_detector_core.network.start import read_start
from camp_detector_core.network.trial_chips import random_chips
from camp_detector_core.network.unet import NetworkError, NetworkOptions, build_network
from tests.support.runs import run_options
from training.__main__ import run as call
from training.artefacts.separation_method import channel_weights
from training.fit.keeping import StartWeights
from training.fit.options import IMAGENET_BANDS, OptimOptions
from training.fit.place_options import OptionsError
from training.fit.start import train_channels
from training.fit.task import LitRefugeeCamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

    from tests.support.datasets import Town
    from training.artefacts.finish import TrainResult
    from training.fit.options import DataOptions

SLIM = (16, 8, 8, 4, 4)
TOLERANCE = 1e-4


def spec_with(method: str) -> ModelSpec:
    """Description of a small U-Net with a method of separation."""
    kind = "border" if method == "border" else "core"
    return ModelSpec(
        name="slim",
        version="1",
        bands=IMAGENET_BANDS,
        classes=(ClassDef(1, "dwelling", "#E4572E"),),
        gsd=0.5,
        tile_size=128,
        overlap=32,
        separation=None if method == "none" else Separation(kind, 0.5, 4, 1),
        provenance={
            "architecture": "unet, encoder tu-tf_efficientnet_lite0",
            **({} if method == "none" else {"separation": method}),
        },
    )


@pytest.fixture(scope="module")
def trained() -> nn.Module:
    """A network of all channels of a training, whose statistics are not those of its beginning."""
    torch.manual_seed(0)
    options = NetworkOptions(classes=3, decoder_channels=SLIM, start="random")
    network = build_network(options).network.train()
    with torch.no_grad():
        for _ in range(3):
            network(2 * torch.randn(4, 3, 64, 64) + 1)
    return network.eval()


def model_of(trained: nn.Module, path: Path, method: str = "core") -> Path:
    """Export a trained network with the channels of a method."""
    network, spec = copy.deepcopy(trained), spec_with(method)
    combine_channels(network, channel_weights(method, 1))
    export_onnx(network, path, spec=spec)
    export_state(network, path.with_suffix(".pth"))
    return path


@pytest.fixture(scope="module")
def model(trained: nn.Module, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return model_of(trained, tmp_path_factory.mktemp("start") / "best_model.onnx")


def probabilities(network: nn.Module, spec: ModelSpec) -> list[np.ndarray]:
    network.eval()
    with torch.no_grad():
        return [torch.sigmoid(network(torch.from_numpy(c))).numpy() for c in random_chips(spec)]


def of_file(path: Path) -> list[np.ndarray]:
    source = open_model(path)
    predictor = OnnxPredictor(source.onnx, spec=source.spec)
    return [predictor.predict(chips) for chips in random_chips(source.spec)]


def difference(one: list[np.ndarray], other: list[np.ndarray]) -> float:
    return max(float(np.abs(a - b).max()) for a, b in zip(one, other, strict=True))


def test_the_network_of_an_onnx_file_gives_its_probabilities(model: Path) -> None:
    start = read_start(model)
    assert start.options.decoder_channels == SLIM
    assert (start.options.bands, start.options.classes) == (3, 2)
    assert not start.has_statistics
    assert difference(probabilities(start.network, spec_with("core")), of_file(model)) < TOLERANCE
    assert start.words.startswith("weights of slim-1 (sha256 ")


def test_a_state_dict_gives_the_same_and_keeps_its_statistics(model: Path) -> None:
    start = read_start(model.with_suffix(".pth"))
    assert start.has_statistics
    assert start.spec == spec_with("core")  # of the model beside it
    assert difference(probabilities(start.network, spec_with("core")), of_file(model)) < TOLERANCE


def test_the_model_that_ships_leads_to_its_float_original() -> None:
    start = read_start(default_model_path())
    original = default_model_path().parent / "float32" / default_model_path().name
    assert start.path == original
    assert start.spec is not None
    assert difference(probabilities(start.network, start.spec), of_file(original)) < TOLERANCE


def test_weights_of_8_bits_are_refused_with_the_remedy(tmp_path: Path) -> None:
    alone = Path(shutil.copy(default_model_path(), tmp_path))
    with pytest.raises(QuantisedError, match="weights of 8 bits") as refusal:
        read_start(alone)
    assert "float32" in refusal.value.remedy


def test_batch_normalisation_that_is_not_folded_counts_as_well(
    trained: nn.Module, tmp_path: Path
) -> None:
    """A file whose last block normalises in a node of its own."""
    path = model_of(trained, tmp_path / "model.onnx")
    proto = onnx.load(str(path))
    conv = next(n for n in proto.graph.node if n.op_type == "Conv")
    weights = {i.name: i for i in proto.graph.initializer}
    bias = numpy_helper.to_array(weights[conv.input[2]])
    count = len(bias)
    rng = np.random.default_rng(0)
    gain, variance = rng.uniform(0.5, 2, count), rng.uniform(0.5, 2, count)
    arrays = {
        "gain": gain, "shift": rng.normal(size=count),
        "mean": rng.normal(size=count), "variance": variance,
    }  # fmt: skip
    for name, array in arrays.items():
        proto.graph.initializer.append(numpy_helper.from_array(array.astype(np.float32), name))
    output = conv.output[0]
    conv.output[0] = "unnormalised"
    index = list(proto.graph.node).index(conv)
    norm = onnx.helper.make_node(
        "BatchNormalization", ["unnormalised", *arrays], [output], epsilon=1e-3
    )
    proto.graph.node.insert(index + 1, norm)
    onnx.save(proto, str(path))
    assert len(convolutions_of(path.read_bytes(), "model")[0].bias) == count
    start = read_start(path)
    assert difference(probabilities(start.network, spec_with("core")), of_file(path)) < TOLERANCE


def test_another_architecture_is_one_clear_error(model: Path, tmp_path: Path) -> None:
    proto = onnx.load(str(model))
    entry = next(e for e in proto.metadata_props if e.key == "camp_detector.spec")
    raw = json.loads(entry.value)
    raw["provenance"]["architecture"] = "unet, encoder tu-mobilenetv3_small_050"
    entry.value = json.dumps(raw)
    other = tmp_path / "other.onnx"
    onnx.save(proto, str(other))
    with pytest.raises(NetworkError, match=r"other\.onnx is of another architecture than a U-Net"):
        read_start(other)


def test_a_network_of_another_kind_is_refused(model: Path, tmp_path: Path) -> None:
    proto = onnx.load(str(model))
    entry = next(e for e in proto.metadata_props if e.key == "camp_detector.spec")
    raw = json.loads(entry.value)
    raw["provenance"]["architecture"] = "reference"
    entry.value = json.dumps(raw)
    other = tmp_path / "reference.onnx"
    onnx.save(proto, str(other))
    with pytest.raises(NetworkError, match="only a U-Net can be gone on from"):
        read_start(other)


def test_a_file_that_computes_something_else_is_refused(model: Path, tmp_path: Path) -> None:
    proto = onnx.load(str(model))
    clip = next(n for n in proto.graph.node if n.op_type in {"Relu", "Clip"})
    clip.op_type = "Sigmoid"
    del clip.input[1:]
    other = tmp_path / "changed.onnx"
    onnx.save(proto, str(other))
    with pytest.raises(NetworkError, match="gives other probabilities than a U-Net"):
        read_start(other)


def test_what_holds_no_u_net_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save({"layer.weight": torch.zeros(2, 2)}, path)
    with pytest.raises(NetworkError, match="weights of another network"):
        read_start(path)


@pytest.mark.parametrize("method", ["none", "border", "core", "both"])
def test_the_channels_of_a_training_give_what_the_model_gave(
    trained: nn.Module, tmp_path: Path, method: str
) -> None:
    path = model_of(trained, tmp_path / "model.onnx", method)
    start = read_start(path)
    before = of_file(path)
    train_channels(start, 1, "core")
    network = start.network
    combine_channels(network, channel_weights(method, 1))
    assert difference(probabilities(network, spec_with(method)), before) < TOLERANCE


def test_a_channel_that_the_start_lacks_begins_as_rare(model: Path) -> None:
    start = read_start(model)
    train_channels(start, 1, "core")
    border = probabilities(start.network, spec_with("core"))[0][:, 1]
    assert border == pytest.approx(1 / (1 + np.exp(2)), abs=1e-6)


def test_frozen_statistics_stay_while_weights_move(model: Path) -> None:
    network = read_start(model).network
    task = LitRefugeeCamp(network, optim=OptimOptions(), gsd=0.5, frozen=True).train()
    before = {k: v.clone() for k, v in network.state_dict().items()}
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1)
    task(torch.randn(2, 3, 64, 64)).square().mean().backward()
    optimiser.step()
    after = network.state_dict()
    moved = {k for k in before if not torch.equal(before[k], after[k])}
    assert moved
    assert not {k for k in moved if "running" in k or "num_batches" in k}
    task.frozen = False
    task.train()(torch.randn(2, 3, 64, 64))
    assert any(
        not torch.equal(before[k], v) for k, v in network.state_dict().items() if "running" in k
    )


def test_weights_are_drawn_back_by_a_share() -> None:
    layer = torch.nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        layer.weight.fill_(1.0)
    near = StartWeights(layer)
    with torch.no_grad():
        layer.weight.fill_(3.0)
    near.draw(layer, 0.25)
    assert float(layer.weight) == pytest.approx(2.5)
    near.draw(layer, 7.0)
    assert float(layer.weight) == pytest.approx(1.0)


def test_options_that_make_no_sense() -> None:
    with pytest.raises(NetworkError, match="imagenet or random"):
        NetworkOptions(start="imagenett")
    with pytest.raises(OptionsError, match="start_decay"):
        OptimOptions(start_decay=-1)
    assert NetworkOptions(start="run/best_model.onnx").model == Path("run/best_model.onnx")
    assert NetworkOptions(start="random").model is None


def test_bands_and_opsets(trained: nn.Module, tmp_path: Path) -> None:
    """Files of opset 11, and of other bands."""
    network = build_network(
        NetworkOptions(bands=4, classes=1, decoder_channels=SLIM, start="random")
    ).network.eval()
    bands = (*IMAGENET_BANDS, Band("nir", 1 / 255, 0.4, 0.2))
    spec = replace(spec_with("none"), bands=bands)
    path = tmp_path / "four.onnx"
    export_onnx(network, path, spec=spec, options=OnnxOptions(11))
    start = read_start(path)
    assert start.options.bands == 4
    assert difference(probabilities(start.network, spec), of_file(path)) < TOLERANCE


def test_a_training_goes_on_from_the_model_of_another(
    run: TrainResult, data_of: Callable[..., DataOptions], tmp_path: Path
) -> None:
    from training.train import train_model

    model = run.folder / "meta" / "best_model.onnx"
    network = NetworkOptions(classes=3, decoder_channels=SLIM, start=str(model))
    optim = OptimOptions(epochs=1, lr=1e-30, start_decay=1)
    options = run_options(data_of(), tmp_path / "out", network=network, optim=optim)
    result = train_model(replace(options, fast_dev_run=True))
    spec = open_model(result.folder / "meta" / "best_model.onnx").spec
    assert spec.provenance["start"] == f"weights of {run.spec.id} (sha256 {sha256_of(model)})"
    properties = json.loads((result.folder / "meta" / "stac_item.json").read_text())["properties"]
    assert properties["mlm:pretrained"]
    assert properties["mlm:pretrained_source"].startswith(f"{run.spec.id} (sha256 ")
    assert "best_model.onnx" in (result.folder / "meta" / "retrain.py").read_text()
    assert str(model.parent) not in (result.folder / "meta" / "retrain.py").read_text()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"decoder_channels": (16, 8, 8, 4, 8)}, "its decoder is 16 8 8 4 4, and the run's 16"),
        ({"encoder": "tu-mobilenetv3_small_050"}, "its encoder is tu-tf_efficientnet_lite0"),
    ],
)
def test_a_run_of_another_architecture_does_not_begin(
    run: TrainResult,
    data_of: Callable[..., DataOptions],
    tmp_path: Path,
    changes: dict[str, Any],
    message: str,
) -> None:
    from training.train import train_model

    model = run.folder / "meta" / "best_model.onnx"
    values = {"classes": 3, "decoder_channels": SLIM, "start": str(model), **changes}
    options = run_options(data_of(), tmp_path / "out", network=NetworkOptions(**values))
    with pytest.raises(NetworkError, match=message):
        train_model(options)
    assert not (tmp_path / "out").exists()


def test_a_run_with_other_classes_or_bands_does_not_begin(
    run: TrainResult, data_of: Callable[..., DataOptions], tmp_path: Path
) -> None:
    from training.train import train_model

    model = run.folder / "meta" / "best_model.onnx"
    network = NetworkOptions(classes=3, decoder_channels=SLIM, start=str(model))
    for changes, message in (
        ({"classes": (ClassDef(1, "tent", "#E4572E"),)}, "finds dwelling, and the run is to find"),
        ({"bands": tuple(replace(b, mean=0.1) for b in IMAGENET_BANDS)}, "scaled in its own way"),
    ):
        options = run_options(data_of(**changes), tmp_path / "out", network=network)
        with pytest.raises(NetworkError, match=message):
            train_model(options)


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_command_takes_the_architecture_of_the_model(
    run: TrainResult, town: Town, tmp_path: Path
) -> None:
    from training.fit.options_file import read_options

    model, out = run.folder / "meta" / "best_model.onnx", tmp_path / "out"
    words = ["train", "--chips", str(town.chips), "--labels", str(town.labels), "--gsd", "0.5"]
    words += ["--crop", "64", "--samples", "4", "--batch-size", "2", "--workers", "0"]
    words += ["--val-columns", "2", "--test-columns", "3", "--fast-dev-run", "--no-track"]
    call([*words, "--start", str(model), "--out", str(out)])
    assert read_options(out / "options.json").network.decoder_channels == SLIM
    other = [*words, "--start", str(model), "--out", str(tmp_path / "other")]
    with pytest.raises(SystemExit) as leaving:
        call([*other, "--decoder", "16,8,8,4,8"])
    assert leaving.value.code == 2


def test_the_starter_is_found_by_its_name() -> None:
    """The float32 original of the model that ships lies in the package."""
    path = NetworkOptions(start="starter").model
    assert path == default_model_path()
    start = read_start(path)
    assert start.path.parent.name == "float32"
    assert start.spec is not None
    assert start.spec.id == open_model(path).spec.id
    with pytest.raises(NetworkError, match="starts from imagenet or random or starter weights"):
        NetworkOptions(start="starters")
