"""A calibrated probability is the share of pixels that are dwellings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from camp_detector_core.engine.errors import SpecError
from camp_detector_core.network.channels import combine_channels, scale_logits
from camp_detector_core.network.unet import NetworkError, NetworkOptions, build_network
from tests.support.models import tiny_spec
from training.artefacts.calibration import CALIBRATION, fit_temperature, temperatures_of, to_text
from training.evaluation.pixel import ScoreHistogram
from training.fit.reference import ReferenceNetwork

SCORES = np.arange(255) / 254


def histogram(true: np.ndarray, pixels: float = 1e6) -> ScoreHistogram:
    """So many pixels of every score, of which the share ``true`` are dwellings."""
    inside = np.round(pixels * true).astype(np.int64)
    return ScoreHistogram(inside, int(pixels) - inside)


def squash(logit: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logit))


@pytest.mark.parametrize("temperature", [1.0, 0.5, 1.8, 6.0])
def test_a_temperature_is_found_again(temperature: float) -> None:
    inner = np.clip(SCORES, 0.25 / 254, 1 - 0.25 / 254)
    logit = np.log(inner / (1 - inner))
    fitted = fit_temperature(histogram(squash(logit / temperature)))
    assert fitted == pytest.approx(temperature, rel=1e-3)


def test_too_little_or_senseless_data_changes_nothing() -> None:
    assert fit_temperature(histogram(SCORES, pixels=2)) == 1
    assert fit_temperature(histogram(np.ones(255))) == 1
    assert fit_temperature(histogram(1 - SCORES)) == 1
    assert fit_temperature(histogram((SCORES >= 0.5).astype(float))) == 1


def test_one_channel_of_a_network_is_scaled_and_others_kept() -> None:
    options = NetworkOptions(classes=3, decoder_channels=(16, 8, 8, 4, 4), start="random")
    network = build_network(options).network.eval()
    chip = torch.randn((1, 3, 32, 32), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        before = network(chip)
        scale_logits(network, 1, 0.5)
        after = network(chip)
        combine_channels(network, [{2: 1.0}, {1: 0.5, 0: -2.0}])
        logits_before = network(chip)
    torch.testing.assert_close(after[:, [0, 2]], before[:, [0, 2]])
    torch.testing.assert_close(after[:, 1], before[:, 1] * 0.5, atol=1e-5, rtol=1e-5)
    mixed = torch.stack((after[:, 2], 0.5 * after[:, 1] - 2 * after[:, 0]), dim=1)
    torch.testing.assert_close(logits_before, mixed, atol=1e-5, rtol=1e-5)


def test_channels_and_networks_that_are_not_there() -> None:
    options = NetworkOptions(decoder_channels=(16, 8, 8, 4, 4), start="random")
    network = build_network(options).network
    rows: list[list[dict[int, float]]] = [[], [{1: 1.0}], [{0: 1.0, -1: 1.0}]]
    for row in rows:
        with pytest.raises(NetworkError, match="1 output channels"):
            combine_channels(network, row)
    with pytest.raises(NetworkError, match="no convolution at its end"):
        scale_logits(ReferenceNetwork(bands=3, classes=1), 0, 2.0)


@pytest.mark.parametrize(
    "text",
    [
        *("{", "[[1]]", "1", '["a"]', "[1, 2]", "[0]", "[NaN]", "[1e9]"),
        pytest.param("[" * 100_000, id="too deep"),
        pytest.param(f"[1{'0' * 400}]", id="too large"),
    ],
)
def test_temperatures_that_are_none(text: str) -> None:
    spec = replace(tiny_spec(), provenance={CALIBRATION: text})
    with pytest.raises(SpecError, match="temperatures"):
        temperatures_of(spec)


def test_temperatures_come_back() -> None:
    spec = replace(tiny_spec(), provenance={CALIBRATION: to_text([1.25])})
    assert temperatures_of(spec) == [1.25]
    assert temperatures_of(tiny_spec()) == []
