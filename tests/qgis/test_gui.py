"""The plugin's windows in a real QGIS under Xvfb: runtime, models, catalogue, preview, settings."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.catalog.local_store import LocalStore
from camp_detector_core.catalog.static import StaticCatalog
from camp_detector_core.scene import generate_scene, random_options, write_scene
from tests.support.catalogs import area_of, ready_model_of, write_run
from tests.support.models import STARTER
from tests.support.wheels import wheel_of, wheel_tag

if TYPE_CHECKING:
    from tests.qgis.conftest import Qgis

BOX = (33.0, 1.5, 33.02, 1.52)


def _go_through(qgis: Qgis, folder: Path, *, whole: bool, locale: str = "") -> dict[str, Any]:
    """Go through the windows; gives what was seen."""
    pictures = os.environ.get("CAMP_DETECTOR_PICTURES")
    if pictures:
        folder = Path(pictures, "camps")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    out = folder / "out"
    out.mkdir()
    (folder / "scratch").mkdir()
    options = replace(random_options(11, height=900, width=900, gsd=0.2), layout="mixed")
    write_scene(generate_scene(options), folder / "camp.tif")
    if whole:
        wheel_of("onnxruntime", folder / "index", wheel_tag())
    place = folder / "catalogue"
    StaticCatalog(LocalStore(place)).add(ready_model_of(folder / "packed", name="from-catalogue"))
    request = {
        "raster": str(folder / "camp.tif"),
        "item": str(write_run(folder / "run", name="with-area", area=area_of(BOX))),
        "catalogue": str(place / "catalog.json"),
        "folder": str(out),
        "whole": whole,
    }
    if locale:
        settings = qgis.profile / "QGIS" / "QGIS3.ini"
        text = settings.read_text(encoding="utf-8")
        more = f"\n[locale]\noverrideFlag=true\nuserLocale={locale}\n"
        settings.write_text(text + more, encoding="utf-8")
    answer: dict[str, Any] = qgis.window(
        "gui_window.py", request, out / "gui.json", PYTHONPATH="", PIP_NO_INDEX="1",
        TMPDIR=str(folder / "scratch"),
        PIP_FIND_LINKS=str(folder / "index"), PIP_CONFIG_FILE="/dev/null",
    )  # fmt: skip
    if pictures:
        shutil.copytree(out, Path(pictures) / (locale or "en"), dirs_exist_ok=True)
    return answer


def _panel(dock: dict[str, Any]) -> None:
    """See what the preview's panel does besides the preview."""
    # QGIS has F1 for its own help in the same window.
    assert dock["help"] == ["preview.html"] * 4
    endless = dock["endless"]
    assert endless["file"] == ["Detect in the whole layer…", ""]
    assert endless["web"][0] == "Detect in the visible map…"
    assert "no end" in endless["web"][1]
    assert endless["layers"] == ["Web", "Camp"]
    assert endless["without"]
    numbers, _, crs = endless["extent"].partition(" [")
    assert crs == "EPSG:32636]", "the dialog gives it in the CRS of the map"
    west, east, _, _ = map(float, numbers.split(","))
    panel = endless["map"]
    assert [west, east] == pytest.approx(panel, abs=0.02 * (panel[1] - panel[0]))
    height, needed = dock["note"]
    assert height >= needed > 100, "the note is cut"


def _models(models: dict[str, Any]) -> None:
    """See what the window of models shows, and what it says after each step."""
    assert models["note"] == "with-area-1.0 was added; its checksum was verified."
    assert models["names"] == [f"{STARTER} (default)", "with-area-1.0"]
    for fact in ("0.5 m a pixel", "red, green, blue", "dwelling", "CC0-1.0", "f1 0.66", "SHA-256"):
        assert fact in models["facts"]
    assert models["area_on_map"]
    assert not models["area_after_closing"]
    assert models["may_remove"]
    assert not models["starter_may_be_removed"]
    # UTM zone 36: its central meridian, 33 degrees, is at 500 km.
    assert models["centre"] == pytest.approx([501_112, 166_900], abs=2000)

    error, after = models["removed"]
    assert "nowhere.onnx" in error
    assert after == "with-area-1.0 was removed."
    assert models["note_later"] == ""
    assert models["help"] == ["models.html"] * 2


def _catalogue(catalogue: dict[str, Any]) -> None:
    """See that a catalogue is read when asked, and what is told before anything is fetched."""
    assert catalogue["before"] == 0
    assert not catalogue["may_take_at_once"]
    assert catalogue["names"] == ["from-catalogue-1.0"]
    for fact in ("longitude 85.51 to 85.53, latitude 27.62 to 27.64", "f1 0.66"):
        assert fact in catalogue["facts"]
    assert catalogue["added"] == "from-catalogue-1.0"


@pytest.mark.usefixtures("has_xvfb")
def test_the_windows_do_what_they_say(fresh_qgis: Qgis, tmp_path: Path) -> None:
    answer = _go_through(fresh_qgis, tmp_path, whole=True)
    assert answer["menu"] == [
        "Detect dwellings…", "Preview on the map", "Models…", "Runtime…", "Settings…", "Help",
    ]  # fmt: skip
    assert answer["directions"] == [0]
    assert "Camp Detector" in answer["at_start"]
    assert "camp_detector.actions" in answer["loaded"]
    late = ("camp_detector.gui.preview", "camp_detector._core.detection.run")
    assert [name for name in answer["loaded"] if name.startswith(late)] == []
    assert answer["again"] == {"note": f"{STARTER} is already there.", "copies": []}
    assert answer["bar"]
    # Ours once, beside that of another plugin; and away when there is nothing to be told.
    assert answer["messages"] == [["Another plugin", "Camp Detector"], ["Another plugin"]]

    runtime = answer["runtime"]
    assert "is not installed" in runtime["before"]
    # Who reads it there is not sent there.
    assert "Plugins >" not in runtime["before"]
    assert runtime["line"].startswith("python -m pip download ")
    assert not runtime["may_at_once"]  # not before the user agrees
    assert runtime["busy"]
    assert runtime["after"].startswith("ONNX Runtime "), runtime["log"]
    assert runtime["after"].endswith(" is ready.")
    assert runtime["help"] == ["runtime.html"] * 2

    _models(answer["models"])
    _catalogue(answer["catalogue"])

    preview = answer["preview"]
    assert "Dwellings on the visible map at threshold 0.35" in preview["before"]
    assert "at threshold 0.80" in preview["after"]
    assert preview["first_step"] == pytest.approx(203.5 / 254)
    assert preview["slider"] == 80
    assert preview["same_raster"]
    assert preview["count"] == preview["detected"] > 20
    assert preview["same_shapes"]
    assert preview["layer"] == f"Preview: {preview['count']} dwellings"
    assert preview["scene"] == pytest.approx(900 * 900, rel=0.01)
    assert preview["world"] > 1e14  # which is refused
    assert preview["still_fits"]
    assert preview["stopped"] == "Stopped."
    assert preview["left"] == ["Camp"]
    assert not preview["file_left"]

    _panel(answer["dock"])
    assert answer["finished"]["order"][0].endswith(" dwellings")
    # OK writes nothing that the user left alone, such as a model whose folder is away.
    assert answer["settings"] == {"shown": True, "preferred": "away-1.0"}
    assert answer["left"] == []
    # It was unloaded while a preview ran.
    assert answer["busy_at_end"]
    assert answer["raised"] == []
    assert answer["scratch"] == []


@pytest.mark.usefixtures("has_xvfb")
def test_the_windows_speak_arabic_from_right_to_left(fresh_qgis: Qgis, tmp_path: Path) -> None:
    answer = _go_through(fresh_qgis, tmp_path, whole=False, locale="ar")
    # Without Qt's own translation, which Debian has in a package of its own.
    assert answer["directions"] == [1]
    assert answer["at_next_start"] == [], "it is said once in a session"
    # Each optional parameter keeps its name, and what is not Arabic keeps its place.
    optional = [text for text in answer["labels"] if "اختياري" in text]
    assert len(optional) == len(set(optional)) >= 8
    assert not [text for text in optional if "%" in text]
    runtime = answer["runtime"]
    assert runtime["choice"].startswith("\u202b")
    assert runtime["consent"].startswith("\u202b")
    assert "\u2068" in runtime["details"]
    all_texts = " ".join([*answer["menu"], answer["runtime"]["before"], answer["models"]["note"]])
    assert "كشف المساكن" in all_texts
    assert "غير مثبّت" in answer["runtime"]["before"]
    assert "with-area-1.0" in answer["models"]["note"]
    assert "checksum" not in answer["models"]["note"]
    assert answer["settings"]["shown"]
