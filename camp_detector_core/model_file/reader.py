"""Open a model by any of its files: ONNX, STAC-MLM item, or Esri deep learning package.

Nothing is executed or extracted, and no network is used: a package is read in memory, an item
leads to a file beside it or below. All that the files say is untrusted.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Mapping

from ..engine.emd_keys import SETTINGS
from ..engine.errors import PredictorError, SpecError
from ..engine.predictors.onnx_file import require_whole
from ..engine.spec import METADATA_KEY, ModelSpec
from ..engine.wording import shown
from .emd import KINDS, disagreements
from .item import onnx_asset, onnx_path, read_item, sha256_of, spec_of
from .metadata import read_metadata
from .package import MAX_NETWORK, Definition, open_definition
from .untrusted import parse_spec, read_file, require_file

ORIGINALS = "float32"
"""Folder beside a quantised model, with the float32 one that it was made from."""
_MODELS = Path(__file__).resolve().parent.parent / "models"


@dataclass(frozen=True)
class ModelFile:
    """A model that is read but not yet loaded."""

    onnx: bytes
    """The bytes of the ONNX file."""
    spec: ModelSpec
    """The model's description, from the ONNX file's metadata."""
    sha256: str
    """Checksum of ``onnx``, 64 hexadecimal digits."""
    origin: str
    """The file that the user named, and the member or neighbour that it led to."""
    item: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The STAC item that led to it; empty where none did."""


def default_model_path() -> Path:
    """The model that ships with the package.

    Raises:
        PredictorError: There is none.
    """
    shipped = sorted(_MODELS.glob("*.onnx"))
    if not shipped:
        msg = f"no model ships with this installation ({_MODELS})"
        raise PredictorError(msg, parameter="model", remedy="name one with {model}")
    return shipped[0]


def open_model(path: str | Path) -> ModelFile:
    """Read a model and its description.

    Args:
        path: ``.onnx``, ``.json`` (a STAC item with the MLM extension) or ``.dlpk``.

    Raises:
        PredictorError: The file is missing, damaged, or leads to no ONNX model.
        SpecError: The model does not say what it is, or two descriptions contradict each other.
    """
    path = Path(path)
    require_file(path)
    suffix = path.suffix.lower()
    if suffix == ".json":
        return _from_item(path)
    if suffix == ".dlpk":
        definition = open_definition(path)
        model = model_of_definition(definition)
        _refuse_other_settings(definition, model.spec)
        return model
    if suffix != ".onnx":
        msg = f"{path} is not a model file: .onnx, a STAC-MLM item (.json) or .dlpk is needed"
        raise PredictorError(msg)
    return model_of_bytes(read_file(path, MAX_NETWORK), str(path))


def model_of_bytes(data: bytes, origin: str) -> ModelFile:
    """The model in the bytes of an ONNX file.

    Args:
        data: The file.
        origin: Its name, for messages.

    Raises:
        PredictorError: It is no ONNX model, damaged, or needs other files.
        SpecError: The model does not say what it is.
    """
    require_whole(data, origin)
    entries = read_metadata(data, origin)
    if METADATA_KEY not in entries:
        msg = (
            f"{origin} does not say what model it is (no {METADATA_KEY} in its metadata): its "
            "bands, scaling and resolution are unknown; describe it with camp-detector describe"
        )
        raise SpecError(msg)
    spec = parse_spec(entries[METADATA_KEY], origin)
    return ModelFile(data, spec, hashlib.sha256(data).hexdigest(), origin)


# A STAC item.


def _from_item(path: Path) -> ModelFile:
    item = read_item(path)
    _, asset = onnx_asset(item, str(path))
    local = onnx_path(asset, path)
    data = read_file(local, MAX_NETWORK)
    _verify(asset, data, local)
    model = model_of_bytes(data, f"{path} -> {local.name}")
    if spec_of(item, str(path)) not in (None, model.spec):
        msg = f"{path} and {local.name} describe different models; make the item again"
        raise SpecError(msg)
    return replace(model, item=item)


def _verify(asset: dict[str, Any], data: bytes, path: Path) -> None:
    """Hold a file against the size and checksum that the item gives, if it does."""
    size = asset.get("file:size")
    if size is not None and size != len(data):
        sizes = f"{len(data)} bytes and the item says {shown(size)}"
        msg = f"{path} has {sizes}: copy or download it again"
        raise PredictorError(msg)
    sha256 = sha256_of(asset, f"the item of {path}")
    if sha256 not in {None, hashlib.sha256(data).hexdigest()}:
        msg = f"{path} is not the file that the item describes: its checksum differs"
        raise PredictorError(msg)


# An Esri model definition.


def model_of_definition(definition: Definition) -> ModelFile:
    """The model that a definition leads to, held against the description in the definition.

    Raises:
        PredictorError: Its network is missing, damaged, or no ONNX model.
        SpecError: The definition and the network say two things of the model.
    """
    name, data = definition.network()
    model = model_of_bytes(data, f"{definition.path} -> {name}")
    if definition.spec is None:
        return model
    if definition.spec != model.spec:
        msg = (
            f"{definition.path}: {definition.name} and the ONNX file describe different models; "
            "build it again"
        )
        raise SpecError(msg)
    return model


def _refuse_other_settings(definition: Definition, spec: ModelSpec) -> None:
    """Refuse a definition with which ArcGIS would find other dwellings than the model's own."""
    if definition.spec is None:
        return
    fields = definition.fields
    wrong = disagreements(fields, spec, definition.kind or KINDS[0], stated_only=True)
    for key in [key for key in SETTINGS if key in wrong]:
        msg = (
            f"{definition.origin} has the {key} {shown(fields[key])}, and the model's own is "
            f"{shown(wrong[key])}: build the package again, and give other values when you run it"
        )
        raise SpecError(msg)
