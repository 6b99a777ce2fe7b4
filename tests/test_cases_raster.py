"""Rasters that once went wrong silently, where their folder lies beside the checkout."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).resolve().parents[2] / "shared" / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not here")
ALL, HALF = "68 dwellings, 1,898.0 m2", "33 dwellings, 931.9 m2"


def found(camp: Any, tmp_path: Path, *images: Any) -> tuple[str, str]:
    """The summary of a run, and its warnings."""
    code, out, err = camp("detect", *images, "-o", tmp_path / "out.gpkg", "--no-report")
    assert code == 0, err
    return out, " ".join(err.split())


@pytest.mark.parametrize("name", ["utm.tif", "pam.png"])
@pytest.mark.parametrize("options", [(), ("--pixel-size", "0.2")])
def test_a_crs_without_a_place(camp: Any, tmp_path: Path, name: str, options: Any) -> None:
    out, err = found(camp, tmp_path, CASES / "place" / name, *options)
    assert ALL in out
    assert "has a CRS but no place" in err


def test_links(camp: Any, tmp_path: Path) -> None:
    links = tmp_path / "links"
    shutil.copytree(CASES / "links", links, symlinks=True)
    link = links / "snap" / "masked.tif"
    if not link.is_symlink():  # a copy of the cases that holds no links
        link.parent.chmod(0o755)
        link.unlink()
        link.symlink_to("../blobs/77aa")
    assert HALF in found(camp, tmp_path / "links", link)[0]


def test_folders(camp: Any, tmp_path: Path) -> None:
    assert ALL in found(camp, tmp_path, CASES / "folder")[0]


@pytest.mark.parametrize("name", ["zip:a!b;c&d.tif", "WMS:x.tif", " lead\t\n.tif"])
def test_names(camp: Any, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(CASES / "scene.tif", name)
    assert ALL in found(camp, tmp_path, name)[0]
