"""Files of an item: search, size and checksum, relative href; and writing the item itself."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from camp_detector_core.model_file.hrefs import href_of, path_of_href
from camp_detector_core.model_file.item import MULTIHASH_SHA256
from camp_detector_core.model_file.untrusted import checksum_of
from camp_detector_core.outputs.checked_file import write_checked

from .assets import asset_kinds
from .facts import StacError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pystac

    from camp_detector_core.engine.spec import ModelSpec


def find_assets(folder: Path, spec: ModelSpec) -> dict[str, Path]:
    """Find the files of a run that an item in this folder lists, by the key of their asset.

    Args:
        folder: Folder of the item: ``meta`` of a training run.
        spec: The model.
    """
    assets = {}
    for key, kind in asset_kinds(spec).items():
        hits = [folder / name for name in kind.names if (folder / name).is_file()]
        if hits:
            assets[key] = hits[0]
    return assets


def relative_href(path: Path, folder: Path) -> str:
    """Make the href of a file relative to the item's folder, with ``/`` on every system.

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
    """Compute ``file:size`` and ``file:checksum`` of a file in one reading.

    Raises:
        StacError: It cannot be read.
    """
    try:
        sha256, size = checksum_of(path)
    except OSError as error:
        msg = f"{path} cannot be read for the item: {error.strerror}"
        raise StacError(msg) from error
    return {"file:size": size, "file:checksum": MULTIHASH_SHA256 + sha256}


def item_bytes(item: Mapping[str, Any]) -> bytes:
    """Serialise an item; equal items give equal bytes."""
    text = json.dumps(item, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def write_item(item: pystac.Item, path: Path) -> None:
    """Write an item completely after a check of its files, or leave the path unchanged.

    Args:
        item: From `create_stac_mlm_item`.
        path: In the folder that its hrefs start from; an existing item is replaced.

    Raises:
        StacError: A file that it speaks of is not there.
        ExportError: It cannot be written.
    """
    fields = item.to_dict(include_self_link=False, transform_hrefs=False)
    for key, asset in fields["assets"].items():
        href = asset["href"]
        is_ours = href.startswith(("./", "../"))
        if is_ours and not path_of_href(href, path.parent).is_file():
            msg = f"the item's asset {key} is {href}, which is not there: seen from {path.parent}"
            raise StacError(msg)
    write_checked(item_bytes(fields), path, check=lambda _: None)
