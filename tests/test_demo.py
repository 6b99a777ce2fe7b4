"""Programs that `make demo` runs, in this environment; the Makefile runs them in a light one."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from camp_detector_core import demo
from camp_detector_core.engine.errors import OutputError
from camp_detector_core.scene import SceneOptions, generate_scene, write_scene

ROOT = Path(__file__).resolve().parents[1]
FILES = {
    "camp.tif",
    "camp_truth.gpkg",
    "camp_dwellings.gpkg",
    "camp_dwellings_probability.tif",
    "camp_dwellings_mask.tif",
    "camp_dwellings_overlay.png",
    "camp_dwellings_report.json",
}


def test_demo_finds_most_of_a_drawn_camp_and_says_where(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):  # the second run replaces what the first one wrote
        assert demo.main(["--out", str(tmp_path / "demo")]) == 0
    out = capfd.readouterr().out
    assert {p.name for p in (tmp_path / "demo").iterdir()} == FILES
    for name in FILES:
        assert name in out
    report = json.loads((tmp_path / "demo/camp_dwellings_report.json").read_text(encoding="utf-8"))
    count = report["result"]["dwellings"]
    assert f"{count} dwellings" in out
    true = int(re.findall(r"truly holds (\d+) dwellings", out)[-1])
    assert true > 50
    assert 0.5 * true < count < 1.5 * true


def test_demo_takes_a_raster_of_the_user(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    image = tmp_path / "my camp.tif"
    write_scene(generate_scene(SceneOptions(seed=3, height=256, width=256)), image)
    before = image.read_bytes()
    assert demo.main([str(image), "--out", str(tmp_path / "demo")]) == 0
    out = capfd.readouterr().out
    assert (tmp_path / "demo/my camp_dwellings.gpkg").exists()
    assert "truly holds" not in out
    assert image.read_bytes() == before


def test_demo_passes_on_the_error_and_the_status(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    image = tmp_path / "text.tif"
    image.write_text("not a raster", encoding="utf-8")
    assert demo.main([str(image), "--out", str(tmp_path / "demo")]) == 2
    assert "text.tif" in capfd.readouterr().err


def test_demo_says_why_its_folder_cannot_be_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert demo.main(["--out", str(tmp_path / "file")]) == 2
    assert "file" in capsys.readouterr().err


def test_demo_names_options_of_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: Path) -> None:
        msg = "camp.tif exists"
        raise OutputError(msg, remedy="give {overwrite} to replace it")

    monkeypatch.setattr(demo, "draw_camp", fail)
    assert demo.main(["--out", str(tmp_path)]) == 2
    assert "give --overwrite to replace it" in capsys.readouterr().err


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments], capture_output=True, text=True, check=False, cwd=ROOT
    )


needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@needs_make
def test_make_alone_says_what_there_is() -> None:
    process = make()
    assert process.returncode == 0
    for word in ("make demo", "make test", "IMAGE=", "make bench"):
        assert word in process.stdout


@needs_make
def test_make_demo_hands_the_raster_on_as_one_argument(tmp_path: Path) -> None:
    process = make("-n", "demo", "IMAGE=my camp.tif", f"DEMO_VENV={tmp_path}")
    assert '-m camp_detector_core.demo --out demo "my camp.tif"' in process.stdout


def test_find_python_refuses_an_old_or_broken_one(tmp_path: Path) -> None:
    broken = tmp_path / "python3.13"
    broken.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    broken.chmod(0o755)
    good = tmp_path / "python3.12"
    good.symlink_to(sys.executable)
    tool = str(ROOT / "tools/find-python")
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    path = subprocess.run([tool], capture_output=True, text=True, check=True, env=environment)
    assert path.stdout.strip() == "python3.12"
    broken_run = subprocess.run([tool, str(broken)], capture_output=True, text=True, check=False)
    assert broken_run.returncode == 1
    assert "3.11 or newer" in broken_run.stderr


def test_system_packages_names_the_command_where_it_may_not_install() -> None:
    tool = str(ROOT / "tools/system-packages")
    process = subprocess.run(
        ["/bin/sh", "-c", f'id() {{ echo 1000; }}; set -- python3-venv; . "{tool}"'],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert process.returncode == 1
    assert "sudo apt-get install python3-venv" in process.stderr
