"""The words of an item: whatever a model says, a portal takes it and shows it as text."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.engine.errors import SpecError
from camp_detector_core.publish.errors import PublishError
from camp_detector_core.publish.listing import identity, listing_of
from camp_detector_core.publish.package import Package, read_package
from tests.publish.conftest import Command, make_package
from tests.support.models import tiny_spec
from tests.support.portal_words import Call, wrong_words

if TYPE_CHECKING:
    from tests.support.portal import Portal

EVIL = "<script>alert('x')</script><img src=x onerror=\"y\"> & <b>bold</b>\x1b[31m\r\nSet: x"
TEXT = st.one_of(st.text(max_size=400), st.just(EVIL), st.just("<" * 70_000))


def described(spec: dict[str, Any], item: dict[str, Any] | None = None) -> Package:
    """A package of which only the words count."""
    stac = None if item is None else {"type": "Feature", "properties": item}
    return Package(Path("x.dlpk"), 1, "0" * 64, tiny_spec(**spec), "detect", None, stac)


@given(TEXT, st.lists(TEXT, max_size=3), TEXT, TEXT, st.lists(TEXT, max_size=200))
def test_any_words_come_out_as_what_a_portal_takes(
    about: str, credit: list[str], title: str, summary: str, tags: list[str]
) -> None:
    package = described(
        {"description": about, "attribution": tuple(c[:400] for c in credit)},
        {"title": title, "description": summary, "keywords": tags, "license": about[:50]},
    )
    words = listing_of(package)
    fields = {"type": "Deep Learning Package", **words.fields(("Model", "CampDetector-version-0"))}
    assert wrong_words(Call("POST", "addItem", fields, {})) == ""
    assert len(words.title) <= 250
    assert len(words.snippet) <= 250
    assert len(words.tags) <= 128
    assert all(len(t) <= 128 and "," not in t for t in words.tags)
    keywords = fields["typeKeywords"].split(",")
    assert keywords[0] == "Model"
    assert "CampDetector-version-0" not in keywords


def test_html_of_a_model_is_shown_and_not_run(
    publish: Command, portal: Portal, tmp_path: Path
) -> None:
    package = make_package(
        tmp_path / "camp-detect.dlpk", description=EVIL, attribution=(EVIL, "somebody")
    )
    finished = publish(package, "--yes")
    assert finished.returncode == 0, finished.stderr
    assert "\x1b" not in finished.stdout
    words = portal.only_item.words
    for name in ("description", "licenseInfo"):
        assert "<script" not in words[name]
        assert html.escape("<script>alert('x')</script>") in words[name]
    assert "\u2039script\u203a" in words["accessInformation"]


def test_a_description_without_end_loses_paragraphs_and_licences_are_never_cut() -> None:
    words = listing_of(described({"description": "a" * 70_000}))
    assert "aaa" not in words.description
    assert words.description.endswith("</ul>")
    assert words.snippet.endswith("...")
    with pytest.raises(PublishError, match="are not cut: shorten the attribution"):
        listing_of(described({"attribution": ("b" * 70_000,)}))


def test_figures_that_the_model_tells_itself_are_shown_where_no_item_does() -> None:
    description = {"provenance": {"test pixels": "iou 0.8193", "command": "train"}}
    assert "<li>test pixels: iou 0.8193</li>" in listing_of(described(description)).description
    item = {"camp_detector:metrics": {"test": {"iou": 0.5}}}
    assert "0.8193" not in listing_of(described(description, item)).description


def test_the_item_beside_the_package_is_used_where_it_is_of_this_model(tmp_path: Path) -> None:
    path = make_package(tmp_path / "camp-detect.dlpk")
    properties = {
        "title": "Camps of the north",
        "description": "Trained in the north.",
        "license": "CC-BY-4.0",
        "keywords": ["north"],
        "camp_detector:metrics": {"test": {"pixels": {"iou": 0.81234, "loss": 3.5}}},
        "camp_detector:spec": tiny_spec().to_dict(),
    }
    item = {"type": "Feature", "id": "tiny-1.0", "properties": properties, "assets": {}}
    beside = tmp_path / "stac_item.json"
    beside.write_text(json.dumps(item), encoding="utf-8")
    words = listing_of(read_package(path))
    assert words.title == "Camps of the north (object detection)"
    assert "<p>Trained in the north.</p>" in words.description
    assert "<li>test, pixels: IoU: 0.812</li>" in words.description
    assert "loss" not in words.description
    assert "CC-BY-4.0" in words.licence
    assert "north" in words.tags

    beside.write_text(json.dumps({**item, "id": "other-3"}), encoding="utf-8")
    package = read_package(path)
    assert package.item is None
    assert "describes other-3, not the tiny-1.0" in " ".join(package.notes)
    with pytest.raises(PublishError, match="give the item of this model"):
        read_package(path, beside)

    properties["camp_detector:spec"] = {**tiny_spec().to_dict(), "version_of_format": 99, "gsd": -1}
    beside.write_text(json.dumps(item), encoding="utf-8")
    package = read_package(path)
    assert package.item is None
    assert ": it is not used" in " ".join(package.notes)
    with pytest.raises(SpecError):
        read_package(path, beside)


def test_versions_share_an_identity_and_kinds_and_models_do_not() -> None:
    assert identity(described({})) == identity(described({"version": "9"}))
    assert identity(described({})) != identity(described({"name": "other"}))
