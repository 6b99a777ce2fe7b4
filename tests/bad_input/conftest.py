"""A good raster, a good model and a folder for the outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.models import write_model
from tests.support.rasters import rgb_of, scene, write_raster

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """A folder with a good raster and a good model."""
    folder = tmp_path / "in"
    folder.mkdir()
    write_model(folder / "good.onnx")
    write_raster(folder / "good.tif", rgb_of(scene()), compress="deflate")
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An empty folder for the outputs."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder
