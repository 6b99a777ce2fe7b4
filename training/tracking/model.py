"""The trained network as a model of MLflow, and its versions in the registry."""

from __future__ import annotations

import io
import logging
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any

import numpy as np

from camp_detector_core.model_file import open_model
from training.tracking.options import CANDIDATE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlflow import MlflowClient
    from mlflow.entities import LoggedModelOutput
    from mlflow.entities.model_registry import ModelVersion
    from mlflow.models import ModelSignature

    from camp_detector_core.engine.spec import ModelSpec

LOG = logging.getLogger(__name__)

MODEL = "model"
"""Name of the logged model in its run."""
DERIVED = "derived_from"
"""Tag of a model that was adapted to one place: the name and version of its start."""
_NOT_SAVED = (RuntimeError, AssertionError, NotImplementedError, TypeError, ValueError)
"""Errors that torch raises if it cannot export a network."""
_EXAMPLE = (2, 64, 96)
"""Samples, rows and columns of the example: torch freezes a batch of 1 and equal sides."""


def signature_of(spec: ModelSpec) -> ModelSignature:
    """Normalised chips in, probabilities of the classes out; free number and size of chips."""
    from mlflow.models import ModelSignature
    from mlflow.types import Schema, TensorSpec

    kind = np.dtype("float32")
    return ModelSignature(
        inputs=Schema([TensorSpec(kind, (-1, len(spec.bands), -1, -1))]),
        outputs=Schema([TensorSpec(kind, (-1, len(spec.classes), -1, -1))]),
    )


def log_model(client: MlflowClient, run_id: str, folder: Path, *, tags: dict[str, str]) -> str:
    """Log the network with its probabilities, and the ONNX file and item beside it.

    A model of the same content that an earlier attempt completed is taken as it is.

    Returns:
        The id of the logged model.
    """
    import mlflow

    logged_id = _logged(client, run_id, tags["onnx_sha256"])
    if logged_id is not None:
        return logged_id
    meta = folder / "meta"
    extra = [meta / "best_model.onnx", meta / "stac_item.json"]
    spec = open_model(extra[0]).spec
    arguments = {
        "name": MODEL,
        "signature": signature_of(spec),
        "extra_files": [str(p) for p in extra if p.is_file()],
        # MLflow's own tag would hold the path of the program in somebody's home.
        "tags": {**tags, "mlflow.source.name": "camp-detector"},
        "metadata": {"description": spec.description, "licence": spec.licence},
    }
    with _quiet(), mlflow.start_run(run_id=run_id):
        try:
            model_id = _log_network(folder, spec, arguments)
        except _NOT_SAVED as error:
            # Encoders that torch cannot save for free sizes; ONNX has them all.
            LOG.warning("The model is logged as ONNX, because torch cannot save it: %s", error)
            model_id = _log_onnx(meta / "best_model.onnx", arguments)
    return model_id


def _log_network(folder: Path, spec: ModelSpec, arguments: dict[str, Any]) -> str:
    """Log the network as ``pt2``, torch's format without pickle."""
    import mlflow
    import torch

    from camp_detector_core.network.activation import WithActivation
    from training.artefacts.from_checkpoint import load_checkpoint
    from training.tracking.free_size import with_fixed_padding

    meta = folder / "meta"
    network, _ = load_checkpoint(meta / "best_model.pth", meta / "best_model.onnx")
    whole = WithActivation(with_fixed_padding(network), classes=len(spec.classes))
    samples, height, width = _EXAMPLE
    shape = (samples, len(spec.bands), height, width)
    example = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    logged = mlflow.pytorch.log_model(
        whole.eval(),
        input_example=example,
        serialization_format="pt2",
        pip_requirements=[f"torch=={torch.__version__.partition('+')[0]}", "numpy"],
        **arguments,
    )
    return str(logged.model_id)


def _log_onnx(path: Path, arguments: dict[str, Any]) -> str:
    import mlflow
    import onnx

    logged = mlflow.onnx.log_model(
        onnx.load(str(path)),
        save_as_external_data=False,
        **arguments,
    )
    return str(logged.model_id)


def _logged(client: MlflowClient, run_id: str, checksum: str) -> str | None:
    """The run's model that holds an ONNX file already, if it is complete."""
    from mlflow.entities import LoggedModelStatus

    for output in _outputs(client, run_id):
        model = client.get_logged_model(output.model_id)
        if model.status != LoggedModelStatus.READY:  # of an attempt that did not come to its end
            client.delete_logged_model(model.model_id)
        elif model.tags.get("onnx_sha256") == checksum:
            model_id: str = model.model_id
            return model_id
    return None


def _outputs(client: MlflowClient, run_id: str) -> list[LoggedModelOutput]:
    outputs = client.get_run(run_id).outputs
    return [] if outputs is None else list(outputs.model_outputs)


def register(client: MlflowClient, model_id: str, name: str, *, tags: dict[str, str]) -> str:
    """Make a logged model the newest version under a name, once, and the candidate.

    A model that was adapted to one place is no candidate.

    Returns:
        The version.
    """
    import mlflow

    source = f"models:/{model_id}"
    version = next((v.version for v in versions_of(client, name) if v.source == source), None)
    if version is None:
        with _quiet():
            version = mlflow.register_model(source, name, tags=tags).version
    if DERIVED not in tags:
        _choose_candidate(client, name)
    return str(version)


_REFUSALS = 3
"""Times that the alias is tried again."""


def _choose_candidate(client: MlflowClient, name: str) -> None:
    """Give the alias to the newest version that a training registered.

    It is looked at again after each change: trainings that end at once must not leave it with the
    older one.
    """
    from mlflow.exceptions import MlflowException

    refusals = 0
    while True:
        trained = (v for v in versions_of(client, name) if "onnx_sha256" in v.tags)
        newest = max(int(v.version) for v in trained if DERIVED not in v.tags)
        try:
            candidate = int(client.get_model_version_by_alias(name, CANDIDATE).version)
        except MlflowException:
            candidate = 0
        if candidate >= newest:
            return
        try:
            client.set_registered_model_alias(name, CANDIDATE, str(newest))
        except MlflowException:  # the database refuses the second of two who give it first
            refusals += 1
            if refusals > _REFUSALS:
                raise


def versions_of(client: MlflowClient, name: str) -> Iterator[ModelVersion]:
    """Give the versions of a registered model."""
    token = None
    while True:
        page = client.search_model_versions(f"name='{name}'", page_token=token)
        yield from page
        token = page.token
        if not token:
            return


def log_onnx(run_id: str, path: Path, spec: ModelSpec, tags: dict[str, str]) -> str:
    """Log an ONNX file as the model of a run.

    Args:
        run_id: The run.
        path: The file.
        spec: Its description.
        tags: Of the model.

    Returns:
        The id of the logged model.
    """
    import mlflow

    arguments = {
        "name": MODEL,
        "signature": signature_of(spec),
        "extra_files": [str(path)],
        "tags": {**tags, "mlflow.source.name": "camp-detector"},
        "metadata": {"description": spec.description, "licence": spec.licence},
    }
    with _quiet(), mlflow.start_run(run_id=run_id):
        return _log_onnx(path, arguments)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the advice of torch and MLflow about formats that are chosen on purpose."""
    with (
        warnings.catch_warnings(),
        redirect_stdout(io.StringIO()),
        redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield
