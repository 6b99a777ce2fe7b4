"""`create_dlpk`: a deep learning package for ArcGIS Pro, made of one model.

A package is a zip file. The same model, item and release give the same bytes on every system:
members are sorted, without times, and not compressed, because what deflate makes depends on the
library that does it, and weights hardly shrink.
"""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files as resources
from pathlib import Path
from typing import TYPE_CHECKING

from camp_detector_core.carry import zip_bytes
from camp_detector_core.engine.errors import OutputError, SpecError
from camp_detector_core.engine.wording import one_line, shown
from camp_detector_core.model_file.emd import (
    FUNCTION,
    KINDS,
    MODEL_MEMBER,
    TORCHSCRIPT_MEMBER,
    EmdFiles,
    Kind,
    emd_bytes,
    emd_of,
)
from camp_detector_core.model_file.item import properties_of
from camp_detector_core.model_file.json_values import texts
from camp_detector_core.outputs.output_set import OutputSet, cannot_write

from .engine_copy import engine_copy
from .item_info import THUMBNAIL, ItemInfo
from .model_card import TOOLS, description_of, licence_text, model_card, title_of
from .model_limits import limits_of
from .package_source import PackageSource, open_source
from .thumbnail import thumbnail

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOST = "esri_toolbox"
"""Package with the raster function, which is read as a file and never imported."""
_ENDING = ".dlpk"
_STEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
"""Short ASCII without blanks, because ArcGIS unpacks into long paths."""
_TAGS = ("deep learning", "dwellings", "refugee camps", "humanitarian")


def create_dlpk(  # noqa: PLR0913 - each is one choice of the user
    model: str | Path,
    out: str | Path,
    *,
    kind: Kind,
    item: str | Path | None = None,
    torchscript: str | Path | None = None,
    overwrite: bool = False,
) -> Path:
    """Make a deep learning package of a model, completely or not at all.

    Args:
        model: ``.onnx``, a STAC item of this project, or a ``.dlpk``.
        out: The ``.dlpk``. The definition in it has the same stem, which ArcGIS' publishing wants:
            give the package the name that it shall keep.
        kind: ``classify`` for classes of pixels, ``detect`` for polygons.
        item: STAC item of the model, for the card and the picture; where ``model`` is one, that.
        torchscript: The same model as TorchScript, as training exports it, to carry along. The
            package works without it.
        overwrite: True to replace an earlier package.

    Returns:
        The package.

    Raises:
        PredictorError: A file cannot be read, or is not what it should be.
        SpecError: Files describe different models, or a name does not do.
        OutputError: The package cannot be written, or exists.
    """
    out = Path(out)
    stem_of(out)
    source = open_source(model, item=item, torchscript=torchscript)
    write_files({out: package_bytes(source, out, kind)}, overwrite)
    return out


def create_dlpks(
    source: PackageSource, folder: Path, *, name: str | None = None, overwrite: bool = False
) -> list[Path]:
    """Make a package of each kind, ``NAME-classify.dlpk`` and ``NAME-detect.dlpk``; both or none.

    Args:
        source: From `open_source`.
        folder: It is made where it is missing.
        name: Without ending, by default the model's name.
        overwrite: True to replace earlier packages.

    Raises:
        SpecError: The name does not do.
        OutputError: A package cannot be written, or exists.
    """
    base = source.spec.name if name is None else base_of(name)
    kinds_by_path = {folder / name_of(f"{base}-{kind}.dlpk"): kind for kind in KINDS}
    write_files(
        {out: package_bytes(source, out, kind) for out, kind in kinds_by_path.items()}, overwrite
    )
    return list(kinds_by_path)


def write_files(files: Mapping[Path, bytes], overwrite: bool) -> None:  # noqa: FBT001 - no default
    """Write all files, or none.

    Raises:
        OutputError: One cannot be written, or exists.
    """
    for folder in {path.parent for path in files}:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(folder, error) from error
    with OutputSet(list(files), overwrite=overwrite) as outputs:
        for path, data in files.items():
            try:
                outputs.target(path).temporary.write_bytes(data)
            except OSError as error:
                raise cannot_write(path, error, needed=len(data)) from error
        outputs.commit()


def stem_of(out: Path) -> str:
    """Name of a package, which is also that of its definition.

    Raises:
        SpecError: ArcGIS could not do with it.
    """
    if out.suffix != _ENDING:
        msg = (
            f"{shown(out.name)!r} is no name for a package: it must end in .dlpk, in small letters"
        )
        raise SpecError(msg)
    if not _STEM.fullmatch(out.stem):
        msg = (
            f"{shown(out.name)!r} is no name for a package: at most 60 ASCII letters, digits, '.', "
            "'_' and '-', before .dlpk"
        )
        raise SpecError(msg)
    return out.stem


def name_of(name: str) -> str:
    """Return the file name of a package if it is not a path, which would lead elsewhere.

    Raises:
        SpecError: It is one, or ArcGIS could not do with it.
    """
    if Path(name).name != name or "\\" in name:
        msg = (
            f"{shown(name)!r} is a path: give the name of the package alone, and its folder by the "
            "option for that"
        )
        raise SpecError(msg)
    stem_of(Path(name))
    return name


def base_of(name: str, *, ending: str = "") -> str:
    """Name to which ``-classify.dlpk`` and ``-detect.dlpk`` can be added.

    Args:
        name: As it was given, without what is the same in all names that can be given.
        ending: That, for the message.

    Raises:
        SpecError: It ends in one of these already.
    """
    stem = name[: -len(_ENDING)] if name.lower().endswith(_ENDING) else name
    short = next((stem[: -len(k) - 1] for k in KINDS if stem.endswith(f"-{k}")), stem)
    if short != name:
        suffixes = " and ".join(f"-{kind}{_ENDING}" for kind in KINDS)
        msg = f"{shown(name + ending)!r} would get {suffixes} added: give {shown(short + ending)!r}"
        raise SpecError(msg)
    return name


def package_bytes(source: PackageSource, out: Path, kind: Kind) -> bytes:
    """Build the bytes of a package.

    Args:
        source: From `open_source`.
        out: The name that it will have.
        kind: Kind of the package.

    Raises:
        OutputError: This installation lacks the raster function.
    """
    spec, stem, engine = source.spec, stem_of(out), engine_copy()
    script = None if source.torchscript is None else TORCHSCRIPT_MEMBER
    members = {
        f"{stem}.emd": emd_bytes(emd_of(spec, kind, EmdFiles(engine.name, torchscript=script))),
        MODEL_MEMBER: source.model.onnx,
        FUNCTION: raster_function(),
        engine.name: engine.data,
        "MODEL_CARD.md": model_card(spec, kind, source.item, limits=limits_of(source.model)),
        "LICENSE.txt": licence_text(spec),
        f"esriinfo/{THUMBNAIL}": thumbnail(spec, source.example),
    }
    if source.torchscript is not None:
        members[TORCHSCRIPT_MEMBER] = source.torchscript
    info = item_info(source, stem, kind)
    members["esriinfo/iteminfo.xml"] = info.item_xml()
    digest = hashlib.sha256(zip_bytes(members)).hexdigest()
    members["esriinfo/item.pkinfo"] = info.package_xml(digest)
    return zip_bytes(members)


def raster_function() -> bytes:
    """Source of the Python raster function that ArcGIS runs.

    Raises:
        OutputError: This installation lacks it.
    """
    try:
        data = (resources(_HOST) / FUNCTION).read_bytes()
    except (OSError, ModuleNotFoundError) as error:
        msg = (
            f"{_HOST}/{FUNCTION} is missing from this installation, and a package cannot work "
            "without it: install camp-detector again"
        )
        raise OutputError(msg) from error
    return data.replace(b"\r\n", b"\n")


def item_info(source: PackageSource, stem: str, kind: Kind) -> ItemInfo:
    """Title, summary and credits of a package for ArcGIS and its portals."""
    spec = source.spec
    names = tuple(c.name for c in spec.classes)
    keywords = texts(properties_of(source.item).get("keywords"))
    return ItemInfo(
        name=stem,
        title=title_of(spec, source.item),
        snippet=f"Finds {', '.join(names)} at {spec.gsd:g} m; for {TOOLS[kind]}.",
        description=description_of(spec, source.item),
        credits="; ".join(one_line(name) for name in spec.attribution),
        licence=one_line(spec.licence),
        tags=tuple(dict.fromkeys((*_TAGS, *names, *map(one_line, keywords)))),
    )
