"""From a trained network to the files that ship: state dict, TorchScript and ONNX.

The exported graphs end in the activation, once, and carry the `ModelSpec`. Each is run beside the
network on chips before it gets its name; a file that disagrees is never left behind.
"""

from __future__ import annotations

import io
import tempfile
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.jit._trace import TracerWarning

from camp_detector_core.engine.separation import OUTPUT as SEPARATION
from camp_detector_core.engine.spec import METADATA_KEY, ModelSpec
from camp_detector_core.network.activation import TwoOutputs, WithActivation
from camp_detector_core.network.scripting import without_places
from camp_detector_core.network.trial_chips import fit_chips, random_chips
from camp_detector_core.onnx_model.metadata import deepness_metadata, set_metadata, spec_metadata
from camp_detector_core.outputs.checked_file import ExportError, write_checked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]

TOLERANCE = 1e-4
"""Largest difference of a probability between a network and its export."""
OPSETS = (11, 17)
"""ONNX opsets that are exported and tested."""
IR_VERSION = 8
"""Newest version of the file format that onnxruntime 1.12, the oldest of the hosts, reads."""


@dataclass(frozen=True)
class OnnxOptions:
    """The operator set and the variant of an ONNX file."""

    opset: int = 17
    """Version of the operator set."""
    deepness: bool = False
    """Fixed height and width (the spec's tile) and Deepness' metadata beside ours."""

    def __post_init__(self) -> None:
        """Refuse opsets that nobody tests."""
        if self.opset not in OPSETS:
            msg = f"opset must be one of {OPSETS}, got {self.opset}"
            raise ExportError(msg)


def export_state(network: nn.Module, path: Path) -> None:
    """Write the network's tensors, and nothing else, as a state dict.

    Raises:
        ExportError: The file cannot be written.
    """
    state = {k: v.detach().cpu().contiguous() for k, v in network.state_dict().items()}
    buffer = io.BytesIO()
    torch.save(state, buffer)
    write_checked(buffer.getvalue(), path, check=lambda _: None)


def export_torchscript(
    network: nn.Module,
    path: Path,
    *,
    spec: ModelSpec,
    chips: Iterable[NDArray[np.float32]] = (),
) -> float:
    """Trace the network with its activation; the spec is in the archive under `METADATA_KEY`.

    No path of the machine is in the file.

    Calling the model gives the probabilities of its classes; its method ``channels`` gives all
    that there are.

    Args:
        network: Gives logits (n, spec.channels, height, width).
        path: The ``.pt`` file.
        spec: What the model is.
        chips: Real normalised chips (n, bands, height, width) to compare with, beside noise.

    Returns:
        The largest difference of a probability.

    Raises:
        ExportError: The file differs from the network, or cannot be written.
    """
    model = WithActivation(network, classes=_classes(spec)).cpu().eval()
    whole = WithActivation(network).eval()
    batches = [*random_chips(spec), *chips]
    _check_channels(whole, batches[0], spec)
    example = torch.from_numpy(batches[0])
    buffer = io.BytesIO()
    with torch.no_grad(), _quiet():
        traced = torch.jit.trace_module(  # type: ignore[no-untyped-call]
            model, {"forward": example, "channels": example}, check_trace=True
        )
        torch.jit.save(traced, buffer, _extra_files={METADATA_KEY: spec.to_json()})
    differences = []

    def check(draft: Path) -> None:
        with _quiet():
            script = torch.jit.load(str(draft))  # type: ignore[no-untyped-call]
        for network_part, method in ((model, script), (whole, script.channels)):
            differences.append(
                check_parity(network_part, _run_torch(method), batches, name=path.name)
            )

    write_checked(without_places(buffer.getvalue()), path, check=check)
    return max(differences)


def export_onnx(
    network: nn.Module,
    path: Path,
    *,
    spec: ModelSpec,
    options: OnnxOptions | None = None,
    chips: Iterable[NDArray[np.float32]] = (),
) -> float:
    """Write an ONNX file with its activation and its spec.

    Names are ``input`` and ``output``, and ``separation`` where the spec has one; the batch size
    is free, and so are height and width unless the file is for Deepness. Deepness takes one
    output, so its file tells no touching dwellings apart and does not claim to.

    Args:
        network: Gives logits (n, spec.channels, height, width).
        path: The ``.onnx`` file.
        spec: What the model is.
        options: Opset and variant.
        chips: Real normalised chips (n, bands, height, width) to compare with, beside noise. For
            Deepness they are cut or filled to the tile.

    Returns:
        The largest difference of a probability.

    Raises:
        ExportError: The file differs from the network, or cannot be written.
        SpecError: Deepness cannot run this model.
    """
    options = options or OnnxOptions()
    tile = spec.tile_size if options.deepness else None
    whole = WithActivation(network).cpu().eval()
    batches = [*random_chips(spec, tile=tile), *(fit_chips(c, tile=tile) for c in chips)]
    _check_channels(whole, batches[0], spec)
    model: nn.Module = WithActivation(network, classes=_classes(spec)).eval()
    outputs = ["output"]
    if options.deepness:
        spec = replace(
            spec,
            description=f"{spec.description} Fixed tile for Deepness.".strip(),
            separation=None,
        )
    elif spec.separation is not None:
        model = TwoOutputs(network, classes=len(spec.classes)).eval()
        outputs.append(SEPARATION)
    data = _onnx_bytes(model, batches[0], spec=spec, options=options, outputs=outputs)
    reference = model if len(outputs) == 1 else whole
    differences = []

    def check(draft: Path) -> None:
        run = _run_onnx(draft, outputs)
        differences.append(check_parity(reference, run, batches, name=path.name))

    write_checked(data, path, check=check)
    return differences[0]


def _classes(spec: ModelSpec) -> int | None:
    """Return how many channels are classes; None where all are."""
    return None if spec.separation is None else len(spec.classes)


def _check_channels(model: nn.Module, example: NDArray[np.float32], spec: ModelSpec) -> None:
    """Refuse a network that does not give the channels of its description."""
    channels = _run_torch(model)(example).shape[1]
    if channels != spec.channels:
        msg = f"the network gives {channels} channels, {spec.id} has {spec.channels}: not exported"
        raise ExportError(msg)


def _onnx_bytes(
    model: nn.Module,
    example: NDArray[np.float32],
    *,
    spec: ModelSpec,
    options: OnnxOptions,
    outputs: list[str],
) -> bytes:
    import onnx

    free = {0: "batch"} if options.deepness else {0: "batch", 2: "height", 3: "width"}
    with tempfile.TemporaryDirectory() as folder, torch.no_grad(), _quiet():
        draft = Path(folder, "draft.onnx")
        torch.onnx.export(
            model,
            (torch.from_numpy(example),),
            draft,
            dynamo=False,
            opset_version=options.opset,
            input_names=["input"],
            output_names=outputs,
            dynamic_axes=dict.fromkeys(["input", *outputs], free),
        )
        proto = onnx.load(str(draft))
    proto.ir_version = min(proto.ir_version, IR_VERSION)
    if options.deepness:
        sides = proto.graph.output[0].type.tensor_type.shape.dim[1:]
        for dim, size in zip(sides, (len(spec.classes), *example.shape[2:]), strict=True):
            dim.dim_value = size
    extra = deepness_metadata(spec) if options.deepness else {}
    set_metadata(proto, {**spec_metadata(spec), **extra})
    onnx.checker.check_model(proto, full_check=True)
    out: bytes = proto.SerializeToString()
    return out


def check_parity(
    model: nn.Module, run: Run, batches: Iterable[NDArray[np.float32]], *, name: str
) -> float:
    """Compare an export with its network.

    Args:
        model: Gives probabilities; in evaluation mode.
        run: The export, from a batch to probabilities.
        batches: Normalised chips.
        name: What the export is called in the message.

    Returns:
        The largest difference of a probability.

    Raises:
        ExportError: It is more than `TOLERANCE`, not a number, or the shapes differ.
    """
    worst = 0.0
    for batch in batches:
        expected, actual = _run_torch(model)(batch), run(batch)
        if expected.shape != actual.shape:
            msg = (
                f"{name} gives {actual.shape} where the network gives {expected.shape}: "
                f"not exported"
            )
            raise ExportError(msg)
        difference = float(np.abs(expected - actual).max())
        if not difference <= TOLERANCE:  # catches NaN too
            msg = (
                f"{name} differs from the network by {difference:.2e} (at most {TOLERANCE:.0e} is "
                f"allowed): not exported"
            )
            raise ExportError(msg)
        worst = max(worst, difference)
    return worst


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence torch's advice to use its newer exporters: hosts read what these two write."""
    with warnings.catch_warnings():
        for kind in (TracerWarning, DeprecationWarning, FutureWarning):
            warnings.simplefilter("ignore", kind)
        yield


def _run_torch(model: Callable[[torch.Tensor], torch.Tensor]) -> Run:
    def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.no_grad():
            out: NDArray[np.float32] = model(torch.from_numpy(batch)).numpy()
        return out

    return run


def _run_onnx(path: Path, outputs: list[str]) -> Run:
    """Return a function that runs a file and joins its outputs as channels of one array."""
    import onnxruntime as ort

    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])

    def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.concatenate(session.run(outputs, {"input": batch}), axis=1)

    return run
