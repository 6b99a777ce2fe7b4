"""Counts in words."""

from __future__ import annotations

import pytest

from camp_detector_core.engine.counts import counted


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 tiles"), (1, "1 tile"), (2, "2 tiles"), (1234, "1,234 tiles")]
)
def test_one_is_no_plural(number: int, text: str) -> None:
    assert counted(number, "tile") == text


def test_a_plural_of_its_own_is_given() -> None:
    assert counted(1, "miss", "misses") == "1 miss"
    assert counted(3, "miss", "misses") == "3 misses"
