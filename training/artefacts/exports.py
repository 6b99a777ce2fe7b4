"""Every file that a trained network is exported to."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.errors import SpecError
from camp_detector_core.network.export import (
    OnnxOptions,
    export_onnx,
    export_state,
    export_torchscript,
)
from training.artefacts.esri_files import TORCHSCRIPT
from training.artefacts.run_item import MODEL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import nn

    from camp_detector_core.engine.spec import ModelSpec

LOG = logging.getLogger(__name__)

NAMES = ("best_model.pth", TORCHSCRIPT, MODEL, "best_model_deepness.onnx")
"""State dict, TorchScript, ONNX, and ONNX for the Deepness plugin of QGIS."""


def export_all(
    network: nn.Module,
    folder: Path,
    *,
    spec: ModelSpec,
    chips: Sequence[NDArray[Any]] = (),
    opset: int = 17,
) -> dict[str, float]:
    """Write every format.

    Args:
        network: Gives logits; it is moved to the CPU.
        folder: Gets ``best_model`` with the endings ``.pth``, ``.pt`` and ``.onnx``, and
            ``best_model_deepness.onnx`` where Deepness can run the model.
        spec: What the model is.
        chips: Real normalised chips (n, bands, height, width) to compare with.
        opset: Of the ONNX files.

    Returns:
        File name to the largest difference of a probability from the network.

    Raises:
        ExportError: A file differs from the network, or cannot be written.
    """
    pth, pt, onnx, deepness = NAMES
    export_state(network, folder / pth)
    differences = {
        pt: export_torchscript(network, folder / pt, spec=spec, chips=chips),
        onnx: export_onnx(
            network,
            folder / onnx,
            spec=spec,
            options=OnnxOptions(opset),
            chips=chips,
        ),
    }
    try:
        differences[deepness] = export_onnx(
            network,
            folder / deepness,
            spec=spec,
            options=OnnxOptions(opset, deepness=True),
            chips=chips[:1],
        )
    except SpecError as error:
        LOG.warning("No file for Deepness: %s.", error.render(COMMAND))
    return differences
