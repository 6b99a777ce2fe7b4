"""Export the weights of a checkpoint."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.json_text import parse_json
from camp_detector_core.engine.messages import Message
from camp_detector_core.model_file import open_model
from camp_detector_core.model_file.facts import architecture_of
from camp_detector_core.network.channels import combine_channels, last_convolution
from camp_detector_core.network.start import HEAD, decoder_widths
from camp_detector_core.network.unet import (
    DEFAULT_ENCODER,
    NetworkOptions,
    build_network,
    load_state,
    read_weights,
)
from training.artefacts.calibration import calibrate, temperatures_of
from training.artefacts.exports import NAMES, export_all
from training.artefacts.separation_method import channel_weights, starting_separation
from training.fit.decoding import method_of
from training.fit.description import build_spec
from training.fit.options import EXTRAS
from training.fit.options_file import read_options
from training.fit.record import manifests_of
from training.fit.reference import ReferenceNetwork
from training.fit.start import credits_of_start
from training.output import results

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor, nn

    from camp_detector_core.engine.spec import ModelSpec

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class ExportOptions:
    """Options of an export."""

    checkpoint: Path
    """``.pth`` state dict, or ``.ckpt`` of a training run."""
    spec: Path
    """A model that describes itself, or the ``options.json`` of a run."""
    out: Path
    """Folder of the exports."""
    opset: int = 17
    threshold: float | None = None
    """In place of the one in the description."""
    overwrite: bool = False
    """True where existing exports may be replaced."""


@dataclass(frozen=True)
class Description:
    """A model's spec, and the network that its weights belong to."""

    spec: ModelSpec
    architecture: Literal["unet", "reference"]
    encoder: str
    method: str
    """Method of separation; see `training.artefacts.separation_method.METHODS`."""


def export_checkpoint(options: ExportOptions) -> dict[str, float]:
    """Write all formats of a checkpoint, or none.

    Returns:
        File name to the largest difference of a probability from the network.

    Raises:
        NetworkError: The weights cannot be read, or are not those of the network described.
        ExportError: A file differs from the network.
        OutputError: A file exists, or cannot be written.
        CampDetectorError: The description cannot be read.
    """
    with results(options.out, NAMES, overwrite=options.overwrite) as paths:
        network, spec = load_checkpoint(options.checkpoint, options.spec)
        if options.threshold is not None:
            spec = replace(spec, threshold=options.threshold)
        folder = paths[NAMES[0]].parent
        return export_all(network, folder, spec=spec, opset=options.opset)


def load_checkpoint(checkpoint: Path, description: Path) -> tuple[nn.Module, ModelSpec]:
    """The network of a checkpoint as it is exported, and what it is.

    Args:
        checkpoint: ``.pth`` state dict, or ``.ckpt`` of a training run.
        description: As for `read_description`.

    Returns:
        In evaluation mode: normalised chips to calibrated logits of the spec's channels.

    Raises:
        NetworkError: The weights cannot be read, or are not those of the network described.
        CampDetectorError: The description cannot be read.
    """
    about = read_description(description)
    state, of_trainer = read_weights(checkpoint)
    network = _network(about, state)
    load_state(network, state, origin=checkpoint)
    _finish(network, about, of_trainer=of_trainer)
    return network.eval(), about.spec


def read_description(path: Path) -> Description:
    """Read the spec of a model file, or derive it from the options of a training run.

    The latter do not say the threshold where it was left to the run, nor the settings that
    tell dwellings apart, nor what was measured: thresholds are one half then.

    Raises:
        CampDetectorError: Neither of both.
    """
    if path.suffix.lower() == ".json" and _holds_options(path):
        options = read_options(path)
        if options.model.threshold is None:
            msg = f"{path} does not say the threshold: 0.5 is taken"
            LOG.warning("%s", Message(msg, remedy="({threshold} sets it)").render(COMMAND))
        unet = options.architecture == "unet"
        spec = build_spec(
            options,
            attribution=credits_of_start(options.network) if unet else (),
            manifests=manifests_of(path.parent, options.data),
        )
        if options.separation != "none":
            spec = replace(spec, separation=starting_separation(options.separation, spec.gsd))
        return Description(spec, options.architecture, options.network.encoder, options.separation)
    spec = open_model(path).spec
    kind, encoder = architecture_of(spec)
    if kind == "reference":
        return Description(spec, "reference", "", "none")
    return Description(spec, "unet", encoder or DEFAULT_ENCODER, method_of(spec))


def _holds_options(path: Path) -> bool:
    try:
        raw = parse_json(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False  # whatever it is, its reader says what is wrong
    return isinstance(raw, dict) and "network" in raw


def _network(about: Description, state: Mapping[str, Tensor]) -> nn.Module:
    bands, channels = len(about.spec.bands), about.spec.channels
    if about.architecture == "reference":
        return ReferenceNetwork(bands=bands, classes=channels)
    whole = len(about.spec.classes) + len(EXTRAS)
    head = state.get(HEAD)
    if head is not None and head.shape[0] == whole:
        channels = whole  # a checkpoint holds all channels that were trained
    options = NetworkOptions(about.encoder, bands=bands, classes=channels, start="random")
    widths = decoder_widths(state)
    if widths is not None:
        options = replace(options, decoder_channels=widths)
    return build_network(options).network


def _finish(network: nn.Module, about: Description, *, of_trainer: bool) -> None:
    """Do to the weights of a trainer's checkpoint what was done to the exported ones."""
    if about.architecture == "reference":
        return
    if of_trainer:
        calibrate(network, temperatures_of(about.spec))
    if last_convolution(network).out_channels > about.spec.channels:
        combine_channels(network, channel_weights(about.method, len(about.spec.classes)))
