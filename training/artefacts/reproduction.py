"""Files beside the models of a run that help to run and train them again."""

from __future__ import annotations

import importlib.util
import json
import zipfile
from importlib import metadata
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from camp_detector_core import __version__
from camp_detector_core.outputs.checked_file import write_checked

if TYPE_CHECKING:
    from training.fit.run_folder import RunFolder

_PACKAGES = ("camp_detector_core", "training", "esri_toolbox")
_TEXTS = ("LICENSE", "pyproject.toml", "README.md", "constraints.txt")
"""Files that make the archive installable, where the software runs from a checkout."""
_NEEDED = ("numpy", "onnxruntime", "rasterio")
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file can hold: the same sources give the same bytes."""


def write_reproduction(run: RunFolder) -> None:
    """Write the files beside the models; each is whole, or as it was.

    ``infer.py``, ``retrain.py``, ``requirements.txt``, ``source_code.zip``, and
    ``confusion_matrix.png`` of the chips held out, or of validation where none were.

    Args:
        run: Folder of the run, whose evaluation is there.

    Raises:
        ExportError: A file cannot be written.
    """
    folder = run.meta
    _write(folder / "infer.py", _source("camp_detector_core.stac.infer").encode())
    _write(folder / "retrain.py", retrain_script(run).encode())
    _write(folder / "requirements.txt", requirements().encode())
    _write(folder / "source_code.zip", source_archive())
    for part in ("test", "validation"):
        picture = run.path / "evaluation" / part / "confusion_matrix.png"
        if picture.is_file():
            _write(folder / picture.name, picture.read_bytes())
            break


def requirements() -> str:
    """Return the packages that ``infer.py`` needs, in the versions that are at work."""
    lines = [f"{name}=={metadata.version(name)}" for name in _NEEDED]
    head = f"# Versions that the model was exported and checked with (camp-detector {__version__})"
    return "\n".join([head, *lines]) + "\n"


def retrain_script(run: RunFolder) -> str:
    """Return a script with the options of a run, without the places of its files."""
    script = _source("training.commands.retrain")
    for name, value in (("OPTIONS", run.portable_options()), ("SPLIT", run.split())):
        script = script.replace(
            f'{name} = "{{}}"', f'{name} = r"""{json.dumps(value, indent=1)}"""'
        )
    return script


def source_archive() -> bytes:
    """The sources that are at work, as a zip file; the same sources give the same bytes."""
    root = Path(__file__).resolve().parents[2]
    files = {p.relative_to(root).as_posix(): p for p in _sources(root)}
    files |= {name: root / name for name in _TEXTS if (root / name).is_file()}
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name].read_bytes())
    return buffer.getvalue()


def _sources(root: Path) -> list[Path]:
    """The files of the packages, without models and what Python keeps."""
    names = {".py", ".md", ".html", ".css", ".json", ".pyt", ".xml"}
    return [
        path
        for package in _PACKAGES
        for path in (root / package).rglob("*")
        if path.is_file() and (path.suffix in names or path.name == "py.typed")
    ]


def _source(module: str) -> str:
    """Return the text of a module, which is copied as a script."""
    spec = importlib.util.find_spec(module)
    return Path(spec.origin).read_text(encoding="utf-8") if spec and spec.origin else ""


def _write(path: Path, data: bytes) -> None:
    write_checked(data, path, check=lambda _: None)
