"""Static quantisation: what becomes 8 bits, and how its ranges are found.

Activations are unsigned and have one range for a tensor, the smallest and largest value over the
calibration chips. Weights are signed, with a range for each output channel. Processors without
VNNI add two products of 8 bits in 16, and too large sums are cut off, so weights have 7 bits; those
of depthwise convolutions, which are computed in 32 bits everywhere, have all 8: they suffer most
(https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html). What is after the
last convolution stays float, so that probabilities near the threshold have no steps.
"""

from __future__ import annotations

import logging
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

from training.quantise.graph import QuantiseError, body_of, import_what_is_used

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from camp_detector_core.engine.spec import Band, ModelSpec

RECIPE = (
    "static int8 (QDQ): activations unsigned by tensor, weights signed by channel, 7 bits, in "
    "depthwise convolutions 8"
)
"""Recipe in a sentence, for the description of the model."""
_PREPARED = ("onnx.quant.pre_process", "onnxruntime.quant")
"""Says to ONNX Runtime that the graph is ready for quantisation."""
_UINT8_MAX = 255


def quantise_graph(
    model: onnx.ModelProto,
    chips: Sequence[NDArray[np.float32]],
    *,
    spec: ModelSpec,
    keep: Collection[str] = (),
) -> onnx.ModelProto:
    """Quantise a plain graph.

    Args:
        model: From `training.quantise.graph.plain_graph`.
        chips: (bands, height, width) normalised, to find ranges with.
        spec: What the input may be.
        keep: Names of nodes that stay float.

    Returns:
        A model without metadata.

    Raises:
        QuantiseError: There is nothing to quantise.
    """
    body = [n for n in body_of(model.graph) if n not in set(keep)]
    if not any(n.op_type == "Conv" and n.name in body for n in model.graph.node):
        msg = "the model has no convolution but the last one that could be quantised"
        raise QuantiseError(msg)
    source = onnx.ModelProto()
    source.CopyFrom(model)
    del source.metadata_props[:]
    source.metadata_props.add(key=_PREPARED[0], value=_PREPARED[1])
    with tempfile.TemporaryDirectory() as folder, _quiet():
        before, after = Path(folder, "float.onnx"), Path(folder, "int8.onnx")
        onnx.save(source, str(before))
        quantize_static(
            str(before),
            str(after),
            _Chips(model.graph.input[0].name, chips),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_quantize=body,
            calibrate_method=CalibrationMethod.MinMax,
            extra_options={"TensorQuantOverrides": _overrides(model, body, spec)},
        )
        out = onnx.load(str(after))
    import_what_is_used(out)
    del out.metadata_props[:]
    return out


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the root logger, which reports every channel whose scale ONNX Runtime adjusts."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


class _Chips(CalibrationDataReader):  # type: ignore[misc]  # published untyped
    """Hands out one chip after the other."""

    def __init__(self, name: str, chips: Iterable[NDArray[np.float32]]) -> None:
        self._feeds = ({name: c[None]} for c in chips)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        return next(self._feeds, None)


def _overrides(
    model: onnx.ModelProto, body: Collection[str], spec: ModelSpec
) -> dict[str, list[dict[str, Any]]]:
    """Return the exceptions from the general rule, by the name of the tensor."""
    nodes = [n for n in model.graph.node if n.name in set(body)]
    overrides: dict[str, list[dict[str, Any]]] = {}
    for node in nodes:
        group = {a.name: a.i for a in node.attribute}.get("group", 1)
        if node.op_type == "Conv" and group == 1:
            overrides[node.input[1]] = [
                {"quant_type": QuantType.QInt8, "axis": 0, "reduce_range": True}
            ]
    source = model.graph.input[0].name
    if spec.dtype == "uint8" and any(source in n.input for n in nodes):
        low, high = _limits(spec.bands)
        overrides[source] = [{"quant_type": QuantType.QUInt8, "rmin": low, "rmax": high}]
    return overrides


def _limits(bands: Iterable[Band]) -> tuple[np.float32, np.float32]:
    """The least and the most that 8-bit pixels can become."""
    ends = [(v * b.scale - b.mean) / b.std for b in bands for v in (0, _UINT8_MAX)]
    return np.float32(min(*ends, 0.0)), np.float32(max(*ends, 0.0))
