"""Rasters that once went wrong silently, where their folder lies beside the checkout."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).resolve().parents[2] / "shared" / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not here")
ALL, HALF = (68, 1898.0), (33, 931.9)
"""Dwellings and their square metres; these to the tenth of a percent by which a projection may
differ from the ground."""


def detected(camp: Any, tmp_path: Path, *images: Any) -> tuple[tuple[int, Any], str]:
    """Dwellings and square metres of a run, and its warnings."""
    code, out, err = camp("detect", *images, "-o", tmp_path / "out.gpkg", "--no-report")
    assert code == 0, err
    numbers = re.match(r"(\d+) dwellings, ([\d,.]+) m2", out)
    assert numbers, out
    area = float(numbers[2].replace(",", ""))
    return (int(numbers[1]), pytest.approx(area, rel=1e-3)), " ".join(err.split())


@pytest.mark.parametrize("name", ["utm.tif", "pam.png"])
@pytest.mark.parametrize("options", [(), ("--pixel-size", "0.2")])
def test_a_crs_without_a_place(camp: Any, tmp_path: Path, name: str, options: Any) -> None:
    out, err = detected(camp, tmp_path, CASES / "place" / name, *options)
    assert out == ALL
    assert "has a CRS but no place" in err


def test_links(camp: Any, tmp_path: Path) -> None:
    links = tmp_path / "links"
    shutil.copytree(CASES / "links", links, symlinks=True)
    link = links / "snap" / "masked.tif"
    if not link.is_symlink():  # a copy of the cases that holds no links
        link.parent.chmod(0o755)
        link.unlink()
        link.symlink_to("../blobs/77aa")
    assert detected(camp, tmp_path / "links", link)[0] == HALF


def test_folders(camp: Any, tmp_path: Path) -> None:
    assert detected(camp, tmp_path, CASES / "folder")[0] == ALL


@pytest.mark.parametrize("name", ["zip:a!b;c&d.tif", "WMS:x.tif", " lead\t\n.tif"])
def test_names(camp: Any, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(CASES / "scene.tif", name)
    assert detected(camp, tmp_path, name)[0] == ALL
