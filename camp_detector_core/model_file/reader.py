"""Open a model by any of its files: ONNX, STAC-MLM item, or Esri deep learning package.

Nothing is executed or extracted, and no network is used: a package is read in memory, an item
leads to a file beside it or below. All that the files say is taken as written by a stranger.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..engine.emd_keys import SETTINGS
from ..engine.errors import PredictorError, SpecError
from ..engine.onnx_file import require_whole
from ..engine.spec import METADATA_KEY, ModelSpec
from ..engine.wording import shown
from .emd import KINDS, disagreements
from .hrefs import names_of, path_of_href, path_of_url
from .metadata import read_metadata
from .package import MAX_NETWORK, Definition, open_definition
from .untrusted import leads_away, read_file, read_json, require_file

SPEC_PROPERTY = "camp_detector:spec"
"""Property of our STAC items that holds our description; their other fields repeat parts of it."""

_MAX_TEXT = 16 << 20
_LONG = 500
"""Characters of a sentence about a description."""
MULTIHASH_SHA256 = "1220"
"""Multihash prefix of SHA-256: function code 0x12, length 0x20 (multiformats.io)."""
_MODELS = Path(__file__).resolve().parent.parent / "models"


@dataclass(frozen=True)
class ModelFile:
    """A model that is read but not yet loaded."""

    onnx: bytes
    """The bytes of the ONNX file."""
    spec: ModelSpec
    """What the model is, from the ONNX file's metadata."""
    sha256: str
    """Checksum of ``onnx``, 64 hexadecimal digits."""
    origin: str
    """The file that the user named, and the member or neighbour that it led to."""


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
        return _from_item(path, read_file(path, _MAX_TEXT))
    if suffix == ".dlpk":
        return model_of_definition(open_definition(path))
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
    try:
        spec = ModelSpec.from_json(entries[METADATA_KEY])
    except SpecError as error:
        msg = f"{origin}: {shown(error, _LONG)}"
        raise SpecError(msg) from error
    return ModelFile(data, spec, hashlib.sha256(data).hexdigest(), origin)


# A STAC item.


def _from_item(path: Path, data: bytes) -> ModelFile:
    item = read_json(data, str(path))
    asset = _onnx_asset(item, path)
    href = asset.get("href")
    local = _local(href, path)
    onnx = read_file(local, MAX_NETWORK)
    _verify(asset, onnx, local)
    model = model_of_bytes(onnx, f"{path} -> {local.name}")
    properties = item.get("properties")
    stated = properties.get(SPEC_PROPERTY) if isinstance(properties, dict) else None
    if stated is not None and _spec(stated, f"{path}, {SPEC_PROPERTY}") != model.spec:
        msg = f"{path} and {local.name} describe different models; make the item again"
        raise SpecError(msg)
    return model


def _onnx_asset(item: dict[str, Any], path: Path) -> dict[str, Any]:
    """The one model asset of an item that is ONNX."""
    assets = item.get("assets")
    if item.get("type") != "Feature" or not isinstance(assets, dict):
        msg = f"{path} is not a STAC item (a GeoJSON Feature with assets)"
        raise PredictorError(msg)
    models = [a for a in assets.values() if isinstance(a, dict) and _is_model(a.get("roles"))]
    hits = [a for a in models if _is_onnx(a)]
    if len(hits) != 1:
        msg = (
            f"{path} has {len(hits)} ONNX assets with the role mlm:model, and exactly one is "
            f"needed ({len(models)} with that role in all)"
        )
        raise PredictorError(msg)
    return hits[0]


def _is_model(roles: object) -> bool:
    return isinstance(roles, list) and "mlm:model" in roles


def _is_onnx(asset: dict[str, Any]) -> bool:
    words = (asset.get("type"), asset.get("mlm:artifact_type"))
    named = any("onnx" in str(w).lower() for w in words if w)
    return named or str(asset.get("href", "")).lower().endswith(".onnx")


def _local(href: object, item: Path) -> Path:
    """The ONNX file that an href leads to, in the item's folder or below it."""
    if not isinstance(href, str) or not href:
        msg = f"{item}: the model asset has no href"
        raise PredictorError(msg)
    try:
        path = _path_of(href, item)
        # In a store of links to blobs, item and model are links into one folder.
        homes = {item.parent.resolve(), item.resolve().parent}
        target = path.resolve()
    except (OSError, ValueError, RuntimeError) as error:
        msg = f"{item}: the model asset's href {shown(href)} is not a path that can be followed"
        raise PredictorError(msg) from error
    if path.suffix.lower() != ".onnx" or homes.isdisjoint(target.parents):
        raise _outside(href, item)
    return path


def _outside(href: str, item: Path) -> PredictorError:
    return PredictorError(
        f"{item}: the model asset's href {shown(href)} leads to no .onnx file in the item's "
        "folder or below: put the model beside the item, or name the .onnx file itself"
    )


def _path_of(href: str, item: Path) -> Path:
    """The path that an href means; relative ones start at the item.

    Raises:
        PredictorError: It leads to another computer or drive, where nothing is looked up.
    """
    parts = urlsplit(href)
    is_file = parts.scheme == "file"
    if len(parts.scheme) > 1 and not is_file:  # one letter is a drive of Windows
        where = shown(href)
        msg = f"{item}: the model lies at {where}; download it and put it beside the item"
        raise PredictorError(msg)
    elsewhere = is_file and parts.netloc.lower() not in {"", "localhost"}
    if elsewhere or any(leads_away(name) for name in names_of(parts.path if is_file else href)):
        raise _outside(href, item)
    return Path(path_of_url(href)) if is_file else path_of_href(href, item.parent)


def _verify(asset: dict[str, Any], data: bytes, path: Path) -> None:
    """Hold a file against the size and checksum that the item gives, if it does."""
    size = asset.get("file:size")
    if size is not None and size != len(data):
        told = f"{len(data)} bytes and the item says {shown(size)}"
        msg = f"{path} has {told}: copy or download it again"
        raise PredictorError(msg)
    checksum = asset.get("file:checksum")
    if checksum is None:
        return
    text = str(checksum).lower()
    if not text.startswith(MULTIHASH_SHA256):
        msg = f"the item's checksum of {path} ({shown(text[:12])}...) is not SHA-256"
        raise PredictorError(msg)
    if text[len(MULTIHASH_SHA256) :] != hashlib.sha256(data).hexdigest():
        msg = f"{path} is not the file that the item describes: its checksum differs"
        raise PredictorError(msg)


# An Esri model definition.


def model_of_definition(definition: Definition) -> ModelFile:
    """The model that a definition leads to, held against what the definition says of it.

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
    _refuse_other_settings(definition, model.spec)
    return model


def _refuse_other_settings(definition: Definition, spec: ModelSpec) -> None:
    """Refuse a definition with which ArcGIS would find other dwellings than the model's own."""
    fields = definition.fields
    wrong = disagreements(fields, spec, definition.kind or KINDS[0], stated_only=True)
    for key in [key for key in SETTINGS if key in wrong]:
        msg = (
            f"{definition.origin} has the {key} {shown(fields[key])}, and the model's own is "
            f"{shown(wrong[key])}: build the package again, and give other values when you run it"
        )
        raise SpecError(msg)


def _spec(stated: Any, origin: str) -> ModelSpec:  # noqa: ANN401 - whatever the JSON holds
    try:
        return ModelSpec.from_dict(stated)
    except SpecError as error:
        msg = f"{origin}: {shown(error, _LONG)}"
        raise SpecError(msg) from error
