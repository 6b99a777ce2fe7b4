"""ONNX models run with ONNX Runtime: the only file of the engine that names it.

Importing this module loads ONNX Runtime, so a host imports it when it wants to run a model, and
can explain first that the package is missing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Mapping, Optional, Sequence, Union

import numpy as np
import onnxruntime

from ..errors import PredictorError, SpecError
from ..separation import OUTPUT as SEPARATION
from ..spec import METADATA_KEY, ModelSpec
from ..wording import shown
from .ends import check_ends
from .onnx_file import require_whole
from .ort_errors import load_failure, run_failure

if TYPE_CHECKING:
    from numpy.typing import NDArray

CPU = "CPUExecutionProvider"
Provider = Union[str, "tuple[str, Mapping[str, Any]]"]
"""Name of an execution provider, or its name and options such as ``{"device_id": 1}``."""
_MAX_WORKERS = 4
_GPU_BATCH = 8
_TOLERANCE = 1e-3
"""Largest excess of a probability over 0 to 1 by rounding (half precision on some devices)."""


def available_threads() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def available_providers() -> tuple[str, ...]:
    """List the execution providers of the installed ONNX Runtime, with or without drivers."""
    return tuple(onnxruntime.get_available_providers())


class OnnxPredictor:
    """ONNX model as a `Predictor`; `predict` may be called from several threads.

    On a CPU several single-threaded runs side by side give more pixels a second than one run on
    many threads, so ``threads`` is divided into up to four workers.
    """

    def __init__(
        self,
        model: bytes,
        *,
        spec: Optional[ModelSpec] = None,
        threads: Optional[int] = None,
        providers: Sequence[Provider] = (CPU,),
        origin: str = "the model",
    ) -> None:
        """Load a model and check it against its description.

        Args:
            model: The bytes of the ONNX file.
            spec: The description, where the file does not carry one.
            threads: Processors to use; default: all that this process may use. More than twice
                as many only cost memory and time, so they are not started.
            providers: ONNX Runtime execution providers in order of preference; the CPU is the
                last resort in any case.
            origin: The file's name, for messages.

        Raises:
            PredictorError: The bytes are not a model that ONNX Runtime can load, or its weights
                lie outside of its file.
            SpecError: No description, or one that does not fit the model.
        """
        max_workers = max(_MAX_WORKERS, 2 * available_threads())
        threads = min(threads or available_threads(), max_workers)
        on_cpu = [_name_of(p) for p in providers[:1]] in ([], [CPU])
        self.workers = min(threads, _MAX_WORKERS) if on_cpu else 1
        self._origin = origin
        self._session = _load(model, max(1, threads // self.workers), providers, origin)
        self.provider: str = self._session.get_providers()[0]
        self.metadata: dict[str, str] = dict(self._session.get_modelmeta().custom_metadata_map)
        self.spec = spec or _spec_in(self.metadata, origin)
        self.fixed_size = check_ends(
            self._session.get_inputs(), self._session.get_outputs(), self.spec, origin=origin
        )
        free_batch = not isinstance(self._session.get_inputs()[0].shape[0], int)
        self.batch_size = _GPU_BATCH if free_batch and not on_cpu else 1
        self._input: str = self._session.get_inputs()[0].name
        self._outputs = {self._session.get_outputs()[0].name: len(self.spec.classes)}
        if self.spec.separation is not None:
            self._outputs[SEPARATION] = 1

    def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Compute probabilities of normalised chips; see `Predictor.predict`.

        Raises:
            PredictorError: ONNX Runtime fails, or the result is not what the spec promises.
        """
        try:
            outputs = self._session.run(list(self._outputs), {self._input: batch})
        except Exception as error:  # its exceptions share no other base
            raise run_failure(error, self._origin, batch.shape) from error
        for output, (name, channels) in zip(outputs, self._outputs.items()):
            expected = (batch.shape[0], channels, *batch.shape[2:])
            if output.shape != expected:
                msg = (
                    f"{self._origin} gave {shown(name)} as {output.shape} where {expected} is "
                    "expected: only networks that answer for each pixel of their input can be used"
                )
                raise PredictorError(msg)
        probabilities = outputs[0] if len(outputs) == 1 else np.concatenate(outputs, axis=1)
        low, high = float(probabilities.min()), float(probabilities.max())
        if not (np.isfinite(low) and np.isfinite(high)):
            msg = (
                f"{self._origin} gave values that are not numbers (NaN or infinite): its weights "
                "are damaged, or its bands are scaled otherwise than it was trained for; download "
                "or export it again"
            )
            raise PredictorError(msg)
        if low < -_TOLERANCE or high > 1 + _TOLERANCE:
            msg = (
                f"{self._origin} gave values from {low:.4g} to {high:.4g} where probabilities "
                "(0 to 1) are expected: export it with a sigmoid at its end, or let camp-detector "
                "describe add one"
            )
            raise PredictorError(msg)
        result: NDArray[np.float32] = np.asarray(probabilities, np.float32)
        return result


class Network:
    """Network without a description, with its inputs, outputs and raw answers."""

    def __init__(self, model: bytes, *, origin: str = "the model") -> None:
        """Load the network for the processor.

        Args:
            model: The bytes of the ONNX file.
            origin: The file's name, for messages.

        Raises:
            PredictorError: ONNX Runtime cannot load it, or its weights lie outside of its file.
        """
        self._origin = origin
        self._session = _load(model, available_threads(), (), origin)
        self.inputs: Sequence[Any] = self._session.get_inputs()
        """Inputs with ``name``, ``type`` and ``shape``."""
        self.outputs: Sequence[Any] = self._session.get_outputs()

    def run(self, batch: NDArray[np.float32], output: str) -> NDArray[np.float32]:
        """Run a batch of chips and return one output, as the network gives it.

        Raises:
            PredictorError: It cannot be run.
        """
        try:
            (output_values,) = self._session.run([output], {self.inputs[0].name: batch})
        except Exception as error:  # its exceptions share no other base
            raise run_failure(error, self._origin, batch.shape) from error
        return np.asarray(output_values, np.float32)


def _load(
    model: bytes, intra_threads: int, providers: Sequence[Provider], origin: str
) -> onnxruntime.InferenceSession:
    if not model:
        msg = f"{origin} is empty (0 bytes): download or export it again"
        raise PredictorError(msg)
    require_whole(model, origin)
    present = onnxruntime.get_available_providers()
    requested = [p for p in providers if _name_of(p) in present and _name_of(p) != CPU]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = intra_threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # A file of its own format would pass by what is checked above.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    try:
        return _session(model, options, requested)
    except Exception as error:  # its exceptions share no other base
        raise load_failure(error, origin, onnxruntime.__version__) from error


def _session(
    model: bytes, options: onnxruntime.SessionOptions, requested: Sequence[Provider]
) -> onnxruntime.InferenceSession:
    """Open a session; on the processor if the requested providers fail.

    ONNX Runtime would fall back by itself, and print a banner on standard output.
    """
    try:
        return onnxruntime.InferenceSession(
            model, options, providers=[*requested, CPU], enable_fallback=0
        )
    except (RuntimeError, ValueError):
        if not requested:
            raise
    return onnxruntime.InferenceSession(model, options, providers=[CPU], enable_fallback=0)


def _name_of(provider: Provider) -> str:
    return provider if isinstance(provider, str) else provider[0]


def _spec_in(metadata: dict[str, str], origin: str) -> ModelSpec:
    text = metadata.get(METADATA_KEY)
    if text is None:
        msg = (
            f"{origin} carries no description under {METADATA_KEY!r}, so its bands, scaling and "
            "resolution are unknown: describe it with camp-detector describe"
        )
        raise SpecError(msg)
    return ModelSpec.from_json(text)
