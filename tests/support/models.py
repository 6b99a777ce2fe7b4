"""Tiny ONNX models whose answer is known for every pixel."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from camp_detector_core.engine.spec import METADATA_KEY, Band, ClassDef, ModelSpec
from camp_detector_core.model_file import default_model_path, open_model
from camp_detector_core.onnx_model.metadata import set_metadata, spec_metadata

if TYPE_CHECKING:
    from pathlib import Path

RGB = ("red", "green", "blue")
FLOAT = default_model_path().parent / "float32" / default_model_path().name
"""The starter model with its float32 weights."""
STARTER = open_model(default_model_path()).spec.id
"""The starter model's name and version, as lists of models show it."""


def tiny_spec(**changes: Any) -> ModelSpec:
    """A model of three 8-bit bands that is run at half a metre in small tiles."""
    names = changes.pop("names", RGB)
    dtype = changes.get("dtype", "uint8")
    scale = {"uint8": 1 / 255, "uint16": 1 / 65535, "int16": 1 / 32767, "float32": 1.0}[dtype]
    values: dict[str, Any] = {
        "name": "tiny",
        "version": "1.0",
        "bands": tuple(Band(n, scale, 0.0, 1.0) for n in names),
        "classes": (ClassDef(1, "dwelling", "#E31A1C"),),
        "gsd": 0.5,
        "tile_size": 64,
        "overlap": 16,
        "multiple": 32,
        "licence": "CC0-1.0",
        "attribution": ("made by a test",),
        **changes,
    }
    return ModelSpec(**values)


def tiny_onnx(spec: ModelSpec, *, side: int | None = None, stored: str | None = None) -> bytes:
    """A network that finds class ``i`` where band ``i`` is brighter than the middle.

    The probability is sigmoid(100 (band - 0.5)): above 0.999 for white, below 0.001 for black. The
    channel of a separation, where the spec has one, is the band after those of the classes.

    Args:
        spec: Number of bands and classes, and what is stored as the description.
        side: Height and width of the input, where they are not free.
        stored: Text to store in place of the description; empty for none at all.
    """
    outputs = {"output": range(len(spec.classes))}
    if spec.separation is not None:
        outputs["separation"] = range(len(spec.classes), spec.channels)
    free = ["height", "width"] if side is None else [side, side]
    nodes, ends, weights = [], [], []
    for name, channels in outputs.items():
        weight = np.zeros((len(channels), len(spec.bands), 1, 1), np.float32)
        for i, channel in enumerate(channels):
            weight[i, channel] = 100
        nodes += [
            helper.make_node("Conv", ["input", f"{name}-w", f"{name}-b"], [f"{name}-logits"]),
            helper.make_node("Sigmoid", [f"{name}-logits"], [name]),
        ]
        shape = ["n", len(channels), *free]
        ends.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        bias = np.full(len(channels), -50, np.float32)
        weights += [
            numpy_helper.from_array(weight, f"{name}-w"),
            numpy_helper.from_array(bias, f"{name}-b"),
        ]
    shape = ["n", len(spec.bands), *free]
    start = helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)
    graph = helper.make_graph(nodes, "tiny", [start], ends, weights)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="test"
    )
    onnx.checker.check_model(model)
    text = spec.to_json() if stored is None else stored
    if text:
        helper.set_model_props(model, {"other": "entry", METADATA_KEY: text})
    data: bytes = model.SerializeToString()
    return data


def write_model(path: Path, **changes: Any) -> Path:
    """Write a tiny model; ``changes`` go to its spec."""
    path.write_bytes(tiny_onnx(tiny_spec(**changes)))
    return path


def stac_item(href: str, **asset: Any) -> str:
    """The least of a STAC-MLM item that leads to a model."""
    model = {
        "href": href,
        "type": "application/octet-stream; framework=onnx",
        "roles": ["mlm:model", "mlm:weights"],
        "mlm:artifact_type": "onnx",
        **asset,
    }
    other = {"href": "model.pt", "roles": ["mlm:model"], "mlm:artifact_type": "torch.jit.save"}
    item = {"type": "Feature", "stac_version": "1.1.0", "assets": {"torch": other, "onnx": model}}
    return json.dumps(item)


def changed_model(path: Path, **settings: float) -> Path:
    """Write the starter model, with its float32 weights and other settings."""
    proto = onnx.load(str(FLOAT))
    set_metadata(proto, spec_metadata(replace(open_model(FLOAT).spec, **settings)))
    onnx.save(proto, str(path))
    return path


def deaf_model(path: Path) -> Path:
    """Write the starter model with a threshold that hardly anything reaches."""
    return changed_model(path, threshold=0.98)
