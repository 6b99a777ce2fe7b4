"""STAC items of models: how readers reach into them, whoever wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Optional

from ..engine.errors import PredictorError
from ..engine.wording import shown
from .hrefs import HrefError, HrefFault, file_of_href
from .json_values import as_dict, as_list, texts
from .untrusted import parse_spec, read_file, read_json

if TYPE_CHECKING:
    from pathlib import Path

    from ..engine.spec import ModelSpec

SPEC_PROPERTY = "camp_detector:spec"
"""Property of our items that holds a model's description; their other fields repeat parts of it."""
MULTIHASH_SHA256 = "1220"
"""Multihash prefix of SHA-256: function code 0x12, length 0x20 (multiformats.io)."""
MAX_ITEM = 16 << 20
"""Bytes of the largest item that is read."""
_DIGITS = 64


def parse_item(data: bytes, origin: str) -> dict[str, Any]:
    """The item in a JSON text.

    Args:
        data: The file.
        origin: Its name, for messages.

    Raises:
        PredictorError: It is no STAC item.
    """
    item = read_json(data, origin)
    if item.get("type") != "Feature" or not isinstance(item.get("assets"), dict):
        msg = (
            f"{origin} is not a STAC item (a GeoJSON Feature with assets): name the model's "
            "stac_item.json"
        )
        raise PredictorError(msg)
    return item


def read_item(path: Path) -> dict[str, Any]:
    """The item in a file.

    Raises:
        PredictorError: It cannot be read, or is no STAC item.
    """
    return parse_item(read_file(path, MAX_ITEM, what="STAC item"), str(path))


def properties_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """Properties of the item."""
    return as_dict(item.get("properties"))


def assets_of(item: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Assets of the item that are objects."""
    return {k: a for k, a in as_dict(item.get("assets")).items() if isinstance(a, dict)}


def roles_of(asset: Mapping[str, Any]) -> list[str]:
    """Roles of an asset."""
    return texts(asset.get("roles"))


def licence_of(properties: Mapping[str, Any], spec_licence: str) -> str:
    """Licence that an item states, or its model's where that says more; empty where none is."""
    licence = str(properties.get("license") or "")
    return spec_licence if spec_licence and licence in {"", "other"} else licence


def providers_of(properties: Mapping[str, Any]) -> list[str]:
    """Names of the providers to credit."""
    providers = map(as_dict, as_list(properties.get("providers")))
    return [str(provider["name"]) for provider in providers if provider.get("name")]


def spec_of(item: Mapping[str, Any], origin: str) -> Optional[ModelSpec]:
    """The model's description in an item; None where the item holds none.

    Args:
        item: From `parse_item`.
        origin: Its name, for messages.

    Raises:
        SpecError: The description is not sound.
    """
    stated = properties_of(item).get(SPEC_PROPERTY)
    return None if stated is None else parse_spec(stated, f"{origin}, {SPEC_PROPERTY}")


def is_model(asset: Mapping[str, Any]) -> bool:
    """True if an asset says that it is a model to be run."""
    return "mlm:model" in roles_of(asset)


def is_onnx(asset: Mapping[str, Any]) -> bool:
    """True if an asset says that it is an ONNX file."""
    words = texts([asset.get("type"), asset.get("mlm:artifact_type")])
    href = asset.get("href")
    is_named = isinstance(href, str) and href.lower().endswith(".onnx")
    return is_named or any("onnx" in word.lower() for word in words)


def onnx_asset(item: Mapping[str, Any], origin: str) -> tuple[str, dict[str, Any]]:
    """Key and content of the one asset of an item that is an ONNX model.

    Args:
        item: From `parse_item`.
        origin: Its name, for messages.

    Raises:
        PredictorError: There is not exactly one.
    """
    models = {key: asset for key, asset in assets_of(item).items() if is_model(asset)}
    hits = [(key, asset) for key, asset in models.items() if is_onnx(asset)]
    if len(hits) != 1:
        msg = (
            f"{origin} has {len(hits)} ONNX assets with the role mlm:model, and exactly one is "
            f"needed ({len(models)} with that role in all)"
        )
        raise PredictorError(msg)
    return hits[0]


def onnx_path(asset: Mapping[str, Any], path: Path) -> Path:
    """The ONNX file that an asset leads to, in the item's folder or below it.

    Args:
        asset: From `onnx_asset`.
        path: The item's file.

    Raises:
        PredictorError: It leads to no such file; the file itself may be missing.
    """
    href = asset.get("href")
    sentences = {
        HrefFault.MISSING: f"{path}: the model asset has no href",
        HrefFault.REMOTE: (
            f"{path}: the model lies at {shown(href)}; download it and put it beside the item"
        ),
        HrefFault.MALFORMED: (
            f"{path}: the model asset's href {shown(href)} is not a path that can be followed"
        ),
        HrefFault.OUTSIDE: (
            f"{path}: the model asset's href {shown(href)} leads to no .onnx file in the item's "
            "folder or below: put the model beside the item, or name the .onnx file itself"
        ),
    }
    try:
        local = file_of_href(href, path)
    except HrefError as error:
        raise PredictorError(sentences[error.fault]) from error
    if local.suffix.lower() != ".onnx":
        raise PredictorError(sentences[HrefFault.OUTSIDE])
    return local


def sha256_of(asset: Mapping[str, Any], origin: str) -> Optional[str]:
    """The SHA-256 that an asset states, 64 hexadecimal digits; None where it states none.

    Args:
        asset: One of an item's.
        origin: Its name, for messages.

    Raises:
        PredictorError: The checksum is of another kind, which cannot be verified.
    """
    checksum = asset.get("file:checksum")
    if checksum is None or checksum == "":
        return None
    text = str(checksum).lower()
    digest = text[len(MULTIHASH_SHA256) :]
    is_whole = len(digest) == _DIGITS and set(digest) <= set("0123456789abcdef")
    if not text.startswith(MULTIHASH_SHA256) or not is_whole:
        msg = (
            f"{origin}: the checksum {shown(text, 80)} is not SHA-256 (a multihash that starts "
            "with 1220)"
        )
        raise PredictorError(msg)
    return digest
