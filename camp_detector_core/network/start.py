"""The weights of a model of ours, from any of its files, for a training that goes on from them.

An ONNX file has its batch normalisation folded into the convolutions before it. Put into a network
that normalises, that is the identity: a gain of 1, a mean of 0, a variance of 1, and the bias of
the convolution as shift. The network gives the probabilities of the file, but knows no statistics
of feature maps: they must stay as they are while it is trained.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.engine.predictors.ort import OnnxPredictor
from camp_detector_core.model_file import ORIGINALS, open_model
from camp_detector_core.model_file.facts import MODEL_START, architecture_of
from camp_detector_core.model_file.hrefs import HrefError, file_of_href
from camp_detector_core.model_file.item import assets_of
from camp_detector_core.model_file.untrusted import checksum_of
from camp_detector_core.network.onnx_weights import Convolution, QuantisedError, convolutions_of
from camp_detector_core.network.trial_chips import random_chips
from camp_detector_core.network.unet import (
    DEFAULT_ENCODER,
    NetworkError,
    NetworkOptions,
    build_network,
    load_state,
    read_weights,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from torch import Tensor, nn

    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.model_file import ModelFile

WEIGHTS = (".pth", ".ckpt")
"""Endings of files of tensors; every other file is opened as a model."""
TOLERANCE = 1e-4
"""Largest difference of a probability between an ONNX file and the network made of it."""
HEAD = "segmentation_head.0.weight"
"""Tensor of a state dict whose first axis is that of the output channels."""
_STAGES = 5
_BLOCK = "decoder.blocks.{}.conv1.0.weight"
_RAW = "pytorch-state-dict-raw"
"""Key of the state dict in the items of our trainings."""
_MODEL, _META = "best_model.onnx", "meta"


@dataclass(frozen=True)
class StartModel:
    """A network with the weights of a model of ours."""

    network: nn.Module
    """Gives logits of the channels of the file; on the CPU, in training mode."""
    options: NetworkOptions
    """Architecture of the network."""
    spec: ModelSpec | None
    """Description of the model; None for a file of tensors without a model beside it."""
    path: Path
    """File that the weights were read from."""
    sha256: str
    """Checksum of that file, 64 hexadecimal digits."""
    has_statistics: bool
    """False where batch normalisation was folded away: its statistics must be frozen."""
    has_all_channels: bool = False
    """True for the checkpoint of a training: all channels that were trained, not calibrated."""

    @property
    def words(self) -> str:
        """The weights in words, for the description of what is made from them."""
        name = self.path.name if self.spec is None else self.spec.id
        return f"{MODEL_START}{name} (sha256 {self.sha256})"


def read_start(path: Path, *, encoder: str | None = None) -> StartModel:
    """Read the weights of a model.

    Args:
        path: Float32 ``.onnx``, ``.dlpk`` with such a network, STAC item whose assets hold one or
            a state dict, ``.pth``, or ``.ckpt`` of a training run. Of a quantised model the float32
            one is taken that lies beside it, or in the folder ``float32`` there, and has the
            checksum that its description names.
        encoder: Name of the encoder, where the file does not say it; by default ours.

    Raises:
        NetworkError: The file has weights of 8 bits, those of another architecture, or gives other
            probabilities than the network made of it.
        CampDetectorError: It cannot be read.
    """
    if path.suffix.lower() in WEIGHTS:
        return _of_tensors(path, _spec_beside(path), encoder)
    model = open_model(path)
    try:
        return _of_onnx(model, path, encoder)
    except QuantisedError:
        raw = _state_dict_of(model, path)
        if raw is not None:
            return _of_tensors(raw, model.spec, encoder)
        original = _float_of(model, path)
        if original is None:
            raise
        return _of_onnx(open_model(original), original, encoder)


def encoder_of(spec: ModelSpec | None) -> str | None:
    """Name of the encoder that a description tells; None where it tells none.

    Raises:
        NetworkError: The model is no U-Net.
    """
    if spec is None:
        return None
    kind, encoder = architecture_of(spec)
    if kind not in {"", "unet"}:
        msg = f"{spec.id} is a network of another kind ({kind}): "
        raise NetworkError(msg + "only a U-Net can be gone on from")
    return encoder or None


def _of_tensors(path: Path, spec: ModelSpec | None, encoder: str | None) -> StartModel:
    state, of_trainer = read_weights(path)
    options = _options_of_state(state, encoder_of(spec) or encoder or DEFAULT_ENCODER, path)
    network = build_network(options).network
    load_state(network, state, origin=path)
    sha256, _ = checksum_of(path)
    return StartModel(
        network.train(),
        options,
        spec,
        path,
        sha256,
        has_statistics=True,
        has_all_channels=of_trainer,
    )


def _options_of_state(state: Mapping[str, Tensor], encoder: str, path: Path) -> NetworkOptions:
    widths = decoder_widths(state)
    first = next((v for k, v in state.items() if k.startswith("encoder.") and v.ndim == 4), None)  # noqa: PLR2004
    if HEAD not in state or first is None or widths is None:
        msg = f"{path} holds the weights of another network: only a U-Net can be gone on from"
        raise NetworkError(msg)
    bands, channels = int(first.shape[1]), int(state[HEAD].shape[0])
    return NetworkOptions(encoder, bands, channels, widths, start="random")


def decoder_widths(state: Mapping[str, Tensor]) -> tuple[int, ...] | None:
    """Channels of the decoder of a U-Net, by its weights; None where they are those of another."""
    keys = [_BLOCK.format(i) for i in range(_STAGES)]
    is_unet = all(key in state for key in keys)
    return tuple(int(state[key].shape[0]) for key in keys) if is_unet else None


def _of_onnx(model: ModelFile, path: Path, encoder: str | None) -> StartModel:
    convolutions = convolutions_of(model.onnx, model.origin)
    spec = model.spec
    options = NetworkOptions(
        encoder_of(spec) or encoder or DEFAULT_ENCODER,
        bands=len(spec.bands),
        classes=spec.channels,
        decoder_channels=_widths(convolutions, model.origin),
        start="random",
    )
    network = build_network(options).network.eval()
    _put(network, convolutions, options, model.origin)
    _check(network, model)
    network.train()
    return StartModel(network, options, spec, path, model.sha256, has_statistics=False)


def _widths(convolutions: Sequence[Convolution], origin: str) -> tuple[int, ...]:
    """Channels of the decoder: of every second one of the convolutions before the last."""
    if len(convolutions) <= 2 * _STAGES:
        msg = f"{origin} has {len(convolutions)} convolutions: it is no U-Net of ours"
        raise NetworkError(msg)
    return tuple(len(c.weight) for c in convolutions[-2 * _STAGES - 1 : -1 : 2])


def _put(
    network: nn.Module, convolutions: Sequence[Convolution], options: NetworkOptions, origin: str
) -> None:
    """Give each convolution its weights, and the normalisation after it nothing to do.

    Raises:
        NetworkError: There are others, or of other sizes.
    """
    import torch

    layers = _layers(network, options.bands)
    fits = len(layers) == len(convolutions) and all(
        tuple(layer.weight.shape) == values.weight.shape
        for (layer, _), values in zip(layers, convolutions)  # noqa: B905 - of equal length here
    )
    if not fits:
        msg = (
            f"{origin} is of another architecture than a U-Net with the encoder {options.encoder} "
            f"({len(convolutions)} convolutions in place of {len(layers)}, or of other sizes)"
        )
        raise NetworkError(msg, remedy="name its encoder with {encoder}, or give another model")
    with torch.no_grad():
        for (layer, norm), values in zip(layers, convolutions, strict=True):
            weight, bias = (torch.from_numpy(a.copy()) for a in values)
            layer.weight.copy_(weight)
            if norm is not None and norm.running_mean is not None and norm.running_var is not None:
                norm.weight.fill_(1)
                norm.bias.copy_(bias if layer.bias is None else torch.zeros_like(bias))
                norm.running_mean.zero_()
                norm.running_var.fill_(1 - norm.eps)
            if layer.bias is not None:
                layer.bias.copy_(bias)


def _layers(network: nn.Module, bands: int) -> list[tuple[nn.Conv2d, nn.BatchNorm2d | None]]:
    """The convolutions in the order in which they are computed, with the normalisation of each."""
    import torch

    order: list[nn.Module] = []
    kinds = (torch.nn.Conv2d, torch.nn.BatchNorm2d)
    hooks = [
        module.register_forward_hook(lambda layer, *_: order.append(layer))
        for module in network.modules()
        if isinstance(module, kinds)
    ]
    with torch.no_grad():
        network(torch.zeros(1, bands, 64, 64))
    for hook in hooks:
        hook.remove()
    following = [*order[1:], None]
    return [
        (layer, after if isinstance(after, torch.nn.BatchNorm2d) else None)
        for layer, after in zip(order, following, strict=True)
        if isinstance(layer, torch.nn.Conv2d)
    ]


def _check(network: nn.Module, model: ModelFile) -> None:
    """Hold the probabilities of the network against those of its file.

    Raises:
        NetworkError: They differ by more than `TOLERANCE`.
    """
    import torch

    predictor = OnnxPredictor(model.onnx, spec=model.spec)
    for chips in random_chips(model.spec):
        with torch.no_grad():
            ours = torch.sigmoid(network(torch.from_numpy(chips))).numpy()
        difference = float(np.abs(ours - predictor.predict(chips)).max())
        if not difference <= TOLERANCE:  # catches NaN too
            msg = (
                f"{model.origin} gives other probabilities than a U-Net with its weights (by "
                f"{difference:.1e}): it is none of ours, or was changed after its export"
            )
            raise NetworkError(msg)


def _spec_beside(path: Path) -> ModelSpec | None:
    """Description of the exported model in the folder of a training's tensors, if there is one."""
    folders = (path.parent, path.parent.parent / _META)
    models = [folder / _MODEL for folder in folders if (folder / _MODEL).is_file()]
    return open_model(models[0]).spec if models else None


def _state_dict_of(model: ModelFile, path: Path) -> Path | None:
    """The state dict that the item of a model leads to, in its folder or below.

    Raises:
        NetworkError: The file is not the one that the item describes.
    """
    asset = assets_of(model.item).get(_RAW)
    if asset is None:
        return None
    try:
        local = file_of_href(asset.get("href"), path)
    except HrefError:
        return None
    if not local.is_file():
        return None
    checksum = str(asset.get("file:checksum") or "")
    if checksum and not checksum.endswith(checksum_of(local)[0]):
        msg = f"{local} is not the file that {path} describes: its checksum differs"
        raise NetworkError(msg)
    return local


def _float_of(model: ModelFile, path: Path) -> Path | None:
    """The float32 model that a quantised one was made from, beside it or in the folder beside."""
    stated = model.spec.provenance.get("quantised from", "").removeprefix("sha256 ")
    folder = path.parent / ORIGINALS
    if not stated:
        return None
    files = [*sorted(folder.glob("*.onnx")), *sorted(path.parent.glob("*.onnx"))]
    return next((p for p in files if checksum_of(p)[0] == stated), None)
