"""The files of an adaptation: the model with 8 bits, its original, its item and the report."""

from __future__ import annotations

import datetime as dt
import logging
import re
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.grid import Window
from camp_detector_core.engine.prepare import normalise
from camp_detector_core.model_file import open_model
from camp_detector_core.model_file.item import read_item
from camp_detector_core.network.export import export_onnx
from camp_detector_core.stac import (
    TrainingArea,
    add_lineage,
    area_of_footprints,
    create_stac_mlm_item,
    facts_of,
    write_item,
)
from camp_detector_core.training_data.adapted import ITEM, MODEL, ORIGINAL
from training.adapt.networks import exported
from training.adapt.samples import training_samples
from training.data.reprojection import LON_LAT, move_points
from training.fit.decoding import Decoding
from training.fit.description import software_words, without_places
from training.fit.record import command_line
from training.output import write_json
from training.quantise.compare import Tile
from training.quantise.graph import QuantiseError
from training.quantise.run import Limits, Quantisation, plain_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.model_file import ModelFile
    from camp_detector_core.network.start import StartModel
    from training.adapt.folds import Folds
    from training.adapt.ground import Ground
    from training.adapt.options import AdaptOptions
    from training.adapt.trial import Choice

LOG = logging.getLogger(__name__)

CHIPS, TILES, TILE_SIDE = 24, 16, 512
"""Samples that ranges of 8 bits are found with; tiles that both models are compared on."""
_NO_VERSION = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Adapted:
    """Result of an adaptation, with all that it was made from."""

    options: AdaptOptions
    base: ModelFile
    """The model that the user named."""
    start: StartModel
    """Its float weights."""
    ground: Ground
    folds: Folds
    choice: Choice
    dwellings: int
    """Labelled dwellings on the known ground."""


def write_model(adapted: Adapted, paths: Mapping[str, Path]) -> None:
    """Write the model, its original and its item.

    Where the model loses too much with 8 bits, both files are the float one, with a warning.

    Raises:
        CampDetectorError: A file differs from the network, or cannot be written.
    """
    spec = describe(adapted)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        network = exported(adapted.choice.network, adapted.choice.spec)
        export_onnx(network, work / ORIGINAL, spec=spec)
        original = open_model(work / ORIGINAL)
        (work / MODEL).write_bytes(_small(original, adapted))
        _write_item(work, adapted)
        for each in (MODEL, ORIGINAL, ITEM):
            shutil.copyfile(work / each, paths[each])


def describe(adapted: Adapted) -> ModelSpec:
    """Return the description of the adapted model: that of the start, with its own origin."""
    options, start, ground = adapted.options, adapted.start, adapted.ground
    base = adapted.base.spec
    version = options.version or _NO_VERSION.sub("-", f"{base.version}.{options.out.name}")
    lasting = ("architecture", "separation")
    figures = adapted.choice.verdict.to_dict()["figures"]
    provenance = {
        **{key: base.provenance[key] for key in lasting if key in base.provenance},
        "start": start.words,
        "derived from": f"{base.id} (sha256 {adapted.base.sha256})",
        "data of the start": base.provenance.get("data", "not recorded"),
        "data": f"{adapted.dwellings} reviewed dwellings on {ground.hectares:.2f} ha of "
        f"{options.image.name}",
        "command": without_places(command_line()),
        "seed": str(options.seed),
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "software": software_words(),
        **{f"held-out ground, {name}": _words(each) for name, each in figures.items()},
    }
    credit_lines = (*options.attribution, *base.attribution)
    return replace(
        adapted.choice.spec,
        version=version,
        attribution=tuple(dict.fromkeys(credit_lines)),
        provenance=provenance,
    )


def _words(figures: Mapping[str, Any]) -> str:
    names = ("found", "labelled", "right", "precision", "recall", "f1", "pixel_iou")
    return ", ".join(f"{n} {figures[n]}" for n in names)


def _small(original: ModelFile, adapted: Adapted) -> bytes:
    """The model with 8 bits; the float one where it would lose too much."""
    limits = Limits(str(adapted.options.out / ORIGINAL), "reviewed ground")
    try:
        plain = plain_of(original, limits.model)
        data, result = Quantisation(limits, original, plain, _chips(adapted), _tiles(adapted)).go()
    except QuantiseError as error:
        LOG.warning("%s: %s keeps its float32 weights", error.render(COMMAND), MODEL)
        return original.onnx
    LOG.info("with 8 bits: IoU %.4f -> %.4f", result.fidelity.iou_float, result.fidelity.iou_int8)
    return data


def _chips(adapted: Adapted) -> list[np.ndarray[Any, np.dtype[np.float32]]]:
    spec = adapted.choice.spec
    samples = training_samples(adapted.ground, None, adapted.options, spec)
    return [samples[i]["image"].numpy() for i in range(CHIPS)]


def _tiles(adapted: Adapted) -> list[Tile]:
    """The tiles of the ground with the most known dwellings."""
    ground, spec = adapted.ground, adapted.choice.spec
    shape = ground.grid.shape
    height, width = (
        max(spec.multiple, min(TILE_SIDE, n) // spec.multiple * spec.multiple) for n in shape
    )
    truth = ground.labels.rasterised(shape)
    windows = [
        Window(row, col, height, width)
        for row in range(0, max(1, shape.height - height + 1), height)
        for col in range(0, max(1, shape.width - width + 1), width)
    ]

    def labelled(window: Window) -> int:
        return int(np.count_nonzero(truth[window.slices] * ground.known[window.slices]))

    tiles = []
    for window in sorted(windows, key=labelled, reverse=True)[:TILES]:
        at = window.slices
        image = normalise(ground.pixels[(slice(None), *at)], ground.valid[at], spec.bands)
        target = np.stack([truth[at] == c.value for c in spec.classes])
        tiles.append(Tile(image, target, ground.known[at]))
    return tiles


def _write_item(folder: Path, adapted: Adapted) -> None:
    """Write the item, with a link to that of the start where there is one."""
    spec = open_model(folder / MODEL).spec
    figures = adapted.choice.verdict.figures[adapted.choice.verdict.winner].to_dict()
    numbers = {k: v for k, v in figures.items() if isinstance(v, int | float)}
    facts = replace(
        facts_of(spec),
        trained=dt.datetime.now(dt.UTC).replace(microsecond=0),
        metrics={"validation": {"dwellings": numbers}},
    )
    item = create_stac_mlm_item(
        folder / MODEL, area=_area(adapted.ground), run=facts, folder=folder, assets={}
    )
    base = _item_of(adapted.options.model)
    add_lineage(item, spec.version, base=base, folder=adapted.options.out)
    write_item(item, folder / ITEM)


def _area(ground: Ground) -> TrainingArea:
    """The known ground in longitude and latitude."""
    from rasterio.crs import CRS

    outline = ground.outline.simplify(1.0)
    rings = [
        move_points(
            ground.grid.transform.apply(np.asarray(polygon.exterior.coords)),
            CRS.from_wkt(str(ground.grid.crs_wkt)),
            LON_LAT,
        )
        for polygon in shapely.get_parts(outline)
    ]
    geometry, bbox = area_of_footprints(rings)
    note = "The geometry is of the reviewed ground; that of the start is in its own item."
    return TrainingArea(geometry, bbox, note=note)


def _item_of(model: Path) -> Path | None:
    """The item of the start: the file that the user named, or one beside it."""
    beside = (model.with_suffix(".json"), model.parent / "stac_item.json")
    for path in (model, *beside) if model.suffix.lower() == ".json" else beside:
        if path.is_file():
            try:
                read_item(path)
            except CampDetectorError:
                continue
            return path
    return None


def write_report(adapted: Adapted, path: Path, **more: Any) -> None:  # noqa: ANN401 - plain values
    """Write the figures and the settings, and what they were made from.

    Args:
        adapted: The adaptation.
        path: The JSON file.
        more: Further plain values.

    Raises:
        OutputError: The file cannot be written.
    """
    folds = adapted.folds
    write_json(
        path,
        {
            **more,
            **adapted.choice.verdict.to_dict(),
            "start": {
                "id": adapted.base.spec.id,
                "sha256": adapted.base.sha256,
                "weights_sha256": adapted.start.sha256,
            },
            "dwellings": adapted.dwellings,
            "hectares": round(adapted.ground.hectares, 4),
            "folds": folds.count,
            "block_metres": folds.squares.metres,
            "settings": Decoding.of(adapted.choice.spec).to_dict(),
        },
    )
