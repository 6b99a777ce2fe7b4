"""STAC items of a tiny model, written by hand: one with nothing wrong, and one with much."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from tests.support.models import RGB, tiny_onnx, tiny_spec

if TYPE_CHECKING:
    from pathlib import Path

URI = "https://stac-extensions.github.io/{}/schema.json"
MLM, FILE, CLASSES, PROCESSING = (
    URI.format(name)
    for name in ("mlm/v1.5.2", "file/v2.1.0", "classification/v1.1.0", "processing/v1.1.0")
)
SQUARE = [[85.0, 27.0], [85.5, 27.0], [85.5, 27.25], [85.0, 27.25], [85.0, 27.0]]


def file_facts(data: bytes) -> dict[str, Any]:
    """Size and checksum of a file, as the file extension has them."""
    return {"file:size": len(data), "file:checksum": "1220" + hashlib.sha256(data).hexdigest()}


def good_item(folder: Path) -> dict[str, Any]:
    """An item of the folder; the files that it leads to are written there."""
    folder.mkdir(parents=True, exist_ok=True)
    data = tiny_onnx(tiny_spec())
    (folder / "tiny.onnx").write_bytes(data)
    (folder / "picture.png").write_bytes(b"a picture")
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": [MLM, FILE, CLASSES],
        "id": "tiny-1.0",
        "geometry": {"type": "Polygon", "coordinates": [[list(p) for p in SQUARE]]},
        "bbox": [85.0, 27.0, 85.5, 27.25],
        "properties": {
            "datetime": None,
            "start_datetime": "2022-03-01T00:00:00Z",
            "end_datetime": "2022-03-02T00:00:00Z",
            "license": "CC0-1.0",
            "gsd": 0.5,
            "camp_detector:spec": tiny_spec().to_dict(),
            "bands": [{"name": name} for name in RGB],
            "mlm:name": "tiny",
            "mlm:architecture": "one convolution",
            "mlm:tasks": ["semantic-segmentation"],
            "mlm:framework": "ONNX",
            "mlm:pretrained": False,
            "mlm:pretrained_source": None,
            "mlm:accelerator_constrained": False,
            "mlm:hyperparameters": {"inference.threshold": 0.5},
            "mlm:input": [
                {
                    "name": "input",
                    "description": "bytes, divided by 255",
                    "bands": list(RGB),
                    "input": {
                        "shape": [-1, 3, -1, -1],
                        "dim_order": ["batch", "bands", "height", "width"],
                        "data_type": "float32",
                    },
                    "value_scaling": [{"type": "z-score", "mean": 0, "stddev": 255} for _ in RGB],
                    "resize_type": None,
                    "pre_processing_function": {
                        "format": "python",
                        "expression": "camp_detector_core.engine.prepare:normalise",
                    },
                }
            ],
            "mlm:output": [
                {
                    "name": "output",
                    "description": "probabilities",
                    "tasks": ["semantic-segmentation"],
                    "result": {
                        "shape": [-1, 1, -1, -1],
                        "dim_order": ["batch", "channel", "height", "width"],
                        "data_type": "float32",
                    },
                    "classification:classes": [
                        {"value": 0, "name": "background", "description": "all else"},
                        {
                            "value": 1,
                            "name": "dwelling",
                            "description": "a house",
                            "color_hint": "E31A1C",
                        },
                    ],
                }
            ],
        },
        "links": [],
        "assets": {
            "onnx-model": {
                "href": "./tiny.onnx",
                "type": "application/octet-stream; framework=onnx",
                "roles": ["mlm:model", "mlm:weights", "model"],
                "mlm:artifact_type": "onnx",
                "bands": [{"name": name} for name in RGB],
                **file_facts(data),
            },
            "picture": {
                "href": "picture.png",
                "type": "image/png",
                "roles": ["overview"],
                **file_facts(b"a picture"),
            },
        },
    }


def write(item: Any, folder: Path) -> Path:
    """Write an item, whatever it is, as JSON."""
    path = folder / "item.json"
    path.write_text(json.dumps(item), encoding="utf-8")
    return path


def faulty_item(folder: Path) -> dict[str, Any]:
    """An item with the faults of an earlier system, each of them once or twice.

    It fails the core schema and that of MLM, and it is untrue in many ways that no schema sees.
    """
    item = good_item(folder)
    zip_of_script = _torchscript()
    (folder / "best_model.pt").write_bytes(zip_of_script)
    (folder / "refugee.dlpk").write_bytes(zip_of_script)
    properties = item["properties"]
    item["bbox"] = [0, 0, 1, 1]
    item["geometry"]["coordinates"] = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]
    item["stac_extensions"] = [URI.format("mlm/v1.5.0"), FILE, CLASSES, PROCESSING]
    item["links"] = [
        {"rel": "root", "href": "./"},
        {"rel": "self", "href": "stac_item.json"},
    ]
    properties |= {
        "datetime": "2999-01-01T00:00:00Z",
        "mlm:accelerator": "cpu",
        "mlm:pretrained": True,
        "mlm:pretrained_source": "ImageNet",
        "instrument": ["drone"],
        "processing:facility": "Linux-6.1-x86_64",
        "processing:expression": {"format": "pytorch", "expression": "model(x)"},
    }
    del properties["start_datetime"], properties["end_datetime"], properties["mlm:hyperparameters"]
    tensor = properties["mlm:input"][0]
    tensor["input"]["shape"] = [-1, 3, 256, 256]
    tensor["value_scaling"] = [
        {"type": "z-score", "mean": mean, "stddev": 0.2} for mean in (0.485, 0.456, 0.406)
    ]
    del tensor["description"], tensor["resize_type"], tensor["pre_processing_function"]
    del properties["mlm:output"][0]["description"]
    onnx = item["assets"]["onnx-model"]
    del onnx["bands"], onnx["file:checksum"]
    onnx["file:size"] = None
    onnx["roles"].append("mlm:inference")
    onnx["mlm:compile_method"] = "aot"
    item["assets"] |= {
        "pytorch-checkpoint": {
            "href": "/" + "Users/somebody/best.ckpt",
            "roles": ["mlm:checkpoint", "mlm:model"],
            "mlm:artifact_type": "pytorch_lightning",
        },
        "pytorch-state-dict": {
            "href": "best_model.pt",
            "roles": ["mlm:model", "mlm:weights"],
            "mlm:artifact_type": "torch.jit.trace",
        },
        "pytorch-state-dict-raw": {
            "href": "best_model.pt",
            "roles": ["mlm:model", "mlm:weights"],
            "mlm:artifact_type": "torch.save",
        },
        "esri-package": {
            "href": "refugee.dlpk",
            "roles": ["mlm:model"],
            "mlm:artifact_type": "esri_dlpk",
        },
        "source-code": {
            "href": "https://example.org/some/code",
            "roles": ["mlm:source_code", "code"],
        },
        "inference-script": {
            "href": "src/inference.py",
            "roles": ["code", "mlm:inference"],
            "mlm:entrypoint": "src/inference.py:run",
        },
        "container-image": {"href": "example.org/image:latest", "roles": ["mlm:container"]},
    }
    return item


def _torchscript() -> bytes:
    """The table of contents of a file that torch.jit.save writes."""
    import io
    import zipfile

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name in ("constants.pkl", "data.pkl", "code/__torch__/net.py", "version"):
            package.writestr(f"best_model/{name}", b"")
    return stream.getvalue()
