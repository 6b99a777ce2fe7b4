"""Adding and updating an item, through the real arcgis library and the real command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.publish.conftest import Command, large_package, make_package
from tests.support.portal import FOLDER, GROUP, Portal

if TYPE_CHECKING:
    from pathlib import Path


def test_a_dry_run_says_what_it_would_do_and_changes_nothing(
    publish: Command, portal: Portal, package: Path
) -> None:
    finished = publish(package, "--group", "shelter MAPPING", "--folder", "New models", "--org")
    assert finished.returncode == 0, finished.stderr
    assert 'add an item "Deep Learning Package" with camp-detect.dlpk' in finished.stdout
    assert f"share it with the group Shelter mapping ({GROUP})" in finished.stdout
    assert "folder New models (is made)" in finished.stdout
    assert "make it visible to the whole organization" in finished.stdout
    assert finished.stdout.splitlines()[-1] == "nothing was changed: this is what --yes would do"
    assert portal.writes == []
    assert not portal.items


def test_an_item_is_added_shared_and_updated_in_place(
    publish: Command, portal: Portal, tmp_path: Path
) -> None:
    first = make_package(tmp_path / "camp-detect.dlpk")
    finished = publish(first, "--group", "Shelter mapping", "--folder", "models", "--yes")
    assert finished.returncode == 0, finished.stderr
    assert "visible to its owner and its groups" in finished.stdout
    item = portal.only_item
    assert finished.stdout.splitlines()[-1] == f"added: {portal.url}/home/item.html?id={item.id}"
    assert item.file == first.read_bytes()
    assert item.thumbnail is not None
    assert item.words["type"] == "Deep Learning Package"
    assert item.words["title"] == "tiny 1.0 (object detection)"
    assert "CampDetector-model-tiny-detect" in item.words["typeKeywords"].split(",")
    assert item.words["accessInformation"] == "made by a test"
    assert "CC0-1.0" in item.words["licenseInfo"]
    assert (item.groups, item.access, item.folder) == ([GROUP], "shared", FOLDER)

    # The same again changes no file, another version does, the other kind is an item of its own.
    assert "the same, not sent again" in publish(first, "--yes").stdout
    second = make_package(tmp_path / "other-name.dlpk", version="2.0")
    finished = publish(second, "--yes")
    assert "version: 1.0 -> 2.0" in finished.stdout
    assert finished.stdout.splitlines()[-1].startswith("updated: ")
    assert portal.only_item is item
    assert item.file == second.read_bytes()
    assert item.words["title"] == "tiny 2.0 (object detection)"
    assert item.words["typeKeywords"].split(",").count("Model") == 1
    assert (item.groups, item.access, item.folder) == ([GROUP], "shared", FOLDER)
    publish(make_package(tmp_path / "camp-classify.dlpk", kind="classify"), "--yes")
    assert len(portal.items) == 2


def test_a_large_package_goes_in_parts_and_is_replaced_in_parts(
    publish: Command, portal: Portal, tmp_path: Path
) -> None:
    for version in ("1", "2"):
        package = large_package(tmp_path / "camp-detect.dlpk", version=version)
        finished = publish(package, "--yes")
        assert finished.returncode == 0, finished.stderr
        assert portal.only_item.file == package.read_bytes()
        assert f"CampDetector-version-{version}" in portal.only_item.words["typeKeywords"]
    assert portal.words.count("addPart") == 4
    assert portal.words.count("commit") == 2


@pytest.mark.parametrize("audience", ["org", "everyone"])
def test_who_sees_it_changes_only_when_asked(
    publish: Command, portal: Portal, package: Path, audience: str
) -> None:
    publish(package, f"--{audience}", "--yes")
    access = {"org": "org", "everyone": "public"}[audience]
    assert portal.only_item.access == access
    finished = publish(package, "--group", "Shelter mapping", "--yes")
    assert "stays visible to" in finished.stdout
    assert (portal.only_item.access, portal.only_item.groups) == (access, [GROUP])
