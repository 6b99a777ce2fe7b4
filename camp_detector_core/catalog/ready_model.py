"""An item and its files, checked completely before anything enters a catalogue."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file import open_model
from camp_detector_core.model_file.hrefs import HrefError, file_of_href, href_of
from camp_detector_core.model_file.item import MULTIHASH_SHA256, read_item
from camp_detector_core.model_file.untrusted import checksum_of, require_file

from .entry import Asset, Entry, revision
from .errors import CatalogError, extra
from .names import check_id, file_name, item_path
from .stores import MAX_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.model_file import ModelFile

_DRIVE = re.compile("[A-Za-z]:")
"""Drive of Windows at the beginning of a path."""
_CHECKPOINT = "mlm:checkpoint"
_ZONES = dt.timedelta(days=1)
"""Time zones differ by up to a day, so that tomorrow's date may be valid already."""
ALL = "all"
ENOUGH = "enough"
"""Default set of assets, to run and assess a model: all but checkpoints and bare definitions."""
_DEFINITION = ".emd"
"""Esri's definition files name files that are no assets; packages hold definitions of their own."""


@dataclass(frozen=True)
class AssetFile:
    """A file that is added with an item."""

    name: str
    """File name in the catalogue."""
    source: Path
    size: int
    sha256: str


@dataclass(frozen=True)
class ReadyModel:
    """A model that is ready for a catalogue."""

    id: str
    item: dict[str, Any]
    """Item whose assets get their hrefs when it is placed."""
    files: dict[str, AssetFile]
    """Files by asset key; several keys may share a file."""
    left_out: tuple[str, ...]
    """Keys of assets that are not added."""

    @property
    def revision(self) -> str:
        """Name of this set of files."""
        return revision({f.name: f.sha256 for f in self.files.values()})

    @property
    def bytes(self) -> int:
        """Size of all files together."""
        return sum(f.size for f in {f.name: f for f in self.files.values()}.values())

    def with_hrefs(self, href: Callable[[str], str]) -> dict[str, Any]:
        """Return the item with each file's href ``href(name)``, size and checksum."""
        assets = {
            key: {
                **self.item["assets"][key],
                "href": href(file.name),
                "file:size": file.size,
                "file:checksum": MULTIHASH_SHA256 + file.sha256,
            }
            for key, file in self.files.items()
        }
        assets_of_item = {k: assets.get(k, a) for k, a in self.item["assets"].items()}
        return {**self.item, "assets": assets_of_item}


def model_of_item(path: Path, *, assets: str = ENOUGH, root: Path | None = None) -> ReadyModel:
    """Read an item that is to enter a catalogue, with all its files.

    Args:
        path: The item (``.json``).
        assets: `ENOUGH`, `ALL`, or keys with commas between; the ONNX model goes along always.
        root: Folder that hrefs may lead into; None is the item's own.

    Raises:
        CampDetectorError: The item leads to no model that can be run, a file is missing or is not
            the one that the item describes, or an href leads out of the folder.
    """
    model = open_model(path)
    item = read_item(path)
    return _ready(item, model, path, assets=assets, root=root)


def model_of_onnx(path: Path, *, trained: dt.datetime | None = None) -> ReadyModel:
    """Describe a bare ONNX model by a new item, ready for a catalogue.

    Args:
        path: The model (``.onnx``).
        trained: When it was trained, with a time zone, where it does not say so itself.

    Raises:
        CampDetectorError: The model cannot be run, or its date is unknown.
    """
    extra("pystac")
    from camp_detector_core.stac import create_stac_mlm_item, facts_of

    model = open_model(path)
    run = facts_of(model.spec)
    trained = trained or run.trained
    if trained is None:
        msg = f"{path} does not say when it was trained, which its item must"
        raise CatalogError(msg, parameter="trained", remedy="give {trained=DATE}")
    if trained > dt.datetime.now(dt.UTC) + _ZONES:
        msg = f"{path} cannot have been trained in the future, on {trained:%Y-%m-%d}: correct it"
        raise CatalogError(msg)
    stac_item = create_stac_mlm_item(path, run=replace(run, trained=trained), assets={})
    item = stac_item.to_dict(include_self_link=False, transform_hrefs=False)
    return _ready(item, model, path, assets=ALL, root=None)


def _ready(
    item: dict[str, Any], model: ModelFile, path: Path, *, assets: str, root: Path | None
) -> ReadyModel:
    entry = Entry(check_id(model.spec.id), item, item_path(model.spec.id))
    selection, left_out = _choose(entry, assets, path)
    home = (root or path.parent).resolve()
    files = {a.key: _verify(a, path, home) for a in selection if _is_local(a.href)}
    if model.sha256 not in {f.sha256 for f in files.values()}:
        msg = f"the ONNX model of {path} does not lie in its folder: put it beside the item"
        raise CatalogError(msg)
    item_assets = {k: a for k, a in item["assets"].items() if k not in left_out}
    full_item = _complete({**item, "id": entry.id, "assets": item_assets}, model.spec)
    return ReadyModel(entry.id, full_item, _without_clashes(files), tuple(left_out))


def _choose(entry: Entry, assets: str, path: Path) -> tuple[list[Asset], list[str]]:
    """Choose the assets to add; returns them and the keys of the others."""
    assets_by_key = {a.key: a for a in entry.assets}
    keys = [k.strip() for k in assets.split(",") if k.strip()]
    if keys == [ALL]:
        chosen_keys: Collection[str] = assets_by_key
    elif keys == [ENOUGH]:
        chosen_keys = {
            k
            for k, a in assets_by_key.items()
            if _CHECKPOINT not in a.roles and not a.href.lower().endswith(_DEFINITION)
        }
    else:
        unknown = [k for k in keys if k not in assets_by_key]
        if unknown or not keys:
            msg = (
                f"{path} has no asset {shown(', '.join(unknown))!r}: choose all, enough, or some "
                f"of {shown(', '.join(assets_by_key))}"
            )
            raise CatalogError(msg)
        chosen_keys = {
            *keys,
            *(k for k, a in assets_by_key.items() if a.href.lower().endswith(".onnx")),
        }
    selection = [a for k, a in assets_by_key.items() if k in chosen_keys]
    return selection, [k for k in entry.item["assets"] if k not in chosen_keys]


def _is_local(href: str) -> bool:
    """Test if an href names a local file; one letter before a colon is a drive of Windows."""
    scheme = urlsplit(href).scheme
    return len(scheme) <= 1 or scheme == "file"


def _verify(asset: Asset, item: Path, home: Path) -> AssetFile:
    """Read a file's size and checksum and compare them with the item."""
    source = _source(asset, item, home)
    require_file(source, what=f"asset {shown(asset.key)}")
    digest, size = _sum(source)
    if asset.size not in {None, size} or asset.sha256 not in {None, digest}:
        msg = (
            f"{source} is not the file that the asset {shown(asset.key)} of {item} describes (its "
            "size or checksum differs): write the item again"
        )
        raise CatalogError(msg)
    return AssetFile(file_name(href_of(source.name)), source, size, digest)


def _source(asset: Asset, item: Path, home: Path) -> Path:
    try:
        source = file_of_href(asset.href, item, [home])
    except HrefError as error:
        if _DRIVE.match(unquote(asset.href)):
            msg = (
                f"the asset {shown(asset.key)} of {item} has an absolute path, "
                f"{shown(asset.href)}, which may lie outside of {home}: make the hrefs of the "
                "item relative"
            )
            raise CatalogError(msg) from error
        msg = (
            f"the asset {shown(asset.key)} of {item} lies outside of {home}, at {shown(asset.href)}"
        )
        remedy = "leave it out with {assets} | allow a folder with {root}"
        raise CatalogError(msg, parameter="root", remedy=remedy) from error
    if not source.exists():
        msg = f"the file of the asset {shown(asset.key)} of {item} is missing ({shown(asset.href)})"
        remedy = "put it there | choose other assets with {assets}"
        raise CatalogError(msg, parameter="assets", remedy=remedy)
    return source


def _sum(path: Path) -> tuple[str, int]:
    """Compute SHA-256 and size of a file."""
    try:
        if path.stat().st_size > MAX_FILE:
            msg = f"{path} is larger than {MAX_FILE >> 30} GiB, which no catalogue takes"
            raise CatalogError(msg)
        return checksum_of(path)
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror or error}"
        raise CatalogError(msg) from error


def _without_clashes(files: dict[str, AssetFile]) -> dict[str, AssetFile]:
    """Rename files so that different ones never share a name, even regardless of case."""
    by_name: dict[str, AssetFile] = {}
    renamed = {}
    for key, file in files.items():
        name = file.name
        while by_name.get(name.lower(), file).sha256 != file.sha256:
            name = f"{file_name(key)}-{name}"
        renamed[key] = by_name.setdefault(name.lower(), replace(file, name=name))
    return renamed


def _complete(item: dict[str, Any], spec: ModelSpec) -> dict[str, Any]:
    """Complete the item with the model's own statements."""
    item_properties = item.get("properties")
    properties = dict(item_properties) if isinstance(item_properties, dict) else {}
    properties.setdefault("gsd", spec.gsd)
    if spec.licence:
        properties.setdefault("license", spec.licence)
    if spec.attribution:
        credit = [{"name": a, "roles": ["licensor"]} for a in spec.attribution]
        properties.setdefault("providers", credit)
    full_item = {**item, "properties": properties}
    try:
        json.dumps(full_item, allow_nan=False)
    except ValueError as error:
        msg = f"the item of {spec.id} holds NaN or infinity, which JSON cannot represent"
        raise CatalogError(msg) from error
    return full_item
