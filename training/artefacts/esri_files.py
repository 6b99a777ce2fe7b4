"""The files for ArcGIS Pro beside the models of a run, under the names that users know."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.errors import CampDetectorError, PredictorError, SpecError
from camp_detector_core.esri.dlpk import (
    base_of,
    name_of,
    package_bytes,
    raster_function,
    write_files,
)
from camp_detector_core.esri.engine_copy import ENGINE_NAME, engine_copy
from camp_detector_core.esri.package_source import open_source
from camp_detector_core.model_file.emd import (
    FUNCTION,
    KINDS,
    TORCHSCRIPT_MEMBER,
    EmdFiles,
    Kind,
    emd_bytes,
    emd_of,
)
from camp_detector_core.model_file.zip_file import open_zip
from camp_detector_core.outputs.output_set import cannot_write
from camp_detector_core.stac import find_assets, list_in_item
from training.artefacts.run_item import MODEL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camp_detector_core.esri.package_source import PackageSource

LOG = logging.getLogger(__name__)

PACKAGE, DEFINITION, TORCHSCRIPT = "best_model.dlpk", "model.emd", "best_model.pt"
NAME = "refugee-camp-detector.dlpk"
"""Default name of a package."""
NAMES = (
    NAME,
    *(f"{Path(NAME).stem}-{kind}.dlpk" for kind in KINDS),
    PACKAGE,
    DEFINITION,
    FUNCTION,
)
"""All that is written of a model where nothing else is said, but the engine (`engines_in`)."""


@dataclass(frozen=True)
class EsriFiles:
    """The files that `stac2esri` wrote."""

    packages: tuple[Path, ...]
    definition: Path
    """``model.emd``, which runs from its folder, too."""
    listed: bool
    """True where the STAC item lists them."""


def stac2esri(  # noqa: PLR0913 - each is one choice of the user
    stac_path: Path,
    onnx_path: Path,
    out_dir: Path,
    dlpk_name: str = NAME,
    *,
    torchscript: Path | None = None,
    overwrite: bool = False,
) -> EsriFiles:
    """Write the deep learning packages of a model, and list them in its STAC item.

    Args:
        stac_path: The item, from which the card and the picture come.
        onnx_path: The model.
        out_dir: Gets the package ``dlpk_name`` and, of the same content under its own name,
            ``NAME-detect.dlpk`` and ``best_model.dlpk``; ``NAME-classify.dlpk``; ``model.emd``,
            with the raster function and the engine that it needs beside it.
        dlpk_name: Name of a file, with .dlpk.
        torchscript: To carry along in the packages.
        overwrite: Whether earlier files are replaced. All are written, or none.

    Raises:
        PredictorError: A file cannot be read, or is not what it should be.
        SpecError: Files describe different models, or a name does not do.
        OutputError: A file cannot be written, or exists.
        StacError: The item cannot be made to list the files.
    """
    stem = base_of(Path(name_of(dlpk_name)).stem, ending=".dlpk")
    source = open_source(onnx_path, item=stac_path, torchscript=torchscript)
    kinds: dict[str, Kind] = {f"{stem}-{kind}.dlpk": kind for kind in KINDS}
    kinds |= {dlpk_name: "detect"}
    packages = {out_dir / n: package_bytes(source, out_dir / n, k) for n, k in kinds.items()}
    fixed = _fixed_files(source, onnx_path, out_dir)
    # A training leaves those of its model, which need no leave to be what they are already.
    changed = {path: data for path, data in fixed.items() if not _holds(path, data)}
    write_files(packages | changed, overwrite)
    _drop_other_engines(out_dir, fixed)
    every_package = tuple(dict.fromkeys((*packages, out_dir / PACKAGE)))
    return EsriFiles(
        every_package, out_dir / DEFINITION, _list(stac_path, out_dir, dlpk_name, stem, source)
    )


def write_esri_files(folder: Path, item: Path) -> None:
    """Write ``best_model.dlpk`` and ``model.emd`` of a training, and list them in its item.

    Packages that `stac2esri` wrote beside them stay, and stay listed; where its ``best_model.dlpk``
    carries TorchScript, the new one carries that of the run.

    Args:
        folder: ``meta`` of the run; earlier files are replaced.
        item: STAC item of the model, in the same folder.

    Raises:
        PredictorError: The model cannot be read.
        SpecError: ArcGIS cannot run the model.
        OutputError: A file cannot be written.
        StacError: The item cannot be made to list the files.
    """
    model = folder / MODEL
    source = open_source(model, item=item, torchscript=_script_of(folder))
    files = _fixed_files(source, model, folder)
    write_files(files, overwrite=True)
    _drop_other_engines(folder, files)
    keys = ("esri-package", "model-metadata")
    assets = find_assets(folder, source.spec)
    list_in_item(item, {key: assets[key] for key in keys}, source.spec)


def package_run(folder: Path, item: Path) -> None:
    """Write the files of `write_esri_files`; a fault there is a warning, and all else stays.

    Args:
        folder: ``meta`` of the run.
        item: STAC item of the model, in the same folder.
    """
    try:
        write_esri_files(folder, item)
    except CampDetectorError as error:
        LOG.warning(
            "The models are in %s, but there is no package for ArcGIS: %s. When that is put right, "
            "say: python -m training stac2esri %s %s %s %s",
            folder,
            error.render(COMMAND),
            COMMAND.parameter("stac_path", str(item)),
            COMMAND.parameter("onnx_path", str(folder / MODEL)),
            COMMAND.parameter("out_dir", str(folder)),
            COMMAND.parameter("overwrite", None),
        )


def _script_of(folder: Path) -> Path | None:
    """Name the TorchScript of the run where the earlier package carries one."""
    package, script = folder / PACKAGE, folder / TORCHSCRIPT
    if not package.is_file():
        return None
    try:
        with open_zip(package) as archive:
            carries_one = TORCHSCRIPT_MEMBER in archive.namelist()
    except PredictorError:  # no package, and it is replaced
        return None
    if carries_one and not script.is_file():
        LOG.warning("%s no longer carries TorchScript, because %s is gone.", package, script)
    return script if carries_one and script.is_file() else None


def _fixed_files(source: PackageSource, onnx: Path, folder: Path) -> dict[Path, bytes]:
    """Return the package and the definition under fixed names, with what the definition needs."""
    engine = engine_copy()
    return {
        folder / PACKAGE: package_bytes(source, folder / PACKAGE, "detect"),
        folder / DEFINITION: _definition(source, onnx, folder, engine.name),
        folder / FUNCTION: raster_function(),
        folder / engine.name: engine.data,
    }


def _holds(path: Path, data: bytes) -> bool:
    """Return True where a file holds these very bytes."""
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _drop_other_engines(folder: Path, files: Mapping[Path, bytes]) -> None:
    """Delete the engines of earlier releases: the raster function looks for one alone.

    Raises:
        OutputError: One cannot be deleted.
    """
    for path in engines_in(folder):
        if path in files:
            continue
        try:
            path.unlink()
        except OSError as error:
            raise cannot_write(path, error) from error


def named_by_definition(folder: Path) -> list[Path]:
    """Return the files that ``model.emd`` needs in its folder, and the network as TorchScript."""
    if not (folder / DEFINITION).is_file():
        return []
    files = [folder / MODEL, folder / TORCHSCRIPT, folder / FUNCTION, *engines_in(folder)]
    return [path for path in files if path.is_file()]


def engines_in(folder: Path) -> list[Path]:
    """The copies of the engine, of any release, that lie in a folder."""
    return [p for p in folder.glob("rcd_engine_*.zip") if ENGINE_NAME.fullmatch(p.name)]


def _definition(source: PackageSource, onnx: Path, folder: Path, engine: str) -> bytes:
    """``model.emd``, which names the model where it lies."""
    try:
        model = Path(os.path.relpath(onnx.resolve(), folder.resolve())).as_posix()
    except ValueError as error:
        msg = f"{onnx} lies on another disk than {folder}: copy it there"
        raise SpecError(msg) from error
    return emd_bytes(emd_of(source.spec, "detect", EmdFiles(engine, model)))


def _list(item: Path, folder: Path, name: str, stem: str, source: PackageSource) -> bool:
    """Name the files in the item, where they lie in its folder or below."""
    home = item.parent.resolve()
    if home not in (folder / name).resolve().parents:
        LOG.warning(
            "%s does not list the packages, because they lie outside of its folder: write them "
            "beside it with %s.",
            item,
            COMMAND.parameter("out_dir", str(item.parent)),
        )
        return False
    files = {
        "esri-package": folder / name,
        "esri-package-classify": folder / f"{stem}-classify.dlpk",
        "model-metadata": folder / DEFINITION,
    }
    list_in_item(item, files, source.spec)
    return True
