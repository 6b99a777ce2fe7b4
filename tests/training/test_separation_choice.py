"""The way of telling dwellings apart is measured, and its settings chosen, by what it finds."""

from __future__ import annotations

import copy
import csv
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from camp_detector_core.engine.instances import separate
from camp_detector_core.engine.separation import Separation
from camp_detector_core.network.channels import combine_channels
from camp_detector_core.network.unet import NetworkOptions
from tests.support.models import tiny_spec
from tests.support.runs import run_options
from training.artefacts import separation_choice
from training.artefacts.dwelling_score import DwellingScore, ScoredArea, measure, most_merit
from training.artefacts.separation_choice import THRESHOLDS, choose_separation
from training.artefacts.separation_method import METHODS, channel_weights, starting_separation
from training.artefacts.trained_model import TrainedModel
from training.data.datamodule import CampDataModule
from training.data.separation import CORE_METRES, core_of, reach_of
from training.evaluation.buildings import BuildingScore
from training.evaluation.coverage import LabelCoverage
from training.evaluation.predict import NetworkPredictor, predict_area
from training.fit.bands import make_classes
from training.fit.description import build_spec
from training.fit.options import TrainOptions
from training.fit.place_options import OptionsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from camp_detector_core.engine.spec import ModelSpec
    from training.fit.options import DataOptions
    from training.train import TrainResult

SPEC = replace(tiny_spec(), gsd=0.2, min_area=1.0, threshold=0.5)
HOUSES = [(4, 4, 34, 34), (4, 35, 34, 64), (44, 4, 60, 30)]
"""(row, col, stop_row, stop_col); the first two are a pixel apart, which the mask fills."""


def sheet(border: NDArray[np.uint8]) -> ScoredArea:
    mask = np.zeros((70, 70), np.uint8)
    mask[4:34, 4:64] = 254
    mask[44:60, 4:30] = 254
    polygons = [shapely.box(c, r, c1, r1) for r, c, r1, c1 in HOUSES]
    known = np.ones((70, 70), np.bool_)
    return ScoredArea(np.stack((mask, border)), LabelCoverage.of(polygons, known))


def drawn_border(*, wall: int) -> NDArray[np.uint8]:
    border = np.zeros((70, 70), np.uint8)
    border[:, 32:36] = wall
    return border


def test_a_mask_alone_merges_what_touches() -> None:
    dwelling_score = measure([sheet(drawn_border(wall=0))], SPEC)
    assert (dwelling_score.score.predicted, dwelling_score.score.labelled) == (2, 3)
    assert dwelling_score.to_dict()["method"] == "mask only"


def test_the_threshold_that_parts_them_is_chosen() -> None:
    """The wall's probability is 0.3, so only thresholds up to it see the wall."""
    sheets = [sheet(drawn_border(wall=77))]
    separation = choose_separation(sheets, SPEC, "border")
    assert separation.threshold <= 0.3
    dwelling_score = measure(sheets, replace(SPEC, separation=separation), "border")
    assert (dwelling_score.score.predicted, dwelling_score.score.matched) == (3, 3)
    assert dwelling_score.merit == 1.0
    assert dwelling_score.to_dict()["method"] == "border"
    high = Separation("border", threshold=0.6, reach=6, min_seed=1)
    assert measure(sheets, replace(SPEC, separation=high)).score.predicted == 2


def test_where_nothing_helps_the_middle_is_taken() -> None:
    separation = choose_separation([sheet(drawn_border(wall=0))], SPEC, "border")
    assert (separation.threshold, separation.min_seed) == (0.5, 7)


COUNTS = st.tuples(*[st.integers(0, 40)] * 3).map(
    lambda n: BuildingScore(min(n), predicted=n[0], labelled=n[1])
)


@given(COUNTS, COUNTS)
def test_no_way_ends_with_more_merit_than_it_could_still_get(
    done: BuildingScore, later: BuildingScore
) -> None:
    whole = BuildingScore.total([done, later])
    assert (
        DwellingScore("core", None, whole).merit
        <= most_merit(done, unmeasured=later.labelled) + 1e-9
    )


def first_of_the_best(trials: Iterable[Any]) -> tuple[float, int]:
    """Return threshold and least seed of the trial of most merit, the nearest to one half first."""
    scores = [trial.score for trial in trials if trial.score is not None]
    most = max(score.merit for score in scores)
    settings = [score.separation for score in scores if score.merit == most]
    order = [(round(abs(s.threshold - 0.5), 6), s.threshold, s.min_seed) for s in settings]
    return min(order)[1:]


def test_nothing_that_is_left_out_would_have_been_better(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Against every setting in full, on scores as those of weak networks; and it is counted."""
    caplog.set_level(logging.DEBUG)
    scored = []
    score = LabelCoverage.score
    monkeypatch.setattr(LabelCoverage, "score", lambda *a, **k: scored.append(a) or score(*a, **k))
    searches = []
    create = separation_choice._Search.__init__
    monkeypatch.setattr(
        separation_choice._Search,
        "__init__",
        lambda self, *a: searches.append(self) or create(self, *a),
    )
    for seed, spread in ((0, 40), (1, 3)):
        rng = np.random.default_rng(seed)
        coarse = rng.integers(127 - spread, 128 + spread, (2, 2, 14, 14))
        scores = np.kron(coarse, np.ones((5, 5), int)) + rng.integers(-2, 3, (2, 2, 70, 70))
        sheets = [replace(sheet(drawn_border(wall=0)), scores=s.astype(np.uint8)) for s in scores]
        for method in ("border", "core"):
            scored.clear()
            separation = choose_separation(sheets, SPEC, method)
            count = len(scored)
            every = [
                measure(sheets, replace(SPEC, separation=setting), method)
                for t in sorted(THRESHOLDS, key=lambda t: abs(t - 0.5))
                for n in (7, 20, 40, 62)
                for setting in [replace(starting_separation(method, 0.2), threshold=t, min_seed=n)]
            ]
            score_of_choice = measure(sheets, replace(SPEC, separation=separation), method)
            assert score_of_choice.merit == max(d.merit for d in every)
            assert count < 2 * len(every)
            best = first_of_the_best(searches[-1].trials.values())
            assert (separation.threshold, separation.min_seed) == best
    assert "of 124 settings tried" in caplog.text


def test_a_wrong_count_costs_merit() -> None:
    """Half of one house is found, twice: F1 is what it was, the count is not."""
    right = measure([sheet(drawn_border(wall=254))], replace(SPEC, separation=_border(0.5)))
    border = drawn_border(wall=254)
    border[50:54] = 254
    wrong = measure([sheet(border)], replace(SPEC, separation=_border(0.5)))
    assert right.score.count_error == 0
    assert wrong.score.count_error == pytest.approx(1 / 3)
    assert wrong.merit == pytest.approx(wrong.score.f1 - (1 / 3 - 0.05))


def _border(threshold: float) -> Separation:
    return replace(starting_separation("border", 0.2), threshold=threshold)


@pytest.mark.parametrize(("method", "gsd", "reach"), [("border", 0.2, 6), ("core", 0.2, 18)])
def test_seeds_grow_by_what_their_target_keeps_away(method: str, gsd: float, reach: int) -> None:
    assert starting_separation(method, gsd).reach == reach


@pytest.mark.parametrize("gsd", [0.03, 0.05, 0.08, 0.1, 0.2, 0.5])
def test_a_perfect_core_grows_back_to_its_dwelling(gsd: float) -> None:
    """However fine the pixels, ten metres square come back as one piece without a corner less."""
    side = round(10 / gsd)
    owner = torch.zeros((side + 8, side + 8))
    owner[4:-4, 4:-4] = 1
    core = core_of(owner, most=reach_of(CORE_METRES, gsd))
    scores = (torch.stack((owner > 0, core)).numpy() * 254).astype(np.uint8)
    spec = replace(SPEC, gsd=gsd, separation=starting_separation("core", gsd))
    np.testing.assert_array_equal(separate(scores, spec, row=0, col=0), owner.numpy())


def test_the_channels_of_each_way() -> None:
    """Border is the second trained channel, core the third; a border speaks against a seed."""
    network = nn.Sequential()
    network.segmentation_head = nn.Sequential(nn.Conv2d(3, 3, 1))
    with torch.no_grad():
        network.segmentation_head[0].weight[:] = torch.eye(3)[..., None, None]
        network.segmentation_head[0].bias[:] = 0
    logits = torch.tensor([1.0, -2.0, 4.0])[None, :, None, None]
    weights = {"none": [1.0], "border": [1.0, -2.0], "core": [1.0, 4.0], "both": [1.0, 3.0]}
    for way, channels in weights.items():
        original = copy.deepcopy(network)
        combine_channels(original, channel_weights(way, 1))
        assert original.segmentation_head(logits).flatten().tolist() == channels


def test_settings_that_come_to_the_same_are_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = []
    score = measure([sheet(drawn_border(wall=0))], SPEC)

    def note(_: object, spec: ModelSpec, __: str, *, goal: float) -> separation_choice._Trial:
        assert goal <= 1
        settings.append(spec.separation)
        return separation_choice._Trial(score, 0)

    monkeypatch.setattr("training.artefacts.separation_choice._Measurer.measure", note)
    monkeypatch.setattr("training.artefacts.separation_choice.THRESHOLDS", (0.4, 0.6))
    with pytest.raises(ValueError, match="no settings"):
        choose_separation([], replace(SPEC, gsd=0.05), "border")
    assert len(settings) == len(set(settings)) == 2


class _Pixels(nn.Module):
    """A network of one convolution, whose last one can be changed as that of a U-Net."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.segmentation_head = nn.Sequential(nn.Conv2d(3, 3, 5, padding=2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.segmentation_head(x)
        return logits


def test_one_pass_gives_the_scores_of_every_method(
    data_of: Callable[..., DataOptions], tmp_path: Path
) -> None:
    options = run_options(data_of(), tmp_path / "out", separation="core")
    model = TrainedModel(_Pixels(), build_spec(options), "core")
    (area,) = CampDataModule(options.data).areas("val")
    every = NetworkPredictor(model.channels("all"))
    scores = predict_area(area, every, model.spec, further=len(METHODS)).scores
    assert scores.shape[0] == 1 + len(METHODS)
    for index, method in enumerate(METHODS, 1):
        spec = replace(model.spec, separation=starting_separation(method, model.spec.gsd))
        alone = predict_area(area, NetworkPredictor(model.channels(method)), spec).scores
        assert len(np.unique(alone[1])) > 10
        np.testing.assert_allclose(scores[[0, index]].astype(int), alone.astype(int), atol=1)


def test_more_classes_than_can_be_separated_are_refused(
    data_of: Callable[..., DataOptions], tmp_path: Path
) -> None:
    classes = make_classes([f"kind_{i}" for i in range(252)])
    network = NetworkOptions(classes=252 + 2, start="random")
    with pytest.raises(OptionsError, match="at most 251 classes"):
        TrainOptions(data_of(classes=classes), tmp_path, network=network)


def test_a_run_measures_every_way(run: TrainResult) -> None:
    with (run.folder / "evaluation" / "separation.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(r["part"], r["method"]) for r in rows] == [
        (part, method)
        for method in ("mask only", "border", "core", "both")
        for part in ("val", "test")
    ]
    assert run.spec.separation is not None
    border = next(r for r in rows if r["method"] == "border")
    assert float(border["threshold"]) == run.spec.separation.threshold
    assert len({r["labelled"] for r in rows if r["part"] == "test"}) == 1
