"""A host whose PROJ is misled by the environment is told so, and no raster is blamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_host_with_a_foreign_database_says_so(child: Callable[..., str]) -> None:
    sentences = child("hostgdal_blind.py", env={"PROJ_LIB": "/nonexistent"})
    assert "PROJ_LIB=/nonexistent leads to another one: unset it" in sentences
    assert child("hostgdal_blind.py").strip() == "fine"
