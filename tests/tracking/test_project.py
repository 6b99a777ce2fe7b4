"""``mlflow run`` of every entry point, one after the other, on tiles of a local server."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
import yaml

from camp_detector_core.esri.package_check import check_package
from camp_detector_core.model_file.package import open_definition
from tests.support.mlflow_server import BIN, environment
from tests.support.overpass_server import OverpassServer, elements_of
from tests.support.tile_server import TileServer
from tests.support.tiles import NORTH, WEST, ZOOM, bbox_text, picture, ring
from tests.support.trainings import QUICK, training

if TYPE_CHECKING:
    from mlflow import MlflowClient

ROOT = Path(__file__).resolve().parents[2]
SIDE, ACROSS = 256, 4
"""Side of a tile in pixels, and of the area in tiles."""
HOUSES = ((0.1, 0.1), (0.4, 0.1), (0.1, 0.5), (0.6, 0.6))
"""Left and top of the houses of every tile, in tiles; they are a fifth wide and high."""


def tiles() -> dict[tuple[int, int, int], bytes]:
    out = {}
    for col in range(ACROSS):
        for row in range(ACROSS):
            rng = np.random.default_rng((col, row))
            pixels = rng.integers(1, 60, (3, SIDE, SIDE), dtype=np.uint8)
            for left, top in HOUSES:
                x, y = round(left * SIDE), round(top * SIDE)
                pixels[:, y : y + SIDE // 5, x : x + SIDE // 5] = 220
            out[WEST + col, NORTH + row, ZOOM] = picture(pixels)
    return out


def houses() -> list[dict[str, Any]]:
    return [
        {
            "type": "Feature",
            "properties": {"osm_id": 1000 + 100 * col + 10 * row + i, "building": "house"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [ring(col + x, row + y, col + x + 0.2, row + y + 0.2)],
            },
        }
        for col in range(ACROSS)
        for row in range(ACROSS)
        for i, (x, y) in enumerate(HOUSES)
    ]


class Project:
    """The project's files for MLflow in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("MLproject", "python_env.yaml"):
            shutil.copy(ROOT / name, folder)
        self.variables: dict[str, str] = {}

    def run(self, entry: str, **parameters: str) -> str:
        """Run an entry point and give what it said."""
        words = [str(BIN / "mlflow"), "run", ".", "-e", entry, "--env-manager", "local"]
        words += ["--experiment-name", "Camp"]
        for name, value in parameters.items():
            words += ["-P", f"{name}={value}"]
        result = subprocess.run(
            words, cwd=self.folder, env=environment(**self.variables), capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout + result.stderr

    def client(self) -> MlflowClient:
        import mlflow

        uri = f"sqlite:///{self.folder / 'mlflow.db'}"
        return mlflow.MlflowClient(uri, uri)

    def newest(self) -> Any:
        client = self.client()
        home = client.get_experiment_by_name("Camp")
        return client.search_runs([home.experiment_id])[0]


TRAIN = {
    "batch_size": "2", "samples": "4", "crop": "64", "decoder": "16,8,8,4,4",
    "gsd": "0.8", "register": "camp-from-project",
}  # fmt: skip
SMALL = {"network": "reference"}
"""A further option, as users may give any: a network that is exported in a second."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """After preprocess and train."""
    fresh_project = Project(tmp_path_factory.mktemp("project"))
    with TileServer(tiles()) as server, OverpassServer(elements_of(houses())) as overpass:
        fresh_project.variables = {"CAMP_DETECTOR_OVERPASS_URL": overpass.url}
        fresh_project.run(
            "preprocess", tms=server.template, bbox=bbox_text(cols=ACROSS, rows=ACROSS)
        )
    fresh_project.run("train", **TRAIN, **SMALL)
    return fresh_project


def test_preprocess_made_what_train_takes_by_default(project: Project) -> None:
    folder = project.folder / "data" / "train" / "sample"
    assert len(list((folder / "chips").glob("OAM-*-19.tif"))) == ACROSS**2
    assert len(list((folder / "labels").glob("OAM-*-19.tif"))) == ACROSS**2
    assert (folder / "manifest.json").is_file()


def test_train_used_the_run_of_mlflow_and_logged_everything_to_it(project: Project) -> None:
    client = project.client()
    home = client.get_experiment_by_name("Camp")
    runs = client.search_runs([home.experiment_id], "params.lr = '0.001'")
    assert len(runs) == 1
    (run,) = runs
    assert run.info.status == "FINISHED"
    assert run.data.params["optim.lr"] == "0.001"
    assert run.data.params["data.labels"].endswith("labels/buildings.geojson")
    assert run.data.metrics["val_iou"] >= 0
    assert "test/iou" in run.data.metrics
    assert client.get_model_version_by_alias("camp-from-project", "candidate").version == 1
    names = {f.path for f in client.list_artifacts(run.info.run_id)}
    assert names >= {"metadata", "models", "checkpoints", "datasets", "evaluation", "log"}
    (dataset_input,) = run.inputs.dataset_inputs
    assert json.loads(dataset_input.dataset.source)["url"].endswith("/{z}/{x}/{y}.png")
    listed = {f.path for f in client.list_artifacts(run.info.run_id, "datasets/train")}
    assert listed == {"datasets/train/dataset.json"}, "the imagery's licence is not known"
    (folder,) = (project.folder / "runs").iterdir()
    assert json.loads((folder / "tracking.json").read_text())["experiment"] == "Camp"


def test_models_lie_where_users_look_for_them(project: Project) -> None:
    (run,) = (project.folder / "runs").iterdir()
    for name in ("best_model.pth", "best_model.pt", "best_model.onnx", "stac_item.json"):
        copy = project.folder / "meta" / name
        assert copy.read_bytes() == (run / "meta" / name).read_bytes()
    assert (project.folder / "checkpoints" / "best.ckpt").is_file()
    litter = {p.name for p in project.folder.iterdir()}
    assert litter <= {
        "MLproject", "python_env.yaml", "data", "runs", "meta", "checkpoints", "mlruns",
        "mlflow.db", "output",
    }  # fmt: skip


def test_training_alone_leaves_the_whole_package(project: Project) -> None:
    """Before stac2esri is said, in the folder and in the run of MLflow."""
    (run,) = (project.folder / "runs").iterdir()
    meta = run / "meta"
    item = json.loads((meta / "stac_item.json").read_text())
    assert len(item["assets"]) == 15
    assert item["assets"]["esri-package"]["href"] == "./best_model.dlpk"
    assert item["assets"]["model-metadata"]["href"] == "./model.emd"
    report = check_package(meta / "best_model.dlpk")
    assert report.valid, report.lines()
    record = json.loads((run / "tracking.json").read_text())["uploaded"]
    names = ("best_model.dlpk", "model.emd", "best_model.pt", "RefugeeCampDetector.py")
    assert {"models/best_model.dlpk", *(f"esri/{name}" for name in names)} <= set(record)
    for name in names:
        assert (project.folder / "meta" / name).read_bytes() == (meta / name).read_bytes()


def test_the_item_that_lies_there_is_valid(project: Project) -> None:
    output = project.run("validate_stac")
    assert "stac_item.json" in output


def test_packages_for_arcgis_lie_there_and_the_item_lists_them(project: Project) -> None:
    project.run("stac2esri")
    output = project.run("stac2esri", dlpk_name="camp.dlpk")  # the second time, and a name
    meta = project.folder / "meta"
    names = {"camp.dlpk", "camp-classify.dlpk", "camp-detect.dlpk", "best_model.dlpk"}
    for name in names:
        report = check_package(meta / name)
        assert report.valid, report.lines()
        assert name in output
    assert open_definition(meta / "model.emd").kind == "detect"
    item = json.loads((meta / "stac_item.json").read_text())
    assert item["assets"]["esri-package"]["href"] == "./camp.dlpk"
    assert item["assets"]["model-metadata"]["href"] == "./model.emd"
    assert "stac_item.json" in project.run("validate_stac")


@pytest.mark.parametrize("model", ["meta/best_model.pt", "models:/camp-from-project@candidate"])
def test_inference_gives_the_images_size_and_is_logged(project: Project, model: str) -> None:
    chip = next((project.folder / "data/train/sample/chips").glob("*.tif"))
    # The second time the results of the first are replaced.
    project.run("inference", image_path=str(chip), model_path=model, mlflow_tracking="true")
    for name, dtype in (("mask", "uint8"), ("probability", "float32")):
        with (
            rasterio.open(project.folder / "output" / f"{chip.stem}_{name}.tif") as result,
            rasterio.open(chip) as source,
        ):
            assert (result.shape, result.transform, result.crs) == (
                source.shape,
                source.transform,
                source.crs,
            )
            assert result.dtypes == (dtype,)
    run = project.newest()
    assert run.data.metrics["dwellings"] >= 0
    assert len(project.client().list_artifacts(run.info.run_id, "inference")) == 5


def test_a_second_training_neither_is_refused_nor_loses_the_first(project: Project) -> None:
    before = {p.name for p in (project.folder / "runs").iterdir()}
    first = (project.folder / "meta" / "best_model.onnx").read_bytes()
    # As MLproject says it; a network that is exported quickly.
    point = yaml.safe_load((ROOT / "MLproject").read_text())["entry_points"]["train"]
    defaults = {k: v["default"] for k, v in point["parameters"].items()}
    words = shlex.split(point["command"].format(**{**defaults, **TRAIN, "seed": "1"}))
    result = training(project.folder, *words[3:], *QUICK)
    assert result.returncode == 0, result.stderr
    after = {p.name for p in (project.folder / "runs").iterdir()}
    assert len(after) == len(before) + 1 == 2
    assert (project.folder / "meta" / "best_model.onnx").read_bytes() != first
    (old,) = before
    assert (project.folder / "runs" / old / "meta" / "best_model.onnx").read_bytes() == first
    version = project.client().get_model_version_by_alias("camp-from-project", "candidate")
    assert version.version == 2


def test_uv_runs_it_as_users_type_it(project: Project) -> None:
    words = ["uv", "run", "--offline", "--no-sync", "--active", "--frozen", "mlflow", "run"]
    item = project.folder / "meta" / "stac_item.json"
    words += [str(ROOT), "-e", "validate_stac", "--env-manager", "local", "-P", f"stac_file={item}"]
    uri = f"sqlite:///{project.folder / 'mlflow.db'}"
    result = subprocess.run(
        words, cwd=ROOT, env=environment(MLFLOW_TRACKING_URI=uri), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_parameters_are_those_of_the_commands() -> None:
    """A default in MLproject is the command's own, so that both ways do the same."""
    from training.commands import main

    points = yaml.safe_load((ROOT / "MLproject").read_text())["entry_points"]
    other = {"chips_dir": "chips", "labels_dir": "labels"}
    exceptions = {("train", "epochs"), ("train", "batch_size"), ("train", "minutes"),
             ("train", "register")}  # fmt: skip
    for entry, point in points.items():
        parameters = {p.name: p for p in main.commands[entry].params}
        for name, parameter in point["parameters"].items():
            option = parameters[other.get(name, name)]
            default = parameter.get("default")
            assert f"{{{name}}}" in point["command"]
            has_default = isinstance(option.default, str | int | float | Path)
            if (
                has_default
                and "default" in parameter
                and name not in other
                and (entry, name) not in exceptions
            ):
                assert str(option.default).lower() == default.lower(), (entry, name)
