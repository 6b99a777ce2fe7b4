"""A trained model over one image, with results of the image's own size."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from camp_detector_core.atomic import OutputSet, cannot_write, standing
from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.georaster.options import SourceOptions
from camp_detector_core.job import Job, Products
from camp_detector_core.model_file import open_model
from camp_detector_core.own_inputs import refuse_own_inputs
from camp_detector_core.run import detect_files
from training.output import made_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camp_detector_core.engine.messages import Message
LOG = logging.getLogger(__name__)

REGISTERED = "models:/"
"""How the address of a registered model begins."""
_TORCH = {".pt", ".pth", ".ckpt"}
_LARGEST_PICTURE = 8192
_SMALLEST_PICTURE = 16
_STEP = 10
"""Per cent of the work between two lines about it."""


@dataclass(frozen=True)
class InferenceOptions:
    """What is run on what."""

    image: str
    """Anything that GDAL reads."""
    model: str
    """``.onnx``, STAC item, ``.dlpk``, ``.pt`` beside its ``.onnx``, or ``models:/NAME@ALIAS``."""
    out: Path
    """Folder of the results; made where it is missing."""
    overwrite: bool = False
    """Whether existing results may be replaced."""
    source: SourceOptions = field(default_factory=SourceOptions)
    """What neither the image nor the model says: bands, stretch and so on."""


@dataclass(frozen=True)
class InferenceResult:
    """What came out."""

    paths: dict[str, Path]
    """``mask``, ``probability``, ``overlay``, ``result`` and ``dwellings``."""
    report: dict[str, Any]
    """The content of ``result``."""


class _Lines:
    """Says how far the work is, in lines that read the same on a terminal and in a file."""

    def __init__(self) -> None:
        self._said = 0

    def update(self, done: int, total: int) -> None:
        """A line for every tenth."""
        share = 100 * done // max(1, total)
        if share >= self._said + _STEP or (done == total and share > self._said):
            self._said = share
            LOG.info("%d %%", share)

    def cancelled(self) -> bool:
        """Never: Ctrl-C ends the process by an exception."""
        return False

    def stage(self, name: str) -> None:
        """A line for each stage."""
        LOG.info("%s", name)

    def warn(self, message: Message) -> None:
        """A warning of the results."""
        self.notify(message.render(COMMAND))

    def notify(self, message: str) -> None:
        """A warning of files."""
        LOG.warning("%s", message)


def infer(options: InferenceOptions) -> InferenceResult:
    """Find the dwellings of an image.

    Writes ``NAME_mask.tif``, ``NAME_probability.tif`` (both of the image's size and place),
    ``NAME_overlay.png``, ``NAME_result.json`` and ``NAME_dwellings.gpkg``, all together or none.

    Raises:
        CampDetectorError: With a sentence for the user.
    """
    stem = _stem(options.image)
    finals = {
        "mask": options.out / f"{stem}_mask.tif",
        "probability": options.out / f"{stem}_probability.tif",
        "overlay": options.out / f"{stem}_overlay.png",
        "result": options.out / f"{stem}_result.json",
        "dwellings": options.out / f"{stem}_dwellings.gpkg",
    }
    with model_file(options.model) as model:
        refuse_own_inputs(standing(finals.values()), [options.image, model])
        with (
            made_folder(options.out),
            OutputSet(list(finals.values()), overwrite=options.overwrite) as outputs,
        ):
            report = _run(options, model, {n: outputs.target(p) for n, p in finals.items()})
            outputs.commit()
    return InferenceResult(finals, report)


def _run(options: InferenceOptions, model: Path, targets: dict[str, Any]) -> dict[str, Any]:
    """Detect on the model's grid, then bring the rasters onto the image's."""
    from camp_detector_core.raster import gdal_env, open_source
    from training.own_grid import OwnGrid

    spec = open_model(model).spec
    scratch = Path(tempfile.mkdtemp(dir=targets["mask"].scratch))
    native = replace(options.source, gsd="native")
    with gdal_env(), open_source([options.image], spec, native) as image:
        side = max(image.grid.shape)
        products = Products(
            scratch / "found.gpkg",
            probability=True,
            mask=True,
            overlay=True,
            overlay_size=min(max(side, _SMALLEST_PICTURE), _LARGEST_PICTURE),
        )
        job = Job((options.image,), products, options.source, model=model)
        made = detect_files(job, listener=_Lines()).paths
        own = OwnGrid(image, spec)
        own.probability(made["probability"], targets["probability"])
        own.mask(made["mask"], targets["mask"])
        report = json.loads(made["report"].read_text(encoding="utf-8"))
        shape = image.grid.shape
    try:
        for name in ("overlay", "dwellings"):
            shutil.move(made[name], targets[name].temporary)
        report["model"]["file"] = options.model
        report["outputs"] = {name: str(target.final) for name, target in targets.items()}
        report["output_size"] = {"height": shape.height, "width": shape.width}
        text = json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        targets["result"].temporary.write_bytes(text.encode(errors="backslashreplace"))
    except OSError as error:
        raise cannot_write(targets["result"].final, error) from error
    plain: dict[str, Any] = report
    return plain


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
    """What the results are named after."""
    stem = PurePosixPath(urlsplit(image).path if "://" in image else Path(image).as_posix()).stem
    return stem or Path(image).resolve().name or "image"
