"""The copy of the catalogue as stac-geoparquet."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.catalog import CatalogError
from camp_detector_core.catalog.ready_model import model_of_item, model_of_onnx
from tests.support.catalogs import area_of, ready_model_of, write_run
from tests.support.models import write_model

if TYPE_CHECKING:
    from pathlib import Path

    from camp_detector_core.catalog.static import StaticCatalog


def test_the_table_gives_all_items_back(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    import rustac

    catalog.add(ready_model_of(tmp_path / "a", name="a"))
    catalog.add(ready_model_of(tmp_path / "b", name="b", area=area_of((10.0, 50.0, 10.1, 50.1))))
    rows = rustac.read_sync(str(place / "models.parquet"))["features"]
    assert [r["id"] for r in rows] == ["a-1.0", "b-1.0"]
    for row, entry in zip(rows, catalog.items(), strict=True):
        for key, value in entry.properties.items():
            assert normal(row["properties"].get(key)) == normal(value), key
        assert list(row["bbox"]) == entry.item["bbox"]
        assert normal(row["geometry"]) == normal(entry.item["geometry"])
        hyper = row["properties"]["mlm:hyperparameters"]
        assert hyper["training.epochs"] == 5
        href = row["assets"]["onnx-model"]["href"]
        assert (place / href).is_file()
        assert row["assets"]["onnx-model"]["file:size"] == (place / href).stat().st_size
    catalog.remove("a-1.0")
    rows = rustac.read_sync(str(place / "models.parquet"))["features"]
    assert [r["id"] for r in rows] == ["b-1.0"]


def test_models_that_say_the_same_in_other_kinds_share_a_table(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    import rustac

    for name, values in {"a": [1, True, {"b": 2}, [1]], "b": ["x", 0.5, "c", ["y"]]}.items():
        item = write_run(tmp_path / name, name=name)
        plain = json.loads(item.read_text())
        for key, value in zip("klmn", values, strict=True):
            plain["properties"]["mlm:hyperparameters"][key] = value
        item.write_text(json.dumps(plain))
        catalog.add(model_of_item(item))
    rows = rustac.read_sync(str(place / "models.parquet"))["features"]
    properties = [[r["properties"]["mlm:hyperparameters"][k] for k in "klmn"] for r in rows]
    assert properties == [["1", "true", '{"b": 2}', ["1"]], ["x", "0.5", "c", ["y"]]]
    assert rows[0]["properties"]["mlm:hyperparameters"]["training.epochs"] == 5


def normal(value: Any) -> Any:
    """Without nulls and empty objects, in one spelling: what a table may change."""
    if isinstance(value, dict):
        return {k: normal(v) for k, v in value.items() if v is not None and v != {}}
    if isinstance(value, (list, tuple)):
        return [normal(v) for v in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.replace("+00:00", "Z") if isinstance(value, str) else value


def test_models_of_unknown_ground_are_not_in_the_table(
    tmp_path: Path, catalog: StaticCatalog, place: Path
) -> None:
    import rustac

    catalog.add(model_of_onnx(write_model(tmp_path / "m.onnx", provenance={"date": "2026-01-02"})))
    assert not (place / "models.parquet").exists()
    catalog.add(ready_model_of(tmp_path / "a", name="a"))
    rows = rustac.read_sync(str(place / "models.parquet"))["features"]
    assert [r["id"] for r in rows] == ["a-1.0"]
    assert len(catalog.items()) == 2


def test_without_the_extra_nothing_is_written_and_the_remedy_is_told(
    tmp_path: Path, catalog: StaticCatalog, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = ready_model_of(tmp_path / "a")
    monkeypatch.setitem(sys.modules, "rustac", None)
    with pytest.raises(CatalogError, match=r'pip install "camp-detector\[stac\]"'):
        catalog.add(ready)
    assert not place.exists()
