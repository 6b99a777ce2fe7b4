"""Training runs of a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.network.unet import NetworkOptions
from training.fit.options import EXTRAS, DataOptions, ModelOptions, OptimOptions, TrainOptions

if TYPE_CHECKING:
    from pathlib import Path


def run_options(data: DataOptions, out: Path, **changes: Any) -> TrainOptions:
    """A run of one epoch of a slim U-Net; what is given changes it."""
    values: dict[str, Any] = {
        "network": NetworkOptions(
            classes=1 if changes.get("architecture") == "reference" else 1 + len(EXTRAS),
            decoder_channels=(16, 8, 8, 4, 4),
            start="random",
        ),
        "separation": "none" if changes.get("architecture") == "reference" else "border",
        "optim": OptimOptions(epochs=2 if changes.get("fast_dev_run") else 1, lr=3e-4),
        "model": ModelOptions(tile_size=64, overlap=16),
        **changes,
    }
    return TrainOptions(data=data, out=out, **values)
