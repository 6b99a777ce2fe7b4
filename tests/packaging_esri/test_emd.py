"""Model definitions for ArcGIS: what they say, and that a spec comes back from one whole."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.engine.emd_keys import KEYS
from camp_detector_core.engine.errors import CampDetectorError, PredictorError, SpecError
from camp_detector_core.engine.separation import Separation
from camp_detector_core.engine.spec import Band, ClassDef, ModelSpec
from camp_detector_core.model_file.emd import (
    MAX_EMD,
    MODEL_TYPES,
    EmdFiles,
    disagreements,
    emd_bytes,
    emd_of,
    kind_of,
    parse_emd,
    spec_of,
)
from camp_detector_core.model_file.package import open_definition
from camp_detector_core.publish.errors import PublishError
from camp_detector_core.publish.package import read_package
from tests.support import packages
from tests.support.models import tiny_spec

ENGINE = "rcd_engine_1_2_3_01234567.zip"
FILES = EmdFiles(ENGINE)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@st.composite
def specs(draw: st.DrawFn) -> ModelSpec:
    """Any model that can be described."""
    number = st.floats(0.001, 1000, allow_nan=False)
    values = draw(st.lists(st.integers(1, 254), min_size=1, max_size=4, unique=True))
    multiple = draw(st.sampled_from([1, 16, 32]))
    tile = multiple * draw(st.integers(1, 16))
    bands = draw(st.lists(st.text("abc", min_size=1, max_size=5), min_size=1, max_size=5))
    separations = st.one_of(st.none(), st.just(Separation("core", 0.4, reach=6, min_seed=3)))
    return ModelSpec(
        name=draw(st.text("aB1", min_size=1, max_size=9)),
        version=draw(st.text("1.x", min_size=1, max_size=5)),
        bands=tuple(Band(n, draw(number), draw(number), draw(number)) for n in bands),
        classes=tuple(ClassDef(v, f"c{v}", f"#{v:06X}") for v in values),
        gsd=draw(number),
        tile_size=tile,
        overlap=draw(st.integers(0, (tile - 1) // 2)),
        multiple=multiple,
        threshold=draw(st.floats(0.01, 1)),
        min_area=draw(st.floats(0, 100)),
        description=draw(TEXT),
        attribution=tuple(draw(st.lists(TEXT, max_size=3))),
        provenance=draw(st.dictionaries(TEXT, TEXT, max_size=3)),
        separation=draw(separations),
    )


@given(specs(), st.sampled_from(["classify", "detect"]))
def test_a_spec_comes_back_whole(spec: ModelSpec, kind: Any) -> None:
    data = emd_bytes(emd_of(spec, kind, FILES))
    assert data.isascii()
    fields = parse_emd(data, "x.emd")
    assert (spec_of(fields, "x.emd"), kind_of(fields)) == (spec, kind)
    assert disagreements(fields, spec, kind) == {}


def test_the_keys_are_those_that_arcgis_and_the_function_read() -> None:
    spec = tiny_spec(
        classes=(ClassDef(1, "dwelling", "#E31A1C"), ClassDef(7, "tent", "#0080FF")),
        min_area=2.5,
    )
    definition = json.loads(
        emd_bytes(emd_of(spec, "detect", EmdFiles(ENGINE, torchscript="model.pt")))
    )
    cell = {"x": 0.5, "y": 0.5, "spatialReference": {"wkid": 102100, "latestWkid": 3857}}
    assert definition.pop("CampDetector") == spec.to_dict()
    assert definition == {
        "BatchSize": 16,
        "Classes": [
            {"Value": 1, "Name": "dwelling", "Color": [227, 26, 28]},
            {"Value": 7, "Name": "tent", "Color": [0, 128, 255]},
        ],
        "EngineFile": ENGINE,
        "ExtractBands": [0, 1, 2],
        "Framework": "PyTorch",
        "ImageHeight": 64,
        "ImageSpaceUsed": "MAP_SPACE",
        "ImageWidth": 64,
        "InferenceFunction": "RefugeeCampDetector.py",
        "MaxCellSize": cell,
        "MinArea": 2.5,
        "MinCellSize": cell,
        "ModelFile": "model.onnx",
        "ModelFormat": "NCHW",
        "ModelName": "tiny",
        "ModelType": "ObjectDetection",
        "Padding": 8,
        "SupportsVariableTileSize": True,
        "Threshold": 0.5,
        "TorchScriptFile": "model.pt",
        "Version": "1.0",
    }
    assert MODEL_TYPES["classify"] == "ImageClassification"


def test_each_key_is_in_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs/dlpk.md").read_text(encoding="utf-8")
    table = page.partition("| key | value | read by |\n|---|---|---|\n")[2].partition("\n\n")[0]
    cells = [row.split("|")[1] for row in table.split("\n")]
    keys = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(keys) == [key.name for key in KEYS]


def test_a_kind_or_a_name_that_arcgis_cannot_use_is_refused() -> None:
    with pytest.raises(SpecError, match="classify or detect"):
        emd_of(tiny_spec(), "segment", FILES)  # type: ignore[arg-type]
    for name in ("", "m\N{LATIN SMALL LETTER E WITH ACUTE}.onnx", "a\nb"):
        with pytest.raises(SpecError, match="rename it"):
            EmdFiles(ENGINE, model=name)


def text_of(**changes: Any) -> bytes:
    return emd_bytes({**emd_of(tiny_spec(), "detect", FILES), **changes})


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [
        (b"{", PredictorError, "is not JSON"),
        (b"[]", PredictorError, "not a JSON object"),
        (b'{"a": NaN}', PredictorError, "NaN is not a number"),
        (b'{"a": 1, "a": 2}', PredictorError, "twice"),
        (b" " * (MAX_EMD + 1), PredictorError, "larger than"),
        (text_of(CampDetector=5), SpecError, "must be an object"),
        (text_of(CampDetector={"schema_version": 99}), SpecError, "update Camp Detector"),
    ],
)
def test_a_definition_that_is_not_sound_is_refused(
    data: bytes, kind: type[CampDetectorError], words: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.emd"
    path.write_bytes(data)
    with pytest.raises(kind, match=words) as error:
        open_definition(path)
    assert "x.emd" in str(error.value)
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"CampDetector": None}, "has no CampDetector"),
        ({"ModelType": "ObjectionDetection"}, "ModelType"),
        ({"ExtractBands": [2, 1, 0]}, "ExtractBands"),
        ({"Threshold": 0.9}, "Threshold"),
        ({"SupportsVariableTileSize": 1}, "SupportsVariableTileSize"),
        ({"Classes": []}, "Classes"),
    ],
)
def test_a_definition_that_says_two_things_is_not_published(
    keys: dict[str, Any], words: str, tmp_path: Path
) -> None:
    path = packages.edited(packages.make(tmp_path), **keys)
    with pytest.raises(PublishError, match=words) as error:
        read_package(path)
    assert f"{packages.STEM}.emd" in str(error.value)
    assert str(error.value).isprintable()


def test_a_definition_that_is_not_ascii_is_not_published(tmp_path: Path) -> None:
    def mark(entries: dict[str, bytes]) -> None:
        entries[f"{packages.STEM}.emd"] = b"\xef\xbb\xbf" + entries[f"{packages.STEM}.emd"]

    path = packages.changed(packages.make(tmp_path), mark)
    with pytest.raises(PublishError, match="byte order mark") as error:
        read_package(path)
    assert f"{packages.STEM}.emd" in str(error.value)
