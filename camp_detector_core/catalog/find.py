"""Model files by path or by catalogue id, as ``detect --model ID`` finds them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from camp_detector_core.model_file import item
from camp_detector_core.model_file.package import MAX_NETWORK
from camp_detector_core.model_file.untrusted import checksum_of
from camp_detector_core.outputs.whole_file import whole_file, write_whole
from camp_detector_core.user_folders import cache_folder, chosen_catalog

from .copying import Counter, verified
from .entry import Asset, Entry, canonical, entry_of
from .errors import CatalogError, UnknownModelError, UnreachableError, catalog_errors
from .names import check_id, file_name, is_id

if TYPE_CHECKING:
    from camp_detector_core.engine.ports import Progress

    from .base import Catalog

_SUFFIXES = {".onnx", ".json", ".dlpk"}


@dataclass(frozen=True)
class FoundModel:
    """A model file given by path or found in a catalogue."""

    path: Path
    """File that `camp_detector_core.model_file.open_model` opens."""
    warning: str | None = None
    """Warning for the user, one sentence."""


def find_model(
    name: str | Path, *, catalog: str | None = None, progress: Progress | None = None
) -> FoundModel:
    """Find the file of a model by its path, or by its id in a catalogue.

    Args:
        name: A file is taken as it is; so is whatever cannot be an id.
        catalog: The catalogue; None is that of the environment, or the user's own.
        progress: Told of bytes while a model is downloaded.

    Raises:
        CatalogError: There is neither such a file nor such a model, or it cannot be fetched.
    """
    text, path = str(name), Path(name)
    if path.is_file() or path.suffix.lower() in _SUFFIXES or not is_id(text):
        return FoundModel(path)
    from . import open_catalog

    source = open_catalog(chosen_catalog(catalog))
    try:
        entry = source.get(text)
    except UnreachableError as error:
        return _from_cache(source.location, text, error)
    except CatalogError as error:
        sentence = f"{text} is neither a file nor a model of the catalogue: {error.sentence}"
        raise error.with_sentence(sentence) from error
    local = source.local_item(entry)
    if local is not None:
        return FoundModel(local)
    try:
        return FoundModel(_fetched(source, entry, progress))
    except UnknownModelError:
        current_entry = source.get(text)  # it may have been replaced just now
        if current_entry == entry:
            raise
        return FoundModel(_fetched(source, current_entry, progress))


def onnx_asset(entry: Entry) -> Asset:
    """Find the ONNX model among an item's assets.

    Raises:
        CatalogError: The item has no ONNX model, or several.
    """
    with catalog_errors():
        key, _ = item.onnx_asset(entry.item, f"the item of {entry.id}")
    assets = [asset for asset in entry.assets if asset.key == key]
    if not assets:
        msg = f"the ONNX asset of {entry.id} has no href: add the model again"
        raise CatalogError(msg)
    return assets[0]


def _home(location: str, model_id: str) -> Path:
    """Download folder of one model of one catalogue."""
    place = hashlib.sha256(location.encode()).hexdigest()[:16]
    return cache_folder() / "catalogs" / place / check_id(model_id)


def _fetched(catalog: Catalog, entry: Entry, progress: Progress | None) -> Path:
    """Path of the downloaded item, downloading it and its model unless they are there already."""
    asset = onnx_asset(entry)
    if asset.sha256 is None:
        msg = (
            f"the item of {entry.id} in {catalog.location} gives no checksum of its model, so that "
            "a download cannot be verified: add the model again"
        )
        raise CatalogError(msg)
    home = _home(catalog.location, entry.id)
    name = file_name(asset.href)
    model = home / asset.sha256[:12] / (name if name.lower().endswith(".onnx") else "model.onnx")
    if not _is_whole(model, asset.sha256):
        _download(catalog, entry, asset, model, progress)
    asset_fields = {
        **entry.item["assets"][asset.key],
        "href": f"./{model.parent.name}/{model.name}",
    }
    item = {**entry.item, "assets": {asset.key: asset_fields}, "links": []}
    return _write(home / f"{entry.id}.json", canonical(item))


def _download(
    catalog: Catalog, entry: Entry, asset: Asset, model: Path, progress: Progress | None
) -> None:
    size = asset.size or 0
    if size > MAX_NETWORK:
        msg = f"the model {entry.id} has {size >> 20} MiB, which no model here has: not fetched"
        raise CatalogError(msg)
    step = Counter(size, progress)
    name = f"the ONNX model of {entry.id} in {catalog.location}"
    try:
        with whole_file(model) as part, part.open("wb") as stream:
            pieces = catalog.chunks(entry, asset)
            for piece in verified(pieces, size or None, asset.sha256, name):
                stream.write(piece)
                step(len(piece))
                if stream.tell() > MAX_NETWORK:
                    size_text = f"{MAX_NETWORK >> 20} MiB"
                    msg = f"the model {entry.id} is larger than {size_text}: not fetched"
                    raise CatalogError(msg)
    except OSError as error:
        msg = f"the model {entry.id} cannot be kept in {model.parent}: {error.strerror or error}"
        raise CatalogError(msg) from error


def _write(path: Path, data: bytes) -> Path:
    """Write a small file completely or not at all."""
    try:
        if path.is_file() and path.read_bytes() == data:
            return path
        write_whole(path, data, make_folder=True)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror or error}"
        raise CatalogError(msg) from error
    return path


def _is_whole(path: Path, sha256: str) -> bool:
    """Test if a file exists with the given checksum."""
    try:
        return checksum_of(path)[0] == sha256
    except OSError:
        return False


def _from_cache(location: str, model_id: str, error: UnreachableError) -> FoundModel:
    """Use the last download if the catalogue does not answer."""
    home = _home(location, model_id)
    item = home / f"{model_id}.json"
    if not item.is_file():
        raise error
    entry = entry_of(item.read_bytes(), item.name, str(home))
    asset = onnx_asset(entry)
    if asset.sha256 is None or not _is_whole(home / asset.href, asset.sha256):
        raise error
    return FoundModel(item, f"{location} does not answer: {model_id} is used as fetched before")
