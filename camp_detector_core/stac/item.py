"""`create_stac_mlm_item`: a STAC 1.1 item with all that others need to run the model."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from camp_detector_core.model_file import open_model
from camp_detector_core.model_file.item import SPEC_PROPERTY
from camp_detector_core.onnx_model.graph import read_graph, read_weights

from .assets import ONNX, asset_kinds, asset_of
from .facts import RunFacts, StacError, TrainingArea, facts_of
from .files import file_fields, find_assets, relative_href
from .model import bands_of, model_properties

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pystac

    from camp_detector_core.engine.spec import ModelSpec

_HOME = "https://stac-extensions.github.io"
MLM_URI = f"{_HOME}/mlm/v1.5.2/schema.json"
"""stac-model writes fields of v1.6.0, of which no schema can be had without a network; they are
valid in this version too, which is the newest that can be checked."""
FILE_URI = f"{_HOME}/file/v2.1.0/schema.json"
CLASSIFICATION_URI = f"{_HOME}/classification/v1.1.0/schema.json"
PROCESSING_URI = f"{_HOME}/processing/v1.1.0/schema.json"
_LICENCE = re.compile(r"[\w.+-]+")
_TIME_UNKNOWN = (
    "When the imagery was taken is not known: datetime is the time at which training ended."
)
_TIME_KNOWN = "The time is that of the imagery that the model was trained on."
_PLACE_UNKNOWN = "Where the imagery was taken is not known, so there is no geometry."
_PLACE_KNOWN = "The geometry is the ground that the model was trained on."
FIELD_WORDS = (_TIME_UNKNOWN, _TIME_KNOWN, _PLACE_UNKNOWN, _PLACE_KNOWN)
"""Sentences of an item's description about its own fields, without meaning elsewhere."""
AREA_NOTE = "camp_detector:area_note"
_KEYWORDS = ("dwellings", "refugee camps", "buildings", "semantic segmentation", "humanitarian")


def create_stac_mlm_item(
    model: Path,
    *,
    area: TrainingArea | None = None,
    run: RunFacts | None = None,
    assets: Mapping[str, Path] | None = None,
    folder: Path | None = None,
) -> pystac.Item:
    """Make the item of a model; write it with `write_item`.

    Args:
        model: The ONNX file, which carries its description.
        area: Place and time of the imagery that it was trained on; by default unknown,
            and the item says so.
        run: Facts on its training; by default those of its description.
        assets: Files by the key of their asset; by default those of a training run that lie
            beside the model. The model itself is always there.
        folder: Folder of the item, from which hrefs start; by default the model's.

    Raises:
        StacError: A file cannot be read, or the model does not match its description.
        SpecError: The model has no description.
        PredictorError: The file is not an ONNX model.
    """
    _require_libraries()
    import pystac

    model_file = open_model(model)
    spec, origin = model_file.spec, str(model)
    graph, weights = read_graph(model_file.onnx, origin), read_weights(model_file.onnx, origin)
    area, run = area or TrainingArea(), _complete(run or facts_of(spec))
    item = pystac.Item(
        id=spec.id,
        geometry=None if area.geometry is None else dict(area.geometry),
        bbox=None if area.bbox is None else list(area.bbox),
        properties={},
        **_times(area, run),
        stac_extensions=[MLM_URI, FILE_URI, CLASSIFICATION_URI],
    )
    item.properties |= _about(spec, area, run)
    item.properties |= model_properties(spec, graph, weights, run)
    item.properties["bands"] = bands_of(spec)
    if run.software:
        item.properties["processing:software"] = dict(sorted(run.software.items()))
        item.stac_extensions.append(PROCESSING_URI)
    item.properties |= _own_fields(spec, area, run)
    home = folder or model.parent
    files = find_assets(home, spec) if assets is None else dict(assets)
    _add_assets(item, spec, run, {**files, ONNX: model}, home)
    return item


def _require_libraries() -> None:
    """Refuse to start without the libraries, and say how to install them."""
    missing_libraries = [name for name in ("pystac", "stac_model") if find_spec(name) is None]
    if missing_libraries:
        msg = (
            f"{missing_libraries[0]} is missing, which STAC items need: "
            'pip install "camp-detector[stac]"'
        )
        raise StacError(msg)


def _complete(run: RunFacts) -> RunFacts:
    """Return the facts with all three times in UTC."""
    trained = run.trained or run.created
    if trained is None:
        msg = "it is not known when the model was trained: give the date of training"
        raise StacError(msg)
    created = run.created or trained
    return replace(
        run,
        trained=trained.astimezone(dt.UTC),
        created=created.astimezone(dt.UTC),
        updated=(run.updated or created).astimezone(dt.UTC),
    )


def _times(area: TrainingArea, run: RunFacts) -> dict[str, Any]:
    """Time fields of the imagery; the end of training if that is unknown."""
    if area.start is None or area.end is None:
        return {"datetime": run.trained}
    start, end = area.start.astimezone(dt.UTC), area.end.astimezone(dt.UTC)
    if start == end:
        return {"datetime": start}
    return {"datetime": None, "start_datetime": start, "end_datetime": end}


def _about(spec: ModelSpec, area: TrainingArea, run: RunFacts) -> dict[str, Any]:
    """Common metadata of STAC."""
    classes = ", ".join(c.name for c in spec.classes)
    creditors = [{"name": a, "roles": ["licensor"]} for a in spec.attribution if a]
    time_sentence = _TIME_UNKNOWN if area.start is None else _TIME_KNOWN
    place_sentence = _PLACE_UNKNOWN if area.geometry is None else _PLACE_KNOWN
    sentences = (spec.description, time_sentence, place_sentence, area.note)
    return {
        "title": f"{spec.name} {spec.version}: {classes} in aerial imagery",
        "description": " ".join(filter(None, sentences)),
        "keywords": [*_KEYWORDS, *(c.name for c in spec.classes)],
        "created": _text(run.created),
        "updated": _text(run.updated),
        "gsd": spec.gsd,
        "license": spec.licence if _LICENCE.fullmatch(spec.licence) else "other",
        **({"providers": creditors} if creditors else {}),
    }


def _own_fields(spec: ModelSpec, area: TrainingArea, run: RunFacts) -> dict[str, Any]:
    """Fields for which no extension exists."""
    return {
        "camp_detector:datetime_of": "training" if area.start is None else "imagery",
        "camp_detector:trained": _text(run.trained),
        **({AREA_NOTE: area.note} if area.note else {}),
        **({"camp_detector:metrics": _to_dicts(run.metrics)} if run.metrics else {}),
        **({"camp_detector:commit": run.commit} if run.commit else {}),
        SPEC_PROPERTY: spec.to_dict(),
    }


def _text(moment: dt.datetime | None) -> str:
    return "" if moment is None else moment.isoformat().replace("+00:00", "Z")


def _to_dicts(value: Any) -> Any:  # noqa: ANN401 - nested figures
    """Convert mappings to dicts in the order of their keys."""
    if hasattr(value, "items"):
        return {k: _to_dicts(v) for k, v in sorted(value.items())}
    return value


def _add_assets(
    item: pystac.Item, spec: ModelSpec, run: RunFacts, files: Mapping[str, Path], home: Path
) -> None:
    """Add the existing files as assets, and the assets that are not files."""
    import pystac

    kinds = asset_kinds(spec)
    unknown = sorted(set(files) - set(kinds))
    if unknown:
        msg = f"an item has no asset {unknown[0]!r}: its assets are {', '.join(kinds)}"
        raise StacError(msg)
    remote = {"source-code": run.source_url, "container-image": run.container}
    for key, kind in kinds.items():
        if remote.get(key):
            asset = asset_of(kind, str(remote[key]), bands_of(spec))
            asset |= {"type": "text/html"} if key == "source-code" else {}
        elif key in files:
            asset = asset_of(kind, relative_href(files[key], home), bands_of(spec))
            asset |= file_fields(files[key])
        else:
            continue
        item.add_asset(key, pystac.Asset.from_dict(asset))
