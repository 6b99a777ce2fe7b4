"""Lists files as assets in an existing item."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from camp_detector_core.model_file.item import assets_of, properties_of
from camp_detector_core.outputs.checked_file import write_checked
from camp_detector_core.stac.validation.reading import read_item

from .assets import asset_kinds, asset_of
from .facts import StacError
from .files import file_fields, item_bytes, relative_href
from .model import bands_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from camp_detector_core.engine.spec import ModelSpec


def list_in_item(path: Path, files: Mapping[str, Path], spec: ModelSpec) -> bool:
    """List files in an item; its other content stays, but ``updated`` after a change.

    Args:
        path: The item; it is written completely or not at all.
        files: Files by asset key.
        spec: The item's model.

    Returns:
        True if the item was written, False if it listed the files already.

    Raises:
        StacError: The asset is not known, or a file lies outside of the item's folder.
        PredictorError: The item cannot be read.
        ExportError: It cannot be written.
    """
    item, kinds = read_item(path), asset_kinds(spec)
    old_assets = assets_of(item)
    assets = dict(old_assets)
    for key, file in files.items():
        href = relative_href(file, path.parent)
        if key not in kinds or href.startswith("../"):
            msg = f"{file} cannot be listed in {path}: put it into the item's folder, or below"
            raise StacError(msg)
        assets[key] = asset_of(kinds[key], href, bands_of(spec)) | file_fields(file)
    if assets == old_assets:
        return False
    order = [*kinds, *(key for key in assets if key not in kinds)]
    item["assets"] = {key: assets[key] for key in order if key in assets}
    updated = dt.datetime.now(dt.UTC).replace(microsecond=0)
    properties_of(item)["updated"] = updated.isoformat().replace("+00:00", "Z")
    write_checked(item_bytes(item), path, check=lambda _: None)
    return True
