"""The STAC item of a training run, made from the files that the run left."""

from __future__ import annotations

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
from training.artefacts.footprint import area_of_chips
from training.artefacts.run_figures import read_figures
from training.fit.run_folder import META, RunFolder
from training.output import read_json

if TYPE_CHECKING:
    from pathlib import Path

    from camp_detector_core.engine.spec import ModelSpec
    from training.artefacts.run_figures import PartFigures

LOG = logging.getLogger(__name__)

MODEL, ITEM = "best_model.onnx", "stac_item.json"
_PIXELS = ("iou", "precision", "recall", "f1", "all_ones_iou")


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
        StacError: The run is not finished, or its earlier item cannot be read.
        FiguresError: A file of its evaluation is damaged.
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
        FiguresError: A file of its evaluation is damaged.
        OptionsError: Its record cannot be read.
    """
    facts = facts_of(spec)
    finished = dt.datetime.fromtimestamp((run.meta / MODEL).stat().st_mtime, dt.UTC)
    method = None if spec.separation is None else spec.provenance.get("separation", "")
    measured = read_figures(run.path, method)
    return replace(
        facts,
        trained=finished.replace(microsecond=0),
        training={**facts.training, **run.hyperparameters()},
        metrics={part: _metrics(figures) for part, figures in measured.items()},
        commit=run.commit(),
    )


def _metrics(figures: PartFigures) -> dict[str, Any]:
    """Figures of one part as the item states them."""
    pixels = {n: figures.pixels[n] for n in _PIXELS if n in figures.pixels}
    dwellings = {"dwellings": dict(figures.dwellings)} if figures.dwellings else {}
    return {"pixels": pixels, **dwellings}


def _area(run: RunFolder, earlier: dict[str, Any]) -> TrainingArea:
    """Place and time of the chips, or of an earlier item where they are gone."""
    gone = [str(p.chips) for p in run.data.learned() if not p.chips.exists()]
    if not gone:
        return area_of_chips(run.data, run.split_file, manifests=run.manifests())
    if earlier:
        LOG.warning(
            "The chips of the run are not at %s any more: place and time are those of its "
            "earlier item.",
            gone[0],
        )
        return area_of_item(earlier)
    msg = f"The chips of the run are not at {gone[0]} any more: its item has no place"
    LOG.warning("%s", Message(msg, remedy="({area} gives one)").render(COMMAND))
    return TrainingArea()


def area_of_item(item: dict[str, Any]) -> TrainingArea:
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
