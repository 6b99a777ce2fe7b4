"""The STAC item of a training run, made from the files that the run left."""

from __future__ import annotations

import csv
import datetime as dt
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.messages import Message
from camp_detector_core.model_file import open_model
from camp_detector_core.stac import (
    RunFacts,
    StacError,
    TrainingArea,
    create_stac_mlm_item,
    facts_of,
    file_fields,
    span_of,
    write_item,
)
from training.artefacts.dwelling_score import MASK_ONLY
from training.artefacts.footprint import area_of_chips
from training.artefacts.method_scores import SEPARATIONS
from training.fit.run_folder import META, RunFolder
from training.output import read_json

if TYPE_CHECKING:
    from pathlib import Path

    from camp_detector_core.engine.spec import ModelSpec

LOG = logging.getLogger(__name__)

MODEL, ITEM = "best_model.onnx", "stac_item.json"
_PIXELS = ("iou", "precision", "recall", "f1", "all_ones_iou")
_DWELLINGS = ("precision", "recall", "f1", "count_error", "predicted", "labelled")
_PARTS = {"validation": "val", "test": "test"}


def write_run_item(
    run: Path,
    *,
    area: TrainingArea | None = None,
    dates: str | None = None,
    changes: RunFacts | None = None,
) -> Path:
    """Write ``meta/stac_item.json`` of a finished run, in place of an earlier one.

    Args:
        run: The ``--out`` of the training.
        area: Where the imagery was taken; by default what the chips and their manifest tell, and
            what an earlier item of the run told where the chips are gone.
        dates: When it was taken, as START/END; by default from the same places.
        changes: Of these, ``source_url``, ``container`` and ``updated`` count, where they are
            given.

    Returns:
        The item.

    Raises:
        StacError: The run is not finished, or a file of it cannot be read.
        CampDetectorError: The model or a chip cannot be read.
    """
    folder = run / META
    model = folder / MODEL
    if not model.is_file():
        msg = f"{run} holds no finished training ({model} is missing)"
        raise StacError(msg, remedy="name the {out} of one")
    record = RunFolder.read(run)
    spec = open_model(model).spec
    earlier = read_json(folder / ITEM, StacError)
    facts = facts_of_run(record, spec)
    if _speaks_of(earlier, model):
        before = earlier["properties"]
        facts = replace(
            facts,
            trained=_moment(before.get("camp_detector:trained")) or facts.trained,
            created=_moment(before.get("created")),
            updated=dt.datetime.now(dt.UTC).replace(microsecond=0),
        )
    if changes is not None:
        names = ("source_url", "container", "updated")
        facts = replace(facts, **{n: v for n in names if (v := getattr(changes, n)) is not None})
    place = _area(record, earlier)
    if area is not None:
        place = replace(place, geometry=area.geometry, bbox=area.bbox, note="")
    if dates is not None:
        start, end = span_of(dates)
        place = replace(place, start=start, end=end)
    item = create_stac_mlm_item(model, area=place, run=facts, folder=folder)
    write_item(item, folder / ITEM)
    return folder / ITEM


def _speaks_of(item: dict[str, Any], model: Path) -> bool:
    """True where an earlier item is of this very model."""
    assets, properties = item.get("assets"), item.get("properties")
    asset = assets.get("onnx-model") if isinstance(assets, dict) else None
    checksum = asset.get("file:checksum") if isinstance(asset, dict) else None
    return isinstance(properties, dict) and checksum == file_fields(model)["file:checksum"]


def facts_of_run(run: RunFolder, spec: ModelSpec) -> RunFacts:
    """Return the facts of a run's model, without anything that is true on one machine alone.

    Args:
        run: The folder of the run.
        spec: Description of its model.

    Raises:
        StacError: A file of the run cannot be read.
    """
    facts = facts_of(spec)
    finished = dt.datetime.fromtimestamp((run.meta / MODEL).stat().st_mtime, dt.UTC)
    parts = [name for name in _PARTS if _measured(run.path, name)]
    return replace(
        facts,
        trained=finished.replace(microsecond=0),
        training={**facts.training, **run.hyperparameters()},
        metrics={name: _metrics(run.path, name, spec) for name in parts},
        commit=run.commit(),
    )


def _measured(run: Path, part: str) -> bool:
    return (run / "evaluation" / part / "summary.json").is_file()


def _metrics(run: Path, part: str, spec: ModelSpec) -> dict[str, Any]:
    """Figures of one part: pixels of the mask, and dwellings at an IoU of one half."""
    pixels = read_json(run / "evaluation" / part / "summary.json", StacError).get("pixels", {})
    figures = {"pixels": {n: pixels[n] for n in _PIXELS if n in pixels}}
    way = MASK_ONLY if spec.separation is None else spec.provenance.get("separation", "")
    for row in _rows(run / "evaluation" / SEPARATIONS):
        if row.get("part") == _PARTS[part] and row.get("method") in {way, ""}:
            figures["dwellings"] = {n: _figure(row[n]) for n in _DWELLINGS if row.get(n)}
    return figures


def _figure(text: str) -> float:
    """A number of a table; counts stay whole."""
    return int(text) if text.isdecimal() else float(text)


def _area(run: RunFolder, earlier: dict[str, Any]) -> TrainingArea:
    """Place and time of the chips, or of an earlier item where they are gone."""
    if run.data.chips.is_dir():
        return area_of_chips(run.data, run.split_file, manifest=run.manifest())
    if earlier:
        LOG.warning(
            "The chips of the run are not at %s any more: place and time are those of its "
            "earlier item.",
            run.data.chips,
        )
        return _area_of(earlier)
    msg = f"The chips of the run are not at {run.data.chips} any more: its item has no place"
    LOG.warning("%s", Message(msg, remedy="({area} gives one)").render(COMMAND))
    return TrainingArea()


def _area_of(item: dict[str, Any]) -> TrainingArea:
    """Return the place and time of an item."""
    properties = item.get("properties", {})
    geometry, bbox = item.get("geometry"), item.get("bbox")
    start = end = None
    if properties.get("camp_detector:datetime_of") == "imagery":
        start = _moment(properties.get("start_datetime") or properties.get("datetime"))
        end = _moment(properties.get("end_datetime") or properties.get("datetime"))
    if not isinstance(geometry, dict) or not isinstance(bbox, list) or len(bbox) != 4:  # noqa: PLR2004
        return TrainingArea(start=start, end=end)
    west, south, east, north = bbox
    note = str(properties.get("camp_detector:area_note", ""))
    return TrainingArea(geometry, (west, south, east, north), start, end, note)


def _moment(text: object) -> dt.datetime | None:
    return span_of(text)[0] if isinstance(text, str) else None


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    except OSError:
        return []  # a run of an older release
