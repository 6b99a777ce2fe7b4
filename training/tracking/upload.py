"""Upload all that MLflow shows of a run from its folder; repeatable.

What is there already is found out first, so that a second upload adds what the first one missed and
doubles nothing.
"""

from __future__ import annotations

import logging
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from camp_detector_core.model_file import open_model
from training.artefacts.esri_files import named_by_definition
from training.fit.record import commit_of
from training.fit.run_folder import RunFolder
from training.output import read_json
from training.tracking.dataset import (
    has_licence,
    input_of,
    list_data,
    places_of,
    read_list,
    sha256_of,
    write_list,
)
from training.tracking.figures import epochs_of, final_of, params_of
from training.tracking.metadata import write_metadata
from training.tracking.model import log_model, register
from training.tracking.options import TrackingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlflow import MlflowClient

    from training.fit.options import DataOptions, TrainOptions
    from training.tracking.dataset import DataList
    from training.tracking.record import TrackRecord

LOG = logging.getLogger(__name__)

DATA_LIMIT = 100 << 20
"""Bytes of chips and labels that ``auto`` still copies."""
_BATCH = 500
_ESRI = {".dlpk", ".emd"}
_METADATA = ("split.json", "statistics.json", "system.json")


class Uploader:
    """Brings a run's folder to its run in MLflow."""

    def __init__(self, client: MlflowClient, folder: Path, record: TrackRecord) -> None:
        """Take a folder with ``options.json``.

        Raises:
            OptionsError: The folder is no training run's.
            PreprocessError: The manifest of its data is damaged.
        """
        self._client = client
        self._folder = folder
        self._record = record
        self._run = record.run_id
        run = RunFolder.read(folder)
        self._options: TrainOptions = run.options
        self._manifests = run.manifests()

    def begin(self) -> None:
        """Log what is known when a training begins: parameters, data, sources."""
        self._params()
        self._tags(commit_of(self._folder))
        data = read_list(self._folder)
        if data is None:
            if not _exist(self._options.data):
                LOG.warning("The data of %s have moved or are gone: not listed", self._folder)
                return
            data = list_data(self._options.data)
            write_list(data, self._folder)
        self._inputs(data)
        self._tags({"dataset_digest": data.digest})

    def _inputs(self, data: DataList) -> None:
        """The dataset; again where another training told the same one at this very moment."""
        from mlflow.exceptions import MlflowException

        inputs = [input_of(data, self._options.data, self._manifests)]
        try:
            self._client.log_inputs(self._run, inputs)
        except MlflowException as error:
            if "already exists" not in str(error) and "UNIQUE constraint" not in str(error):
                raise
            self._client.log_inputs(self._run, inputs)

    def all(self) -> None:
        """Everything that the folder holds."""
        self.begin()
        self._epochs()
        self._files()
        self._data()
        if (self._folder / "meta" / "best_model.onnx").is_file():
            self._model()

    def _params(self) -> None:
        """Log the missing parameters: MLflow refuses to change one, as a resumption might."""
        from mlflow.entities import Param

        logged = self._client.get_run(self._run).data.params
        params = params_of(self._options)
        missing = [Param(k, v) for k, v in params.items() if k not in logged]
        for first in range(0, len(missing), 100):
            self._client.log_batch(self._run, params=missing[first : first + 100])

    def _tags(self, tags: dict[str, str]) -> None:
        from mlflow.entities import RunTag

        self._client.log_batch(self._run, tags=[RunTag(k, v) for k, v in tags.items()])

    def _epochs(self) -> None:
        """The figures of all epochs that did not come through while training."""
        from mlflow.entities import Metric

        points = epochs_of(self._folder)
        logged = {
            (key, metric.step)
            for key in {p.key for p in points}
            for metric in self._client.get_metric_history(self._run, key)
        }
        timestamp = int(time.time() * 1000)
        late = [
            Metric(p.key, p.value, timestamp, p.step)
            for p in points
            if (p.key, p.step) not in logged
        ]
        for first in range(0, len(late), _BATCH):
            self._client.log_batch(self._run, metrics=late[first : first + _BATCH])

    def _files(self) -> None:
        """Artefacts, each where users of the reference layout look for it."""
        meta = self._folder / "meta"
        with tempfile.TemporaryDirectory() as scratch:
            own = [self._folder / name for name in _METADATA]
            for path in (
                *write_metadata(self._folder, Path(scratch)),
                *own,
                meta / "stac_item.json",
            ):
                self._upload(path, f"metadata/{path.name}")
        for path, name in _below(meta):
            # As they lie beside each other: the item's hrefs lead to them from here too.
            self._upload(path, f"models/{name}")
            if path.suffix.lower() in _ESRI:
                self._upload(path, f"esri/{name}")
        for path in named_by_definition(meta):
            self._upload(path, f"esri/{path.name}")
        self._upload(self._folder / "checkpoints" / "best.ckpt", "checkpoints/best.ckpt")
        for name in ("evaluation", "log"):
            for path, below in _below(self._folder / name):
                self._upload(path, f"{name}/{below}")

    def _data(self) -> None:
        """The list of the data, and the data itself where that is wanted."""
        data, options = read_list(self._folder), self._options.data
        if data is None:
            return
        self._upload(self._folder / "dataset.json", "datasets/train/dataset.json")
        log_data = self._record.log_data
        if log_data == "never" or (log_data == "auto" and not (data.bytes <= DATA_LIMIT)):
            return
        manifests = (self._manifests.get(place.name) for place in options.each_place())
        if log_data == "auto" and not all(map(has_licence, manifests)):
            return
        places = places_of(options) if _exist(options) else {}
        for file in data.files:
            path = places.get(file.path)
            checksum = sha256_of(path) if path is not None else None
            if path is None or checksum != file.sha256:
                LOG.warning("%s has changed since the training: not logged", file.path)
                continue
            self._upload(path, f"datasets/train/{file.path}", checksum)

    def _upload(self, path: Path, name: str, checksum: str | None = None) -> None:
        """Upload one file, unless MLflow has it; the checksum is computed if it is missing."""
        if not path.is_file():
            return
        checksum = checksum or sha256_of(path)
        if self._record.uploaded.get(name) == checksum:
            return
        home = name.rpartition("/")[0]
        self._client.log_artifact(self._run, str(path), home)
        self._record.uploaded[name] = checksum
        self._record.save(self._folder)

    def _model(self) -> None:
        """Figures, model, version, and the tags that tie all of them together."""
        from mlflow.entities import Metric

        record, options = self._record, self._options
        final = final_of(self._folder, way=options.separation)
        timestamp = int(time.time() * 1000)
        logged = self._client.get_run(self._run).data.metrics
        new = [Metric(k, v, timestamp, 0) for k, v in final.items() if logged.get(k) != v]
        if new:
            self._client.log_batch(self._run, metrics=new)
        tags = self._model_tags()
        self._tags(tags)
        if record.onnx_sha256 != tags["onnx_sha256"]:
            record.model_id = record.version = None
        if record.model_id is None:
            LOG.info("logging the model to MLflow")
            tags_of_model = {**tags, **{f"figure.{k}": f"{v:.6g}" for k, v in final.items()}}
            record.model_id = log_model(self._client, self._run, self._folder, tags=tags_of_model)
            record.onnx_sha256 = tags["onnx_sha256"]
            record.save(self._folder)
        if record.register and record.version is None:
            tags_of_model = {**tags, "run_id": self._run}
            tags_of_model |= {f"figure.{k}": f"{v:.6g}" for k, v in final.items()}
            record.version = register(
                self._client, record.model_id, record.register, tags=tags_of_model
            )
            record.save(self._folder)
            self._tags({"registered_model": record.register, "registered_version": record.version})

    def _model_tags(self) -> dict[str, str]:
        meta = self._folder / "meta"
        model = open_model(meta / "best_model.onnx")
        tags = {
            **commit_of(self._folder),
            "model": model.spec.id,
            "onnx_sha256": model.sha256,
        }
        item = meta / "stac_item.json"
        if item.is_file():
            tags["stac_item_id"] = str(read_json(item, TrackingError).get("id"))
            tags["stac_item_sha256"] = sha256_of(item)
        return tags


def _exist(data: DataOptions) -> bool:
    """Return True if chips and labels of all places are where they were."""
    return all(p.chips.exists() and p.labels.exists() for p in data.each_place())


def _below(folder: Path) -> Iterator[tuple[Path, str]]:
    """Files of a folder and those below, with their names from there on; hidden ones not."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield path, path.relative_to(folder).as_posix()
