"""A model learns a place from a reviewed part of it, and never gets worse unnoticed."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
import rasterio
import shapely

from camp_detector_core.engine.errors import CampDetectorError, OutputError
from camp_detector_core.model_file import open_model
from camp_detector_core.network.start import read_start
from camp_detector_core.scene import demo_options, generate_scene
from tests.support.datasets import write_polygons
from tests.support.models import FLOAT, STARTER, changed_model, deaf_model
from tests.support.rasters import NORTH, WEST, write_raster
from training.__main__ import run as call
from training.adapt.data_folder import options_in
from training.adapt.decoding import Settings, candidates
from training.adapt.folds import deal
from training.adapt.ground import read_ground
from training.adapt.options import AdaptOptions
from training.adapt.run import adapt_model
from training.adapt.samples import areas_to_mix, training_samples
from training.adapt.verdict import ADAPTED, SETTINGS, START, Figures, Verdict
from training.evaluation.blocks import COLUMNS, LABELLED, PREDICTED, Blocks
from training.evaluation.buildings import BuildingScore
from training.fit.place_options import OptionsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from camp_detector_core.engine.spec import ModelSpec

GSD, SIDE = 0.2, 448
SPEC = open_model(FLOAT).spec


class Camp(NamedTuple):
    """An image of a camp, its dwellings, and the part that was reviewed."""

    image: Path
    labels: Path
    area: Path
    polygons: list[shapely.Geometry]


@pytest.fixture(scope="module")
def camp(tmp_path_factory: pytest.TempPathFactory) -> Camp:
    """A generated camp; the labels of its east are wrong, and lie beyond the reviewed area."""
    folder = tmp_path_factory.mktemp("camp")
    scene = generate_scene(replace(demo_options(), height=SIDE, width=SIDE, gsd=GSD))
    image = write_raster(folder / "camp.tif", scene.image, gsd=GSD)
    scale = np.array([GSD, -GSD])
    polygons = [shapely.Polygon(label.polygon * scale + (WEST, NORTH)) for label in scene.labels]
    edge = WEST + 0.75 * SIDE * GSD
    western = [p for p in polygons if p.centroid.x < edge]
    labels = write_polygons(folder / "corrected.gpkg", western)
    reviewed = shapely.box(WEST, NORTH - SIDE * GSD, edge, NORTH)
    area = write_polygons(folder / "reviewed.gpkg", [reviewed])
    return Camp(image, labels, area, western)


@pytest.fixture
def options_of(camp: Camp, tmp_path: Path) -> Callable[..., AdaptOptions]:
    """A run of the least work; what is given changes it."""

    def make(**changes: Any) -> AdaptOptions:
        values: dict[str, Any] = {
            "model": FLOAT,
            "image": camp.image,
            "labels": camp.labels,
            "area": camp.area,
            "out": tmp_path / "camp north",
            "folds": 2,
            "steps": 1,
            "batch_size": 2,
            "crop": 64,
            "lr": 1e-9,
            **changes,
        }
        return AdaptOptions(**values)

    return make


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model that ships with the settings that suit the camp best."""
    return changed_model(tmp_path_factory.mktemp("settled") / "settled.onnx", min_area=4.0)


def test_a_start_that_is_as_good_is_kept_and_the_sentence_says_so(
    options_of: Callable[..., AdaptOptions], settled: Path
) -> None:
    options = options_of(model=settled)
    result = adapt_model(options)
    assert result.verdict.winner == START
    assert result.model is None
    assert f"is not better here: {STARTER} is kept (F1 0." in result.sentence
    assert [p.name for p in options.out.iterdir()] == ["report.json"]
    report = json.loads(result.report.read_text())
    assert report["kept"] == "start"
    assert report["sentence"] == result.sentence
    figures = report["figures"]
    assert figures["adapted"]["f1"] == pytest.approx(figures["start"]["f1"], abs=0.05)
    assert figures["start"]["labelled"] == report["dwellings"] > 30
    low, high = figures["start"]["intervals_95"]["f1"]
    assert 0 < low <= figures["start"]["f1"] <= high <= 1
    assert len(report["fits"]) == 2  # none on all parts, which would be of no use


def test_better_settings_make_a_model_with_its_lineage(
    options_of: Callable[..., AdaptOptions], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    model = deaf_model(tmp_path / "deaf.onnx")
    options = options_of(model=model, attribution=("Drone: us",))
    result = adapt_model(options)
    assert result.verdict.winner in {SETTINGS, ADAPTED}
    assert result.verdict.figures[result.verdict.winner].f1 > result.verdict.figures[START].f1 + 0.1
    assert result.model == options.out / "adapted.onnx"
    names = {p.name for p in options.out.iterdir()}
    assert names == {"adapted.onnx", "adapted-float32.onnx", "adapted.json", "report.json"}
    made, base = open_model(result.model), open_model(model)
    assert made.spec.threshold < base.spec.threshold
    assert made.spec.version == f"{base.spec.version}.camp-north"
    assert made.spec.provenance["derived from"] == f"{base.spec.id} (sha256 {base.sha256})"
    assert made.spec.attribution == ("Drone: us", *base.spec.attribution)
    same = ("name", "bands", "classes", "gsd", "dtype", "tile_size", "licence")
    assert all(getattr(made.spec, n) == getattr(base.spec, n) for n in same)
    assert len(made.onnx) < 0.5 * len(base.onnx)
    item = json.loads((options.out / "adapted.json").read_text())
    assert item["properties"]["version"] == made.spec.version
    assert any("/version/" in uri for uri in item["stac_extensions"])
    west, south, east, north = item["bbox"]
    assert west < east < west + 0.001
    assert south < north < south + 0.001
    assert open_model(options.out / "adapted.json").spec == made.spec
    # And it can be gone on from: its float32 original lies beside it.
    assert read_start(result.model).path == options.out / "adapted-float32.onnx"
    with pytest.raises(OutputError, match="exists"):
        adapt_model(options)


def test_the_item_of_the_start_is_linked(
    options_of: Callable[..., AdaptOptions], tmp_path: Path
) -> None:
    from camp_detector_core.stac import create_stac_mlm_item, write_item

    folder = tmp_path / "models"
    folder.mkdir()
    model = deaf_model(folder / "deaf.onnx")
    write_item(create_stac_mlm_item(model), folder / "deaf.json")
    result = adapt_model(options_of(model=folder / "deaf.json"))
    assert result.model is not None
    links = json.loads(result.model.with_suffix(".json").read_text())["links"]
    (link,) = [each for each in links if each["rel"] == "derived_from"]
    assert (result.model.parent / link["href"]).resolve() == (folder / "deaf.json").resolve()


def test_the_command_says_what_is_kept_by_its_exit_code(
    camp: Camp, settled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["adapt", "--model", str(settled), "--image", str(camp.image), "--labels"]
    words += [str(camp.labels), "--area", str(camp.area), "--out", str(tmp_path / "out")]
    words += ["--folds", "2", "--steps", "1", "--batch-size", "2", "--crop", "64", "--lr", "1e-9"]
    with pytest.raises(SystemExit) as leaving:
        call(words)
    assert leaving.value.code == 4
    output = capsys.readouterr().out
    assert output.splitlines()[1].startswith("start ")
    assert "is kept (F1 0." in output
    assert output.splitlines()[-1] == str(tmp_path / "out" / "report.json")


def test_a_folder_of_data_is_taken_in_place_of_the_files(
    camp: Camp, settled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "camp"
    data.mkdir()
    for path in (camp.image, camp.labels, camp.area):
        (data / path.name).write_bytes(path.read_bytes())
    (data / "places.toml").write_text(
        f'["camp-north"]\nchips = "{camp.image.name}"\nlabels = "{camp.labels.name}"\n'
        f'area = "{camp.area.name}"\nattribution = ["Drone: them"]\nshift = [0.5, 0.0]\n'
    )
    own = options_in(data)
    assert options_in(data / "places.toml") == own
    ground = read_ground(AdaptOptions(model=FLOAT, out=tmp_path / "out", **own), SPEC)
    files = AdaptOptions(FLOAT, camp.image, camp.labels, tmp_path / "out", area=camp.area)
    plain = read_ground(files, SPEC)
    np.testing.assert_array_equal(ground.known, plain.known)
    offset = ground.labels.polygons[0].centroid.x - plain.labels.polygons[0].centroid.x
    assert offset == pytest.approx(0.5 / GSD, rel=0.02)
    words = ["adapt", "--model", str(settled), "--data", str(data), "--out", str(tmp_path / "out")]
    words += ["--folds", "2", "--steps", "1", "--batch-size", "2", "--crop", "64", "--lr", "1e-9"]
    with pytest.raises(SystemExit) as leaving:
        call(words)
    assert leaving.value.code == 4
    assert "is kept (F1 0." in capsys.readouterr().out


def test_a_folder_without_places_or_with_several_is_refused(camp: Camp, tmp_path: Path) -> None:
    with pytest.raises(OptionsError, match=r"holds no places\.toml"):
        options_in(tmp_path)
    place = f'chips = "{camp.image}"\nlabels = "{camp.labels}"\n'
    (tmp_path / "places.toml").write_text(f"[a]\n{place}[b]\n{place}")
    with pytest.raises(OptionsError, match=r"holds 2 places \(a, b\)"):
        options_in(tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--image", "IMAGE"],
        ["--data", "FOLDER", "--image", "IMAGE"],
        ["--data", "FOLDER", "--area", "IMAGE"],
    ],
)
def test_one_form_of_data_is_needed(
    camp: Camp, tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"IMAGE": str(camp.image), "FOLDER": str(tmp_path)}
    arguments = [names.get(word, word) for word in words]
    with pytest.raises(SystemExit) as leaving:
        call(["adapt", "--model", str(FLOAT), "--out", str(tmp_path / "out"), *arguments])
    assert leaving.value.code == 2
    assert "--data" in capsys.readouterr().err


def test_training_chips_of_the_places_of_the_start_are_mixed_in(
    options_of: Callable[..., AdaptOptions], camp: Camp, tmp_path: Path
) -> None:
    with rasterio.open(camp.image) as source:
        wide = np.tile(source.read(), (1, 1, 2))  # two chips of at most 512 pixels
    image = write_raster(tmp_path / "wide.tif", wide, gsd=GSD)
    (tmp_path / "places.toml").write_text(
        f'[start]\nchips = "{image}"\nlabels = "{camp.labels}"\n'
        "block = 1\nval_share = 0.5\ntest_share = 0\n"
    )
    ((share, areas),) = areas_to_mix(options_of(mix=tmp_path / "places.toml"), SPEC)
    assert share == 1.0
    assert len(areas) == 1
    assert areas_to_mix(options_of(), SPEC) == ()
    options = options_of(mix_share=0.99, seed=1)
    ground = read_ground(options, SPEC)
    samples = training_samples(ground, None, options, SPEC, ((1.0, areas),))
    whole = [bool(samples[i]["valid"].all()) for i in range(20)]
    assert np.mean(whole) > 0.8, "beside the reviewed area of the own place all is known, too"


def test_a_stop_leaves_nothing(
    options_of: Callable[..., AdaptOptions], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("training.fit.keeping.StartWeights.draw", stop)
    options = options_of()
    with pytest.raises(KeyboardInterrupt):
        adapt_model(options)
    assert not options.out.exists()


def test_beyond_the_area_the_network_sees_ground_and_learns_nothing(
    options_of: Callable[..., AdaptOptions],
) -> None:
    options = options_of()
    spec = open_model(FLOAT).spec
    ground = read_ground(options, spec)
    edge = round(0.75 * SIDE)
    assert ground.known[:, :edge].all()
    assert not ground.known[:, edge:].any()
    assert ground.valid.all()
    samples = training_samples(ground, None, options, spec)
    batch = [samples[i] for i in range(40)]
    assert all(sample["extra"].shape == (1, 64, 64) for sample in batch)
    part = [s for s in batch if 0 < int((~s["valid"]).sum()) < s["valid"].numel()]
    assert part
    for sample in part:
        unknown = ~sample["valid"]
        assert not sample["target"][0][unknown].any()
        assert not sample["extra_valid"][unknown].any()
        assert float(sample["image"][:, unknown].abs().mean()) > 0.05  # it is seen


def test_no_dwelling_is_divided_between_parts_and_all_have_as_many(
    options_of: Callable[..., AdaptOptions],
) -> None:
    spec = open_model(FLOAT).spec
    ground = read_ground(options_of(), spec)
    folds = deal(ground, 3, metres=None, smallest=1)
    counts = np.zeros(3, int)
    for polygon in ground.labels.polygons:
        rows, cols = np.nonzero(
            rasterio.features.rasterize([polygon], out_shape=tuple(ground.grid.shape))
        )
        (fold,) = np.unique(folds.number[rows, cols])
        counts[fold] += 1
    assert counts.max() - counts.min() <= 0.2 * counts.sum()
    assert not (folds.without(1) & (folds.number == 1)).any()


def counts(predicted: int, labelled: int, right: int) -> Figures:
    row = np.zeros((1, COLUMNS), np.int64)
    row[0, [PREDICTED, LABELLED]] = predicted, labelled
    row[0, [LABELLED + 1, LABELLED + 2 + 10]] = right
    return Figures(Blocks(np.zeros((1, 3), np.intp), row))


@pytest.mark.parametrize(
    ("adapted", "winner"),
    [
        ((100, 100, 90), ADAPTED),
        ((100, 100, 80), START),
        ((100, 100, 60), START),
        ((150, 100, 100), START),  # right ones, and half as many again that are not there
        ((100, 120, 87), START),  # a better count for fewer that are right
    ],
)
def test_the_start_is_kept_unless_another_is_better(
    adapted: tuple[int, int, int], winner: str
) -> None:
    figures = {
        START: counts(100, 100, 80),
        SETTINGS: counts(100, 100, 79),
        ADAPTED: counts(*adapted),
    }
    assert Verdict.of(figures).winner == winner


def test_settings_must_gain_more_the_farther_they_are_from_the_own() -> None:
    spec = open_model(FLOAT).spec
    larger, other = replace(spec, min_area=4.0), replace(spec, threshold=0.5)
    assert spec.separation is not None
    core = replace(spec, separation=replace(spec.separation, threshold=0.3))
    good = BuildingScore(80, 100, 100)

    def best(tried: ModelSpec, matched: int) -> ModelSpec:
        return Settings((spec, tried), ((good,), (BuildingScore(matched, 100, 100),))).best()

    assert best(larger, 81) is larger
    assert best(other, 81) is spec
    assert best(other, 83) is other
    assert best(core, 83) is spec
    assert best(core, 86) is core


def test_a_part_has_no_say_in_the_settings_that_it_is_judged_with() -> None:
    spec = open_model(FLOAT).spec
    other = replace(spec, threshold=0.5)
    good, best = BuildingScore(80, 100, 100), BuildingScore(90, 100, 100)
    settings = Settings((spec, other), ((good, good, good), (best, good, best)))
    assert settings.best() is other
    assert settings.best(without=0) is spec
    assert settings.best(without=1) is other


def test_settings_are_tried_around_the_own() -> None:
    spec = open_model(FLOAT).spec
    tried = candidates(spec)
    assert tried[0] is spec
    assert len(set(map(str, tried))) == len(tried) > 50
    assert len(candidates(spec, fewer=True)) <= len(tried) / 3
    assert min(s.threshold for s in tried) < spec.threshold < max(s.threshold for s in tried)
    assert {s.min_area for s in tried} == {2.0, 4.0, 6.0}
    assert {s.min_area for s in candidates(replace(spec, min_area=4.0))} == {2.0, 4.0, 6.0}
    assert {s.min_area for s in candidates(replace(spec, min_area=1.0))} == {1.0, 2.0, 3.0}
    assert {s.min_area for s in candidates(replace(spec, min_area=9.0))} == {4.5, 9.0}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"folds": 1}, "folds must be 2 to 10"),
        ({"steps": 0}, "must be positive"),
        ({"minutes": 0.0}, "must be positive"),
        ({"crop": 100}, "multiple of 32"),
        ({"mix_share": 1.0}, "mix_share must lie between"),
    ],
)
def test_options_that_make_no_sense(
    options_of: Callable[..., AdaptOptions], changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(OptionsError, match=message):
        options_of(**changes)


def test_what_was_not_reviewed_is_one_clear_error(
    options_of: Callable[..., AdaptOptions], camp: Camp, tmp_path: Path
) -> None:
    spec = open_model(FLOAT).spec
    beside = write_polygons(tmp_path / "beside.gpkg", [shapely.box(0, 0, 10, 10)])
    with pytest.raises(CampDetectorError, match=r"no part of .*beside\.gpkg lies on"):
        read_ground(options_of(area=beside), spec)
    few = write_polygons(tmp_path / "few.gpkg", camp.polygons[:4])
    with pytest.raises(CampDetectorError, match="dwellings on the reviewed ground") as refusal:
        read_ground(options_of(labels=few), spec)
    assert "correct more" in refusal.value.remedy


def test_a_huge_area_is_refused_before_it_is_read(
    options_of: Callable[..., AdaptOptions], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.adapt.ground.MOST_TAUGHT_PIXELS", 1000)
    with pytest.raises(CampDetectorError, match="spans 448 x") as refusal:
        read_ground(options_of(), open_model(FLOAT).spec)
    assert "{area}" in refusal.value.remedy


def test_an_output_that_is_an_input_is_refused(
    options_of: Callable[..., AdaptOptions], tmp_path: Path
) -> None:
    model = deaf_model(tmp_path / "adapted.onnx")
    before = model.read_bytes()
    with pytest.raises(CampDetectorError, match=r"adapted\.onnx"):
        adapt_model(options_of(model=model, out=tmp_path, overwrite=True))
    assert model.read_bytes() == before
