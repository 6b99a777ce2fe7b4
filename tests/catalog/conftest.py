"""A catalogue in a folder of the test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from camp_detector_core.catalog.local_store import LocalStore
from camp_detector_core.catalog.static import StaticCatalog

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "catalogue"


@pytest.fixture
def catalog(place: Path) -> StaticCatalog:
    return StaticCatalog(LocalStore(place))
