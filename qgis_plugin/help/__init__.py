"""The help pages, which lie in the plugin and need no network."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QUrl

_PAGES = Path(__file__).resolve().parent


def url(topic: str = "index") -> str:
    """Address of the page of a topic, ``page#anchor``; of the first page where there is none."""
    path, _, anchor = topic.partition("#")
    page = _PAGES / f"{path}.html"
    address = QUrl.fromLocalFile(str(page if page.exists() else _PAGES / "index.html"))
    if anchor:
        address.setFragment(anchor)
    return str(address.toString())
