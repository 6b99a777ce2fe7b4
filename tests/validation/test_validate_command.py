"""The two commands: lines for people, JSON for machines, exit codes, and no network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import stac_items

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]


def train_command(*args: object, capsys: pytest.CaptureFixture[str]) -> tuple[object, str, str]:
    from training.__main__ import run

    with pytest.raises(SystemExit) as exit_:
        run([str(a) for a in args])
    return (exit_.value.code, *capsys.readouterr())


def test_a_valid_item_gives_0_and_a_summary(
    tmp_path: Path, camp: Callable[..., tuple[int, str, str]]
) -> None:
    path = stac_items.write(stac_items.good_item(tmp_path), tmp_path)
    code, out, err = camp("validate", path)
    assert (code, err) == (0, "")
    assert "0 problems" in out.splitlines()[-1]
    assert "3 not checked" in out.splitlines()[-1]
    assert out.count("not at hand") == 3


def test_problems_give_1_and_a_line_each(
    tmp_path: Path, camp: Callable[..., tuple[int, str, str]]
) -> None:
    item = stac_items.good_item(tmp_path)
    item["bbox"] = [0, 0, 1, 1]
    item["assets"]["picture"]["href"] = "none.png"
    code, out, _ = camp("validate", stac_items.write(item, tmp_path))
    assert code == 1
    lines = [line for line in out.splitlines() if line.startswith("problem")]
    assert [line.split()[1] for line in lines] == ["bbox:", "bbox:", "assets.picture.href:"]
    assert "not valid: 3 problems" in out.splitlines()[-1]


def test_what_cannot_be_read_gives_2(
    tmp_path: Path, camp: Callable[..., tuple[int, str, str]]
) -> None:
    (tmp_path / "item.json").write_text("{")
    for name in ("item.json", "none.json", "."):
        code, out, err = camp("validate", tmp_path / name)
        assert (code, out) == (2, "")
        assert "the model" not in err
        assert err.startswith("error: ")
        assert err.count("\n") == 1


def test_json_says_the_same(tmp_path: Path, camp: Callable[..., tuple[int, str, str]]) -> None:
    item = stac_items.good_item(tmp_path)
    item["properties"]["mlm:accelerator"] = "cpu"
    code, out, _ = camp("validate", stac_items.write(item, tmp_path), "--json")
    report = json.loads(out)
    assert (code, report["valid"]) == (1, False)
    assert [p["where"] for p in report["problems"]] == ["properties.mlm:accelerator"]
    assert report["problems"][0]["remedy"]
    assert len(report["not_checked"]) == 3


def test_the_training_command_takes_the_item_in_both_ways(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stac_items.write(stac_items.good_item(tmp_path), tmp_path)
    for words in ((path,), ("--stac-file", path)):
        code, out, _ = train_command("validate_stac", *words, capsys=capsys)
        assert (code, "0 problems" in out) == (0, True)
    code, _, err = train_command("validate_stac", path, "--stac-file", path, capsys=capsys)
    assert (code, "given twice" in err) == (2, True)
    monkeypatch.chdir(tmp_path)
    code, _, err = train_command("validate_stac", capsys=capsys)
    assert (code, "meta/stac_item.json" in err) == (2, True)
    meta = tmp_path / "meta"
    stac_items.write(stac_items.good_item(meta), meta).rename(meta / "stac_item.json")
    assert train_command("validate_stac", capsys=capsys)[0] == 0
    item = stac_items.good_item(meta) | {"bbox": [0, 0, 1, 1]}
    stac_items.write(item, meta).rename(meta / "stac_item.json")
    assert train_command("validate_stac", capsys=capsys)[0] == 1


def test_a_process_of_its_own_touches_no_network(tmp_path: Path) -> None:
    path = stac_items.write(stac_items.good_item(tmp_path), tmp_path)
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "def watch(event, args):\n"
        "    if event in ('socket.getaddrinfo', 'socket.connect', 'socket.gethostbyname'):\n"
        "        sys.stderr.write(f'NETWORK {event} {args}\\n')\n"
        "sys.addaudithook(watch)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "NO_COLOR": "1"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *words]
        return subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
        )

    process = run("-m", "camp_detector_core", "validate", str(path))
    assert process.returncode == 0, process.stderr
    assert "NETWORK" not in process.stderr
    control = run("-c", "import socket; socket.getaddrinfo('127.0.0.1', 80)")
    assert "NETWORK" in control.stderr  # the watch sees what there is to see


def test_help_teaches_with_an_example(camp: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = camp("validate", "--help")
    assert code == 0
    assert "camp-detector validate meta/stac_item.json" in out
