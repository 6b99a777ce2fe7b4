"""`TrainedModel`: a network with the weights that fitting left, on its way to a model."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from camp_detector_core.network.channels import combine_channels
from training.artefacts.separation_method import channel_weights
from training.fit.decoding import METHOD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import nn

    from camp_detector_core.engine.separation import Separation
    from camp_detector_core.engine.spec import ModelSpec
    from training.fit.options import Separating


@dataclass(frozen=True)
class TrainedModel:
    """A network and its description; each step of `training.artefacts.finish` gives a new one."""

    network: nn.Module
    """Gives logits of the classes and, unless ``method`` is none, of
    `training.fit.options.EXTRAS`; on the CPU."""
    spec: ModelSpec
    """Description so far: the separation and the figures come in the end."""
    method: Separating
    """Method of separation that is exported."""
    has_threshold: bool = False
    """True where the threshold of the spec is the user's, False where validation chooses it."""
    separation: Separation | None = None
    """Settings of its separation where they are the user's; None: validation chooses them."""
    is_plain: bool = False
    """True for the reference network, which is a yardstick and stays as it is."""
    opset: int = 17
    """Opset of the ONNX files."""

    def described(self, **changes: Any) -> TrainedModel:  # noqa: ANN401 - fields of the spec
        """Return the model with other fields of its description."""
        return replace(self, spec=replace(self.spec, **changes))

    def with_provenance(self, figures: Mapping[str, str]) -> TrainedModel:
        """Return the model with figures and its method in its description."""
        method = {METHOD: self.method} if self.method != "none" else {}
        provenance = {**self.spec.provenance, **method, **figures}
        return self.described(provenance=provenance)

    def channels(self, method: str) -> nn.Module:
        """Copy the network with the output channels of a method; see `channel_weights`."""
        if self.method == "none":
            return self.network
        network = copy.deepcopy(self.network)
        combine_channels(network, channel_weights(method, len(self.spec.classes)))
        return network
