"""Packages for ArcGIS Pro: what is in them, the same bytes always, and what is refused."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import rasterio
from rasterio.io import MemoryFile

import training
from camp_detector_core.engine.errors import OutputError, PredictorError, SpecError
from camp_detector_core.engine.separation import Separation
from camp_detector_core.engine.spec import METADATA_KEY, ClassDef
from camp_detector_core.esri import dlpk
from camp_detector_core.esri.dlpk import create_dlpk
from camp_detector_core.esri.engine_copy import engine_copy
from camp_detector_core.esri.model_card import description_of, licence_text
from camp_detector_core.esri.package_check import check_package
from camp_detector_core.esri.package_source import script_spec
from camp_detector_core.esri.thumbnail import HEIGHT, WIDTH, png, thumbnail
from camp_detector_core.model_file import default_model_path, open_model
from camp_detector_core.model_file.package import open_definition
from camp_detector_core.stac import TrainingArea, create_stac_mlm_item
from tests.support.models import tiny_onnx, tiny_spec, write_model
from tests.support.packages import edited, make, members
from tests.support.small_nets import small_net
from tests.support.stac import a_run, an_area, make_item

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
ROOT = Path(__file__).resolve().parents[2]
CORE = Separation("core", threshold=0.4, reach=6, min_seed=3)


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("kind", ["classify", "detect"])
def test_the_model_that_ships_makes_a_package_that_opens_and_passes(
    tmp_path: Path, kind: Any
) -> None:
    model = open_model(default_model_path())
    out = create_dlpk(default_model_path(), tmp_path / f"camp-{kind}.dlpk", kind=kind)
    model_file = open_model(out)
    assert (model_file.onnx, model_file.spec) == (model.onnx, model.spec)
    report = check_package(out)
    assert report.lines()[:-1] == [], "no problem, no advice, nothing left unchecked"
    entries = members(out)
    assert set(entries) == {
        f"camp-{kind}.emd", "model.onnx", "RefugeeCampDetector.py", engine_copy().name,
        "MODEL_CARD.md", "LICENSE.txt", "esriinfo/iteminfo.xml", "esriinfo/item.pkinfo",
        "esriinfo/thumbnail/thumbnail.png",
    }  # fmt: skip
    emd = open_definition(out)
    assert (emd.kind, emd.spec) == (kind, model.spec)
    assert emd.fields["EngineFile"] == engine_copy().name
    assert entries[engine_copy().name] == engine_copy().data
    assert entries["RefugeeCampDetector.py"] == dlpk.raster_function()


def test_a_model_of_several_classes_that_parts_dwellings_makes_one(tmp_path: Path) -> None:
    spec = tiny_spec(
        classes=(ClassDef(1, "dwelling", "#E31A1C"), ClassDef(3, "tent", "#0080FF")),
        separation=CORE,
    )
    (tmp_path / "net.onnx").write_bytes(small_net(spec))
    out = create_dlpk(tmp_path / "net.onnx", tmp_path / "x.dlpk", kind="detect")
    assert open_model(out).spec == spec
    assert check_package(out).valid
    second = create_dlpk(out, tmp_path / "y.dlpk", kind="classify")
    assert open_model(second).onnx == small_net(spec)


def test_the_same_input_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    first = make(tmp_path)
    code = (
        "import sys, hashlib\n"
        "from camp_detector_core.esri.dlpk import create_dlpk\n"
        "create_dlpk(sys.argv[1], sys.argv[2], kind='detect')\n"
    )
    (tmp_path / "away").mkdir()
    second = tmp_path / "away" / first.name
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7"}
    environment |= {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1"}
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "tiny.onnx"), str(second)],
        check=True, cwd=tmp_path / "away", env=environment, umask=0o077,
    )  # fmt: skip
    assert sha(first) == sha(second)


def test_nothing_in_a_package_depends_on_time_system_or_compressor(tmp_path: Path) -> None:
    with zipfile.ZipFile(make(tmp_path)) as archive:
        entries = archive.infolist()
    assert [e.filename for e in entries] == sorted(e.filename for e in entries)
    assert {e.date_time for e in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {e.compress_type for e in entries} == {zipfile.ZIP_STORED}
    assert {(e.create_system, e.external_attr, e.extra) for e in entries} == {
        (3, 0o100644 << 16, b"")
    }


def test_the_identifier_changes_with_the_content_alone(tmp_path: Path) -> None:
    def identifier(path: Path) -> str:
        return str(ET.fromstring(members(path)["esriinfo/item.pkinfo"]).findtext("ID"))  # noqa: S314

    first, second = identifier(make(tmp_path)), identifier(make(tmp_path))
    assert first == second
    assert first != identifier(make(tmp_path, threshold=0.6))


def test_the_card_says_what_a_user_must_know(tmp_path: Path) -> None:
    entries = members(
        make(
            tmp_path, description="Marks \N{TENT}s | and \x1b[2J more.", min_area=3.0,
            attribution=("Ada & Co",), provenance={"test pixels": "iou 0.8", "seed": "3"},
        )
    )  # fmt: skip
    card = entries["MODEL_CARD.md"].decode()
    for words in (
        "Detect Objects Using Deep Learning", "| 1 | dwelling | #E31A1C |", "red, green, blue",
        "0.5 m", "CC0-1.0", "Ada & Co", "| test pixels | iou 0.8 |", "| seed | 3 |", "3 m²",
    ):  # fmt: skip
        assert words in card
    assert all(line.isprintable() for line in card.split("\n"))
    root = ET.fromstring(entries["esriinfo/iteminfo.xml"])  # noqa: S314
    assert entries["esriinfo/iteminfo.xml"].isascii()
    assert root.findtext("accessinformation") == "Ada & Co"
    assert root.findtext("type") == "Deep Learning Package"
    assert "\N{TENT}" in str(root.findtext("description"))


def test_the_card_says_where_the_model_fails(tmp_path: Path) -> None:
    shipped = create_dlpk(default_model_path(), tmp_path / "shipped.dlpk", kind="detect")
    limits = {}
    for path in (shipped, make(tmp_path)):
        card = members(path)["MODEL_CARD.md"].decode()
        limits[path.stem] = card.partition("## Where it fails\n\n")[2].partition("\n\n## ")[0]
    assert "no real camp was at hand" in limits["shipped"]
    assert "no real camp" not in limits["camp"]
    assert "Its figures are of the place that they were measured on" in limits["camp"]


def test_the_licence_of_the_code_is_that_of_the_project() -> None:
    text = licence_text(tiny_spec()).decode()
    assert (ROOT / "LICENSE").read_text(encoding="utf-8") in text
    assert "CC0-1.0" in text
    assert "made by a test" in text
    assert "not stated" in licence_text(tiny_spec(licence="", attribution=())).decode()


@pytest.mark.parametrize("keys", [{"Threshold": 0.9}, {"MinArea": 7}, {"Padding": 3}])
def test_values_that_arcgis_alone_would_take_are_refused(
    tmp_path: Path, keys: dict[str, Any]
) -> None:
    (key,) = keys
    with pytest.raises(SpecError, match=f"camp.emd has the {key} .*the model's own is"):
        open_model(edited(make(tmp_path), **keys))


# With the STAC item.


def with_item(folder: Path) -> Path:
    """A model with its item, figures and an example picture: left half red, right half blue."""
    picture = np.zeros((80, 120, 3), np.uint8)
    picture[:, :60, 0] = 255
    picture[:, 60:, 2] = 255
    (folder / "example_input.png").write_bytes(png(picture))
    make_item(folder)
    item = json.loads((folder / "stac_item.json").read_text())
    item["properties"]["camp_detector:metrics"] = {
        "test": {"pixels": {"iou": 0.81234}, "dwellings": {"count_error": -0.9947, "predicted": 3}}
    }
    (folder / "stac_item.json").write_text(json.dumps(item))
    return folder / "best_model.onnx"


def test_card_and_picture_come_from_the_item(tmp_path: Path) -> None:
    model = with_item(tmp_path)
    item = tmp_path / "stac_item.json"
    entries = members(create_dlpk(model, tmp_path / "a.dlpk", kind="detect", item=item))
    for row in ("pixels: IoU | 0.812", "dwellings: count error | -99.5 %", "dwellings: marked | 3"):
        assert f"| test, {row} |" in entries["MODEL_CARD.md"].decode()
    assert "2022-07-18" in entries["MODEL_CARD.md"].decode()
    with MemoryFile(entries["esriinfo/thumbnail/thumbnail.png"]) as file, file.open() as picture:
        pixels = picture.read()
    assert pixels.shape == (3, HEIGHT, WIDTH)
    assert (pixels[:, :, : WIDTH // 2 - 1] == [[[255]], [[0]], [[0]]]).all()
    assert (pixels[:, :, WIDTH // 2 + 1 :] == [[[0]], [[0]], [[255]]]).all()
    alone = members(create_dlpk(item, tmp_path / "b.dlpk", kind="detect"))
    assert alone["MODEL_CARD.md"] == entries["MODEL_CARD.md"]


def test_the_words_of_an_item_lose_their_talk_of_stac(tmp_path: Path) -> None:
    for area in (an_area(note="The geometry is of 3 chips."), TrainingArea()):
        spec = tiny_spec(description="Marks tents.")
        model = write_model(tmp_path / "best_model.onnx", description="Marks tents.")
        item = create_stac_mlm_item(model, area=area, run=a_run(), assets={}).to_dict()
        assert item["properties"]["description"] != "Marks tents."
        assert description_of(spec, item) == "Marks tents."
        item["properties"]["description"] += " Ask Ada."
        assert description_of(spec, item) == "Marks tents. Ask Ada."


def test_an_item_of_another_model_is_refused(tmp_path: Path) -> None:
    with_item(tmp_path)
    other = write_model(tmp_path / "other.onnx", version="2")
    with pytest.raises(SpecError, match="is not the STAC item of tiny-2"):
        create_dlpk(other, tmp_path / "a.dlpk", kind="detect", item=tmp_path / "stac_item.json")
    assert not (tmp_path / "a.dlpk").exists()


def test_a_message_says_which_of_the_files_it_speaks_of(tmp_path: Path) -> None:
    model, missing_file = write_model(tmp_path / "m.onnx"), tmp_path / "gone"
    (tmp_path / "model.emd").write_text("{}")
    for files, words in (
        ({"item": missing_file}, "the STAC item .*gone cannot be read"),
        ({"torchscript": missing_file}, "the TorchScript .*gone cannot be read"),
        ({"item": tmp_path / "model.emd"}, "model.emd is not a STAC item.*stac_item.json"),
    ):
        with pytest.raises(PredictorError, match=words):
            create_dlpk(model, tmp_path / "a.dlpk", kind="detect", **files)


@pytest.mark.parametrize("href", ["../secret.png", "/etc/passwd", "gone.png", "a\0b", 5, None])
def test_a_picture_elsewhere_is_not_taken(tmp_path: Path, href: object) -> None:
    home = tmp_path / "home"
    home.mkdir()
    model = with_item(home)
    (tmp_path / "secret.png").write_bytes((home / "example_input.png").read_bytes())
    item = json.loads((home / "stac_item.json").read_text())
    item["assets"]["example-input"]["href"] = href
    (home / "stac_item.json").write_text(json.dumps(item))
    out = create_dlpk(model, tmp_path / "a.dlpk", kind="detect", item=home / "stac_item.json")
    assert members(out)["esriinfo/thumbnail/thumbnail.png"] == thumbnail(tiny_spec())


# The picture.


def test_the_drawn_picture_has_the_colours_of_the_classes() -> None:
    spec = tiny_spec(classes=(ClassDef(1, "a", "#0000FF"), ClassDef(2, "b", "#00FF00")))
    with MemoryFile(thumbnail(spec)) as file, file.open() as picture:
        assert picture.driver == "PNG"
        assert (picture.height, picture.width, picture.count) == (133, 200, 3)
        colors = {tuple(c) for c in picture.read().reshape(3, -1).T.tolist()}
    assert {(0, 0, 255), (0, 255, 0)} <= colors


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (133, 200), (700, 300)])
def test_any_size_of_example_fills_the_picture(tmp_path: Path, shape: tuple[int, int]) -> None:
    (tmp_path / "a.png").write_bytes(png(np.full((*shape, 3), 77, np.uint8)))
    with MemoryFile(thumbnail(tiny_spec(), tmp_path / "a.png")) as file, file.open() as picture:
        pixels = picture.read()
    assert pixels.shape == (3, 133, 200)
    assert (pixels == 77).all()


def test_an_example_that_is_no_png_is_left_out(tmp_path: Path) -> None:
    picture = thumbnail(tiny_spec())
    with rasterio.open(
        tmp_path / "a.tif", "w", driver="GTiff", height=9, width=9, count=3, dtype="uint8"
    ) as out:
        out.write(np.ones((3, 9, 9), np.uint8))
    (tmp_path / "tif.png").write_bytes((tmp_path / "a.tif").read_bytes())
    (tmp_path / "cut.png").write_bytes(picture[:2000])
    vrt = f"<VRTDataset rasterXSize='9' rasterYSize='9'><SRS/>{tmp_path}</VRTDataset>"
    (tmp_path / "vrt.png").write_text(vrt)
    for name in ("tif.png", "cut.png", "vrt.png", "gone.png"):
        assert thumbnail(tiny_spec(), tmp_path / name) == picture


# TorchScript.


def script(folder: Path, spec: Any) -> Path:
    """Write a file as torch.jit.save does, without the network: it is never loaded."""
    path = folder / "best_model.pt"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("best_model/data.pkl", b"x")
        out.writestr("best_model/code/__torch__/net.py", b"x")
        out.writestr(f"best_model/extra/{METADATA_KEY}", spec.to_json())
    return path


def test_torchscript_is_carried_along_and_named(tmp_path: Path) -> None:
    model, pt = write_model(tmp_path / "m.onnx"), script(tmp_path, tiny_spec())
    out = create_dlpk(model, tmp_path / "a.dlpk", kind="detect", torchscript=pt)
    entries = members(out)
    assert entries["model.pt"] == pt.read_bytes()
    assert json.loads(entries["a.emd"])["TorchScriptFile"] == "model.pt"
    assert check_package(out).valid
    assert open_definition(out).spec == tiny_spec()


def test_what_torch_really_writes_is_known(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from camp_detector_core.network.export import export_torchscript

    network = torch.nn.Conv2d(3, 1, 1)
    export_torchscript(network, tmp_path / "net.pt", spec=tiny_spec())
    assert script_spec((tmp_path / "net.pt").read_bytes()) == tiny_spec().to_json()


def test_torchscript_of_another_model_or_a_pickle_is_refused(tmp_path: Path) -> None:
    model = write_model(tmp_path / "m.onnx")
    other = script(tmp_path, tiny_spec(version="2"))
    with pytest.raises(SpecError, match="different models"):
        create_dlpk(model, tmp_path / "a.dlpk", kind="detect", torchscript=other)
    (tmp_path / "w.pth").write_bytes(b"\x80\x02c__builtin__\nexit\n(tR.")
    with pytest.raises(PredictorError, match="not TorchScript"):
        create_dlpk(model, tmp_path / "a.dlpk", kind="detect", torchscript=tmp_path / "w.pth")
    assert not (tmp_path / "a.dlpk").exists()


# Names and places.


@pytest.mark.parametrize(
    "name", ["a b.dlpk", "\N{TENT}.dlpk", "a.zip", ".dlpk", "x" * 61 + ".dlpk", "-a.dlpk", "a.DLPK"]
)
def test_a_name_that_arcgis_would_stumble_over_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SpecError, match="is no name for a package"):
        create_dlpk(write_model(tmp_path / "m.onnx"), tmp_path / name, kind="detect")


@pytest.mark.parametrize("name", ["foo", "FOO.DLPK"])
def test_a_name_without_the_ending_is_told_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(SpecError, match=r"it must end in \.dlpk"):
        create_dlpk(write_model(tmp_path / "m.onnx"), tmp_path / name, kind="detect")


def test_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    model, out = write_model(tmp_path / "m.onnx"), tmp_path / "a.dlpk"
    out.write_bytes(b"mine")
    with pytest.raises(OutputError, match="give overwrite to replace it"):
        create_dlpk(model, out, kind="detect")
    assert out.read_bytes() == b"mine"
    create_dlpk(model, out, kind="detect", overwrite=True)
    assert check_package(out).valid
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.dlpk", "m.onnx"]


def test_a_file_that_is_no_model_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(tiny_onnx(tiny_spec(), stored=""))
    with pytest.raises(SpecError, match="does not say what model it is"):
        create_dlpk(tmp_path / "m.onnx", tmp_path / "a.dlpk", kind="detect")
    assert [p.name for p in tmp_path.iterdir()] == ["m.onnx"]


def test_an_installation_without_the_function_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = write_model(tmp_path / "m.onnx")
    for name in ("no_such_package", "json"):
        monkeypatch.setattr(dlpk, "_HOST", name)
        with pytest.raises(OutputError, match="install camp-detector again"):
            create_dlpk(model, tmp_path / "a.dlpk", kind="detect")


def test_the_name_that_users_know_is_there() -> None:
    assert training.create_dlpk is create_dlpk
    assert "create_dlpk" in dir(training)


# The command.


def test_build_makes_both_kinds_and_check_passes_them(camp: Any, tmp_path: Path) -> None:
    model = write_model(tmp_path / "m.onnx")
    code, out, err = camp("package", "build", model, "-o", tmp_path / "new", "--name", "town")
    assert code == 0, err
    names = ["town-classify.dlpk", "town-detect.dlpk"]
    assert [Path(line).name for line in out.splitlines()] == names
    for name, kind in zip(names, ("classify", "detect"), strict=True):
        definition = open_definition(tmp_path / "new" / name)
        assert (definition.name, definition.kind) == (name.replace(".dlpk", ".emd"), kind)
        code, out, _ = camp("package", "check", tmp_path / "new" / name)
        assert code == 0
        assert "is valid" in out
    code, _, err = camp("package", "build", model, "-o", tmp_path / "new", "--name", "town")
    assert code == 2
    assert "--overwrite" in err


def test_build_without_a_model_takes_the_one_that_ships(camp: Any, tmp_path: Path) -> None:
    code, out, err = camp("package", "build", "-o", tmp_path)
    assert code == 0, err
    (first, _) = (Path(line) for line in out.splitlines())
    assert open_model(first).spec == open_model(default_model_path()).spec


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a b", "is no name for a package"),
        ("../evil", "is a path"),
        ("a\\b", "is a path"),
        ("camp.dlpk", "give 'camp'"),
        ("camp-detect", "give 'camp'"),
        ("camp-classify.DLPK", "give 'camp'"),
    ],
)
def test_a_name_that_leads_out_or_has_the_ending_already_is_refused(
    camp: Any, tmp_path: Path, name: str, words: str
) -> None:
    code, _, err = camp("package", "build", "-o", tmp_path / "packages", "--name", name)
    assert code == 2
    assert words in err
    assert list(tmp_path.rglob("*.dlpk")) == []


def test_a_picture_of_the_package_is_read_by_another_reader(tmp_path: Path) -> None:
    data = members(make(tmp_path))["esriinfo/thumbnail/thumbnail.png"]
    matplotlib = pytest.importorskip("matplotlib.image")
    assert matplotlib.imread(io.BytesIO(data)).shape == (133, 200, 3)
