"""TorchScript models run with torch: the only file of the engine that names it.

For hosts that have torch and no ONNX Runtime, or no ONNX Runtime that can use their GPU. As with
`ort.py`, importing this module loads the library. A TorchScript file holds a graph and tensors,
and no code that Python runs.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..errors import PredictorError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..spec import ModelSpec

_GPU_BATCH = 8


def count_gpus() -> int:
    """Count the GPUs that torch can use."""
    return int(torch.cuda.device_count()) if torch.cuda.is_available() else 0


class TorchPredictor:
    """TorchScript model as a `Predictor`; torch uses several processors for one chip."""

    workers = 1
    fixed_size = None

    def __init__(self, model: bytes, *, spec: ModelSpec, device: str = "cpu") -> None:
        """Load a model.

        Args:
            model: The bytes of the TorchScript file.
            spec: Its description.
            device: ``cpu`` or ``cuda:0`` and so on.

        Raises:
            PredictorError: The bytes are not a model that this torch can load.
        """
        self.provider = f"torch {device}"
        self.batch_size = 1 if device == "cpu" else _GPU_BATCH
        self._device = torch.device(device)
        self._channels = spec.channels
        # Since torch 1.9; the one of ArcGIS Pro 3.1 is 1.8.
        self._quiet = getattr(torch, "inference_mode", torch.no_grad)
        try:
            self._model = torch.jit.load(  # type: ignore[no-untyped-call]
                io.BytesIO(model), map_location=self._device
            )
            self._model.eval()
        except Exception as error:
            msg = (
                f"the TorchScript model cannot be loaded by torch {torch.__version__}: "
                f"{' '.join(str(error).split())[:300]}"
            )
            raise PredictorError(msg) from error
        # Called as it is, the model gives its classes alone.
        self._run = getattr(self._model, "channels", self._model)

    def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Compute probabilities of normalised chips; see `Predictor.predict`.

        Raises:
            PredictorError: torch fails, or the result is not what the spec promises.
        """
        try:
            with self._quiet():
                chips = torch.from_numpy(np.ascontiguousarray(batch)).to(self._device)
                probabilities = self._run(chips).float().cpu().numpy()
        except Exception as error:
            message = " ".join(str(error).split())
            if "out of memory" not in message:
                message = message[-300:]  # where torch puts what is wrong
            msg = f"the model cannot be run on chips of {batch.shape}: {message}"
            raise PredictorError(msg) from error
        expected = (batch.shape[0], self._channels, *batch.shape[2:])
        if probabilities.shape != expected:
            msg = f"the model gave {probabilities.shape} where {expected} is expected"
            raise PredictorError(msg)
        if not np.isfinite(probabilities).all():
            msg = "the model gave values that are not numbers (NaN or infinite)"
            raise PredictorError(msg)
        result: NDArray[np.float32] = np.asarray(probabilities, np.float32)
        return result
