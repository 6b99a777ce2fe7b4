"""Files of a run as MLflow shows them: without the places that they had on one machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.model_file import open_model
from training.fit.description import without_places
from training.fit.place_options import OptionsError
from training.fit.record import record_of
from training.output import read_json, write_json
from training.tracking.figures import shown_path

if TYPE_CHECKING:
    from pathlib import Path


def write_metadata(run: Path, folder: Path) -> list[Path]:
    """Write ``options.json``, ``run.json`` and ``model_spec.json``, as far as the run has them.

    Args:
        run: The folder of the run; its own files stay as they are.
        folder: Where to.

    Returns:
        What was written.
    """
    documents = {}
    if (run / "options.json").is_file():
        documents["options.json"] = _options(read_json(run / "options.json", OptionsError))
    if (run / "run.json").is_file():
        documents["run.json"] = _record(record_of(run))
    model = run / "meta" / "best_model.onnx"
    if model.is_file():
        documents["model_spec.json"] = open_model(model).spec.to_dict()
    for name, content in documents.items():
        write_json(folder / name, content)
    return [folder / name for name in documents]


def _options(options: dict[str, Any]) -> dict[str, Any]:
    data = options["data"]
    places = data.get("places") or []
    for source in places or [data]:
        source.update({name: shown_path(source[name]) for name in ("chips", "labels")})
    for source in (data, *places):
        split = source["split"] or {}
        if split.get("file"):
            split["file"] = shown_path(split["file"])
    return options | {"out": shown_path(options["out"])}


def _record(record: dict[str, Any]) -> dict[str, Any]:
    """Commands; what the data are made from is told with the data, as far as it is."""
    for name in ("manifest", "manifests"):
        record.pop(name, None)
    for part in (record, *record["resumed"]):
        if "command" in part:
            part["command"] = without_places(part["command"])
    return record
