"""Make the toolbox as one zip file that an analyst unpacks anywhere: ``make toolbox``.

It holds the toolbox with its help, the engine, and a model. The same sources give the same bytes.
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from camp_detector_core import __version__
from camp_detector_core.carry import digest_of, host_files, moment_of, text_bytes, zip_bytes
from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.esri.dlpk import package_bytes
from camp_detector_core.esri.package_source import open_source
from camp_detector_core.model_file import default_model_path
from camp_detector_core.model_file.emd import KINDS
from camp_detector_core.outputs.whole_file import write_whole
from esri_toolbox.metadata import NAME, metadata_files

HOME = Path(__file__).resolve().parent
ROOT = HOME.parent
FOLDER = "CampDetector"
"""Folder that the zip file unpacks into."""
_TOOLS = "rcd_toolbox"
DIGEST = f"{_TOOLS}/content.sha256"
"""Checksum of all modules: `CampDetector.pyt` tells by it whether those in memory are the same."""

_log = logging.getLogger(__name__)


def toolbox_files() -> dict[str, bytes]:
    """All files of the toolbox but the models, by their names in its folder."""
    files = {
        f"{NAME}.pyt": text_bytes(HOME / f"{NAME}.pyt"),
        "README.md": text_bytes(HOME / "README.md"),
        "arcgis.md": text_bytes(ROOT / "docs/arcgis.md"),
        "LICENSE.txt": text_bytes(ROOT / "LICENSE"),
        **metadata_files(),
    }
    sources = {path.name: text_bytes(path) for path in (HOME / _TOOLS).glob("*.py")}
    modules = {f"{_TOOLS}/{name}": data for name, data in host_files(sources).items()}
    return {**files, **modules, DIGEST: f"{digest_of(modules)}\n".encode("ascii")}


def model_files(model: Path) -> dict[str, bytes]:
    """A model as packages for both tools.

    Raises:
        CampDetectorError: It cannot be read, or makes no package.
    """
    source = open_source(model)
    names = {kind: f"{source.spec.name}-{kind}.dlpk" for kind in KINDS}
    return {name: package_bytes(source, Path(name), kind) for kind, name in names.items()}


def write_metadata() -> list[Path]:
    """Write the metadata files beside the toolbox."""
    paths = []
    for name, data in metadata_files().items():
        (HOME / name).write_bytes(data)
        paths.append(HOME / name)
    return paths


def build(out: Path, model: Path) -> Path:
    """Write the zip file.

    Args:
        out: Folder that it is put into.
        model: What the packages in it are made of.

    Raises:
        CampDetectorError: The model makes no package.
        OSError: The file cannot be written.
    """
    files = {**toolbox_files(), **model_files(model)}
    members = {f"{FOLDER}/{name}": data for name, data in files.items()}
    path = out / f"camp-detector-arcgis-{__version__}.zip"
    write_whole(path, zip_bytes(members, moment=moment_of(members)), make_folder=True)
    return path


def main() -> None:
    """Run from the command line."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(
        prog="python -m esri_toolbox.build",
        description="Make the ArcGIS Pro toolbox as one zip file.",
        epilog="Example: python -m esri_toolbox.build --model runs/first/meta/best_model.onnx",
    )
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder (default: dist)")
    parser.add_argument("--model", type=Path, help="model to put in (default: the one that ships)")
    parser.add_argument(
        "--metadata", action="store_true", help="only write the *.pyt.xml files beside the toolbox"
    )
    options = parser.parse_args()
    try:
        if options.metadata:
            paths = write_metadata()
        else:
            paths = [build(options.out, options.model or default_model_path())]
    except CampDetectorError as error:
        parser.exit(2, f"error: {error}\n")
    except FileExistsError as error:
        parser.exit(2, f"error: {error.filename} is a file, and --out needs a folder\n")
    except OSError as error:
        path = error.filename or options.out
        parser.exit(2, f"error: {path} cannot be written: {error.strerror or error}\n")
    for path in paths:
        _log.info("%s (%d bytes)", path, path.stat().st_size)


if __name__ == "__main__":
    main()
