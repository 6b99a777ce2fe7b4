"""The STAC item of a training run, made from the files that the run left."""

from __future__ import annotations

import csv
import datetime as dt
import logging
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.json_text import parse_json
from camp_detector_core.model_file import open_model
from camp_detector_core.packaging.stac import (
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
from training.fit.options_file import read_options
from training.fit.record import manifest_of

if TYPE_CHECKING:
    from pathlib import Path

    from camp_detector_core.engine.spec import ModelSpec
    from training.fit.options import TrainOptions

LOG = logging.getLogger(__name__)

META, MODEL, ITEM = "meta", "best_model.onnx", "stac_item.json"
_PIXELS = ("iou", "precision", "recall", "f1", "all_ones_iou")
_DWELLINGS = ("precision", "recall", "f1", "count_error", "predicted", "labelled")
_PARTS = {"validation": "val", "test": "test"}
_DATA = ("gsd", "crop", "batch_size", "samples", "scenes", "scene_share", "seed")


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
        msg = f"{run} holds no finished training ({model} is missing): name the --out of one"
        raise StacError(msg)
    options = read_options(run / "options.json")
    spec = open_model(model).spec
    earlier = _read(folder / ITEM)
    facts = facts_of_run(run, options, spec)
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
    place = _area(run, options, earlier)
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


def facts_of_run(run: Path, options: TrainOptions, spec: ModelSpec) -> RunFacts:
    """Return the facts of a run's model, without anything that is true on one machine alone.

    Args:
        run: The folder of the run.
        options: Of the run.
        spec: Of its model.

    Raises:
        StacError: A file of the run cannot be read.
    """
    record = _read(run / "run.json")
    commit = record.get("git_commit")
    dirty = str(record.get("git_dirty", "")).lower() == "true"
    known = facts_of(spec)
    finished = dt.datetime.fromtimestamp((run / META / MODEL).stat().st_mtime, dt.UTC)
    return replace(
        known,
        trained=finished.replace(microsecond=0),
        training={**known.training, **hyperparameters(options)},
        metrics={name: _metrics(run, name, spec) for name in _PARTS if _measured(run, name)},
        commit=f"{commit}-dirty" if commit and dirty else commit,
    )


def hyperparameters(options: TrainOptions) -> dict[str, Any]:
    """Return the options of a training by name, without files and places."""
    data, network = options.data, options.network
    values: dict[str, Any] = {n: getattr(data, n) for n in _DATA}
    values |= asdict(options.optim)
    values |= {f"augment.{f.name}": getattr(data.augment, f.name) for f in fields(data.augment)}
    values |= {"architecture": options.architecture, "separation": options.separation}
    if options.architecture == "unet":
        values |= {
            "encoder": network.encoder,
            "decoder_channels": network.decoder_channels,
            "start": network.start,
        }
    plain = {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}
    return {k: v for k, v in plain.items() if v is not None}


def _measured(run: Path, part: str) -> bool:
    return (run / "evaluation" / part / "summary.json").is_file()


def _metrics(run: Path, part: str, spec: ModelSpec) -> dict[str, Any]:
    """Figures of one part: pixels of the mask, and dwellings at an IoU of one half."""
    pixels = _read(run / "evaluation" / part / "summary.json").get("pixels", {})
    figures = {"pixels": {n: pixels[n] for n in _PIXELS if n in pixels}}
    way = "mask only" if spec.separation is None else spec.provenance.get("separation", "")
    for row in _rows(run / "evaluation" / "separation.csv"):
        if row.get("part") == _PARTS[part] and row.get("method") in {way, ""}:
            figures["dwellings"] = {n: _figure(row[n]) for n in _DWELLINGS if row.get(n)}
    return figures


def _figure(text: str) -> float:
    """A number of a table; counts stay whole."""
    return int(text) if text.isdecimal() else float(text)


def _area(run: Path, options: TrainOptions, earlier: dict[str, Any]) -> TrainingArea:
    """From the chips, or from an earlier item where they are gone."""
    if options.data.chips.is_dir():
        manifest = manifest_of(replace(options, out=run))
        return area_of_chips(options.data, run / "split.json", manifest=manifest)
    if earlier:
        LOG.warning(
            "The chips of the run are not at %s any more: place and time are those of its "
            "earlier item.",
            options.data.chips,
        )
        return _area_of(earlier)
    LOG.warning(
        "The chips of the run are not at %s any more: its item has no place (--area gives one).",
        options.data.chips,
    )
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


def _read(path: Path) -> dict[str, Any]:
    """A JSON object; empty where there is none."""
    try:
        value = parse_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        msg = f"{path} cannot be read as JSON ({error}): delete it, or take it from a copy"
        raise StacError(msg) from error
    return value if isinstance(value, dict) else {}


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    except OSError:
        return []  # a run of an older release
