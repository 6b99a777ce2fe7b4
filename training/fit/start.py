"""The network of a run that goes on from a model of ours."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from camp_detector_core.network.channels import combine_channels, last_convolution
from camp_detector_core.network.start import read_start
from camp_detector_core.network.unet import BuiltNetwork, NetworkError, credits_of
from training.fit.decoding import method_of
from training.fit.options import EXTRAS

if TYPE_CHECKING:
    from pathlib import Path

    from camp_detector_core.network.start import StartModel
    from camp_detector_core.network.unet import NetworkOptions
    from training.fit.options import DataOptions, Separating, TrainOptions

LOG = logging.getLogger(__name__)

_UNTRAINED = -2.0
"""Logit that a channel begins with which the start does not have: rarely so."""


def started_network(options: TrainOptions, path: Path) -> BuiltNetwork:
    """Make the network of a run with the weights of a model.

    Args:
        options: Of the run.
        path: The model.

    Raises:
        NetworkError: The model is of another architecture, or for other bands or classes.
        CampDetectorError: It cannot be read.
    """
    start = read_start(path, encoder=options.network.encoder)
    _refuse_other_network(start, options.network)
    _refuse_other_data(start, options.data)
    train_channels(start, len(options.data.classes), options.separation)
    if start.spec is not None and start.spec.gsd != options.data.gsd:
        LOG.warning(
            "%s was trained on pixels of %g m, and the run is on pixels of %g m.",
            path,
            start.spec.gsd,
            options.data.gsd,
        )
    return BuiltNetwork(
        start.network,
        start.words,
        _credits(start, options.network),
        has_statistics=start.has_statistics,
    )


def credits_of_start(options: NetworkOptions) -> tuple[str, ...]:
    """Return the notices that the weights ask for which a run starts from.

    Raises:
        CampDetectorError: They are those of a model that cannot be read.
    """
    if options.model is None:
        return credits_of(options)
    return _credits(read_start(options.model, encoder=options.encoder), options)


def train_channels(start: StartModel, classes: int, separation: Separating) -> None:
    """Give a network the output channels of a training: of classes, and of `EXTRAS`; in place.

    Channels that the start has stay as they are; the mean of both of `EXTRAS`, which is one
    channel of such a model, is what they give together. Others begin as background.

    Args:
        start: The model.
        classes: Number of classes, which are the first channels of both.
        separation: Method of the training; with ``none`` there are no channels of `EXTRAS`.

    Raises:
        NetworkError: The start has channels that no training gives.
    """
    present = start.options.classes
    rows: list[dict[int, float]] = [{i: 1.0} for i in range(classes)]
    if separation != "none":
        border, core = _extras(start, classes, separation)
        rows += [border, core]
    if present not in {classes, classes + 1, classes + len(EXTRAS)}:
        msg = f"{start.path} gives {present} channels, and the run has {classes} classes"
        raise NetworkError(msg)
    combine_channels(start.network, rows)
    head = last_convolution(start.network)
    new = [i for i, row in enumerate(rows) if not row]
    if new and head.bias is not None:
        with torch.no_grad():
            head.bias[new] = _UNTRAINED


def _extras(
    start: StartModel, classes: int, separation: Separating
) -> tuple[dict[int, float], dict[int, float]]:
    """Weights of the start's channels for the border and for the core; empty for none."""
    present = start.options.classes
    if present == classes + len(EXTRAS):
        border, core = (classes + EXTRAS.index(name) for name in ("border", "core"))
        return {border: 1.0}, {core: 1.0}
    if present == classes:
        return {}, {}
    spec, method = start.spec, str(separation)
    if spec is not None and spec.separation is not None:
        method = method_of(spec)
    return {
        "border": ({classes: 1.0}, {}),
        "both": ({classes: -1.0}, {classes: 1.0}),
    }.get(method, ({}, {classes: 1.0}))


def _refuse_other_network(start: StartModel, options: NetworkOptions) -> None:
    """Refuse a start of another architecture than the run's."""
    own = start.options
    for name, text in (("encoder", "encoder"), ("decoder_channels", "decoder"), ("bands", "bands")):
        has, needs = getattr(own, name), getattr(options, name)
        if has != needs:
            words = (" ".join(map(str, v)) if isinstance(v, tuple) else v for v in (has, needs))
            msg = "{} is of another architecture: its {} is {}, and the run's {}"
            raise NetworkError(
                msg.format(start.path, text, *words), remedy="leave out {encoder} and {decoder}"
            )


def _refuse_other_data(start: StartModel, data: DataOptions) -> None:
    """Refuse a start whose input or classes mean something else."""
    spec = start.spec
    if spec is None:
        return
    if (spec.bands, spec.dtype) != (data.bands, data.dtype):
        names = ", ".join(band.name for band in spec.bands)
        msg = f"{start.path} takes {names} as {spec.dtype}, scaled in its own way, and the run not"
        raise NetworkError(msg, remedy="give the same {bands}, {dtype} and {white}")
    own, others = ([(c.value, c.name) for c in cs] for cs in (spec.classes, data.classes))
    if own != others:
        names = ", ".join(name for _, name in own)
        msg = f"{start.path} finds {names}, and the run is to find other classes"
        raise NetworkError(msg, remedy="give the same {classes}, or start from imagenet")


def _credits(start: StartModel, options: NetworkOptions) -> tuple[str, ...]:
    """Credits of the model, or of its encoder where nothing says more."""
    if start.spec is not None:
        return start.spec.attribution
    msg = (
        "%s does not say whom to credit: name those whose data it was trained on with the option "
        "of this run"
    )
    LOG.warning(msg, start.path)
    return credits_of(replace(options, start="imagenet"))
