"""Figures of a model whose answer is known for every pixel are the ones worked out by hand."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.engine.errors import CampDetectorError, OutputError
from camp_detector_core.georaster.settings import Settings
from tests.support.datasets import (
    GSD,
    HOUSES,
    SIDE,
    house_polygon,
    place,
    town_pixels,
    write_picture,
    write_polygons,
)
from tests.support.models import tiny_onnx, tiny_spec
from tests.support.rasters import UTM_AREA, write_raster
from training.evaluation.buildings import BuildingScore, match_polygons
from training.evaluation.measure import EvaluateOptions, Evaluation, evaluate_model
from training.evaluation.pixel import Confusion, ScoreHistogram, best_threshold
from training.evaluation.summary import MASK_NOTE, to_dict, to_table
from training.evaluation.tables import block_rows
from training.output import results, write_json

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.datasets import Town
    from training.train import TrainResult

CUT = [h for h in HOUSES if h[1] < 128 < h[3]]
"""Houses across the border between the second and the third column."""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Finds what is red: every house, to the pixel."""
    path = tmp_path / "tiny.onnx"
    path.write_bytes(tiny_onnx(tiny_spec(min_area=0.0)))
    return path


def measure(model: Path, town: Town, **changes: Any) -> Evaluation:
    values: dict[str, Any] = {
        "chips": town.chips,
        "labels": town.labels,
        "settings": Settings(simplify=0),
        "threads": 1,
        **changes,
    }
    return evaluate_model(EvaluateOptions(model=model, **values))


def write_split(path: Path, town: Town, **parts: tuple[int, ...]) -> Path:
    names = {p: town.names(*cols) for p, cols in parts.items()}
    path.write_text(json.dumps(names))
    return path


@pytest.mark.parametrize("source", ["labels", "masks"])
def test_a_perfect_model_is_perfect(model: Path, town: Town, source: str) -> None:
    evaluation = measure(model, town, labels=getattr(town, source))
    (area,) = evaluation.areas
    assert sorted(area.chips) == sorted(town.names(0, 1, 2, 3))
    pixels, buildings = evaluation.total.pixels, evaluation.total.buildings
    assert (pixels.tp, pixels.fp, pixels.fn) == (int(town.truth.sum()), 0, 0)
    assert pixels.tn == int((~town.truth).sum())
    assert pixels.all_ones_iou == pytest.approx(town.truth.mean())
    assert buildings == BuildingScore(len(HOUSES), len(HOUSES), len(HOUSES))
    assert buildings.count_error == 0
    assert area.hectares == pytest.approx(town.truth.size * GSD**2 / UTM_AREA / 1e4)


@pytest.mark.parametrize("source", ["labels", "masks"])
def test_dwellings_cut_by_the_edge_count_by_what_is_seen(
    model: Path, town: Town, tmp_path: Path, source: str
) -> None:
    split = write_split(tmp_path / "s.json", town, train=(0,), val=(1,), test=(2, 3))
    evaluation = measure(model, town, labels=getattr(town, source), split=split)
    inside = [h for h in HOUSES if h[3] > 128]
    assert evaluation.total.buildings == BuildingScore(len(inside), len(inside), len(inside))
    # Of the three that are cut 18, 21 and 24 m2 are seen. The tiny one has 6 m2 and is whole: it
    # counts, though the model is asked to leave it out.
    assert [(h[2] - h[0]) * (h[3] - 128) * GSD**2 for h in CUT] == [18, 21, 24]
    settings = Settings(simplify=0, min_area=22)
    unclipped = measure(model, town, labels=getattr(town, source), split=split, settings=settings)
    right = len(inside) - 3
    assert unclipped.total.buildings == BuildingScore(right, right, right + 1)


def test_parts_are_areas_of_their_own_and_add_up(model: Path, town: Town, tmp_path: Path) -> None:
    split = write_split(tmp_path / "s.json", town, train=(1,), val=(2,), test=(0, 3))
    evaluation = measure(model, town, split=split)
    assert sorted(len(a.chips) for a in evaluation.areas) == [2, 2]
    columns = np.r_[0:SIDE, 3 * SIDE : 4 * SIDE]
    assert evaluation.total.pixels.tp == int(town.truth[:, columns].sum())
    assert measure(model, town, split=split, part="val").areas[0].chips == ("chip_0_2", "chip_1_2")


def test_what_is_missed_and_what_is_made_up_is_counted(
    model: Path, town: Town, tmp_path: Path
) -> None:
    """Two houses have no label, three labels no house, and one covers less than half of its own."""
    houses_left = [house_polygon(h) for h in HOUSES[3:]]
    row, col, stop_row, stop_col = HOUSES[2]
    half = house_polygon((row, col, stop_row, col + (stop_col - col) * 0.45))
    absent = [house_polygon((20 + 9 * i, 200, 25 + 9 * i, 205)) for i in range(3)]
    assert not town.truth[20:52, 200:205].any()
    labels = write_polygons(tmp_path / "l.gpkg", [*houses_left, half, *absent])
    score = measure(model, town, labels=labels).total
    right = len(HOUSES) - 3
    assert score.buildings == BuildingScore(right, right + 3, right + 4)
    assert score.buildings.precision == pytest.approx(right / (right + 3))
    assert score.buildings.recall == pytest.approx(right / (right + 4))
    assert score.buildings.count_error == pytest.approx(-1 / (right + 4))
    assert score.pixels.fn == 3 * 25
    low = measure(model, town, labels=labels, iou=0.4).total
    assert low.buildings.matched == right + 1


def test_the_threshold_is_the_models_or_the_users(model: Path, town: Town, tmp_path: Path) -> None:
    """Red at 0.497 of white has a probability of 0.43."""
    faint = tmp_path / "chips"
    faint.mkdir()
    for col in range(2):
        at = np.s_[:, :, col * SIDE : (col + 1) * SIDE]
        pixels = np.where(town.truth, 127, town.pixels).astype(np.uint8)[at]
        write_raster(faint / f"{col}.tif", pixels, transform=place(0, col * SIDE))
    assert measure(model, town, chips=faint).total.buildings.predicted == 0
    settings = Settings(simplify=0, threshold=0.4)
    evaluation = measure(model, town, chips=faint, settings=settings)
    assert evaluation.spec.threshold == 0.4
    assert evaluation.total.pixels.recall == 1
    assert evaluation.total.pixels.precision == 1


def test_unknown_ground_does_not_count(model: Path, town: Town, tmp_path: Path) -> None:
    """Labels say nothing on the upper half, where the model finds houses all the same."""
    masks = tmp_path / "masks"
    masks.mkdir()
    for row in range(2):
        for col in range(4):
            at = np.s_[row * SIDE : (row + 1) * SIDE, col * SIDE : (col + 1) * SIDE]
            mask = town.truth[at].astype(np.uint8)
            if row == 0:
                mask[:] = 255
            window = place(row * SIDE, col * SIDE)
            write_raster(masks / f"chip_{row}_{col}.tif", mask[None], nodata=255, transform=window)
    evaluation = measure(model, town, labels=masks)
    assert evaluation.total.pixels.tp == int(town.truth[SIDE:].sum())
    assert evaluation.total.pixels.fp == evaluation.total.pixels.fn == 0
    assert evaluation.areas[0].hectares == pytest.approx(SIDE * 4 * SIDE * GSD**2 / UTM_AREA / 1e4)
    labelled_count = len([h for h in HOUSES if h[2] > SIDE])
    assert evaluation.total.buildings == BuildingScore(
        labelled_count, labelled_count, labelled_count
    )


def test_chips_of_another_resolution_are_run_at_the_models(
    model: Path, town: Town, tmp_path: Path
) -> None:
    chips = tmp_path / "chips"
    chips.mkdir()
    fine = np.kron(town.pixels, np.ones((1, 2, 2), np.uint8))
    write_raster(chips / "fine.tif", fine, transform=place(0, 0, gsd=GSD / 2))
    score = measure(model, town, chips=chips).total
    assert score.pixels.tp == int(town.truth.sum())
    assert score.buildings == BuildingScore(len(HOUSES), len(HOUSES), len(HOUSES))


def test_plain_pictures_with_masks(model: Path, tmp_path: Path, town: Town) -> None:
    pixels, truth = town_pixels(seed=2)
    for folder, values in (("chips", pixels), ("masks", truth.astype(np.uint8)[None])):
        (tmp_path / folder).mkdir()
        for col in range(2):
            at = np.s_[..., col * SIDE : (col + 1) * SIDE]
            write_picture(tmp_path / folder / f"{col}.png", values[at])
    evaluation = measure(model, town, chips=tmp_path / "chips", labels=tmp_path / "masks")
    assert len(evaluation.areas) == 2
    assert evaluation.total.pixels.tp == int(truth[:, : 2 * SIDE].sum())
    assert evaluation.total.pixels.fp == evaluation.total.pixels.fn == 0
    # At a quarter of a metre a pixel the same pictures are a quarter of the ground.
    small = measure(
        model, town, chips=tmp_path / "chips", labels=tmp_path / "masks", chip_gsd=GSD / 2
    )
    assert sum(a.hectares for a in small.areas) * 4 == pytest.approx(
        sum(a.hectares for a in evaluation.areas)
    )


def test_classes_are_measured_apart(town: Town, tmp_path: Path) -> None:
    """A model of two classes that takes every house for a tent."""
    from camp_detector_core.engine.spec import ClassDef

    classes = (ClassDef(1, "tent", "#E31A1C"), ClassDef(2, "house", "#1F78B4"))
    path = tmp_path / "two.onnx"
    path.write_bytes(tiny_onnx(tiny_spec(classes=classes)))
    kinds = ["tent" if i % 2 else "house" for i in range(len(HOUSES))]
    labels = write_polygons(tmp_path / "l.gpkg", [house_polygon(h) for h in HOUSES], kind=kinds)
    evaluation = measure(path, town, labels=labels, class_field="kind")
    tents = kinds.count("tent")
    assert evaluation.of_class("tent").buildings == BuildingScore(tents, len(HOUSES), tents)
    assert evaluation.of_class("house").buildings == BuildingScore(0, 0, len(HOUSES) - tents)
    assert evaluation.total.buildings == BuildingScore(tents, len(HOUSES), len(HOUSES))
    rows = block_rows(evaluation)
    assert sum(r["pixels"] for r in rows) == town.truth.size, "ground counts once"
    assert sum(r["found"] for r in rows) == len(HOUSES)
    table = to_table(evaluation)
    assert "tent: pixels" in table
    assert "all: dwellings" in table


def test_without_a_label_there_is_no_count_error(model: Path, town: Town, tmp_path: Path) -> None:
    """Dwellings are found on ground that has none: infinitely more is no figure to print."""
    empty = tmp_path / "empty"
    empty.mkdir()
    for mask in town.masks.iterdir():
        row, col = (int(n) * SIDE for n in mask.stem.split("_")[1:])
        write_raster(
            empty / mask.name, np.zeros((1, SIDE, SIDE), np.uint8), transform=place(row, col)
        )
    evaluation = measure(model, town, labels=empty, block_metres=20)
    assert evaluation.notes == ("empty: the masks mark no dwelling, all their pixels are 0",)
    assert evaluation.total.buildings == BuildingScore(0, len(HOUSES), 0)
    table = to_table(evaluation)
    assert "inf" not in table
    assert re.search(r"^  count error +- +-$", table, re.MULTILINE)


def test_the_reference_network_can_be_measured(reference: TrainResult, town: Town) -> None:
    split = reference.folder / "split.json"
    evaluation = measure(reference.folder / "meta" / "best_model.onnx", town, split=split)
    assert evaluation.total.pixels.to_dict()["iou"] == pytest.approx(
        reference.test["iou"], abs=1e-6
    )


def test_the_run_and_the_command_agree(run: TrainResult, town: Town) -> None:
    """The same chips at the same resolution: training's own figures are those of the file."""
    meta, split = run.folder / "meta", run.folder / "split.json"
    pixels = measure(meta / "best_model.onnx", town, split=split).total.pixels.to_dict()
    for name in ("iou", "precision", "recall", "all_ones_iou"):
        assert pixels[name] == pytest.approx(run.test[name], abs=2e-3)


def test_json_and_table_say_the_same(model: Path, town: Town) -> None:
    evaluation = measure(model, town)
    content = json.loads(json.dumps(to_dict(evaluation), allow_nan=False))
    assert content["total"]["pixels"]["iou"] == 1.0
    assert content["total"]["buildings"]["f1"] == 1.0
    assert content["data"] | {"chips": "", "labels": ""} == {
        "chips": "", "labels": "", "split": None, "part": "all", "count": 8, "hectares": 0.8199,
        "notes": [],
    }  # fmt: skip
    assert len(content["model"]["sha256"]) == 64
    table = to_table(evaluation)
    assert "8 chips in 1 area, 0.82 ha" in table
    assert f"{len(HOUSES)} found, {len(HOUSES)} labelled, {len(HOUSES)} matched" in table


def test_pairs_are_one_to_one_and_the_best_first() -> None:
    wide = shapely.box(0, 0, 10, 10)
    left, most = shapely.box(0, 0, 5.5, 10), shapely.box(0, 0, 9, 10)
    assert match_polygons([left, most], [wide]) == [(1, 0, pytest.approx(0.9))]
    assert len(match_polygons([left, most], [wide])) == 1
    assert match_polygons([], [wide]) == []
    touching = shapely.box(10, 0, 20, 10)
    assert match_polygons([touching], [wide], iou=0.0) == [(0, 0, 0.0)]
    assert match_polygons([touching], [wide]) == []


def test_ratios_where_there_is_nothing() -> None:
    empty = BuildingScore(0, 0, 0)
    assert (empty.precision, empty.recall, empty.f1, empty.count_error) == (1, 1, 1, 0)
    made_up = BuildingScore(0, 3, 0)
    assert (made_up.precision, made_up.recall) == (0, 0)
    assert made_up.to_dict()["count_error"] is None
    assert Confusion(0, 0, 0, 9).iou == 1


def test_histogram_and_masks_count_alike() -> None:
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 256, (1, 40, 40), dtype=np.uint8)
    truth = rng.random((1, 40, 40)) < np.where(scores < 255, scores / 300, 0.5)
    histogram, valid = ScoreHistogram.of(scores, truth), scores != 255
    for threshold in (0.1, 0.5, 1.0):
        predicted = scores >= np.ceil(threshold * 254 - 1e-9)
        assert histogram.confusion(threshold) == Confusion.of(predicted[valid], truth[valid])
    threshold_chosen = best_threshold(histogram)
    best = max(histogram.confusion(t / 20).iou for t in range(1, 20))
    assert histogram.confusion(threshold_chosen).iou == best


def test_results_appear_together_or_not_at_all(tmp_path: Path) -> None:
    def write(value: dict[str, Any], *, overwrite: bool = False) -> None:
        with results(tmp_path / "a" / "b", ["x.json", "y.json"], overwrite=overwrite) as paths:
            write_json(paths["x.json"], value)
            if "bad" in value:
                msg = "stop"
                raise CampDetectorError(msg)
            write_json(paths["y.json"], value)

    with pytest.raises(CampDetectorError, match="stop"):
        write({"bad": 1})
    assert list(tmp_path.iterdir()) == []
    write({"n": 1})
    with pytest.raises(OutputError, match="give overwrite to replace it"):
        write({"n": 2})
    assert json.loads((tmp_path / "a" / "b" / "y.json").read_text()) == {"n": 1}
    write({"n": 2}, overwrite=True)
    assert sorted(p.name for p in (tmp_path / "a" / "b").iterdir()) == ["x.json", "y.json"]
    assert json.loads((tmp_path / "a" / "b" / "x.json").read_text()) == {"n": 2}


@given(
    st.lists(st.tuples(*[st.integers(0, 12)] * 2, *[st.integers(1, 8)] * 2), max_size=14),
    st.sampled_from([0.3, 0.5, 0.75]),
)
def test_pairs_are_those_of_trying_all(boxes: list[tuple[int, ...]], iou: float) -> None:
    """Polygons that are left out before the cutting would not have been a pair."""
    polygons = [shapely.box(x, y, x + w, y + h) for x, y, w, h in boxes]
    predicted, truth = polygons[::2], polygons[1::2]
    every = [
        (a, b, one.intersection(other).area / one.union(other).area)
        for a, one in enumerate(predicted)
        for b, other in enumerate(truth)
    ]
    best = sorted((p for p in every if p[2] >= iou), key=lambda p: (-round(p[2], 12), p[0], p[1]))
    expected: list[tuple[int, int, float]] = []
    for a, b, ratio in best:
        if all(a != p[0] and b != p[1] for p in expected):
            expected.append((a, b, ratio))
    assert match_polygons(predicted, truth, iou=iou) == [
        (a, b, pytest.approx(ratio)) for a, b, ratio in expected
    ]


def test_masks_come_with_a_word_of_caution(model: Path, town: Town) -> None:
    assert MASK_NOTE in to_table(measure(model, town, labels=town.masks))
    assert MASK_NOTE not in to_table(measure(model, town))
