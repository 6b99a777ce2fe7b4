"""Labels that went wrong once, kept beside the checkout: the right answer in train and evaluate."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from camp_detector_core.engine.errors import CampDetectorError
from training.data.datamodule import CampDataModule
from training.data.statistics import calculate_dataset_statistics
from training.evaluation.measure import EvaluateOptions, evaluate_model
from training.fit.options import DataOptions
from training.fit.place_options import SplitOptions
from training.preprocess.outlines import read_outlines

if TYPE_CHECKING:
    from training.evaluation.measure import Evaluation

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT.parent / "shared" / "cases"
MODEL = ROOT / "camp_detector_core" / "models" / "camp-unet-lite0.onnx"
CHIPS = CASES / "labels" / "chips"

pytestmark = pytest.mark.skipif(not CHIPS.is_dir(), reason="the cases are not beside the checkout")

READ = (
    ("labels/part_collection.gpkg", {}, 68, "66 of 71 polygons were inside geometry collections"),
    ("labels/two.gpkg", {"layer": "buildings"}, 68, ""),
    ("labels/beyond.geojson", {}, 68, "1 polygon outside of what .* was left out"),
    ("masks/ok", {}, 64, ""),
)
REFUSED = (
    ("labels/two.gpkg", r"has 2 layers \(aoi, buildings\): give one as layer"),
    ("labels/projected_no_crs.geojson", "which are no degrees of longitude and latitude"),
    ("masks/jpg", r"compressed with loss \(JPEG\)"),
    ("masks/rgb_green", "is a coloured picture of 3 bands"),
    ("masks/nodata255", "mark no dwelling, because .*NoData"),
)


def evaluated(labels: str, **choice: str) -> Evaluation:
    return evaluate_model(EvaluateOptions(MODEL, CHIPS, CASES / labels, threads=1, **choice))


def data_of(labels: str, **choice: str) -> CampDataModule:
    split = SplitOptions(val_columns=("2",), test_columns=("3",))
    return CampDataModule(
        DataOptions(CHIPS, CASES / labels, crop=64, workers=0, split=split, **choice)
    )


@pytest.mark.parametrize(("labels", "choice", "labelled", "note"), READ)
def test_labels_that_are_read(
    labels: str, choice: dict[str, str], labelled: int, note: str
) -> None:
    evaluation = evaluated(labels, **choice)
    buildings, pixels = evaluation.total.buildings, evaluation.total.pixels
    assert buildings.labelled == labelled
    assert buildings.matched == labelled - 1
    assert pixels.iou == pytest.approx(0.90, abs=0.005)
    data = data_of(labels, **choice)
    figures = calculate_dataset_statistics(data)
    assert figures["train"]["class_share"]["dwelling"] > 0.05
    assert tuple(figures["notes"]) == evaluation.notes
    assert len(evaluation.notes) == bool(note)
    for text in evaluation.notes:
        assert re.search(note, text)


@pytest.mark.parametrize(("labels", "choice", "note"), [(r[0], r[1], r[3]) for r in READ[:3]])
def test_polygons_are_own_outlines_alike(labels: str, choice: dict[str, str], note: str) -> None:
    """As preprocess reads them."""
    outlines = read_outlines(CASES / labels, **choice)
    assert len(outlines.polygons) == 71
    assert re.search(note or "None", str(outlines.note))


@pytest.mark.parametrize(("labels", "message"), REFUSED[:2])
def test_own_outlines_are_refused_alike(labels: str, message: str) -> None:
    with pytest.raises(CampDetectorError, match=message):
        read_outlines(CASES / labels)


@pytest.mark.parametrize(("labels", "message"), REFUSED)
def test_labels_that_are_refused_alike(labels: str, message: str) -> None:
    for reader in (evaluated, data_of):
        with pytest.raises(CampDetectorError, match=message):
            reader(labels)
