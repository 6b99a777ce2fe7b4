"""The convolutions of an ONNX file, with batch normalisation folded into them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from camp_detector_core.network.unet import NetworkError

if TYPE_CHECKING:
    import onnx
    from numpy.typing import NDArray

_QUANTISED = ("Quantize", "Dequantize", "QLinear", "DynamicQuantize", "ConvInteger")


class QuantisedError(NetworkError):
    """The weights of a file have 8 bits."""


class Convolution(NamedTuple):
    """The weights of one convolution."""

    weight: NDArray[np.float32]
    """(channels, channels of the input over groups, rows, cols)."""
    bias: NDArray[np.float32]
    """(channels,)."""


def convolutions_of(data: bytes, origin: str) -> list[Convolution]:
    """Read the convolutions of a model in the order in which they are computed.

    Args:
        data: The ONNX file, whole.
        origin: Its name, for messages.

    Raises:
        QuantisedError: Its weights have 8 bits.
        NetworkError: Weights are not constants, or it holds no convolution.
    """
    import onnx

    graph = onnx.load_from_string(data).graph
    if any(node.op_type.startswith(_QUANTISED) for node in graph.node):
        msg = f"{origin} has weights of 8 bits, which are too coarse to go on from"
        remedy = "give the float32 .onnx that it was made from, or the .pth of its training"
        raise QuantisedError(msg, remedy=remedy)
    constants = _constants(graph)
    norms = {n.input[0]: n for n in graph.node if n.op_type == "BatchNormalization"}
    try:
        out = [
            _folded(_convolution(node, constants), norms.get(node.output[0]), constants)
            for node in graph.node
            if node.op_type == "Conv"
        ]
    except KeyError as error:
        msg = f"{origin} computes the weights of a convolution: it is no U-Net of ours"
        raise NetworkError(msg) from error
    if not out:
        msg = f"{origin} holds no convolution: it is no U-Net of ours"
        raise NetworkError(msg)
    return out


def _constants(graph: onnx.GraphProto) -> dict[str, NDArray[np.float32]]:
    """Initialisers and the outputs of constant nodes, as far as they are numbers with a point."""
    from onnx import TensorProto, numpy_helper

    tensors = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute and node.attribute[0].name == "value":
            tensors[node.output[0]] = node.attribute[0].t
        if node.op_type == "Identity" and node.input[0] in tensors:
            # Exporters store tensors of the same values once.
            tensors[node.output[0]] = tensors[node.input[0]]
    kinds = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE)
    return {
        name: numpy_helper.to_array(tensor).astype(np.float32)
        for name, tensor in tensors.items()
        if tensor.data_type in kinds
    }


def _convolution(node: onnx.NodeProto, constants: dict[str, NDArray[np.float32]]) -> Convolution:
    weight, bias = constants[node.input[1]], node.input[2:3]
    if bias and bias[0]:
        return Convolution(weight, constants[bias[0]])
    return Convolution(weight, np.zeros(len(weight), np.float32))


def _folded(
    convolution: Convolution,
    norm: onnx.NodeProto | None,
    constants: dict[str, NDArray[np.float32]],
) -> Convolution:
    """The convolution that does what it and the batch normalisation after it do."""
    if norm is None:
        return convolution
    epsilon = next((a.f for a in norm.attribute if a.name == "epsilon"), 1e-5)
    gain, shift, mean, variance = (constants[name] for name in norm.input[1:5])
    factor = gain / np.sqrt(variance + np.float32(epsilon))
    return Convolution(
        (convolution.weight * factor[:, None, None, None]).astype(np.float32),
        ((convolution.bias - mean) * factor + shift).astype(np.float32),
    )
