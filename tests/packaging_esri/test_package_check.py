"""The check of packages: sound ones pass, each fault is a line, others are judged fairly."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.carry import digest_of, zip_bytes
from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.esri.engine_copy import engine_copy
from camp_detector_core.esri.package_check import check_package
from tests.support.models import tiny_onnx, tiny_spec
from tests.support.packages import (
    ESRI_SAMPLE,
    FOREIGN,
    STEM,
    TEMPLATE,
    changed,
    edited,
    foreign,
    make,
    messages,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ENGINE = engine_copy().name
FUNCTION = "RefugeeCampDetector.py"


def drop(name: str) -> Callable[[dict[str, bytes]], object]:
    return lambda entries: entries.pop(name)


def put(name: str, data: bytes) -> Callable[[dict[str, bytes]], object]:
    return lambda entries: entries.update({name: data})


def moved(old: str, new: str) -> Callable[[dict[str, bytes]], object]:
    return lambda entries: entries.update({new: entries.pop(old)})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (drop(f"{STEM}.emd"), "holds 0 model definitions (.emd) at its root"),
        (moved(f"{STEM}.emd", f"sub/{STEM}.emd"), f"(sub/{STEM}.emd lies below)"),
        (put("two.emd", b"{}"), "holds 2 model definitions"),
        (put(f"{STEM}.emd", b"{"), "is not JSON"),
        (put(f"{STEM}.emd", b"[]"), "not a JSON object"),
        (put(f"{STEM}.emd", b'{"a": NaN}'), "NaN is not a number in JSON"),
        (put(f"{STEM}.emd", b" " * (1 << 21)), "are the most that such a file has"),
        (drop("model.onnx"), "model.onnx is not in the package"),
        (put("model.onnx", b"x"), "is not an ONNX model"),
        (put("model.onnx", tiny_onnx(tiny_spec(version="2"))), "describe different models"),
        (put("model.onnx", tiny_onnx(tiny_spec(), stored="")), "has no camp_detector.spec"),
        (put("model.onnx", tiny_onnx(tiny_spec(), stored="{}")), "of version None"),
        (put("model.onnx", tiny_onnx(tiny_spec(), side=32)), "takes 32 pixels where ImageHeight"),
        (put("model.onnx", tiny_onnx(tiny_spec(), side=64)), "SupportsVariableTileSize is true"),
        (
            put("model.onnx", tiny_onnx(tiny_spec(names=("a",)), stored=tiny_spec().to_json())),
            "takes 1 bands, and ExtractBands names 3",
        ),
        (drop(FUNCTION), f"{FUNCTION} is not in the package"),
        (put(FUNCTION, b"def f(:"), "is no source of Python 3.9: line 1"),
        (put(FUNCTION, b"match x:\n    case 1: pass\n"), "is no source of Python 3.9"),
        (put(FUNCTION, b"return 1\n"), "outside function"),
        (put(FUNCTION, b"a\0b"), "is no source of Python 3.9"),
        (put(FUNCTION, TEMPLATE.encode()), "has no class RefugeeCampDetector"),
        (put(FUNCTION, b"class RefugeeCampDetector:\n    pass\n"), "has no initialize"),
        (drop(ENGINE), "holds 0 copies of the engine"),
        (put("rcd_engine_9_9_9_00000000.zip", b"x"), "holds 2 copies of the engine"),
        (put(ENGINE, b"no zip"), "is no zip file that can be read"),
        (put(ENGINE, zip_bytes({"a.py": b""})), "holds what is no source below"),
        (put(ENGINE, zip_bytes({f"{ENGINE[:-4]}/a.so": b""})), "holds what is no source below"),
        (put(ENGINE, zip_bytes({f"{ENGINE[:-4]}/a.py": b""})), "holds no package"),
        (
            put(ENGINE, zip_bytes({f"{ENGINE[:-4]}/__init__.py": b"import os"})),
            "has another content than its name says",
        ),
        (put("esriinfo/iteminfo.xml", b"<a>"), "is not well-formed XML"),
        (put("esriinfo/iteminfo.xml", b"<a/>"), "is <a> and not <ESRI_ItemInformation>"),
        (put("esriinfo/item.pkinfo", b"<!DOCTYPE a><pkinfo/>"), "declares a document type"),
        (put("esriinfo/item.pkinfo", b"<a>" * 30), "is nested too deep"),
        (put("esriinfo/thumbnail/thumbnail.png", b"GIF89a"), "is no sound PNG"),
    ],
)
def test_each_fault_is_named(
    tmp_path: Path, change: Callable[[dict[str, bytes]], object], words: str
) -> None:
    path = make(tmp_path)
    assert messages(path) == []
    faults = messages(changed(path, change))
    assert any(words in line for line in faults), faults


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"ModelType": None}, "ModelType: is missing"),
        ({"ModelType": "ObjectionDetection"}, "'ObjectionDetection', and not one of"),
        ({"ModelType": "objectdetection"}, "and not one of"),
        ({"ModelType": "InstanceDetection"}, "ModelType: is InstanceDetection"),
        ({"InferenceFunction": "../x.py"}, "is not in the package"),
        ({"InferenceFunction": "C:\\x.py"}, "is not in the package"),
        ({"InferenceFunction": None}, "InferenceFunction: is missing"),
        ({"ModelFile": None}, "ModelFile: is missing"),
        ({"ModelFile": "/etc/passwd"}, "is not in the package"),
        ({"ModelFile": FUNCTION}, "is not an ONNX model"),
        ({"EngineFile": None}, "EngineFile: is missing"),
        ({"EngineFile": "other.zip"}, "EngineFile: is other.zip"),
        ({"TorchScriptFile": "model.pt"}, "model.pt is not in the package"),
        ({"TorchScriptFile": "model.onnx"}, "is not TorchScript"),
        ({"ImageHeight": -1}, "is -1, and not a positive whole number"),
        ({"ImageWidth": "256"}, "is 256, and not a positive whole number"),
        ({"ImageWidth": 128}, "CampDetector makes it 64"),
        ({"ExtractBands": []}, "is [], and not a list of bands"),
        ({"ExtractBands": [-1, 0, 1]}, "and not a list of bands"),
        ({"ExtractBands": [2, 1, 0]}, "CampDetector makes it [0, 1, 2]"),
        ({"ExtractBands": [0, 1]}, "takes 3 bands, and ExtractBands names 2"),
        ({"Classes": []}, "is no list of classes"),
        ({"Classes": [5]}, "is no object"),
        ({"Classes": [{"Value": "1", "Name": ""}]}, "has no Name"),
        ({"Classes": [{"ClassValue": 1, "Name": "a"}]}, "write Value, not ClassValue"),
        ({"Classes": [{"Value": 1, "Name": "a"}] * 2}, "has one Value twice"),
        ({"Padding": 32}, "below half of ImageWidth"),
        ({"Padding": "8"}, "Padding: is 8, and not a whole number"),
        ({"BatchSize": 0}, "BatchSize: is 0"),
        ({"Threshold": 2}, "Threshold: is 2"),
        ({"Threshold": True}, "Threshold: is True"),
        ({"SupportsVariableTileSize": "true"}, "is neither true nor false"),
        ({"CampDetector": {}}, "CampDetector: this model's description is of version None"),
        ({"CampDetector": [1]}, "must be an object"),
    ],
)
def test_each_wrong_key_is_named(tmp_path: Path, keys: dict[str, Any], words: str) -> None:
    report = check_package(edited(make(tmp_path), **keys))
    assert any(words in str(note) for note in report.of("problem")), report.lines()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (drop("LICENSE.txt"), "LICENSE.txt: is missing"),
        (drop("esriinfo/thumbnail/thumbnail.png"), "thumbnail.png: is missing"),
        (put("__MACOSX/._x", b""), "is litter"),
        (put("a b.txt", b""), "not short and ASCII"),
        (put("\N{TENT}.txt", b""), "not short and ASCII"),
        (put("x" * 120, b""), "(120 characters)"),
        (lambda h: h.update({FUNCTION: h[FUNCTION] + b"#"}), "not the function of this release"),
    ],
)
def test_what_may_be_meant_is_advice(
    tmp_path: Path, change: Callable[[dict[str, bytes]], object], words: str
) -> None:
    path = changed(make(tmp_path), change)
    assert messages(path) == []
    assert any(words in line for line in messages(path, "advice"))


def test_heavy_libraries_at_the_top_are_a_fault_of_ours(tmp_path: Path) -> None:
    def change(entries: dict[str, bytes]) -> None:
        entries[FUNCTION] = b"import torch.nn.functional as F\nimport cv2\n" + entries[
            FUNCTION
        ].replace(b"from __future__ import annotations", b"")

    (line,) = messages(changed(make(tmp_path), change))
    assert "imports cv2, torch at its top" in line


@pytest.mark.parametrize(
    "start",
    [
        "try:\n    import torch\nexcept ImportError:\n    torch = None\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\n",
        "def f():\n    import torch\n",
        "from . import torch\n",
    ],
)
def test_guarded_imports_pass(tmp_path: Path, start: str) -> None:
    source = start + ESRI_SAMPLE.replace("import torch\n", "").replace("import arcpy\n", "")
    assert not [line for line in messages(foreign(tmp_path, source), "advice") if "imports" in line]


def test_an_engine_of_another_release_is_told_and_passes(tmp_path: Path) -> None:
    sources = {"__init__.py": b"X = 1\n"}
    stem = f"rcd_engine_0_0_1_{digest_of(sources)[:8]}"
    data = zip_bytes({f"{stem}/{name}": d for name, d in sources.items()})

    def change(entries: dict[str, bytes]) -> None:
        del entries[ENGINE]
        entries[f"{stem}.zip"] = data

    path = edited(changed(make(tmp_path), change), EngineFile=f"{stem}.zip")
    assert messages(path) == []
    assert any("is not the engine of this release" in line for line in messages(path, "advice"))


def test_an_engine_that_old_pythons_cannot_read_is_a_fault(tmp_path: Path) -> None:
    sources = {"__init__.py": b"", "a.py": b"match 1:\n    case 1: pass\n"}
    stem = f"rcd_engine_0_0_1_{digest_of(sources)[:8]}"
    data = zip_bytes({f"{stem}/{name}": d for name, d in sources.items()})

    def change(entries: dict[str, bytes]) -> None:
        del entries[ENGINE]
        entries[f"{stem}.zip"] = data

    path = edited(changed(make(tmp_path), change), EngineFile=f"{stem}.zip")
    assert any("a.py: is no source of Python 3.9" in line for line in messages(path))


def test_a_package_under_another_name_is_advised(tmp_path: Path) -> None:
    path = make(tmp_path).rename(tmp_path / "copy.dlpk")
    assert messages(path) == []
    (line,) = messages(path, "advice")
    assert "is not named as the package is (copy.dlpk)" in line


@pytest.mark.parametrize("type_name", ["ObjectDetecton", "ObjectionDetection", "Other", None, []])
def test_a_wrong_type_is_one_problem(tmp_path: Path, type_name: object) -> None:
    report = check_package(edited(make(tmp_path), ModelType=type_name))
    lines = [line for line in report.lines() if "ModelType" in line]
    assert len(lines) == 1
    assert lines[0].startswith("problem")


# Packages of others.


@pytest.mark.parametrize(
    "type_name", ["ObjectDetecton", "imageclassification", "InstanceDetections"]
)
def test_a_misspelt_type_of_others_is_a_problem(tmp_path: Path, type_name: str) -> None:
    path = foreign(tmp_path, ModelType=type_name, InferenceFunction=None)
    assert any("and not one of" in line for line in messages(path))


def test_a_package_of_arcgis_itself_is_valid_with_advice(tmp_path: Path) -> None:
    report = check_package(foreign(tmp_path))
    assert report.valid, report.lines()
    advice = [str(n) for n in report.of("advice")]
    assert any("imports arcpy, torch at its top" in line for line in advice)
    assert any("loading a pickle runs" in str(n) for n in report.of("not checked"))
    assert "network" not in report.passed


def test_a_package_that_leaves_the_function_to_arcgis_is_not_wholly_checked(
    tmp_path: Path,
) -> None:
    inside = "[Functions]System\\DeepLearning\\ArcGISLearn\\ArcGISImageClassifier.py"
    for type_name, words in ((None, "takes its own"), (inside, "is a part of ArcGIS")):
        report = check_package(foreign(tmp_path, InferenceFunction=type_name))
        assert report.valid, report.lines()
        assert any(words in note.message for note in report.of("not checked"))
        assert "raster function" not in report.passed


def test_a_sample_whose_class_has_another_name_is_advised(tmp_path: Path) -> None:
    path = foreign(tmp_path, TEMPLATE)
    assert messages(path) == []
    assert any("samples of Esri break this" in line for line in messages(path, "advice"))
    alias = TEMPLATE + "\nArcGISImageClassifier = ImageClassifier\n"
    assert messages(foreign(tmp_path, alias), "advice") == []


def test_methods_that_are_inherited_count(tmp_path: Path) -> None:
    source = TEMPLATE + "\nclass ArcGISImageClassifier(ImageClassifier):\n    pass\n"
    assert messages(foreign(tmp_path, source)) == []
    source = "import a\nclass ArcGISImageClassifier(a.Base):\n    pass\n"
    assert messages(foreign(tmp_path, source)) == []
    assert any(
        "has no initialize" in x
        for x in messages(foreign(tmp_path, source[9:].replace("a.Base", "")))
    )


@pytest.mark.parametrize(
    "source",
    [
        "import torch\nimport mlflow\n\ndef main():\n    pass\n\nmain()\n",  # an inference script
        "class Model:\n    pass\n",
    ],
)
def test_a_package_of_the_reference_system_without_the_class_is_faulty(
    tmp_path: Path, source: str
) -> None:
    emd = {**FOREIGN, "InferenceFunction": FUNCTION, "ModelFile": "model.pt", "DataRange": [0, 1]}
    path = write(
        tmp_path / "best_model.dlpk",
        {"model.emd": json.dumps(emd), FUNCTION: source, "model.pt": b"\x80\x02."},
    )
    report = check_package(path)
    assert [n.message for n in report.of("problem")] == [
        "has no class RefugeeCampDetector, and ArcGIS looks for one of the file's name"
    ]
    advice = " ".join(map(str, report.of("advice")))
    for words in ("is not named as the package is", "rescale the raster", "of an earlier system"):
        assert words in advice


def test_bands_and_keys_of_others_are_judged_as_arcgis_does(tmp_path: Path) -> None:
    for keys in ({"ExtractBands": ["red", "green"]}, {"ModelFile": None}, {"ImageHeight": None}):
        assert messages(foreign(tmp_path, **keys)) == []
    for keys, words in (
        ({"ExtractBands": None}, "ExtractBands: is missing"),
        ({"ExtractBands": [1, 2, 3]}, "counted from 0"),
        ({"ModelType": "ObjectClassification"}, "not one of"),
        ({"DataRange": [0, 1]}, "rescale"),
    ):
        path = foreign(tmp_path, **keys)
        assert messages(path) == []
        assert any(words in line for line in messages(path, "advice")), keys


def test_a_network_of_others_with_channels_last_passes(tmp_path: Path) -> None:
    from onnx import TensorProto, helper

    def net(shape: list[int], opset: int = 17) -> bytes:
        value = helper.make_tensor_value_info
        graph = helper.make_graph(
            [helper.make_node("Identity", ["x"], ["y"])], "g",
            [value("x", TensorProto.FLOAT, shape)], [value("y", TensorProto.FLOAT, shape)],
        )  # fmt: skip
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
        model.ir_version = 8
        data: bytes = model.SerializeToString()
        return data

    def package(data: bytes) -> Path:
        path = foreign(tmp_path, ModelFile="net.onnx")
        return changed(path, put("net.onnx", data))

    assert messages(package(net([1, 256, 256, 3]))) == []
    assert messages(package(net([1, 3, 256, 256]))) == []
    assert any("takes 4 bands" in line for line in messages(package(net([1, 4, 256, 256]))))
    assert any("takes 128 pixels" in x for x in messages(package(net([1, 3, 256, 128]))))
    advice = messages(package(net([1, 3, 256, 256], opset=21)), "advice")
    assert any("opset 21" in line for line in advice)


# Nothing is run, and the command.


def test_nothing_in_a_package_is_run_imported_or_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sprung = tmp_path / "sprung"
    trap = f"open({str(sprung)!r}, 'w')\n".encode()
    monkeypatch.syspath_prepend(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    pickle = b"c__builtin__\nopen\n(V" + str(sprung).encode() + b"\nVw\ntR."
    sources = {"__init__.py": trap}
    stem = f"rcd_engine_0_0_1_{digest_of(sources)[:8]}"

    def change(entries: dict[str, bytes]) -> None:
        entries[FUNCTION] = trap + entries[FUNCTION].replace(
            b"from __future__ import annotations", b""
        )
        del entries[ENGINE]
        entries[f"{stem}.zip"] = zip_bytes({f"{stem}/__init__.py": trap})
        entries["model.pt"] = pickle

    path = make(home)
    changed(path, change)
    edited(path, EngineFile=f"{stem}.zip", TorchScriptFile="model.pt")
    before = sorted(p.name for p in home.iterdir())
    assert any("not TorchScript" in line for line in messages(path))
    assert not sprung.exists()
    assert sorted(p.name for p in home.iterdir()) == before


def test_the_command_prints_a_line_for_each_problem(camp: Any, tmp_path: Path) -> None:
    path = make(tmp_path)
    assert camp("package", "check", path)[0] == 0
    edited(path, ExtractBands=None, Threshold=7)
    code, out, err = camp("package", "check", path)
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert len([x for x in lines if x.startswith("problem")]) == 3
    assert "is not valid: 3 problems" in lines[-1]
    code, out, _ = camp("package", "check", path, "--json")
    report = json.loads(out)
    assert code == 1
    assert report["package"] == str(path)
    assert report["valid"] is False
    assert {p["where"] for p in report["problems"]} == {
        f"{STEM}.emd.Threshold", f"{STEM}.emd.ExtractBands",
    }  # fmt: skip


@pytest.mark.parametrize("data", [b"", b"no zip file at all", b"PK\x03\x04" + b"x" * 100])
def test_what_is_no_package_cannot_be_read(camp: Any, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.dlpk").write_bytes(data)
    code, out, err = camp("package", "check", tmp_path / "x.dlpk")
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert len(err.splitlines()) == 1
    assert camp("package", "check", tmp_path / "gone.dlpk")[0] == 2
    assert camp("package", "check", tmp_path)[0] == 2


def test_a_zip_in_the_package_is_looked_into_without_being_unpacked(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{ENGINE[:-4]}/__init__.py", bytes(17 << 20))
    path = changed(make(tmp_path), put(ENGINE, bomb.getvalue()))
    assert any("unpacks to more than any engine" in line for line in messages(path))


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(PredictorError, match="No such file"):
        check_package(tmp_path / "gone.dlpk")
