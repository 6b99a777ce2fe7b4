"""Title, description, roles and media type of each kind of file beside a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from camp_detector_core.engine.spec import ModelSpec

ONNX = "onnx-model"
_MODEL, _WEIGHTS, _COMPILED, _CHECKPOINT = (
    "mlm:model",
    "mlm:weights",
    "mlm:compiled",
    "mlm:checkpoint",
)
_PYTORCH = "application/octet-stream; framework=pytorch"
_PYTHON, _PNG = "text/x-python", "image/png"


@dataclass(frozen=True)
class AssetKind:
    """Kind of file and its description in an item."""

    title: str
    description: str
    media_type: str
    roles: tuple[str, ...]
    names: tuple[str, ...] = ()
    """Paths to look at, from the item's folder; the first that exists counts."""
    artifact: str | None = None
    """Value of ``mlm:artifact_type``, which only assets with the role mlm:model may have."""
    fields: tuple[tuple[str, str], ...] = ()
    """Further fields of the asset."""

    @property
    def is_model(self) -> bool:
        """True if the file's tensors are those of mlm:input and mlm:output."""
        return _MODEL in self.roles


def asset_kinds(spec: ModelSpec) -> dict[str, AssetKind]:
    """Return all kinds of files by the key of their asset, in the order of the item.

    Only what takes and gives exactly what ``mlm:input`` and ``mlm:output`` say has the role
    ``mlm:model``.
    """
    return {**_weights(spec), **_code(), **_pictures(), **_texts()}


def _weights(spec: ModelSpec) -> dict[str, AssetKind]:
    has_separation = spec.separation is not None
    script = (
        "Calling it gives the probabilities of the classes alone; its method channels gives those "
        "and the separation in one tensor, so its outputs are not those of mlm:output."
        if has_separation
        else "Calling it gives what mlm:output says."
    )
    return {
        "pytorch-checkpoint": AssetKind(
            "Checkpoint of the training",
            "Weights, optimiser and clock at the lowest validation loss, before calibration and "
            "with all channels that were trained: for going on with training. Read it with "
            "torch.load(weights_only=True).",
            _PYTORCH,
            (_CHECKPOINT, _WEIGHTS),
            ("../checkpoints/best.ckpt",),
        ),
        "pytorch-state-dict": AssetKind(
            "TorchScript",
            "The network with its sigmoid, written by torch.jit.save; despite the key, which is "
            f"kept for those who know it, this is no state dict. {script}",
            _PYTORCH,
            (_COMPILED, _WEIGHTS) if has_separation else (_MODEL, _COMPILED, _WEIGHTS, "model"),
            ("best_model.pt",),
            None if has_separation else "torch.jit.save",
            (("mlm:compile_method", "jit"), ("mlm:framework", "PyTorch")),
        ),
        "pytorch-state-dict-raw": AssetKind(
            "State dict",
            "The tensors of the network alone, written by torch.save; read it with "
            "torch.load(weights_only=True). The network gives logits of all channels in one "
            "tensor, before the sigmoid, so its output is not that of mlm:output.",
            _PYTORCH,
            (_WEIGHTS,),
            ("best_model.pth",),
            fields=(("mlm:framework", "PyTorch"),),
        ),
        ONNX: AssetKind(
            "ONNX model",
            "The model to run: the network with its sigmoid, and its own description in the "
            "file's metadata.",
            "application/octet-stream; framework=onnx",
            (_MODEL, _WEIGHTS, "model"),
            ("best_model.onnx",),
            "onnx",
            (("mlm:framework", "ONNX"),),
        ),
        "esri-package": AssetKind(
            "Deep learning package for ArcGIS Pro: detect objects",
            "The ONNX model with what Detect Objects Using Deep Learning needs: polygons.",
            "application/zip",
            (_MODEL, _WEIGHTS, "model"),
            ("refugee-camp-detector.dlpk", "best_model.dlpk"),
            "esri.dlpk",
        ),
        "esri-package-classify": AssetKind(
            "Deep learning package for ArcGIS Pro: classify pixels",
            "The ONNX model with what Classify Pixels Using Deep Learning needs: a class raster.",
            "application/zip",
            (_MODEL, _WEIGHTS, "model"),
            ("refugee-camp-detector-classify.dlpk",),
            "esri.dlpk",
        ),
    }


def _code() -> dict[str, AssetKind]:
    return {
        "source-code": AssetKind(
            "Source code",
            "The source code of camp_detector_core and training that made the model.",
            "application/zip",
            ("code", "mlm:source_code", "mlm:training"),
            ("source_code.zip",),
        ),
        "inference-script": AssetKind(
            "Inference script",
            "Runs the ONNX model on a raster with numpy, onnxruntime and rasterio alone: python "
            "infer.py IMAGE --out FOLDER. Keep it beside the item and the model.",
            _PYTHON,
            ("code", "mlm:inference"),
            ("infer.py",),
            fields=(("mlm:entrypoint", "camp_detector_core.stac.infer:main"),),
        ),
        "training-script": AssetKind(
            "Training script",
            "Trains a model with the options of this one, with camp-detector[training]: python "
            "retrain.py --chips FOLDER --labels FILE --out FOLDER.",
            _PYTHON,
            ("code", "mlm:training"),
            ("retrain.py",),
            fields=(("mlm:entrypoint", "training.train:train_model"),),
        ),
        "container-image": AssetKind(
            "Container image",
            "Where the model runs. A name that begins with docker-daemon: is in no registry: it is "
            "the image that the project's Dockerfile builds (docker build -t NAME .).",
            "application/vnd.oci.image.index.v1+json",
            ("runtime", "mlm:container"),
        ),
    }


def _pictures() -> dict[str, AssetKind]:
    def picture(title: str, words: str, role: str, name: str) -> AssetKind:
        return AssetKind(title, words, _PNG, (role,), (name,))

    return {
        "confusion-matrix": picture(
            "Confusion matrix",
            "Pixels by label and by prediction, on the chips held out, or on validation where "
            "none were.",
            "metadata",
            "confusion_matrix.png",
        ),
        "example-input": picture(
            "Example: image", "A chip that was not trained on.", "overview", "example_input.png"
        ),
        "example-prediction": picture(
            "Example: prediction",
            "Probability of a dwelling on the example's image, 0 black and 1 white.",
            "overview",
            "example_pred.png",
        ),
        "example-target": picture(
            "Example: labels",
            "Labels of the example's image, dwellings white.",
            "overview",
            "example_target.png",
        ),
    }


def _texts() -> dict[str, AssetKind]:
    return {
        "model-metadata": AssetKind(
            "Esri model definition",
            "How ArcGIS Pro runs the model (.emd).",
            "application/json",
            ("metadata",),
            ("model.emd", "refugee-camp-detector.emd", "best_model.emd"),
        ),
        "requirements": AssetKind(
            "Requirements",
            "Versions of the packages that the inference script was tried with.",
            "text/plain",
            ("metadata", "runtime"),
            ("requirements.txt",),
        ),
    }


def asset_of(kind: AssetKind, href: str, bands: list[dict[str, Any]]) -> dict[str, Any]:
    """Make an asset without the facts on its file.

    STAC 1.1 wants ``bands`` in an asset where the properties have them.
    """
    model_fields = {"mlm:artifact_type": kind.artifact, "bands": bands}
    return {
        "href": href,
        "type": kind.media_type,
        "title": kind.title,
        "description": kind.description,
        **dict(kind.fields),
        **(model_fields if kind.is_model else {}),
        "roles": list(kind.roles),
    }
