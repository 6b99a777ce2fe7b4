"""Each rule names its fault, at its place; the good item has none."""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.stac.validation import validate_item
from camp_detector_core.stac.validation.findings import Note
from tests.support import stac_items
from tests.support.models import tiny_onnx, tiny_spec

if TYPE_CHECKING:
    from pathlib import Path

    from camp_detector_core.stac.validation import Report

MISSING = object()
"""Stands for a key that is taken out."""
INPUT = ("properties", "mlm:input", 0)
OUTPUT = ("properties", "mlm:output", 0)
CLASSES = (*OUTPUT, "classification:classes")
ONNX = ("assets", "onnx-model")
RING = ("geometry", "coordinates", 0)


def changed(item: dict[str, Any], *changes: tuple[tuple[str | int, ...], Any]) -> dict[str, Any]:
    """The item with other values at these places."""
    for place, value in changes:
        holder: Any = item
        for step in place[:-1]:
            holder = holder[step]
        if value is MISSING:
            del holder[place[-1]]
        else:
            holder[place[-1]] = value
    return item


def problems(report: Report) -> list[str]:
    return [f"{note.path}: {note.message}" for note in report.of("problem")]


def test_the_good_item_has_no_problem(tmp_path: Path) -> None:
    path = stac_items.write(stac_items.good_item(tmp_path), tmp_path)
    report = validate_item(path)
    assert problems(report) == []
    assert report.of("advice") == ()
    assert {"rules", "ONNX graph of onnx-model", "classes of stac-model"} < set(report.passed)


CASES: list[tuple[tuple[str | int, ...], Any, str]] = [
    # bands, shapes, scaling
    ((*INPUT, "bands", 1), "nir", "mlm:input[0].bands[1]: 'nir' is not a band"),
    ((*INPUT, "bands"), ["red", "green"], "the dimension bands is 3, and 2 bands"),
    ((*INPUT, "input", "dim_order", 1), "channel", "names no dimension bands"),
    ((*INPUT, "input", "shape", 1), 4, "the dimension bands is 4, and 3 bands"),
    ((*INPUT, "input", "shape", 2), 0, "input.shape[2]: 0 is not a size"),
    ((*INPUT, "input", "shape", 2), -2, "input.shape[2]: -2 is not a size"),
    ((*INPUT, "input", "shape"), [-1, 3, -1], "3 dimensions and dim_order 4"),
    ((*OUTPUT, "result", "shape", 1), 0, "result.shape[1]: 0 is not a size"),
    ((*INPUT, "input", "dim_order", 2), "width", "names a dimension twice"),
    ((*INPUT, "value_scaling"), [{"type": "scale", "value": 1}] * 2, "2 entries for 3 bands"),
    ((*INPUT, "value_scaling", 0), {"type": "z-score", "mean": 0, "stddev": 0}, "stddev: is 0"),
    (
        (*INPUT, "value_scaling", 0),
        {"type": "min-max", "minimum": 1, "maximum": 1},
        "minimum 1 is not below maximum 1",
    ),
    (("properties", "bands"), MISSING, "'red' is not a band of properties.bands, which has none"),
    (("properties", "bands", 0), {"name": "red", "common_name": "red"}, "a name of STAC 1.0"),
    (("properties", "bands", 0, "name"), "green", "two bands have the same name"),
    ((*ONNX, "bands"), MISSING, "properties.bands: no asset has bands"),
    ((*ONNX, "bands"), [{"name": "red"}], "assets.onnx-model.bands: names ['red']"),
    # the graph
    ((*OUTPUT, "name"), "scores", "the ONNX graph has ['output']"),
    ((*OUTPUT, "result", "shape"), [-1, 1, -1], "has 3 dimensions, and output of the graph 4"),
    ((*OUTPUT, "result", "data_type"), "uint8", "is uint8, and output of the graph float32"),
    ((*INPUT, "input", "data_type"), "uint8", "is uint8, and input of the graph float32"),
    ((*INPUT, "input", "shape", 1), -1, "bands is free, and 3 in the graph"),
    (("properties", "mlm:output"), [], "mlm:output: is missing or empty"),
    (INPUT, {}, "mlm:input[0].input: is missing or empty"),
    (INPUT, {}, "mlm:input[0].name: is missing or empty"),
    ((*INPUT, "name"), "", "mlm:input[0].name: is missing or empty"),
    ((*OUTPUT, "name"), MISSING, "mlm:output[0].name: is missing or empty"),
    ((*INPUT, "input", "data_type"), MISSING, "mlm:input[0].input.data_type: is missing or empty"),
    # classes
    ((*CLASSES, 1, "value"), 0, "are not integers that differ"),
    ((*CLASSES, 1, "name"), "background", "two classes have the same name"),
    ((*CLASSES, 1, "name"), "a dwelling", "'a dwelling' is not a name of a class"),
    ((*CLASSES, 1, "color_hint"), "#E31A1C", "'#E31A1C' is not a colour"),
    ((*CLASSES, 1, "color_hint"), "e31a1c", "'e31a1c' is not a colour"),
    (
        CLASSES,
        [{"value": v, "name": f"c{v}"} for v in (1, 2, 3)],
        "3 classes, and the output has 1",
    ),
    ((*OUTPUT, "tasks"), ["detection"], "['detection'] is not in mlm:tasks"),
    # what it runs on
    (("properties", "mlm:accelerator"), "cpu", "its schema rejects it"),
    (("properties", "mlm:accelerator_constrained"), True, "no accelerator is named"),
    (("properties", "mlm:pretrained_source"), "ImageNet", "mlm:pretrained is false"),
    (("properties", "mlm:tasks"), ["painting"], "mlm:tasks"),
    # roles and fields of assets
    ((*ONNX, "roles"), ["mlm:weights"], "assets: none has the role mlm:model"),
    ((*ONNX, "roles"), "mlm:model", "'mlm:model' is no list"),
    ((*ONNX, "mlm:artifact_type"), MISSING, "mlm:artifact_type: is missing"),
    (("assets", "picture", "mlm:artifact_type"), "png", "without the role mlm:model"),
    ((*ONNX, "mlm:compile_method"), None, "is null, which the schema rejects"),
    ((*ONNX, "mlm:compile_method"), "jit", "an ONNX file is not compiled"),
    (("assets", "picture", "mlm:entrypoint"), "training.train:train_model", "not the role code"),
    (("assets", "picture", "mlm:name"), "tiny", "mlm:name: is not allowed on assets"),
    (("properties", "mlm:entrypoint"), "a:b", "mlm:entrypoint: belongs to assets"),
    (("assets", "picture", "roles"), ["mlm:picture"], "['mlm:picture'] is not a role of MLM"),
    # files
    (("assets", "picture", "href"), "other.png", "'other.png', which is not a file"),
    (("assets", "picture", "href"), ".", "leads out of the item's folder"),
    ((*ONNX, "file:size"), 5, "file:size: is 5, and the file has"),
    ((*ONNX, "file:size"), None, "file:size: is None, and the file has"),
    ((*ONNX, "file:checksum"), "1220" + "0" * 64, "is not the sha256 of ./tiny.onnx"),
    ((*ONNX, "file:checksum"), "1220abcd", "is not a multihash"),
    ((*ONNX, "file:checksum"), 5, "is not a multihash"),
    # code
    (
        (*INPUT, "pre_processing_function", "expression"),
        "camp_detector_core.engine.prepare:no_such",
        "has no no_such",
    ),
    (
        (*INPUT, "pre_processing_function", "expression"),
        "camp_detector_core.no_such:normalise",
        "there is no module camp_detector_core.no_such",
    ),
    # place
    (("bbox",), [0, 0, 1, 1], "is not the area of any training"),
    (("bbox",), [85.0, 27.0, 85.5, 27.3], "is not that of the geometry"),
    (("bbox",), [85.0, 27.25, 85.5, 27.0], "south before north"),
    (("bbox",), [85.0, 27.0, 285.5, 27.25], "does not lie in the degrees"),
    (RING, stac_items.SQUARE[:-1], "is not closed"),
    (RING, [[200, 0], [201, 0], [201, 1], [200, 0]], "lies outside of -180 to 180"),
    (RING, [[0, 0], [0, 0], [0, 0], [0, 0]], "encloses no ground"),
    (RING, [[0, 0], [4, 0], [0, 3], [3, 3], [0, 0]], "is not valid: Self-intersection"),
    # time
    (("properties", "start_datetime"), MISSING, "is null without start_datetime"),
    (("properties", "start_datetime"), "2023-01-01T00:00:00Z", "is after end_datetime"),
    (("properties", "datetime"), "2999-01-01T00:00:00Z", "lies in the future"),
    (("properties", "datetime"), "2022-03-01 00:00", "is not a time of RFC 3339"),
    (("properties", "datetime"), "2022-03-01T12:00:00", "is not a time of RFC 3339"),
    (("properties", "datetime"), "2022-03-01T12:00:00+02:00", "is not in UTC"),
    (("properties", "datetime"), "2022-02-30T12:00:00Z", "is not a time of RFC 3339"),
    # the rest
    (("properties", "license"), "MIT", "is 'MIT', and the model file says 'CC0-1.0'"),
    (("stac_extensions",), [stac_items.MLM, stac_items.FILE], "its extension is not listed"),
    (("stac_extensions",), [stac_items.FILE, stac_items.CLASSES], "is not listed"),
    (("links",), [{"rel": "root", "href": "./"}], "root leads to './', which is a folder"),
    (("type",), "Collection", "type: is 'Collection'"),
    (("properties", "instrument"), "drone", "instrument: is not a field of STAC"),
    (("id",), MISSING, "STAC core 1.1.0: lacks id"),
]


@pytest.mark.parametrize(("place", "value", "words"), CASES)
def test_a_fault_is_named(
    tmp_path: Path, place: tuple[str | int, ...], value: Any, words: str
) -> None:
    item = changed(stac_items.good_item(tmp_path), (place, value))
    problems_of_item = problems(validate_item(stac_items.write(item, tmp_path)))
    assert any(words in line for line in problems_of_item), problems_of_item


ADVICE: list[tuple[tuple[str | int, ...], Any, str]] = [
    ((*ONNX, "roles"), ["mlm:model"], "neither weights nor compiled graph"),
    (RING, stac_items.SQUARE[::-1], "should run counter-clockwise"),
    (("properties", "license"), MISSING, "no licence is stated"),
    (("properties", "license"), "proprietary", "is deprecated since STAC 1.1"),
    (("properties", "license"), "other", "no link leads to the text"),
    (("stac_extensions", 1), stac_items.PROCESSING, "no processing: field is there"),
    (("links",), [{"rel": "self", "href": "item.json"}], "which is relative"),
    (("properties", "mlm:pretrained"), True, "and mlm:pretrained is true"),
]


@pytest.mark.parametrize(
    "place",
    [
        (*INPUT, "name"),
        (*INPUT, "input"),
        (*INPUT, "input", "shape"),
        (*INPUT, "input", "data_type"),
        (*OUTPUT, "result"),
    ],
)
def test_a_field_that_is_missing_is_named_without_schemas_and_stac_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: tuple[str | int, ...]
) -> None:
    monkeypatch.setitem(sys.modules, "stac_model", None)
    monkeypatch.setitem(sys.modules, "stac_model.schema", None)
    item = changed(stac_items.good_item(tmp_path), (place, MISSING))
    report = validate_item(stac_items.write(item, tmp_path))
    faults = [text for text in problems(report) if text.endswith(": is missing or empty")]
    assert len(faults) == 1
    assert f".{place[-1]}: " in faults[0]


@pytest.mark.parametrize(("place", "value", "words"), ADVICE)
def test_what_only_should_be_is_advice_and_no_fault(
    tmp_path: Path, place: tuple[str | int, ...], value: Any, words: str
) -> None:
    item = changed(stac_items.good_item(tmp_path), (place, value))
    report = validate_item(stac_items.write(item, tmp_path))
    advice = [f"{note.path}: {note.message}" for note in report.of("advice")]
    assert any(words in line for line in advice), advice
    assert not [line for line in problems(report) if words in line]


@pytest.mark.parametrize("end", ["9999-12-31T23:59:59Z", "2100-12-31T23:59:59Z"])
def test_an_open_interval_is_no_fault(tmp_path: Path, end: str) -> None:
    """The extension's best practice for a model that holds for good."""
    moments = {"datetime": None, "start_datetime": "1900-01-01T00:00:00Z", "end_datetime": end}
    item = stac_items.good_item(tmp_path)
    item["properties"] |= moments
    report = validate_item(stac_items.write(item, tmp_path))
    assert problems(report) == []
    assert report.of("advice") == ()


def test_an_item_of_an_older_extension_gets_advice_by_the_rules_of_now(tmp_path: Path) -> None:
    item = stac_items.good_item(tmp_path)
    item["stac_extensions"][0] = item["stac_extensions"][0].replace("v1.5.2", "v1.3.0")
    item["properties"]["mlm:input"][0]["input"]["dim_order"][1] = "channel"
    report = validate_item(stac_items.write(item, tmp_path))
    assert problems(report) == []
    assert any("names no dimension bands" in note.message for note in report.of("advice"))


def test_what_a_library_cannot_hold_is_told_in_words_and_is_no_fault(tmp_path: Path) -> None:
    item = stac_items.good_item(tmp_path)
    (output, *_) = item["properties"]["mlm:output"]
    output["classification_classes"] = [
        {"value": 0, "name": "a", "title": "A", "color_hint": [0, 0, 255]}
    ]
    output.pop("classification:classes")
    report = validate_item(stac_items.write(item, tmp_path))
    lines = "\n".join(report.lines())
    assert "they cannot hold this item" in lines or "classes of stac-model" in report.passed
    for word in ("TypeError", "__init__", "bytes-like", "unexpected keyword"):
        assert word not in lines


def test_every_problem_has_a_remedy_and_fits_a_line(tmp_path: Path) -> None:
    item = stac_items.faulty_item(tmp_path)
    report = validate_item(stac_items.write(item, tmp_path))
    assert all(note.remedy for note in report.of("problem"))
    assert all(line.isprintable() and len(line) < 1000 for line in report.lines())


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("11", "sha1"),
        ("13", "sha512"),
        ("16", "sha3_256"),
        ("9320", "sha224"),
        ("c0e402", "blake2b"),
    ],
)
def test_checksums_of_other_functions_are_compared(tmp_path: Path, code: str, name: str) -> None:
    digest = hashlib.new(name, b"a picture").digest()
    item = stac_items.good_item(tmp_path)
    place = ("assets", "picture", "file:checksum")
    right = f"{code}{len(digest):02x}{digest.hex()}"
    path = stac_items.write(changed(item, (place, right)), tmp_path)
    assert validate_item(path).valid
    wrong = right[:-2] + f"{int(right[-2:], 16) ^ 1:02x}"
    stac_items.write(changed(item, (place, wrong)), tmp_path)
    assert f"is not the {name} of picture.png" in problems(validate_item(path))[0]


def test_an_unknown_hash_function_is_not_checked_and_not_passed(tmp_path: Path) -> None:
    item = stac_items.good_item(tmp_path)
    changed(item, (("assets", "picture", "file:checksum"), "1e02abcd"))  # 0x1e: BLAKE3
    report = validate_item(stac_items.write(item, tmp_path))
    assert report.valid
    assert [n.path for n in report.of("not checked") if "0x1e" in n.message] == [
        "assets.picture.file:checksum"
    ]


def test_the_size_of_a_graph_is_not_free(tmp_path: Path) -> None:
    item = stac_items.good_item(tmp_path)
    data = tiny_onnx(tiny_spec(), side=64)
    (tmp_path / "tiny.onnx").write_bytes(data)
    item["assets"]["onnx-model"] |= stac_items.file_facts(data)
    path = stac_items.write(item, tmp_path)
    assert "height is free, and 64 in the graph" in " ".join(problems(validate_item(path)))
    for place in ((*INPUT, "input", "shape"), (*OUTPUT, "result", "shape")):
        changed(item, ((*place, 2), 64), ((*place, 3), 64))
    stac_items.write(item, tmp_path)
    assert problems(validate_item(path)) == []


def test_another_model_than_the_described_one_is_named(tmp_path: Path) -> None:
    item = stac_items.good_item(tmp_path)
    data = tiny_onnx(tiny_spec(names=("nir", "green", "blue")))
    (tmp_path / "tiny.onnx").write_bytes(data)
    item["assets"]["onnx-model"] |= stac_items.file_facts(data)
    problem_text = " ".join(problems(validate_item(stac_items.write(item, tmp_path))))
    assert "the model takes ['nir', 'green', 'blue']" in problem_text


def test_a_description_that_is_not_the_models_is_named(tmp_path: Path) -> None:
    item = stac_items.good_item(tmp_path)
    item["properties"]["camp_detector:spec"] = tiny_spec(threshold=0.25, version="2").to_dict()
    problems_of_item = problems(validate_item(stac_items.write(item, tmp_path)))
    (line,) = problems_of_item
    assert line.startswith("properties.camp_detector:spec: differs from the description")
    assert line.endswith("in version, threshold")


def test_an_item_without_a_description_is_not_held_against_one(tmp_path: Path) -> None:
    item = changed(stac_items.good_item(tmp_path), (("properties", "camp_detector:spec"), MISSING))
    report = validate_item(stac_items.write(item, tmp_path))
    assert report.valid
    assert "description in the ONNX file" not in report.passed
    assert "properties.camp_detector:spec" in [n.path for n in report.of("not checked")]


def test_a_file_that_is_no_onnx_model_is_named(tmp_path: Path) -> None:
    item = stac_items.good_item(tmp_path)
    (tmp_path / "tiny.onnx").write_bytes(b"\xff" * 100)
    item["assets"]["onnx-model"] |= stac_items.file_facts(b"\xff" * 100)
    problem_text = " ".join(problems(validate_item(stac_items.write(item, tmp_path))))
    assert "tiny.onnx is not an ONNX model" in problem_text


def test_an_area_across_the_antimeridian_has_a_bbox_that_begins_west_of_it(tmp_path: Path) -> None:
    def box(west: float, east: float) -> list[list[list[float]]]:
        return [[[west, 0], [east, 0], [east, 1], [west, 1], [west, 0]]]

    item = stac_items.good_item(tmp_path)
    item["geometry"] = {"type": "MultiPolygon", "coordinates": [box(179, 180), box(-180, -178)]}
    item["bbox"] = [179, 0, -178, 1]
    path = stac_items.write(item, tmp_path)
    assert problems(validate_item(path)) == []
    item["bbox"] = [179, 0, -179, 1]
    stac_items.write(item, tmp_path)
    assert "write [179.0, 0.0, -178.0, 1.0]" in validate_item(path).of("problem")[0].remedy


def test_what_is_updated_was_created_before(tmp_path: Path) -> None:
    item = stac_items.good_item(tmp_path)
    first, last = "2024-05-01T12:00:00Z", "2024-05-02T12:00:00Z"
    item["properties"] |= {"created": first, "updated": last}
    path = stac_items.write(item, tmp_path)
    assert problems(validate_item(path)) == []
    item["properties"] |= {"created": last, "updated": first}
    stac_items.write(item, tmp_path)
    (line,) = problems(validate_item(path))
    assert line == "properties.updated: is before created"


def test_a_hole_runs_the_other_way_than_what_is_around_it(tmp_path: Path) -> None:
    item = stac_items.good_item(tmp_path)
    rings = item["geometry"]["coordinates"]
    west, south, east, north = item["bbox"]
    x, y, dx, dy = west, south, (east - west) / 4, (north - south) / 4
    hole = [[x + dx, y + dy], [x + dx, y + 2 * dy], [x + 2 * dx, y + 2 * dy], [x + dx, y + dy]]
    item["geometry"]["coordinates"] = [*rings, hole]
    path = stac_items.write(item, tmp_path)
    assert problems(validate_item(path)) == []
    item["geometry"]["coordinates"] = [*rings, hole[::-1]]
    stac_items.write(item, tmp_path)
    report = validate_item(path)
    (note,) = report.of("advice")
    assert note.path == "geometry.coordinates[1]"
    assert note.message.startswith("a hole should run clockwise")
    assert problems(report) == []


def test_accelerator_cpu_is_no_problem_where_no_schema_is_known_to_reject_it(
    tmp_path: Path,
) -> None:
    item = stac_items.good_item(tmp_path)
    item["stac_extensions"][0] = stac_items.URI.format("mlm/v1.6.0")
    item["properties"]["mlm:accelerator"] = "cpu"
    report = validate_item(stac_items.write(item, tmp_path))
    assert problems(report) == []
    assert any("mlm/v1.6.0" in note.message for note in report.of("not checked"))
    assert not any("mlm" in name for name in report.passed)


def test_a_model_may_not_lie_in_the_folder_of_checkpoints(tmp_path: Path) -> None:
    item = stac_items.good_item(tmp_path / "meta")
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "best.ckpt").write_bytes(b"weights")
    asset = {
        "href": "../checkpoints/best.ckpt",
        "roles": ["mlm:checkpoint", "mlm:weights"],
        **stac_items.file_facts(b"weights"),
    }
    item["assets"]["pytorch-checkpoint"] = asset
    path = stac_items.write(item, tmp_path / "meta")
    assert problems(validate_item(path)) == []
    asset |= {"roles": ["mlm:model", "mlm:weights"], "mlm:artifact_type": "torch.save"}
    stac_items.write(item, tmp_path / "meta")
    assert "leads out of the item's folder" in problems(validate_item(path))[0]


@pytest.mark.parametrize(("count", "end"), [(2, "'b.bin'"), (5, "'c.bin' and 2 more")])
def test_an_item_that_was_moved_without_its_files_is_one_line(
    tmp_path: Path, count: int, end: str
) -> None:
    item = stac_items.good_item(tmp_path)
    for name in "abcde"[:count]:
        item["assets"][name] = {"href": f"{name}.bin", "roles": ["metadata"], "type": "text/plain"}
    report = validate_item(stac_items.write(item, tmp_path))
    (line,) = [line for line in problems(report) if "no file" in line]
    assert line.startswith(f"assets: the hrefs of {count} assets lead to no file: 'a.bin', 'b.bin'")
    assert line.endswith(end)
    assert not report.valid


FAULTS = [
    "properties.bands: no asset has bands",
    "its schema rejects it",
    "[0, 0, 1, 1] is not the area of any training",
    "lies in the future",
    "best.ckpt' is a path of one computer",
    "root leads to './', which is a folder",
    "self leads to 'stac_item.json', which is relative",
    "torch.jit.trace wrote no file",
    "pytorch_lightning wrote no file",
    "esri_dlpk wrote no file",
    "an ONNX file is not compiled (aot)",
    "best_model.pt is TorchScript",
    "neither weights nor compiled graph",
    "mlm:inference is a role of code",
    "file:checksum: is missing",
    "file:size: is None",
    "mean and stddev are those of values from 0 to 1",
    "resize_type: takes 256 x 256 pixels",
    "whether values are logits or probabilities",
    "mlm:hyperparameters: is missing",
    "names a computer",
    "pytorch is a framework",
    "'src/inference.py:run' is not a function that can be imported",
    "'src/inference.py', which is not a file",
    "leads to whatever is there today",
    "does not say how the image is had",
    "instrument: is not a field of STAC",
]


@pytest.mark.parametrize("words", FAULTS)
def test_the_faults_of_an_earlier_system_are_named(tmp_path: Path, words: str) -> None:
    lines = validate_item(stac_items.write(stac_items.faulty_item(tmp_path), tmp_path)).lines()
    assert any(words in line for line in lines), "\n".join(lines)


class NoWords:
    """A host that calls no parameter and no tool by any name."""

    def parameter(self, name: str, value: str | None) -> str | None:
        """Give none."""

    def tool(self, name: str) -> str | None:
        """Give none."""


def test_a_line_has_no_end_for_a_remedy_that_a_host_cannot_say() -> None:
    note = Note("not checked", "item", "is odd", "give {schemas}")
    assert note.line(NoWords()) == "not checked item: is odd"
    assert str(note) == "not checked item: is odd; give schemas"
