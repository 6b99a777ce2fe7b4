"""The files of an item: found, measured, named relative to it; and the item itself, written."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from camp_detector_core.checked_file import write_checked
from camp_detector_core.model_file.hrefs import href_of, path_of_href
from camp_detector_core.model_file.reader import MULTIHASH_SHA256

from .assets import asset_kinds
from .facts import StacError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pystac

    from camp_detector_core.engine.spec import ModelSpec

_CHUNK = 1 << 20


def find_assets(folder: Path, spec: ModelSpec) -> dict[str, Path]:
    """The files of a run that an item in this folder speaks of, by the key of their asset.

    Args:
        folder: Where the item will be: ``meta`` of a training run.
        spec: The model.
    """
    found = {}
    for key, kind in asset_kinds(spec).items():
        hits = [folder / name for name in kind.names if (folder / name).is_file()]
        if hits:
            found[key] = hits[0]
    return found


def relative_href(path: Path, folder: Path) -> str:
    """A file as seen from the item's folder, with ``/`` on every system.

    Raises:
        StacError: It lies on another disk.
    """
    try:
        way = os.path.relpath(os.path.abspath(path), os.path.abspath(folder))  # noqa: PTH100
    except ValueError as error:
        msg = f"{path} lies on another disk than the item's folder {folder}: copy it there"
        raise StacError(msg) from error
    return href_of(Path(way).as_posix())


def file_fields(path: Path) -> dict[str, Any]:
    """``file:size`` and ``file:checksum`` of a file, from one reading.

    Raises:
        StacError: It cannot be read.
    """
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        msg = f"{path} cannot be read for the item: {error.strerror}"
        raise StacError(msg) from error
    return {"file:size": size, "file:checksum": MULTIHASH_SHA256 + digest.hexdigest()}


def item_bytes(item: Mapping[str, Any]) -> bytes:
    """The text of an item; the same item gives the same bytes."""
    text = json.dumps(item, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def write_item(item: pystac.Item, path: Path) -> None:
    """Write an item; it is whole and its files are there, or the path is as it was.

    Args:
        item: From `create_stac_mlm_item`.
        path: In the folder that its hrefs start from; an existing item is replaced.

    Raises:
        StacError: A file that it speaks of is not there.
        ExportError: It cannot be written.
    """
    plain = item.to_dict(include_self_link=False, transform_hrefs=False)
    for key, asset in plain["assets"].items():
        href = asset["href"]
        is_ours = href.startswith(("./", "../"))
        if is_ours and not path_of_href(href, path.parent).is_file():
            msg = f"the item's asset {key} is {href}, which is not there: seen from {path.parent}"
            raise StacError(msg)
    write_checked(item_bytes(plain), path, check=lambda _: None)
