"""The help pages lie in the plugin and lead nowhere else."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = ROOT / "qgis_plugin"
PAGES = PLUGIN / "help"


class Links(HTMLParser):
    """Collects what a page leads to, and the places in it."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.to: list[str] = []
        self.ids: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.to += [attributes[name] or "" for name in ("href", "src") if name in attributes]
        if attributes.get("id"):
            self.ids.add(str(attributes["id"]))
        if tag == "img":
            assert attributes.get("alt"), "a picture needs words for those who do not see it"


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.html")), ids=lambda p: p.stem)
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    for link in Links(page).to:
        path, anchor = urldefrag(link)
        target = PAGES / path
        assert target.is_file(), link
        assert not anchor or anchor in Links(target).ids, link


def test_each_algorithm_and_window_has_its_page() -> None:
    code = "".join(p.read_text(encoding="utf-8") for p in sorted(PLUGIN.rglob("*.py")))
    algorithms = set(re.findall(r'^    NAME = "(\w+)"$', code, re.MULTILINE))
    assert len(algorithms) == 7
    topics = {
        node.args[-1].value.partition("#")[0]
        for node in ast.walk(ast.parse((PLUGIN / "gui/models_dialog.py").read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "close_and_help"
        and node.args
        and isinstance(node.args[-1], ast.Constant)
        and isinstance(node.args[-1].value, str)
    }
    assert topics == {"models"}
    expected = algorithms | topics | {"index", "runtime", "preview", "settings"}
    assert {p.stem for p in PAGES.glob("*.html")} == expected


def test_every_picture_is_used_and_small() -> None:
    pictures_linked = {
        link.removeprefix("images/")
        for page in PAGES.glob("*.html")
        for link in Links(page).to
        if link.startswith("images/")
    }
    pictures = list((PAGES / "images").iterdir())
    assert {p.name for p in pictures} == pictures_linked
    assert [p.name for p in pictures if p.stat().st_size > 60_000] == []
