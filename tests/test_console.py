"""Text from files of unknown origin is shown, and never obeyed by a terminal."""

from __future__ import annotations

import ast
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.console import JsonFormatter, LineFormatter
from camp_detector_core.engine.wording import MAX_MESSAGE, message, visible, visible_lines
from tests.support.models import write_model

ROOT = Path(__file__).resolve().parents[1]
ESCAPE = "\x1b]0;owned\x07\x1b[2J\u202egpj.exe\x9b31m"
"""Sets a terminal's title, clears it, turns the direction of writing and changes the colour."""


def acts(text: str) -> bool:
    """Return True if a character other than a line break does more than show or order the text."""
    return any(not (c.isprintable() or c in "\n\u200c\u200d\u200e\u200f\u2068\u2069") for c in text)


@given(st.text())
def test_no_character_acts_and_printable_text_stays(text: str) -> None:
    assert not acts(visible(text))
    assert "\n" not in visible(text)
    assert not acts(visible_lines(text))
    if text.isprintable():
        assert visible(text) == text


@given(st.text(max_size=3000), st.integers(min_value=100, max_value=MAX_MESSAGE))
def test_a_message_is_one_line_with_an_end(text: str, limit: int) -> None:
    line = message(text, limit)
    assert len(line) <= limit
    assert not acts(line)
    assert "\n" not in line


def test_the_cause_and_the_remedy_of_a_long_message_stay() -> None:
    line = message(f"the band {'x' * 5000} is unknown: give --bands")
    assert line.startswith("the band xxx")
    assert line.endswith("is unknown: give --bands")
    assert "characters ...]" in line


def test_escapes_are_spelled_out() -> None:
    assert visible("a\x1b[31mb\tc\u202e") == "a\\x1b[31mb c\\u202e"
    assert visible("na\udcffme") == "na\\udcffme"  # a byte of a file's name that is not UTF-8


def test_log_records_are_shown_in_the_same_way() -> None:
    record = logging.LogRecord("x", logging.INFO, "f", 1, "chip %s", ("\x1b[2J",), None)
    assert LineFormatter().format(record) == "INFO chip \\x1b[2J"


def test_log_records_are_lines_of_json_for_a_program() -> None:
    record = logging.LogRecord("x", logging.WARNING, "f", 1, "chip %s\n", ("é",), None)
    line = JsonFormatter().format(record)
    assert line.isascii()
    assert "\n" not in line
    assert json.loads(line) == {"level": "WARNING", "message": "chip é\n"}
    record.progress = 0.25
    assert json.loads(JsonFormatter().format(record))["progress"] == 0.25


def camp_detector(
    *words: str, module: str = "camp_detector_core", encoding: str = "utf-8"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *words],
        capture_output=True,
        text=True,
        check=False,
        encoding=encoding,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        cwd=ROOT,
    )


def test_the_name_of_a_band_reaches_no_terminal(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    profile = {"width": 64, "height": 64, "count": 2, "dtype": "uint8", "crs": "EPSG:32645"}
    transform = rasterio.Affine(0.5, 0, 500_000, 0, -0.5, 3_000_000)
    with rasterio.open(path, "w", driver="GTiff", transform=transform, **profile) as raster:
        raster.write(np.zeros((2, 64, 64), np.uint8))
    names = tuple(f"{ESCAPE}{band}{'y' * 900}" for band in "rgb")
    model = write_model(tmp_path / "model.onnx", names=names)
    out = tmp_path / "out.gpkg"
    for more in ((), ("--verbose",)):
        process = camp_detector("detect", str(path), "--model", str(model), "-o", str(out), *more)
        assert process.returncode == 2
        assert "\\x1b]0;owned" in process.stderr
        assert not acts(process.stdout + process.stderr)
        last = process.stderr.splitlines()[-1]
        assert last.startswith("error: ")
        assert last.endswith("--bands 1,2,2")
        assert len(last) <= MAX_MESSAGE + len("error: ")
    assert not acts(camp_detector("inspect", str(model)).stdout)


def test_names_in_an_item_reach_no_terminal(tmp_path: Path) -> None:
    path = tmp_path / "item.json"
    asset = {"href": f"./{ESCAPE}.onnx", "roles": ["mlm:model"], "file:size": ESCAPE * 500}
    path.write_text(json.dumps({"type": "Feature", "id": ESCAPE, "assets": {ESCAPE: asset}}))
    for words in (("inspect", str(path)), ("validate", str(path))):
        process = camp_detector(*words)
        assert process.returncode in {1, 2}
        assert process.stdout or process.stderr
        assert not acts(process.stdout + process.stderr)


def test_characters_that_a_code_page_lacks_are_escaped(tmp_path: Path) -> None:
    model = write_model(tmp_path / "m.onnx", description="\u0414\u043e\u043c\u0430")
    process = camp_detector("inspect", str(model), encoding="cp1252")
    assert process.returncode == 0
    assert "\\u0414\\u043e\\u043c\\u0430" in process.stdout


def test_what_a_killed_run_left_is_a_warning_that_does_not_act(tmp_path: Path) -> None:
    folder = tmp_path / f"packages{ESCAPE}"
    lock = folder / ".camp-detector-killed" / "scratch" / "lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    model = write_model(tmp_path / "m.onnx")
    process = camp_detector("package", "build", str(model), "-o", str(folder))
    assert process.returncode == 0
    assert process.stderr.startswith("warning: an earlier run into ")
    assert not acts(process.stdout + process.stderr)
    assert not lock.exists()


def test_names_of_chips_reach_no_terminal(tmp_path: Path) -> None:
    folder = tmp_path / f"chips{ESCAPE}"
    folder.mkdir()
    (folder / f"a{ESCAPE}.tif").write_bytes(b"no raster")
    words = ("--chips", str(folder), "--labels", str(folder), "--model", str(tmp_path / ESCAPE))
    process = camp_detector("evaluate", *words, module="training")
    assert process.returncode == 2
    assert not acts(process.stdout + process.stderr)


def test_only_the_console_writes_to_a_terminal() -> None:
    """The template that runs without this package, and tools of the server, are on their own."""
    alone = {"camp_detector_core/stac/infer.py", "camp_detector_core/console.py"}
    writers = []
    for package in ("camp_detector_core", "training"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if name not in alone and isinstance(node, ast.Call):
                    call = ast.unparse(node.func)
                    if call in {"print", "click.echo", "click.secho", "traceback.print_exc"}:
                        writers.append(f"{name}:{node.lineno}: {call}")
    assert not writers


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device on this system")
def test_a_full_disk_behind_stdout_is_one_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        process = subprocess.run(
            [sys.executable, "-m", "camp_detector_core", "inspect"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert process.returncode == 2
    assert process.stderr.startswith("error: what there is to say cannot be written")
    assert process.stderr.count("\n") == 1
