"""Models with their items, as a training run leaves them, small enough to add by the dozen."""

from __future__ import annotations

import datetime as dt
import json
import threading
from typing import TYPE_CHECKING, Any

from camp_detector_core.catalog.local_store import LocalStore
from camp_detector_core.catalog.ready_model import ReadyModel, model_of_item
from camp_detector_core.catalog.static import StaticCatalog
from camp_detector_core.model_file import open_model
from camp_detector_core.stac import RunFacts, TrainingArea, create_stac_mlm_item, write_item
from tests.support.models import write_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from camp_detector_core.catalog.base import Catalog

BOX = (85.51, 27.62, 85.53, 27.64)
DAY = dt.datetime(2022, 7, 16, 4, 30, tzinfo=dt.UTC)


def area_of(box: tuple[float, float, float, float]) -> TrainingArea:
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return TrainingArea(geometry=geometry, bbox=box, start=DAY, end=DAY + dt.timedelta(hours=2))


def write_run(
    folder: Path, *, area: TrainingArea | None = None, picture: bytes = b"png", **spec: Any
) -> Path:
    """Write what a training run leaves; gives the path of the item.

    Args:
        folder: Of the run; it is made.
        area: Where it was trained; by default a little of Banepa.
        picture: Bytes of the confusion matrix.
        spec: Changes to the tiny model's description.
    """
    meta = folder / "meta"
    meta.mkdir(parents=True)
    (folder / "checkpoints").mkdir()
    (folder / "checkpoints" / "best.ckpt").write_bytes(b"weights and optimiser" * 100)
    write_model(meta / "best_model.onnx", **spec)
    (meta / "confusion_matrix.png").write_bytes(picture)
    (meta / "requirements.txt").write_text("numpy==2.0\n")
    facts = RunFacts(
        trained=DAY + dt.timedelta(days=1),
        training={"epochs": 5, "lr": 0.001},
        metrics={"test": {"iou": 0.82, "f1": 0.66}},
        software={"torch": "2.9.0"},
    )
    item = create_stac_mlm_item(meta / "best_model.onnx", area=area or area_of(BOX), run=facts)
    write_item(item, meta / "stac_item.json")
    return meta / "stac_item.json"


def ready_model_of(folder: Path, **changes: Any) -> ReadyModel:
    """A model that is ready for a catalogue."""
    return model_of_item(write_run(folder, **changes))


def add_at_once(open_: Callable[[], Catalog], models: Sequence[ReadyModel]) -> list[BaseException]:
    """Add each from a thread of its own; gives what they raised."""
    errors: list[BaseException] = []

    def add(ready: ReadyModel) -> None:
        try:
            open_().add(ready)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion
            errors.append(error)

    threads = [threading.Thread(target=add, args=(p,)) for p in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def tree_of(folder: Path) -> dict[str, bytes]:
    """All files below a folder but the lock, by their paths."""
    files = (p for p in folder.rglob("*") if p.is_file() and p.name != ".lock")
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def assert_whole(place: Path) -> set[str]:
    """Every listed model is there with files that are those of its item; gives the ids."""
    items = StaticCatalog(LocalStore(place)).items()
    for entry in items:
        item = place / entry.path
        assert open_model(item).spec.id == entry.id
        for asset in entry.assets:
            if asset.href.startswith("./"):
                file = item.parent / asset.href
                assert file.stat().st_size == asset.size
    return {e.id for e in items}


def edit_assets(meta: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the assets of a run's item."""
    path = meta / "stac_item.json"
    item = json.loads(path.read_text())
    change(item["assets"])
    path.write_text(json.dumps(item))
