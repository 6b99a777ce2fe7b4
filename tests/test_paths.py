"""The file of exactly the name is written and read, and no other."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from rasterio.crs import CRS

from camp_detector_core.engine.grid import Grid, Shape, Transform
from camp_detector_core.engine.spec import ClassDef
from camp_detector_core.outputs.side_files import members
from camp_detector_core.products.dwellings import FORMATS
from camp_detector_core.vector.files import VectorLayer, read_layer, write_layer
from tests.support.hostile import misreadings, stems
from tests.support.models import write_model
from tests.support.rasters import rgb_of, scene, write_raster

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(os.name != "posix", reason="names that Windows does not have")

WORLD = Grid(Shape(180, 360), Transform(1, 0, -180, 0, -1, 90), CRS.from_epsg(4326).to_wkt())
PRODUCTS = ("_probability.tif", "_mask.tif", "_overlay.png", "_report.json")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    write_raster(folder / "a.tif", rgb_of(scene(40, 50)))
    write_model(folder / "tiny.onnx")
    return folder


@contextlib.contextmanager
def ground(folder: str) -> Iterator[Path]:
    """An empty current folder with one of a hostile name in it."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as root:
        os.chdir(root)
        try:
            Path(folder).mkdir()
            yield Path(root)
        finally:
            os.chdir(before)


def all_files(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def surround(root: Path, path: Path, names_used: set[str]) -> None:
    """Files under every name that a path might be mistaken for, here, beside it and above."""
    names = misreadings(path.name) | {f"y{path.suffix}"}
    wrong = misreadings(str(path).replace("/", "%")) | misreadings(path.parent.name)
    for name in (names | wrong) - names_used - {path.parent.name}:
        for place in (root, root / path.parent):
            with contextlib.suppress(OSError):  # longer than the disk takes
                (place / name).write_bytes(b"bystander")


def camp(*words: object) -> tuple[int, str]:
    from camp_detector_core.cli import main

    err = io.StringIO()
    with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()):
        try:
            main([str(word) for word in words])
        except SystemExit as exit_:
            return int(exit_.code or 0), err.getvalue()
    raise AssertionError


@settings(max_examples=25)
@example(folder="o", stem="x!y", suffix=".gpkg")
@example(folder="urgent!", stem=" y", suffix=".shp")
@example(folder="a.zip", stem="a.zip!y", suffix=".fgb")
@example(folder="zip:", stem="a;y", suffix=".geojson")
@example(folder="%41", stem="-o", suffix=".shp")
@example(folder="-", stem="y", suffix=".gpkg")
@given(folder=stems(), stem=stems(), suffix=st.sampled_from(list(FORMATS)))
def test_detect_writes_the_named_files_and_touches_no_other(
    inputs: Path, folder: str, stem: str, suffix: str
) -> None:
    assume(folder not in {".", ".."})
    path = Path(folder, f"{stem}{suffix}")
    outputs = [path, *(path.with_name(f"{path.stem}{end}") for end in PRODUCTS)]
    with ground(folder) as root:
        surround(root, path, {name for each in outputs for name in members(each)})
        before = all_files(root)
        model = Path(folder, f"{stem}.onnx")
        shutil.copyfile(inputs / "tiny.onnx", model)
        before[str(model)] = model.read_bytes()
        process = camp(
            "detect", inputs / "a.tif", f"--model={model}", f"--out={path}", "--all-outputs",
            "--quiet",
        )  # fmt: skip
        assert process == (0, "")
        after = all_files(root)
        assert {name: after.get(name) for name in before} == before
        names = {str(each) for each in outputs}
        assert names <= set(after)
        assert {Path(n).stem for n in set(after) - set(before) - names} <= {path.stem}
        assert len(read_layer(path).geometries) > 0


def write_box(path: Path, side: int) -> None:
    shape = shapely.to_wkb(np.array([shapely.box(85, 27, 85 + side, 28)], object))
    layer = VectorLayer(shape, {"id": np.array([side])}, "EPSG:4326", "Polygon")
    write_layer(path, layer, name="rows", driver=FORMATS[path.suffix].driver, options={})


@settings(max_examples=50)
@example(folder="o", stem="x!y", suffix=".gpkg")
@example(folder="a.zip", stem="a;y", suffix=".geojson")
@given(folder=stems(), stem=stems(), suffix=st.sampled_from(list(FORMATS)))
def test_labels_are_read_from_the_named_file_and_no_other(
    folder: str, stem: str, suffix: str
) -> None:
    from training.data.labels import open_labels
    from training.preprocess.outlines import read_outlines

    assume(folder not in {".", ".."})
    path = Path(folder, f"{stem}{suffix}")
    with ground(folder) as root:
        write_box(root / f"decoy{suffix}", 3)
        decoys = {p.suffix: p.read_bytes() for p in root.glob("decoy.*")}
        write_box(path, 2)
        for name in misreadings(path.name) - set(members(path)) - {folder}:
            for place in (root, root / folder):
                with contextlib.suppress(OSError):
                    (place / name).write_bytes(decoys.get(Path(name).suffix, decoys[suffix]))
        (outline,) = read_outlines(path).polygons
        assert outline.bounds == (85, 27, 87, 28)
        labels = open_labels(path, [ClassDef(1, "dwelling", "#E4572E")])
        (label,) = labels.polygons(WORLD)[0]  # type: ignore[attr-defined]
        assert label.bounds == (85, 27, 87, 28)
