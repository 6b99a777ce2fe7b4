"""Quantise a model: options, and the run itself."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import onnxruntime as ort

from camp_detector_core.detection.own_inputs import refuse_own_inputs
from camp_detector_core.engine.predictors.ort import OnnxPredictor
from camp_detector_core.model_file import open_model
from camp_detector_core.onnx_model.metadata import set_metadata, spec_metadata
from camp_detector_core.outputs.output_set import OutputSet, standing
from training.data.datamodule import CampDataModule
from training.data.samples import FixedSamples, RandomSamples, SampleForm
from training.data.split import SplitError
from training.fit.options import DataOptions
from training.fit.place_options import SplitOptions
from training.output import files_in, write_json
from training.quantise.compare import Fidelity, Tile, compare, predict, speed_ratio
from training.quantise.graph import QuantiseError, plain_graph, stretches
from training.quantise.recipe import RECIPE, quantise_graph

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    import onnx
    from numpy.typing import NDArray

    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.model_file import ModelFile
    from training.fit.place_options import PlaceOptions

LOG = logging.getLogger(__name__)

CALIBRATION_SIDE, TILE_SIDE = 256, 512
"""Sides of the chips that ranges are found with, and (at most) of those that are measured."""
MOST_TILES, SEARCH_TILES = 32, 6
"""Number of tiles that are measured, and of those in the search for nodes that stay float."""
MAX_LOSS = 0.01
"""IoU that a model may lose unless it is said otherwise."""
PARTS, ROUNDS = 8, 3
"""The network is taken in so many parts, and at most so many of them stay float."""
MAX_SEPARATION_ERROR = 0.05
"""Largest mean error of the probabilities that separate touching dwellings: IoU says nothing of
them."""


@dataclass(frozen=True)
class QuantiseOptions:
    """Model, data and acceptable loss of a quantisation."""

    model: Path
    """The float32 ``.onnx`` with free height and width."""
    chips: Path | None
    """Folder of images; None where there are places."""
    labels: Path | None
    split: Path
    """The run's ``split.json``: ranges are found on its training part."""
    out: Path
    """The ``.onnx`` to write."""
    part: str = "val"
    """Part of the split on which the two models are compared."""
    report: Path | None = None
    """JSON file that gets the figures."""
    class_field: str | None = None
    layer: str | None = None
    chip_gsd: float | None = None
    places: tuple[PlaceOptions, ...] = ()
    """Several places, in place of ``chips`` and ``labels``."""
    calibration: int = 24
    """Number of chips that ranges are found with."""
    max_loss: float = MAX_LOSS
    """IoU that may be lost."""
    force: bool = False
    """True to write the model even if more is lost."""
    overwrite: bool = False

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if self.out.suffix.lower() != ".onnx":
            msg = f"{self.out} must end in .onnx"
            raise QuantiseError(msg)
        if self.out.resolve() == self.model.resolve():
            msg = f"{self.out} is the float model itself"
            raise QuantiseError(msg, remedy="give another {out}")
        if self.calibration < 1 or not self.max_loss >= 0:
            msg = "at least one calibration chip, and a loss of 0 or more, are needed"
            raise QuantiseError(msg)


@dataclass(frozen=True)
class Quantised:
    """Result of a quantisation."""

    fidelity: Fidelity
    bytes_float: int
    bytes_int8: int
    speed_ratio: float
    """Throughput of the quantised model over that of the float one, on one processor."""
    tiles: int
    """Number of tiles that the two were compared on."""
    calibration: int
    part: str
    kept_float: tuple[str, ...]
    """Nodes that had to stay float, beside the last convolution and what follows it."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "kept_float": list(self.kept_float), "loss": self.fidelity.loss}


def quantise_model(options: QuantiseOptions) -> Quantised:
    """Quantise a model file, compare it with the float one, and write it if it is good enough.

    Raises:
        QuantiseError: The model cannot be quantised, or loses too much.
        OutputError: A file exists, cannot be written, or is read by this run.
        CampDetectorError: Model, chips, labels or split cannot be read or do not fit.
    """
    finals = [p for p in (options.out, options.report) if p is not None]
    source_data = DataOptions(options.chips, options.labels, places=options.places)
    own = [path for place in source_data.each_place() for path in (place.labels, place.chips)]
    inputs = (options.model, options.split, *own)
    refuse_own_inputs(standing(finals), files_in(inputs))
    with OutputSet(finals, overwrite=options.overwrite) as outputs:
        source = open_model(options.model)
        plain = plain_of(source, str(options.model))
        chips, tiles = _read_data(options, source.spec)
        _refuse_blank(tiles, options)
        limits = Limits(str(options.model), options.part, options.max_loss, force=options.force)
        data, result = Quantisation(limits, source, plain, chips, tiles).go()
        outputs.target(options.out).temporary.write_bytes(data)
        if options.report is not None:
            write_json(outputs.target(options.report).temporary, result.to_dict())
        outputs.commit()
    return result


def plain_of(source: ModelFile, name: str) -> onnx.ModelProto:
    """Return the plain graph of a model.

    Args:
        source: The float model.
        name: Its file, for messages.

    Raises:
        QuantiseError: It cannot be quantised.
        PredictorError: It is no such model.
    """
    OnnxPredictor(source.onnx, spec=source.spec, threads=1)  # refuses what is no such model
    try:
        return plain_graph(source.onnx, source.spec)
    except QuantiseError as error:
        sentence = f"{name}: {error.sentence}"
        raise error.with_sentence(sentence) from error


def _read_data(
    options: QuantiseOptions, spec: ModelSpec
) -> tuple[list[NDArray[np.float32]], list[Tile]]:
    """Calibration chips from the training part, varied as in training; and tiles to measure on."""
    data = CampDataModule(
        DataOptions(
            chips=options.chips,
            labels=options.labels,
            gsd=spec.gsd,
            bands=spec.bands,
            dtype=spec.dtype,
            classes=spec.classes,
            class_field=options.class_field,
            layer=options.layer,
            chip_gsd=options.chip_gsd,
            places=tuple(replace(place, split=None) for place in options.places),
            split=SplitOptions(file=options.split),
            workers=0,
        )
    )
    for part in ("train", options.part):
        if not data.part(part):
            msg = f"{options.split} has no chips in the part {part}"
            raise SplitError(msg, remedy="name another {part} or split")
    form = replace(data.form, side=_side(CALIBRATION_SIDE, spec))
    varied = RandomSamples(data.groups(), form, augment=data.options.augment, seed=0)
    chips = [varied[i]["image"].numpy() for i in range(options.calibration)]
    return chips, _tiles(data, options.part, replace(form, side=_side(TILE_SIDE, spec)))


def _side(most: int, spec: ModelSpec) -> int:
    """A side of chips that the model can take."""
    return max(spec.multiple, min(most, spec.tile_size) // spec.multiple * spec.multiple)


def _tiles(data: CampDataModule, part: str, form: SampleForm) -> list[Tile]:
    fixed = FixedSamples(data.areas(part), form)
    step = -(-len(fixed) // MOST_TILES)
    samples = (fixed[i] for i in range(0, len(fixed), step))
    return [Tile(s["image"].numpy(), s["target"].numpy() > 0, s["valid"].numpy()) for s in samples]


def _refuse_blank(tiles: Sequence[Tile], options: QuantiseOptions) -> None:
    """Refuse tiles on which any model without a dwelling would be as good as the float one."""
    if not any((t.target & t.valid).any() for t in tiles):
        msg = (
            f"none of the {len(tiles)} tiles of the part {options.part} of {options.split} shows a "
            "labelled dwelling, so no loss can be measured there"
        )
        raise QuantiseError(msg, remedy="name another {part}")


@dataclass(frozen=True)
class Limits:
    """Limits of the loss of a quantised model, and the words for its ground."""

    model: str
    """Name of the float model."""
    part: str
    """Name of the ground of the tiles."""
    max_loss: float = MAX_LOSS
    """IoU that may be lost."""
    force: bool = False
    """True to take the model even if more is lost."""


@dataclass(frozen=True)
class Quantisation:
    """A float model on its way to 8 bits."""

    limits: Limits
    source: ModelFile
    plain: onnx.ModelProto
    """Its graph; see `plain_of`."""
    chips: Sequence[NDArray[np.float32]]
    """Normalised chips that ranges are found with."""
    tiles: Sequence[Tile]
    """Labelled ones that both models are compared on."""

    @property
    def spec(self) -> ModelSpec:
        """Description of the model."""
        return self.source.spec

    def go(self) -> tuple[bytes, Quantised]:
        """The file and its figures.

        Raises:
            QuantiseError: It loses too much.
        """
        before = OnnxPredictor(self.source.onnx, spec=self.spec, threads=1)
        expected = predict(before, self.tiles)
        float_nodes: tuple[str, ...] = ()
        model, fidelity = self._try(float_nodes, expected)
        for _ in range(ROUNDS):
            # Half of what is allowed: other imagery may lose more.
            fine = fidelity.loss <= self.limits.max_loss / 2
            if fine and fidelity.separation_error <= MAX_SEPARATION_ERROR / 2:
                break
            more = self._most_harmful(
                float_nodes, expected, by="separation_error" if fine else "mean"
            )
            if not more:
                break
            float_nodes += more
            model, fidelity = self._try(float_nodes, expected)
        if not self.limits.force:
            self._refuse_harmed(fidelity)
        data = self._describe(model, fidelity, float_nodes)
        after = OnnxPredictor(data, threads=1)
        result = Quantised(
            fidelity=fidelity,
            bytes_float=len(self.source.onnx),
            bytes_int8=len(data),
            speed_ratio=speed_ratio(before, after, self.tiles[0].image),
            tiles=len(self.tiles),
            calibration=len(self.chips),
            part=self.limits.part,
            kept_float=float_nodes,
        )
        return data, result

    def _refuse_harmed(self, fidelity: Fidelity) -> None:
        """Refuse a model that lost more than is allowed."""
        if not fidelity.loss <= self.limits.max_loss:
            msg = (
                f"quantised, {self.limits.model} has an IoU of {fidelity.iou_int8:.4f} in place "
                f"of {fidelity.iou_float:.4f}, a loss of more than {self.limits.max_loss:g}: "
                "nothing written"
            )
            raise QuantiseError(msg, remedy="({max_loss} or {force} allow it)")
        if not fidelity.separation_error <= MAX_SEPARATION_ERROR:
            msg = (
                f"quantised, {self.limits.model} separates touching dwellings by probabilities "
                f"that are off by {fidelity.separation_error:.3f} on average, more than "
                f"{MAX_SEPARATION_ERROR:g}: nothing written"
            )
            raise QuantiseError(msg, remedy="({force} allows it)")

    def _try(
        self, float_nodes: Sequence[str], expected: Sequence[NDArray[np.float32]]
    ) -> tuple[onnx.ModelProto, Fidelity]:
        """Quantise all but what is kept, and compare on as many tiles as there are predictions."""
        model = quantise_graph(self.plain, self.chips, spec=self.spec, keep=float_nodes)
        predictor = OnnxPredictor(model.SerializeToString(), spec=self.spec, threads=1)
        tiles = self.tiles[: len(expected)]
        return model, compare(tiles, expected, predict(predictor, tiles), spec=self.spec)

    def _most_harmful(
        self, float_nodes: tuple[str, ...], expected: Sequence[NDArray[np.float32]], *, by: str
    ) -> tuple[str, ...]:
        """The part that brings probabilities nearest to the float model's by staying float.

        Which ones, ``by`` says: the name of a figure of `Fidelity`. Empty where only one part is
        left.
        """
        parts = [p for p in stretches(self.plain.graph, PARTS) if not set(p) <= set(float_nodes)]
        if len(parts) == 1:
            return ()
        LOG.info("searching for the part of the network that must stay float")
        some = expected[:SEARCH_TILES]
        harm = attrgetter(by)
        return min(parts, key=lambda p: harm(self._try((*float_nodes, *p), some)[1]))

    def _describe(
        self, model: onnx.ModelProto, fidelity: Fidelity, float_nodes: Sequence[str]
    ) -> bytes:
        """Write description and recipe into the model."""
        figures = (
            f"{self.limits.part}: iou {fidelity.iou_float:.4f} as float, {fidelity.iou_int8:.4f} "
            f"as int8; probabilities differ by {fidelity.mean:.4f} on average, by "
            f"{fidelity.largest:.2f} at most"
        )
        parts = [p for p in stretches(self.plain.graph, PARTS) if set(p) <= set(float_nodes)]
        ranges = ", ".join(f"{p[0]} to {p[-1]}" for p in parts)
        exceptions = f"and {len(float_nodes)} nodes: {ranges}" if float_nodes else "alone"
        provenance = {
            **self.spec.provenance,
            "quantised": f"{RECIPE}; ranges from {len(self.chips)} varied chips of the training "
            f"part; ONNX Runtime {ort.__version__}",
            "quantised from": f"sha256 {self.source.sha256}",
            "quantised figures": figures,
            "float nodes": f"the last convolution and what follows it, {exceptions}",
        }
        set_metadata(model, spec_metadata(replace(self.spec, provenance=provenance)))
        data: bytes = model.SerializeToString()
        return data
