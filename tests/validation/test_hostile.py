"""Items of strangers: read without harm, refused in one sentence, and never run."""

from __future__ import annotations

import copy
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.stac.validation import reading, validate_item
from tests.support import stac_items

pytestmark = pytest.mark.timeout(120)
needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="pipes and links of POSIX")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("{", "is not JSON"),
        ("[1, 2]", "is not a JSON object"),
        ('{"a": NaN}', "NaN is not a number in JSON"),
        ('{"a": -Infinity}', "Infinity is not a number"),
        ('{"a": 1e999}', "1e999 is too large"),
        ('{"a": 1, "a": 2}', "'a' occurs twice"),
        ("[" * 100_000, "nested too deep"),
        ('{"a":' * 60 + "1" + "}" * 60, "nested too deep"),
        ('{"a": ' + "9" * 10_000 + "}", "is not JSON"),
        (json.dumps({"a": [{}] * 1001}), "more values than any item"),
        (json.dumps({"a": [1, "x"] * 600}), "more values than any item"),
        (json.dumps({"a": [1] * 200_001}), "more values than any item"),
        ("\xff\xfe", "is not JSON"),
    ],
)
def test_what_is_no_item_is_refused_in_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "item.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(PredictorError) as error:
        validate_item(path)
    message = str(error.value)
    assert words in message
    assert message.isprintable()
    assert len(message) < 1000


def test_a_file_beyond_all_measure_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "item.json").open("wb") as file:
        file.truncate(reading.MAX_BYTES + 1)
    with pytest.raises(PredictorError, match="larger than 8 MiB"):
        validate_item(tmp_path / "item.json")


@needs_posix
def test_pipes_and_devices_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "zero.json").symlink_to("/dev/zero")
    for name in ("pipe.json", "zero.json"):
        with pytest.raises(PredictorError, match="a device or a pipe"):
            validate_item(tmp_path / name)


def notes(folder: Path, href: object) -> dict[str, list[str]]:
    """Return the notes about an asset that has this href."""
    item = stac_items.good_item(folder)
    item["assets"]["picture"]["href"] = href
    report = validate_item(stac_items.write(item, folder))
    place = "assets.picture.href"
    return {
        level: [n.message for n in report.of(level) if n.path == place]  # type: ignore[arg-type]
        for level in ("problem", "not checked")
    }


@pytest.mark.parametrize(
    "href",
    [
        "../../etc/passwd",
        "../secret.png",
        "%2e%2e/secret.png",
        "sub/../../secret.png",
        "../checkpoints/../secret.png",
        "/etc/passwd",
        "file:///etc/passwd",
        "file:picture.png",
        "C:\\secret.png",
        "C:/secret.png",
        "\\\\host\\share\\secret.png",
        "..\\secret.png",
        "http://[x",
        "a\0.png",
        "x" * 5000,
        "\ud800.png",
        "",
        None,
        5,
        ["picture.png"],
        {"href": 1},
    ],
)
def test_hrefs_that_lead_elsewhere_are_named_and_not_followed(
    tmp_path: Path, href: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret.png").write_bytes(b"a secret")
    files_opened: list[str] = []
    true_open = Path.open

    def spy(path: Path, *args: Any, **more: Any) -> Any:
        files_opened.append(path.name)
        return true_open(path, *args, **more)

    monkeypatch.setattr(Path, "open", spy)
    notes_of_item = notes(tmp_path / "home", href)
    assert len(notes_of_item["problem"]) >= 1
    assert "item.json" in files_opened
    assert not {"secret.png", "passwd"} & set(files_opened)


@pytest.mark.parametrize(
    "href", ["https://example.org/x.png", "http://169.254.169.254/x", "s3://bucket/x", "docker://x"]
)
def test_what_lies_on_the_web_is_not_fetched_and_not_passed(tmp_path: Path, href: str) -> None:
    assert notes(tmp_path, href) == {"problem": [], "not checked": [f"{href} was not fetched"]}


@needs_posix
def test_links_are_followed_to_the_end(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "secret").write_bytes(b"a picture")
    (home / "link.png").symlink_to(tmp_path / "secret")
    (home / "round.png").symlink_to(home / "round.png")
    os.mkfifo(home / "pipe.png")
    assert "leads out of the item's folder" in notes(home, "link.png")["problem"][0]
    assert notes(home, "round.png")["problem"]
    assert "which is not a file" in notes(home, "pipe.png")["problem"][0]


def test_nothing_that_an_item_names_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "trap.py").write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')\ndef run(): ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    item = stac_items.good_item(tmp_path)
    item["assets"]["picture"] |= {"roles": ["code"], "mlm:entrypoint": "trap:run"}
    item["properties"]["mlm:output"][0]["post_processing_function"] = {
        "format": "python",
        "expression": "trap:run",
    }
    modules_before = set(sys.modules)
    report = validate_item(stac_items.write(item, tmp_path))
    places = [n.path for n in report.of("not checked") if "nothing was imported" in n.message]
    assert len(places) == 2
    assert not (tmp_path / "sprung").exists()
    assert "trap" not in set(sys.modules) - modules_before
    __import__("trap")
    assert (tmp_path / "sprung").exists()  # the trap works


def test_modules_of_this_software_are_read_and_not_imported(tmp_path: Path) -> None:
    item = stac_items.good_item(tmp_path)
    item["assets"]["picture"] |= {
        "roles": ["code"],
        "mlm:entrypoint": "camp_detector_core.demo:main",
    }
    sys.modules.pop("camp_detector_core.demo", None)
    report = validate_item(stac_items.write(item, tmp_path))
    assert report.of("problem") == ()
    assert "camp_detector_core.demo" not in sys.modules


@pytest.mark.parametrize(
    "point",
    [
        "training.../../x:y",
        "training:..",
        "training.train:",
        ":x",
        "camp_detector_core.é:x",
        "a" * 9999,
    ],
)
def test_names_that_are_no_names_lead_nowhere(tmp_path: Path, point: str) -> None:
    item = stac_items.good_item(tmp_path)
    item["assets"]["picture"] |= {"roles": ["code"], "mlm:entrypoint": point}
    report = validate_item(stac_items.write(item, tmp_path))
    notes_of_asset = [n for n in report.notes if n.path == "assets.picture.mlm:entrypoint"]
    assert len(notes_of_asset) == 1


def test_text_that_acts_on_a_terminal_is_shown_as_escapes(tmp_path: Path) -> None:
    item = stac_items.good_item(tmp_path)
    item["assets"]["\x1b[2Jx"] = {"href": "\x1b]0;title\x07", "roles": ["mlm:\x1b[31m"]}
    item["stac_extensions"].append("https://x/\x1b[2J")
    item["properties"]["mlm:accelerator"] = "\x1b[2J"
    for line in validate_item(stac_items.write(item, tmp_path)).lines():
        assert line.isprintable()


def test_a_million_faults_are_not_all_kept(tmp_path: Path) -> None:
    item = stac_items.good_item(tmp_path)
    item["assets"] |= {str(i): {"href": "/none"} for i in range(3000)}
    report = validate_item(stac_items.write(item, tmp_path))
    assert not report.valid
    assert report.left_out > 0
    assert len(report.lines()) < 1000


# Any change to a good item gives a report or one refusal, and nothing else.

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["../x", "mlm:model", "z-score", "Polygon", "bands", "python", "1220ab", ""]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.text(max_size=8) | st.sampled_from(["name", "href", "type", "roles", "shape", "bands"]),
        inner,
        max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip


def places_of(value: Any, prefix: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in nested values."""
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    return [prefix, *(place for key, part in pairs for place in places_of(part, (*prefix, key)))]


@given(data=st.data())
@settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_item_whatsoever_makes_the_validator_fail(
    tmp_path: Path, data: st.DataObject, schemas_or_none: Path | None
) -> None:
    item: Any = stac_items.good_item(tmp_path)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(places_of(item)))
        value = data.draw(junk)
        if not place:
            item = value if isinstance(value, dict) else item
            continue
        holder = item
        for step in place[:-1]:
            holder = holder[step]
        holder[place[-1]] = copy.deepcopy(value)
    sentences = []
    try:
        report = validate_item(stac_items.write(item, tmp_path), schemas=schemas_or_none)
    except PredictorError as error:
        sentences = [str(error)]
    else:
        sentences = report.lines()
        json.dumps(report.to_dict())
    assert sentences
    assert all(line.isprintable() for line in sentences)


@pytest.fixture
def schemas_or_none() -> Path | None:
    """The published schemas where they are at hand."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "schemas"
    return folder if folder.is_dir() else None
