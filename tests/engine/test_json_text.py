"""JSON of strangers: the same texts are refused wherever they stand."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.engine.errors import CampDetectorError, SpecError
from camp_detector_core.engine.json_text import parse_json
from camp_detector_core.engine.spec import ModelSpec
from camp_detector_core.model_file import open_model
from camp_detector_core.model_file.emd import parse_emd
from camp_detector_core.model_file.untrusted import read_json
from tests.support.models import stac_item, write_model
from training.fit.options_file import read_options

if TYPE_CHECKING:
    from pathlib import Path

BAD = [
    ("1" + "0" * 400, "has 401 digits"),
    ("-" + "9" * 5000, "has 5000 digits"),
    ("18446744073709551617", "has 20 digits"),
    ("1e400", "too large"),
    ("-1e999", "too large"),
    ("NaN", "NaN is not a number"),
    ("Infinity", "Infinity is not a number"),
    ("[" * 101 + "]" * 101, "nested too deep"),
    ("[" * 100_000, "nested too deep"),
    ('{"a":' * 5000 + "1" + "}" * 5000, "nested too deep"),
    ('{"a": 1, "b": 2, "a": 3}', "'a' occurs twice"),
    ("", "Expecting value"),
    ("{'a': 1}", "Expecting property name"),
]


@pytest.mark.parametrize(("text", "words"), BAD)
def test_what_readers_understand_differently_is_refused_by_all(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_json(text)
    whole = f'{{"schema_version": 1, "gsd": {text}}}'
    with pytest.raises(SpecError):
        ModelSpec.from_json(whole)
    for read in (read_json, parse_emd):
        with pytest.raises(CampDetectorError, match=r"x\.json is not JSON") as error:
            read(whole.encode(), "x.json")
        assert len(str(error.value)) < 400


@pytest.mark.parametrize(("text", "words"), BAD)
def test_they_are_refused_in_items_and_options(tmp_path: Path, text: str, words: str) -> None:
    write_model(tmp_path / "m.onnx")
    item = tmp_path / "item.json"
    item.write_text(stac_item("m.onnx", **{"file:size": "here"}).replace('"here"', text))
    with pytest.raises(CampDetectorError, match=r"item\.json is not JSON"):
        open_model(item)
    options = tmp_path / "options.json"
    options.write_text(f'{{"seed": {text}}}')
    with pytest.raises(CampDetectorError, match=r"options\.json does not hold the options"):
        read_options(options)


def test_bytes_that_are_no_utf8_are_told() -> None:
    with pytest.raises(ValueError, match="byte 1 is not UTF-8"):
        parse_json(b'"\xff"')
    assert parse_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


SENSIBLE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 60), 1 << 60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(value=SENSIBLE)
def test_all_else_is_what_python_reads(value: Any) -> None:
    assert parse_json(json.dumps(value)) == json.loads(json.dumps(value))
    assert parse_json(str(1 << 64)) == 1 << 64
    assert math.isclose(parse_json("1e308"), 1e308)
