"""A trained model over one image: `camp-detector detect --grid image`, with other file names."""

from __future__ import annotations

import json
import logging
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.detection.own_inputs import refuse_own_inputs
from camp_detector_core.detection.ports import Listener
from camp_detector_core.detection.request import Outputs, Request
from camp_detector_core.detection.run import detect
from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.model_file import open_model
from camp_detector_core.outputs.output_set import standing
from camp_detector_core.products.rasterio_run import RasterioRun
from training.output import made_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camp_detector_core.detection.outcome import Outcome
    from camp_detector_core.engine.messages import Message

LOG = logging.getLogger(__name__)

REGISTERED = "models:/"
"""Beginning of the address of a registered model."""
_TORCH = {".pt", ".pth", ".ckpt"}
_ENDS = {
    "mask": "mask.tif",
    "probability": "probability.tif",
    "overlay": "overlay.png",
    "report": "result.json",
    "dwellings": "dwellings.gpkg",
}
_STEP = 10
"""Per cent of the work between two lines about it."""


class InferenceResult(NamedTuple):
    """The files of an inference."""

    paths: dict[str, Path]
    """``mask``, ``probability``, ``overlay``, ``result`` and ``dwellings``."""
    report: dict[str, Any]
    """The content of ``result``."""


class _Lines(Listener):
    """Says how far the work is, in lines that read the same on a terminal and in a file."""

    def __init__(self) -> None:
        self._share = 0

    def update(self, done: int, total: int) -> None:
        """Write a line for every tenth."""
        share = 100 * done // max(1, total)
        if share >= self._share + _STEP or (done == total and share > self._share):
            self._share = share
            LOG.info("%d %%", share)

    def stage(self, name: str) -> None:
        """Write a line for each stage."""
        LOG.info("%s", name)

    def warn(self, message: Message) -> None:
        """Write a warning."""
        self.notify(message.render(COMMAND))

    def notify(self, message: str) -> None:
        """Write a sentence about files of an earlier run."""
        LOG.warning("%s", message)


class _Library(RasterioRun):
    """The library of the command line, whose report is called ``result`` here."""

    def report(self, outcome: Outcome) -> dict[str, Any]:
        """Make the content of the report."""
        outputs = {name: str(path) for name, path in _named(outcome.paths).items()}
        return {**super().report(outcome), "outputs": outputs}


def _named(paths: dict[str, Path]) -> dict[str, Path]:
    return {"result" if name == "report" else name: paths[name] for name in _ENDS}


def infer(image: str, model: str, out: Path, **values: Any) -> InferenceResult:  # noqa: ANN401 - see Request.of
    """Find the dwellings of an image, as ``camp-detector detect --grid image`` does.

    Writes ``NAME_mask.tif``, ``NAME_probability.tif`` (both of the image's size and place),
    ``NAME_overlay.png``, ``NAME_result.json`` and ``NAME_dwellings.gpkg``, all together or none.

    Args:
        image: Anything that GDAL reads.
        model: ``.onnx``, STAC item, ``.dlpk``, ``.pt`` beside its ``.onnx``, or
            ``models:/NAME@ALIAS``.
        out: Folder of the results; made where it is missing.
        values: Other parameters of detection, such as ``bands`` and ``overwrite``.

    Raises:
        CampDetectorError: With a sentence for the user.
    """
    files = {name: out / f"{_stem(image)}_{end}" for name, end in _ENDS.items()}
    outputs = Outputs(
        **files, grid="image", overlay_size=None, overwrite=values.get("overwrite", False)
    )
    request = replace(Request.of({**values, "images": image}), outputs=outputs)
    with model_file(model) as file:
        refuse_own_inputs(standing(files.values()), [file])
        request = replace(request, model=replace(open_model(file), origin=model))
        with made_folder(out):
            outcome = detect(request, _Library(COMMAND), _Lines())
    paths = _named(outcome.paths)
    return InferenceResult(paths, json.loads(paths["result"].read_text(encoding="utf-8")))


@contextmanager
def model_file(named: str) -> Iterator[Path]:
    """The file that a model's name leads to; one from the registry is there for a while only.

    Raises:
        PredictorError: It leads to none.
        TrackingError: MLflow does not give it.
    """
    if named.startswith(REGISTERED):
        from training.tracking.registry import fetch

        with tempfile.TemporaryDirectory(prefix="camp-detector-") as folder:
            yield fetch(named, Path(folder))
        return
    path = Path(named)
    if path.suffix.lower() in _TORCH:
        onnx = path.with_suffix(".onnx")
        if not onnx.is_file():
            msg = (
                f"{path} is a file of torch, which is run by the .onnx of the same name, and "
                f"{onnx} is not there: python -m training export makes it"
            )
            raise PredictorError(msg)
        LOG.info("%s is run by %s", path, onnx)
        path = onnx
    yield path


def _stem(image: str) -> str:
    """The name that the results begin with."""
    stem = PurePosixPath(urlsplit(image).path if "://" in image else Path(image).as_posix()).stem
    return stem or Path(image).resolve().name or "image"
