"""Networks on the ground of an adaptation: their scores, and their exports."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from camp_detector_core.engine.tiling.detect import detect
from camp_detector_core.engine.tiling.host_tiles import ArraySource
from camp_detector_core.network.channels import combine_channels
from training.artefacts.separation_method import channel_weights
from training.evaluation.predict import NetworkPredictor, Sheet
from training.fit.decoding import method_of
from training.fit.options import EXTRAS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import nn

    from camp_detector_core.engine.spec import ModelSpec
    from training.adapt.ground import Ground


def extras_of(spec: ModelSpec) -> tuple[int, ...]:
    """Numbers of those of `training.fit.options.EXTRAS` that a model makes use of."""
    names = {"none": (), "both": EXTRAS}.get(method_of(spec), (method_of(spec),))
    return tuple(EXTRAS.index(name) for name in names)


def exported(network: nn.Module, spec: ModelSpec) -> nn.Module:
    """Copy a network with the output channels of a model.

    Args:
        network: Gives logits of the classes, then of the channels of `extras_of`.
        spec: The model.
    """
    out = copy.deepcopy(network).eval()
    if method_of(spec) == "both":
        combine_channels(out, channel_weights(method_of(spec), len(spec.classes)))
    return out


def scores_on(network: nn.Module, ground: Ground, spec: ModelSpec) -> NDArray[np.uint8]:
    """(spec.channels, height, width) scores of all the ground, 255 where there is no image.

    Args:
        network: As for `exported`.
        ground: The reviewed ground with what is around it.
        spec: The model.
    """
    predictor = NetworkPredictor(exported(network, spec))
    source = ArraySource(ground.grid, ground.pixels, ground.valid)
    sheet = Sheet(spec.channels, ground.grid.shape)
    detect(source, predictor, spec, [sheet])
    return sheet.scores
