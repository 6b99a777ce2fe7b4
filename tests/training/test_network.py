"""The network starts from the weights that it says it starts from."""

from __future__ import annotations

import logging
import socket
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest
import torch

from camp_detector_core.network.unet import (
    DEFAULT_ENCODER,
    LITE0_ATTRIBUTION,
    LITE0_FILE,
    LITE0_PACKAGE,
    NetworkError,
    NetworkOptions,
    build_network,
    credits_of,
)

if TYPE_CHECKING:
    from torch import Tensor

SLIM = (16, 8, 8, 4, 4)


@pytest.fixture(scope="module")
def packaged() -> dict[str, Tensor]:
    with resources.as_file(resources.files(LITE0_PACKAGE).joinpath(LITE0_FILE)) as path:
        weights: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return weights


def encoder_of(**changes: Any) -> dict[str, Tensor]:
    built = build_network(NetworkOptions(decoder_channels=SLIM, **changes))
    return built.network.get_submodule("encoder.model").state_dict()


def test_imagenet_weights_come_out_of_the_package(packaged: dict[str, Tensor]) -> None:
    weights = encoder_of()
    assert torch.equal(weights["conv_stem.weight"], packaged["_conv_stem.weight"])
    last = "blocks.6.0.conv_pwl.weight"
    assert torch.equal(weights[last], packaged["_blocks.15._project_conv.weight"])
    mean = "blocks.6.0.bn3.running_mean"
    assert torch.equal(weights[mean], packaged["_blocks.15._bn2.running_mean"])
    assert not torch.equal(
        encoder_of(start="random")["conv_stem.weight"], weights["conv_stem.weight"]
    )


@pytest.mark.parametrize("bands", [1, 2, 4])
def test_other_bands_respond_to_grey_as_before(packaged: dict[str, Tensor], bands: int) -> None:
    stem = encoder_of(bands=bands)["conv_stem.weight"]
    rgb = packaged["_conv_stem.weight"]
    assert stem.shape == (rgb.shape[0], bands, *rgb.shape[2:])
    torch.testing.assert_close(stem.sum(1), rgb.sum(1))
    if bands > 3:
        torch.testing.assert_close(stem[:, :3], rgb * 3 / bands)


def test_the_network_takes_and_gives_what_was_asked() -> None:
    built = build_network(NetworkOptions(bands=4, classes=2, decoder_channels=SLIM, start="random"))
    assert built.start == "random weights"
    with torch.no_grad():
        out = built.network.eval()(torch.zeros((2, 4, 64, 96)))
    assert out.shape == (2, 2, 64, 96)


def test_who_must_be_named() -> None:
    assert credits_of(NetworkOptions()) == (LITE0_ATTRIBUTION,)
    assert credits_of(NetworkOptions(start="random")) == ()
    assert "tu-resnet18" in credits_of(NetworkOptions("tu-resnet18"))[0]
    assert NetworkOptions().encoder == DEFAULT_ENCODER


def test_another_encoder_without_network_starts_from_random_weights_and_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Any
) -> None:
    def unreachable(*_: object, **__: object) -> None:
        msg = "Network is unreachable"
        raise OSError(msg)

    monkeypatch.setattr(socket, "getaddrinfo", unreachable)
    monkeypatch.setattr(socket.socket, "connect", unreachable)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    caplog.set_level(logging.WARNING)
    built = build_network(NetworkOptions("tu-mobilenetv3_small_050", decoder_channels=SLIM))
    assert built.start == "random weights (download failed)"
    assert built.attribution == ()
    (record,) = [r for r in caplog.records if r.name == "camp_detector_core.network.unet"]
    assert "tu-mobilenetv3_small_050" in record.getMessage()
    assert "RANDOM" in record.getMessage()


def test_an_unknown_encoder_is_one_sentence() -> None:
    with pytest.raises(NetworkError, match="knows no encoder 'nonesuch'"):
        build_network(NetworkOptions("nonesuch", start="random"))


@pytest.mark.parametrize("options", [{"bands": 0}, {"classes": 0}, {"decoder_channels": (1, 2)}])
def test_networks_that_cannot_be(options: dict[str, Any]) -> None:
    with pytest.raises(NetworkError):
        NetworkOptions(**options)
