"""A network with all that exporters make of a U-Net, whose answer is known for every pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from camp_detector_core.engine.spec import METADATA_KEY

if TYPE_CHECKING:
    from camp_detector_core.engine.spec import ModelSpec

CHANNELS = 4
BODY_CONVS = ("first", "depthwise", "mix")
"""Names of the convolutions before the last one."""


def small_net(spec: ModelSpec, *, spread: float = 1.0, side: int | None = None) -> bytes:
    """A network that finds class 0 where band 0 is bright, at half the resolution.

    Its padding and its sizes are computed from the input's shape, as exporters write them.

    Args:
        spec: Bands, classes, and whether there is a separation: where band 2 is bright.
        spread: How much larger than the others one channel becomes that nothing looks at: from
            some hundreds on, one range for all of them leaves nothing of the others in 8 bits.
        side: Height and width of the input, where they are not free.
    """
    arrays = _weights(spec, spread)
    free = ["height", "width"] if side is None else [side, side]
    value = helper.make_tensor_value_info
    outputs = [value("output", TensorProto.FLOAT, ["n", len(spec.classes), *free])]
    ends = [helper.make_node("Sigmoid", ["logits"], ["output"], name="sigmoid")]
    if spec.separation is not None:
        outputs.append(value("separation", TensorProto.FLOAT, ["n", 1, *free]))
        ends = [
            helper.make_node("Sigmoid", ["logits"], ["all"], name="sigmoid"),
            helper.make_node("Slice", ["all", "0", "classes", "1"], ["output"], name="cut"),
            helper.make_node("Slice", ["all", "classes", "end", "1"], ["separation"], name="rest"),
        ]
    graph = helper.make_graph(
        [*_body(), *ends],
        "small",
        [value("input", TensorProto.FLOAT, ["n", len(spec.bands), *free])],
        outputs,
        [numpy_helper.from_array(a, n) for n, a in arrays.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    helper.set_model_props(model, {METADATA_KEY: spec.to_json()})
    data: bytes = model.SerializeToString()
    return data


def _weights(spec: ModelSpec, spread: float) -> dict[str, np.ndarray]:
    classes = len(spec.classes)
    first = np.zeros((CHANNELS, len(spec.bands), 3, 3), np.float32)
    for i in range(len(spec.bands)):
        first[i, i, 0, 0] = 1
    depthwise = np.zeros((CHANNELS, 1, 3, 3), np.float32)
    depthwise[:, 0, 1, 1] = 1
    mix = np.eye(CHANNELS, dtype=np.float32)
    mix[1] *= spread
    last = np.zeros((spec.channels, CHANNELS, 1, 1), np.float32)
    last[:, 0] = 20
    last[classes:] = [[[0]], [[0]], [[20]], [[0]]]
    return {
        "w_first": first,
        "w_depthwise": depthwise,
        "w_mix": mix[:, :, None, None],
        "w_last": last,
        "b_last": np.full(spec.channels, -10, np.float32),
        "low": np.array(0, np.float32),
        "high": np.array(6, np.float32),
        "0": np.array([0], np.int64),
        "1": np.array([1], np.int64),
        "2": np.array([2], np.int64),
        "4": np.array([4], np.int64),
        "classes": np.array([classes], np.int64),
        "end": np.array([classes + 1], np.int64),
        "six zeros": np.zeros(6, np.int64),
    }


def _body() -> list[onnx.NodeProto]:
    node = helper.make_node
    return [
        node("Shape", ["input"], ["shape"], name="shape"),
        node("Slice", ["shape", "2", "4"], ["sides"], name="sides"),
        node("Mod", ["sides", "2"], ["odd"], name="odd"),
        node("Add", ["odd", "1"], ["more"], name="more"),
        node("Concat", ["six zeros", "more"], ["pads"], name="pads", axis=0),
        node("Pad", ["input", "pads"], ["padded"], name="pad"),
        node("Conv", ["padded", "w_first"], ["a"], name="first", strides=[2, 2]),
        node("Clip", ["a", "low", "high"], ["b"], name="clip"),
        node(
            "Conv",
            ["b", "w_depthwise"],
            ["c"],
            name="depthwise",
            group=CHANNELS,
            pads=[1] * 4,
        ),
        node("Conv", ["c", "w_mix"], ["d"], name="mix"),
        node("Relu", ["d"], ["e"], name="relu"),
        node("Shape", ["e"], ["small"], name="small"),
        node("Slice", ["small", "0", "2"], ["same"], name="same"),
        node("Concat", ["same", "sides"], ["sizes"], name="sizes", axis=0),
        node(
            "Resize",
            ["e", "", "", "sizes"],
            ["f"],
            name="resize",
            mode="nearest",
            nearest_mode="floor",
            coordinate_transformation_mode="asymmetric",
        ),
        node("Conv", ["f", "w_last", "b_last"], ["logits"], name="last"),
    ]
