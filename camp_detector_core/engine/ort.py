"""Run an ONNX model with ONNX Runtime: the only file of the engine that names it.

Importing this module loads ONNX Runtime, so a host imports it when it wants to run a model, and
can explain first that the package is missing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Mapping, Optional, Sequence, Union

import numpy as np
import onnxruntime

from .errors import PredictorError, SpecError
from .separation import OUTPUT as SEPARATION
from .spec import METADATA_KEY, ModelSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

CPU = "CPUExecutionProvider"
Provider = Union[str, "tuple[str, Mapping[str, Any]]"]
"""Name of an execution provider, or its name and options such as ``{"device_id": 1}``."""
_MAX_WORKERS = 4
_GPU_BATCH = 8
_TOLERANCE = 1e-3
"""How far rounding (half precision on some devices) may carry a probability out of 0 to 1."""


def available_threads() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def available_providers() -> tuple[str, ...]:
    """Execution providers of the installed ONNX Runtime, whether or not a driver is there."""
    return tuple(onnxruntime.get_available_providers())


class OnnxPredictor:
    """A model as a `Predictor`; `predict` may be called from several threads.

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
    ) -> None:
        """Load a model and hold it against its description.

        Args:
            model: The bytes of the ONNX file. Weights outside the file are not read.
            spec: The description, where the file does not carry one.
            threads: Processors to use; default: all that this process may use. More than twice
                as many only cost memory and time, so they are not started.
            providers: ONNX Runtime execution providers in order of preference; the CPU is the
                last resort in any case.

        Raises:
            PredictorError: The bytes are not a model that ONNX Runtime can load.
            SpecError: No description, or one that does not fit the model.
        """
        most = max(_MAX_WORKERS, 2 * available_threads())
        threads = min(threads or available_threads(), most)
        on_cpu = [_name_of(p) for p in providers[:1]] in ([], [CPU])
        self.workers = min(threads, _MAX_WORKERS) if on_cpu else 1
        self._session = _load(model, max(1, threads // self.workers), providers)
        self.provider: str = self._session.get_providers()[0]
        self.metadata: dict[str, str] = dict(self._session.get_modelmeta().custom_metadata_map)
        self.spec = spec or _spec_in(self.metadata)
        self.fixed_size = _check_graph(self._session, self.spec)
        free_batch = not isinstance(self._session.get_inputs()[0].shape[0], int)
        self.batch_size = _GPU_BATCH if free_batch and not on_cpu else 1
        self._input: str = self._session.get_inputs()[0].name
        self._outputs = {self._session.get_outputs()[0].name: len(self.spec.classes)}
        if self.spec.separation is not None:
            self._outputs[SEPARATION] = 1

    def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities of normalised chips.

        Args:
            batch: (n, bands, height, width) float32.

        Returns:
            (n, spec.channels, height, width) float32 in [0, 1]: the classes, then, where the spec
            has a separation, its channel.

        Raises:
            PredictorError: ONNX Runtime fails, or the result is not what the spec promises.
        """
        try:
            found = self._session.run(list(self._outputs), {self._input: batch})
        except Exception as error:  # its exceptions share no other base
            msg = f"the model cannot be run on chips of {batch.shape}: {_one_line(error)}"
            raise PredictorError(msg) from error
        for given, (name, channels) in zip(found, self._outputs.items()):
            wanted = (batch.shape[0], channels, *batch.shape[2:])
            if given.shape != wanted:
                msg = f"the model gave {name} as {given.shape} where {wanted} is expected"
                raise PredictorError(msg)
        out = found[0] if len(found) == 1 else np.concatenate(found, axis=1)
        low, high = float(out.min()), float(out.max())
        if not (np.isfinite(low) and np.isfinite(high)):
            msg = "the model gave values that are not numbers (NaN or infinite)"
            raise PredictorError(msg)
        if low < -_TOLERANCE or high > 1 + _TOLERANCE:
            msg = (
                f"the model gave values from {low:.4g} to {high:.4g} where probabilities (0 to 1) "
                "are expected: export it with a sigmoid at its end"
            )
            raise PredictorError(msg)
        result: NDArray[np.float32] = np.asarray(out, np.float32)
        return result


def _load(
    model: bytes, intra_threads: int, providers: Sequence[Provider]
) -> onnxruntime.InferenceSession:
    if not model:
        msg = "the model file is empty (0 bytes): download or export it again"
        raise PredictorError(msg)
    present = onnxruntime.get_available_providers()
    wanted = [p for p in providers if _name_of(p) in present]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = intra_threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(
            model, options, providers=[*(p for p in wanted if _name_of(p) != CPU), CPU]
        )
    except Exception as error:  # its exceptions share no other base
        msg = f"this is not a model that ONNX Runtime can load: {_one_line(error)}"
        raise PredictorError(msg) from error


def _name_of(provider: Provider) -> str:
    return provider if isinstance(provider, str) else provider[0]


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def _spec_in(metadata: dict[str, str]) -> ModelSpec:
    text = metadata.get(METADATA_KEY)
    if text is None:
        msg = (
            f"the ONNX file carries no description under {METADATA_KEY!r}: bands, scaling and "
            "resolution are unknown. Export it with `python -m training export`"
        )
        raise SpecError(msg)
    return ModelSpec.from_json(text)


def _check_graph(session: onnxruntime.InferenceSession, spec: ModelSpec) -> Optional[int]:
    """Hold the graph's input and outputs against the spec; the fixed side of its chips or None."""
    inputs, outputs = session.get_inputs(), session.get_outputs()
    names = [v.name for v in outputs]
    if not names or len(set(names)) < len(names):
        what = f"names two outputs alike ({', '.join(names):.200})" if names else "has no output"
        msg = f"the network {what}, so it gives no probabilities that can be told: export it again"
        raise SpecError(msg)
    first, *others = outputs
    rank = 4
    if len(inputs) != 1 or any(len(v.shape) != rank for v in (inputs[0], first)):
        msg = "the model must take one (n, bands, height, width) array and give one of 4 axes"
        raise SpecError(msg)
    _check_value(inputs[0], len(spec.bands), "bands")
    _check_value(first, len(spec.classes), "classes")
    second = [v for v in others if v.name == SEPARATION]
    if len(second) != (spec.separation is not None):
        what, has = ("nothing of", "an") if second else ("a way of", "no")
        msg = (
            f"the description says {what} telling touching dwellings apart, but the network "
            f"has {has} output {SEPARATION!r}: description and network do not belong together"
        )
        raise SpecError(msg)
    for value in second:
        if len(value.shape) != rank:
            msg = f"the model's {SEPARATION} must have 4 axes, got {len(value.shape)}"
            raise SpecError(msg)
        _check_value(value, 1, "channel of separation")
    height, width = inputs[0].shape[2:]
    if not isinstance(height, int) and not isinstance(width, int):
        return None
    if height != width:
        msg = f"the model takes only chips of {height} x {width}; squares or free sizes are needed"
        raise SpecError(msg)
    return int(height)


def _check_value(value: Any, wanted: int, what: str) -> None:  # noqa: ANN401 - published untyped
    """Refuse an input or output of another number type, or of another number of channels."""
    if value.type != "tensor(float)":
        msg = f"the model's {value.name} must be float32, got {value.type}"
        raise SpecError(msg)
    channels = value.shape[1]
    if isinstance(channels, int) and channels != wanted:
        msg = (
            f"the description says {wanted} {what}, but the network's {value.name} has "
            f"{channels}: description and network do not belong together"
        )
        raise SpecError(msg)
