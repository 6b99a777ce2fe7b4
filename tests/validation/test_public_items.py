"""Items of the extension's own repository, where they lie beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from camp_detector_core.stac.validation import validate_item

SHARED = Path(__file__).resolve().parents[3] / "shared"
ITEMS = sorted((SHARED / "cases" / "stac").glob("item_*.json"))


@pytest.mark.skipif(not ITEMS, reason="there are no public items beside the checkout")
@pytest.mark.parametrize("path", ITEMS, ids=lambda p: p.stem)
def test_a_public_item_is_valid_and_gets_advice(path: Path) -> None:
    schemas = SHARED / "schemas"
    report = validate_item(path, schemas=schemas if schemas.is_dir() else None)
    assert report.of("problem") == ()
    advice = " ".join(str(note) for note in report.of("advice"))
    assert "no licence is stated" in advice
    assert "counter-clockwise" in advice
    lines = "\n".join(report.lines())
    assert "9999" not in lines
    assert "Error" not in lines
