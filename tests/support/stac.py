"""STAC items in tests: checked without a network, made of models whose answer is known."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pystac.stac_object import STACObjectType
from pystac.validation.stac_validator import JsonSchemaSTACValidator

from camp_detector_core.engine.separation import Separation
from camp_detector_core.stac import (
    RunFacts,
    TrainingArea,
    area_of_bbox,
    create_stac_mlm_item,
    write_item,
)
from tests.support.models import write_model

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "schemas"
"""Schemas of the extensions, where they lie beside the checkout."""
_HOME = "https://stac-extensions.github.io"
TRAINED = dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC)
START, END = (dt.datetime(2022, 7, day, 9, tzinfo=dt.UTC) for day in (1, 18))
BBOX = (85.51, 27.62, 85.53, 27.64)
CORE = Separation("core", threshold=0.4, reach=6, min_seed=3)


def problems(item: Mapping[str, Any]) -> list[str]:
    """List the faults of an item by the core's schema and those of its extensions at hand.

    The schemas are registered under the address that their file's name gives, because some say
    another one inside.
    """
    validator = JsonSchemaSTACValidator()
    validator.schema_cache = dict(validator.schema_cache)
    for file in _SCHEMAS.glob("*.json"):
        name, _, version = file.stem.rpartition("-")
        uri = f"{_HOME}/{name}/{version}/schema.json"
        validator.schema_cache[uri] = json.loads(file.read_text(encoding="utf-8"))
    faults = []
    plain = json.loads(json.dumps(item))
    uris = [u for u in plain["stac_extensions"] if u in validator.schema_cache]
    try:
        validator.validate_core(plain, STACObjectType.ITEM, plain["stac_version"])
    except Exception as error:  # noqa: BLE001 - pystac raises several kinds
        faults.append(f"core: {error}")
    for uri in uris:
        try:
            validator.validate_extension(plain, STACObjectType.ITEM, plain["stac_version"], uri)
        except Exception as error:  # noqa: BLE001
            faults.append(f"{uri}: {error}")
    return faults


def has_schemas() -> bool:
    """Return True if the schemas of the extensions are at hand."""
    return (_SCHEMAS / "mlm-v1.5.2.json").is_file()


def an_area(**changes: Any) -> TrainingArea:
    """A place and a time."""
    geometry, bbox = area_of_bbox(BBOX)
    values = {"geometry": geometry, "bbox": bbox, "start": START, "end": END, **changes}
    return TrainingArea(**values)


def a_run(**changes: Any) -> RunFacts:
    """Facts of a training run."""
    return RunFacts(**{"trained": TRAINED, "training": {"lr": 0.001, "epochs": 5}, **changes})


def make_item(folder: Path, **spec: Any) -> dict[str, Any]:
    """Write a tiny model and its item into a folder; gives the item as it was written."""
    model = write_model(folder / "best_model.onnx", **spec)
    item = create_stac_mlm_item(model, area=an_area(), run=a_run())
    write_item(item, folder / "stac_item.json")
    content: dict[str, Any] = json.loads((folder / "stac_item.json").read_text(encoding="utf-8"))
    return content
