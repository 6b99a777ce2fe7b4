"""A checked package and the STAC item of its model, ready to publish."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.emd_keys import SPEC_KEY
from camp_detector_core.engine.errors import PredictorError, SpecError
from camp_detector_core.engine.wording import shown
from camp_detector_core.esri.package_check import check_package
from camp_detector_core.esri.thumbnail import SIGNATURE
from camp_detector_core.model_file import open_model
from camp_detector_core.model_file.item import read_item, spec_of
from camp_detector_core.model_file.package import open_definition
from camp_detector_core.model_file.untrusted import checksum_of
from camp_detector_core.model_file.zip_file import open_zip, read_member

from .errors import PublishError

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Mapping
    from pathlib import Path

    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.model_file.emd import Kind

ITEM_NAME = "stac_item.json"
"""Name of the STAC item that a training run writes beside its models."""
_MAX_THUMBNAIL = 1 << 20
"""Largest thumbnail in bytes; portals scale thumbnails to 600 by 400 pixels."""
_THUMBNAIL = "esriinfo/thumbnail/thumbnail.png"


@dataclass(frozen=True)
class Package:
    """A deep learning package that was read and checked."""

    path: Path
    size: int
    """Bytes."""
    sha256: str
    spec: ModelSpec
    kind: Kind
    thumbnail: bytes | None = field(repr=False)
    """A PNG picture."""
    item: Mapping[str, Any] | None = field(default=None, repr=False)
    """STAC item of the model, if there is one."""
    notes: tuple[str, ...] = ()
    """Notes for the user."""


def read_package(path: Path, item: Path | None = None) -> Package:
    """Check a package and read its descriptions.

    Args:
        path: The ``.dlpk``.
        item: The STAC item of its model; None: the one beside the package, if it is of this model.

    Raises:
        CampDetectorError: The package or the item is broken, or they are of different models.
    """
    if path.suffix.lower() != ".dlpk":
        msg = f"{path} is not a deep learning package: a .dlpk file is needed"
        raise PublishError(msg)
    _check(path)  # first, because its words lead to what is wrong
    definition = open_definition(path)
    kind, spec = definition.kind, open_model(path).spec
    if not definition.is_ours or kind is None:
        msg = (
            f"{definition.origin} has no {SPEC_KEY}, so it is not of a model of Camp Detector: "
            "build it with camp-detector package build"
        )
        raise PublishError(msg)
    digest, size = checksum_of(path)
    with open_zip(path) as archive:
        thumbnail = _thumbnail(archive)
    notes = [] if thumbnail else [f"{path.name} holds no {_THUMBNAIL}: the item gets no picture"]
    stac_item, note = _item(path, item, spec)
    notes += [note] if note else []
    return Package(path, size, digest, spec, kind, thumbnail, stac_item, tuple(notes))


def _check(path: Path) -> None:
    """Refuse a package that ArcGIS could not use.

    Raises:
        PublishError: It has a problem; the first is said.
    """
    problems = check_package(path).of("problem")
    if problems:
        first, count = problems[0], len(problems) - 1
        others_note = f" (and {count} more: camp-detector package check {path})" if count else ""
        msg = f"{path} is broken, {first.path}: {first.message}{others_note}; {first.remedy}"
        raise PublishError(msg)


def _thumbnail(archive: zipfile.ZipFile) -> bytes | None:
    """Read the thumbnail of a package; None if it is missing, too large or no PNG."""
    try:
        data = read_member(archive, _THUMBNAIL, _MAX_THUMBNAIL, _THUMBNAIL)
    except PredictorError:
        return None
    return data if data.startswith(SIGNATURE) else None


def _item(
    package: Path, path: Path | None, spec: ModelSpec
) -> tuple[Mapping[str, Any] | None, str | None]:
    """Read the STAC item, with a note if the one beside the package is not used."""
    item_path = path or package.parent / ITEM_NAME
    if path is None and not item_path.is_file():
        return None, None
    item = read_item(item_path)
    try:
        is_of_model = item.get("id") == spec.id and spec_of(item, str(item_path)) in (None, spec)
    except SpecError as error:  # it may be of another release
        if path is not None:
            raise
        return None, f"{error.sentence}: it is not used"
    if is_of_model:
        return item, None
    mismatch = f"{item_path} describes {shown(item.get('id'))}, not the {spec.id} of {package.name}"
    if path is None:
        return None, f"{mismatch}: it is not used"
    msg = f"{mismatch}: give the item of this model"
    raise PublishError(msg)
