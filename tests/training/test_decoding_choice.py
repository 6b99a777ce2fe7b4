"""Threshold, separation and smallest dwelling are chosen over places, for F1 and for count."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from camp_detector_core.engine.separation import Separation
from tests.support.models import tiny_spec
from training.artefacts.decoding_choice import AREAS, DecodingChoice
from training.artefacts.dwelling_score import ScoredArea, measure
from training.evaluation.coverage import LabelCoverage
from training.fit.place_options import OptionsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from camp_detector_core.engine.spec import ModelSpec

Box = tuple[int, int, int, int]
SPEC = replace(
    tiny_spec(),
    gsd=0.5,
    min_area=2.0,
    threshold=0.5,
    separation=Separation("core", threshold=0.5, reach=4, min_seed=1),
)
HOUSES: list[Box] = [(4, 4, 20, 20), (4, 40, 20, 56), (40, 4, 56, 20)]
"""(row, col, stop_row, stop_col)."""


def place(
    houses: Sequence[Box] = HOUSES,
    *,
    sure: float = 0.9,
    crumbs: Sequence[tuple[Box, float]] = (),
    core: NDArray[np.uint8] | None = None,
) -> list[ScoredArea]:
    """An area whose houses have one probability, and pieces with theirs that are no houses."""
    mask = np.zeros((64, 64), np.uint8)
    for (row, col, stop_row, stop_col), value in [*((h, sure) for h in houses), *crumbs]:
        mask[row:stop_row, col:stop_col] = round(value * 254)
    polygons = [shapely.box(c, r, c1, r1) for r, c, r1, c1 in houses]
    coverage = LabelCoverage.of(polygons, np.ones((64, 64), np.bool_))
    return [ScoredArea(np.stack((mask, mask if core is None else core)), coverage)]


def test_the_threshold_leaves_false_alarms_out() -> None:
    crumb = ((30, 30, 37, 37), 0.58)
    chosen = DecodingChoice({"hill": place(crumbs=[crumb]), "coast": place()}).best(SPEC)
    assert chosen.threshold > 0.58
    assert measure(place(crumbs=[crumb]), chosen).merit == 1.0


def test_the_smallest_dwelling_leaves_crumbs_out_that_are_as_sure_as_houses() -> None:
    crumb = ((30, 30, 34, 34), 0.9)
    chosen = DecodingChoice({"hill": place(crumbs=[crumb])}).best(SPEC)
    assert chosen.min_area == 5.0
    assert chosen.min_area in AREAS
    assert chosen.threshold == SPEC.threshold


def test_the_separation_is_chosen() -> None:
    """The two houses touch; their cores are at 0.9, the bridge between them at 0.4."""
    houses: list[Box] = [(4, 4, 20, 20), (4, 20, 20, 36)]
    core = np.zeros((64, 64), np.uint8)
    core[6:18, 6:18], core[6:18, 22:34], core[6:18, 18:22] = 228, 228, 140
    touching = place(houses, core=core)
    assert measure(touching, SPEC).score.predicted == 1
    chosen = DecodingChoice({"hill": touching}).best(SPEC)
    assert chosen.separation is not None
    assert chosen.separation.threshold > 0.55
    assert measure(touching, chosen).score.predicted == 2


def test_the_worst_place_counts_as_much_as_all_together() -> None:
    """In the mean, two places with a faint house outvote one of false alarms."""
    crumbs = [
        ((24 + 12 * i, 24 + 12 * j, 31 + 12 * i, 31 + 12 * j), 0.56)
        for i in range(3)
        for j in range(3)
    ]
    noisy = place([(4, 4, 20, 20)], sure=0.9, crumbs=crumbs)
    faint = [(4, 4, 20, 20), (4, 40, 20, 56), (40, 4, 56, 20), (40, 40, 56, 56)]
    weak = place(faint[:3], crumbs=[(faint[3], 0.52)])
    weak[0] = replace(
        weak[0],
        coverage=LabelCoverage.of(
            [shapely.box(c, r, c1, r1) for r, c, r1, c1 in faint], np.ones((64, 64), np.bool_)
        ),
    )
    low = replace(SPEC, threshold=0.5)
    chosen = DecodingChoice({"a": weak, "b": weak, "noisy": noisy}).best(low)
    assert chosen.threshold >= 0.6


def test_a_place_whose_count_is_hopeless_has_no_more_say_for_that() -> None:
    """Three in four of its detections are none; a threshold that spares one would cost a house."""
    crumbs = [
        ((24 + 12 * i, 24 + 12 * j, 31 + 12 * i, 31 + 12 * j), 0.9)
        for i in range(3)
        for j in range(3)
    ]
    hopeless = place(crumbs=[*crumbs, ((24, 4, 31, 11), 0.56)])
    faint: list[Box] = [*HOUSES, (40, 40, 56, 56)]
    hill = place(HOUSES, crumbs=[(faint[3], 0.52)])
    coverage = place(faint)[0].coverage
    places = {"hill": [replace(hill[0], coverage=coverage)], "hopeless": hopeless}
    assert DecodingChoice(places).best(SPEC).threshold == SPEC.threshold


def test_a_model_without_separation_has_its_mask_and_size_chosen() -> None:
    crumb = ((30, 30, 37, 37), 0.58)
    areas = [area.channels([0]) for area in place(crumbs=[crumb])]
    chosen = DecodingChoice({"hill": areas}).best(replace(SPEC, separation=None))
    assert chosen.separation is None
    assert chosen.threshold > 0.58


def test_settings_in_doubt_stay() -> None:
    assert DecodingChoice({"hill": place()}).best(SPEC) == SPEC


def test_a_place_with_dwellings_is_needed() -> None:
    with pytest.raises(OptionsError, match="no place with labelled dwellings"):
        DecodingChoice({}).best(SPEC)


def test_a_place_without_labelled_dwellings_has_no_say() -> None:
    """F1 and count error are nothing there, so every setting would seem as bad as any."""
    hill = place(crumbs=[((30, 30, 37, 37), 0.58)])
    choice = DecodingChoice({"hill": hill, "desert": place([], crumbs=[((4, 4, 9, 9), 0.9)])})
    assert choice.passed_over == ["desert"]
    assert choice.best(SPEC) == DecodingChoice({"hill": hill}).best(SPEC)
    with pytest.raises(OptionsError, match="no place with labelled dwellings"):
        choice.best(SPEC, names=["desert"])


def test_the_places_that_count_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place that does not count moves nothing; what was measured for one choice serves others."""
    places = {"hill": place(crumbs=[((30, 30, 37, 37), 0.58)]), "coast": place(sure=0.45)}
    measured: list[tuple[float, Separation | None]] = []
    mark = ScoredArea.classes

    def count(area: ScoredArea, spec: ModelSpec) -> NDArray[np.uint8]:
        measured.append((spec.threshold, spec.separation))
        return mark(area, spec)

    monkeypatch.setattr(ScoredArea, "classes", count)
    choice = DecodingChoice(places)
    hill, coast = (choice.best(SPEC, names=[name]) for name in places)
    assert hill == DecodingChoice({"hill": places["hill"]}).best(SPEC)
    assert hill.threshold > 0.58
    assert coast.threshold <= 0.45
    before = len(measured)
    assert choice.best(SPEC, names=["hill"]) == hill
    assert len(measured) == before
