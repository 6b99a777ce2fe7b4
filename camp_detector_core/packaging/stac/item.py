"""`create_stac_mlm_item`: a STAC 1.1 item that a stranger can run the model from."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from camp_detector_core.model_file import open_model
from camp_detector_core.model_file.reader import SPEC_PROPERTY
from camp_detector_core.packaging.onnx_graph import read_graph

from .assets import ONNX, asset_fields, asset_kinds
from .facts import RunFacts, StacError, TrainingArea, facts_of
from .files import file_fields, find_assets, relative_href
from .model import bands_of, model_properties
from .weights import read_weights

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
"""Sentences of an item's description that speak of its own fields; elsewhere they say nothing."""
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
        area: Where and when the imagery was taken that it was trained on; by default not known,
            and the item says so.
        run: How it came to be; by default what its description tells.
        assets: Files by the key of their asset; by default those of a training run that lie
            beside the model. The model itself is always there.
        folder: Where the item will be, and where hrefs start; by default the model's.

    Raises:
        StacError: A file cannot be read, or the model is not the one that it says it is.
        SpecError: The model does not say what it is.
        PredictorError: It is no ONNX model.
    """
    _require_libraries()
    import pystac

    opened = open_model(model)
    spec, origin = opened.spec, str(model)
    graph, weights = read_graph(opened.onnx, origin), read_weights(opened.onnx, origin)
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
    item.properties |= _own(spec, area, run)
    home = folder or model.parent
    found = find_assets(home, spec) if assets is None else dict(assets)
    _add_assets(item, spec, run, {**found, ONNX: model}, home)
    return item


def _require_libraries() -> None:
    """Refuse to begin without the libraries, and say how to get them."""
    missing = [name for name in ("pystac", "stac_model") if find_spec(name) is None]
    if missing:
        msg = f'{missing[0]} is missing, which STAC items need: pip install "camp-detector[stac]"'
        raise StacError(msg)


def _complete(run: RunFacts) -> RunFacts:
    """With all three moments, each in UTC."""
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
    """Of the imagery; where that is not known, the end of training."""
    if area.start is None or area.end is None:
        return {"datetime": run.trained}
    start, end = area.start.astimezone(dt.UTC), area.end.astimezone(dt.UTC)
    if start == end:
        return {"datetime": start}
    return {"datetime": None, "start_datetime": start, "end_datetime": end}


def _about(spec: ModelSpec, area: TrainingArea, run: RunFacts) -> dict[str, Any]:
    """The common metadata of STAC."""
    classes = ", ".join(c.name for c in spec.classes)
    named = [a for a in spec.attribution if a]
    return {
        "title": f"{spec.name} {spec.version}: {classes} in aerial imagery",
        "description": " ".join(
            filter(None, (spec.description, _when(area), _where(area), area.note))
        ),
        "keywords": [*_KEYWORDS, *(c.name for c in spec.classes)],
        "created": _text(run.created),
        "updated": _text(run.updated),
        "gsd": spec.gsd,
        "license": spec.licence if _LICENCE.fullmatch(spec.licence) else "other",
        **(
            {"providers": [{"name": name, "roles": ["licensor"]} for name in named]}
            if named
            else {}
        ),
    }


def _when(area: TrainingArea) -> str:
    return _TIME_UNKNOWN if area.start is None else _TIME_KNOWN


def _where(area: TrainingArea) -> str:
    return _PLACE_UNKNOWN if area.geometry is None else _PLACE_KNOWN


def _own(spec: ModelSpec, area: TrainingArea, run: RunFacts) -> dict[str, Any]:
    """What no extension has a field for."""
    return {
        "camp_detector:datetime_of": "training" if area.start is None else "imagery",
        "camp_detector:trained": _text(run.trained),
        **({AREA_NOTE: area.note} if area.note else {}),
        **({"camp_detector:metrics": _plain(run.metrics)} if run.metrics else {}),
        **({"camp_detector:commit": run.commit} if run.commit else {}),
        SPEC_PROPERTY: spec.to_dict(),
    }


def _text(moment: dt.datetime | None) -> str:
    return "" if moment is None else moment.isoformat().replace("+00:00", "Z")


def _plain(value: Any) -> Any:  # noqa: ANN401 - nested figures
    """Mappings as dicts in the order of their keys."""
    if hasattr(value, "items"):
        return {k: _plain(v) for k, v in sorted(value.items())}
    return value


def _add_assets(
    item: pystac.Item, spec: ModelSpec, run: RunFacts, files: Mapping[str, Path], home: Path
) -> None:
    """The files that there are, and what is not a file."""
    import pystac

    kinds = asset_kinds(spec)
    unknown = sorted(set(files) - set(kinds))
    if unknown:
        msg = f"an item has no asset {unknown[0]!r}: its assets are {', '.join(kinds)}"
        raise StacError(msg)
    remote = {"source-code": run.source_url, "container-image": run.container}
    for key, kind in kinds.items():
        if remote.get(key):
            href, fields = str(remote[key]), {}
        elif key in files:
            href, fields = relative_href(files[key], home), file_fields(files[key])
        else:
            continue
        item.add_asset(
            key,
            pystac.Asset(
                href=href,
                title=kind.title,
                description=kind.description,
                media_type="text/html"
                if fields == {} and key == "source-code"
                else kind.media_type,
                roles=list(kind.roles),
                extra_fields={**asset_fields(kind, bands_of(spec)), **fields},
            ),
        )
