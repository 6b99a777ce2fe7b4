"""From an item back to the description of its model, and to the model itself."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camp_detector_core.engine.errors import SpecError
from camp_detector_core.engine.separation import Separation
from camp_detector_core.engine.spec import Band, ClassDef, ModelSpec
from camp_detector_core.model_file import open_model
from camp_detector_core.stac import create_stac_mlm_item, spec_from_item, write_item
from tests.support.models import tiny_onnx
from tests.support.rasters import rgb_of, write_raster
from tests.support.stac import (
    CORE,
    a_run,
    an_area,
    make_item,
    problems,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def item(tmp_path: Path) -> dict[str, Any]:
    """Item of a model that tells touching dwellings apart."""
    return make_item(tmp_path, separation=CORE)


def marked(shape: tuple[int, int], row: int, col: int, stop: int, end: int) -> Any:
    """(height, width) bool with one rectangle."""
    mask = np.zeros(shape, np.bool_)
    mask[row:stop, col:end] = True
    return mask


NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)


@st.composite
def specs(draw: st.DrawFn) -> ModelSpec:
    classes = draw(st.lists(NAMES, min_size=1, max_size=3))
    values = draw(st.permutations(range(1, 255)))[: len(classes)]
    separation = None
    if draw(st.booleans()):
        separation = Separation(
            draw(st.sampled_from(["border", "core"])),
            threshold=draw(st.floats(0.01, 0.99)),
            reach=draw(st.integers(0, 32)),
            min_seed=draw(st.integers(1, 64)),
        )
    bands = st.builds(
        Band,
        name=st.text(min_size=1, max_size=5).filter(lambda t: t.isprintable()),
        scale=st.floats(1e-6, 10),
        mean=st.floats(-100, 100),
        std=st.floats(1e-3, 100),
    )
    multiple = draw(st.sampled_from([1, 16, 32]))
    tile = multiple * draw(st.integers(1, 20))
    return ModelSpec(
        name=draw(NAMES),
        version=draw(NAMES),
        bands=tuple(draw(st.lists(bands, min_size=len(classes) + 1, max_size=5))),
        classes=tuple(
            ClassDef(v, n, draw(st.from_regex(r"#[0-9A-F]{6}", fullmatch=True)))
            for v, n in zip(values, classes, strict=True)
        ),
        gsd=draw(st.floats(0.01, 30)),
        dtype=draw(st.sampled_from(["uint8", "uint16", "int16", "float32"])),
        tile_size=tile,
        overlap=draw(st.integers(0, (tile - 1) // 2)),
        multiple=multiple,
        threshold=draw(st.floats(0.001, 1)),
        min_area=draw(st.floats(0, 100)),
        description=draw(TEXTS),
        licence=draw(TEXTS),
        attribution=tuple(draw(st.lists(TEXTS, max_size=2))),
        provenance=draw(st.dictionaries(TEXTS, TEXTS, max_size=3)),
        separation=separation,
    )


@given(spec=specs())
@settings(max_examples=60)
def test_the_description_comes_back_whole(
    tmp_path_factory: pytest.TempPathFactory, spec: ModelSpec
) -> None:
    folder = tmp_path_factory.mktemp("spec")
    model = folder / "m.onnx"
    model.write_bytes(tiny_onnx(spec))
    item = create_stac_mlm_item(model, area=an_area(), run=a_run())
    write_item(item, folder / "i.json")
    content = json.loads((folder / "i.json").read_text(encoding="utf-8"))
    assert spec_from_item(content) == spec
    assert problems(content) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p.update({"mlm:name": "other"}),
        lambda p: p.update(gsd=0.1),
        lambda p: p["bands"].reverse(),
        lambda p: p["mlm:input"][0]["bands"].reverse(),
        lambda p: p["mlm:input"][0]["value_scaling"][1].update(stddev=1.5),
        lambda p: p["mlm:input"][0].pop("value_scaling"),
        lambda p: p["mlm:output"][0]["classification:classes"].pop(),
        lambda p: p.update({"mlm:input": None}),
        lambda p: p["camp_detector:spec"].update(gsd="x"),
        lambda p: p.pop("camp_detector:spec"),
    ],
)
def test_an_item_that_contradicts_its_description_is_refused(
    item: dict[str, Any], change: Callable[[dict[str, Any]], object]
) -> None:
    spec_from_item(item)
    changed = copy.deepcopy(item)
    change(changed["properties"])
    with pytest.raises(SpecError):
        spec_from_item(changed)


@pytest.mark.parametrize("thing", [{}, {"properties": None}, {"properties": []}])
def test_what_is_no_item_is_refused(thing: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match="camp_detector:spec"):
        spec_from_item(thing)


@pytest.mark.parametrize("version", ["1.5.0", "1.5.1", "1.5.2", "1.6.0"])
def test_detect_takes_an_item_of_any_version(
    tmp_path: Path, camp: Callable[..., tuple[int, str, str]], version: str
) -> None:
    make_item(tmp_path)
    path = tmp_path / "stac_item.json"
    path.write_text(path.read_text().replace("mlm/v1.5.2", f"mlm/v{version}"))
    pixels = rgb_of(marked((64, 64), 10, 10, 30, 30))
    image = write_raster(tmp_path / "image.tif", pixels)
    code, _, err = camp("detect", image, "-o", tmp_path / "out.gpkg", "--model", path)
    assert code == 0, err


def test_an_item_of_another_model_is_refused(tmp_path: Path) -> None:
    make_item(tmp_path)
    path = tmp_path / "stac_item.json"
    content = json.loads(path.read_text())
    content["properties"]["camp_detector:spec"]["threshold"] = 0.9
    path.write_text(json.dumps(content))
    with pytest.raises(SpecError, match="different models"):
        open_model(path)
