"""Make the plugin as one zip file that QGIS installs: ``make plugin``.

It holds the plugin, the engine, and the starter model. The same sources give the same bytes with
the same Python. What the official repository refuses is refused here.
"""

from __future__ import annotations

import argparse
import configparser
import logging
import re
import zipfile
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import urlsplit

from camp_detector_core import __version__
from camp_detector_core.carry import COPY, host_files, moment_of, text_bytes, zip_bytes
from camp_detector_core.engine.errors import CampDetectorError, OutputError
from camp_detector_core.model_file import default_model_path, open_model
from camp_detector_core.outputs.whole_file import whole_file

PLUGIN = Path(__file__).resolve().parent
ROOT = PLUGIN.parent
FOLDER = "camp_detector"
"""The plugin's name for QGIS."""
LARGEST = 25_000_000
"""Bytes that the official repository takes (its ``PLUGIN_MAX_UPLOAD_SIZE``)."""
REQUIRED = (
    "name", "description", "version", "qgisMinimumVersion", "author", "email", "about", "tracker",
    "repository",
)  # fmt: skip
"""Metadata without which it refuses a plugin."""
_ENDINGS = {".py", ".svg", ".png", ".html", ".css", ".qm", ".json"}
_LEFT_OUT = {"build.py", "texts.py", "pictures.py"}
"""Files that only serve to make the plugin."""
_BINARIES = {".so", ".dll", ".exe", ".dylib", ".pyd", ".whl", ".pyc", ".bat", ".sh"}
_FORBIDDEN = {"__MACOSX", ".git", "__pycache__"}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]+")

_log = logging.getLogger(__name__)


class Publisher(NamedTuple):
    """Contact of the plugin, which QGIS' plugin manager shows."""

    site: str = "https://example.org/camp-detector"
    """Homepage and repository; problems are told at ``/issues`` below it."""
    email: str = "camp-detector@example.org"

    @property
    def is_known(self) -> bool:
        """True if somebody is there; the official repository asks."""
        return self != NOBODY


NOBODY = Publisher()
"""Placeholders."""


def plugin_files(publisher: Publisher = NOBODY) -> dict[str, bytes]:
    """All files but the models, by their names in the plugin's folder."""
    sources = {
        "metadata.txt": metadata(publisher).encode(),
        "LICENSE": text_bytes(PLUGIN / "LICENSE"),
        f"{COPY}/LICENSE.txt": text_bytes(ROOT / "LICENSE"),
    }
    for path in sorted(PLUGIN.rglob("*")):
        name = path.relative_to(PLUGIN)
        is_part = path.suffix in _ENDINGS and path.name not in _LEFT_OUT
        if is_part and path.is_file() and "__pycache__" not in name.parts:
            is_text = path.suffix not in {".png", ".qm"}
            sources[name.as_posix()] = text_bytes(path) if is_text else path.read_bytes()
    return host_files(sources)


def metadata(publisher: Publisher) -> str:
    """The metadata with this release's version and changes."""
    text = text_bytes(PLUGIN / "metadata.txt").decode()
    filled = {
        "=VERSION": __version__,
        "=CHANGELOG": _changes(),
        "=SITE": publisher.site.rstrip("/").replace("%", "%%"),
        "=EMAIL": publisher.email.replace("%", "%%"),
    }
    for name, value in filled.items():
        text = text.replace(name, f"={value}")
    return text


def _changes() -> str:
    """The newest part of the plugin's own changelog, as one value of the metadata."""
    text = (PLUGIN / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.split(r"^## ", text, flags=re.MULTILINE)[1]
    lines = [line.strip() for line in newest.splitlines()[1:] if line.strip()]
    plain = [re.sub(r"[`*]|^#+ ", "", line) for line in lines]
    # A percent sign would be taken for a name to be filled in.
    return "\n ".join([__version__, *plain]).replace("%", " percent")


def build(out: Path, model: Path | None, publisher: Publisher = NOBODY) -> Path:
    """Write the zip file.

    Args:
        out: Folder that it is put into.
        model: Put in as the starter model; None: none.
        publisher: Where users turn to.

    Raises:
        CampDetectorError: The model is none, or the repository would refuse the file.
        OSError: The file cannot be written.
    """
    files = plugin_files(publisher)
    if model is not None:
        model_file = open_model(model)
        files[f"models/bundled/{model_file.spec.name}.onnx"] = model_file.onnx
    suffix = "" if model is not None else "-without-model"
    path = out / f"{FOLDER}-{__version__}{suffix}.zip"
    with whole_file(path) as temporary:
        members = {f"{FOLDER}/{n}": data for n, data in files.items()}
        temporary.write_bytes(zip_bytes(members, level=9, moment=moment_of(members)))
        temporary.chmod(0o644)
        reasons = faults(temporary)
        if reasons:
            msg = f"{path}: the official repository would refuse it: {'; '.join(reasons)}"
            raise OutputError(msg)
    return path


def faults(path: Path) -> list[str]:
    """List the reasons for the official repository to refuse a zip file; empty: none.

    Whether the addresses in the metadata answer is not asked.
    """
    reasons = []
    if path.stat().st_size > LARGEST:
        reasons.append(f"it is larger than {LARGEST} bytes")
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        for name in names:
            parts = PurePosixPath(name).parts
            if ".." in name or name.startswith("/") or _FORBIDDEN & set(parts):
                reasons.append(f"{name} may not be in it")
            if PurePosixPath(name).suffix.lower() in _BINARIES:
                reasons.append(f"{name} is a binary or a script of a system")
        tops = {name.partition("/")[0] for name in names}
        if len(tops) != 1 or not _NAME.fullmatch(min(tops)):
            return [*reasons, f"it must hold one folder with a plain name, not {sorted(tops)}"]
        top = tops.pop()
        missing = [
            n for n in ("__init__.py", "metadata.txt", "LICENSE") if f"{top}/{n}" not in names
        ]
        if missing:
            return [*reasons, f"{', '.join(missing)} is missing"]
        return reasons + _metadata_faults(archive.read(f"{top}/metadata.txt").decode(), names, top)


def _metadata_faults(text: str, names: list[str], top: str) -> list[str]:
    parser = configparser.ConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(text)
        values = dict(parser.items("general"))
    except configparser.Error as error:
        return [f"metadata.txt cannot be read: {error}"]
    reasons = [f"metadata.txt does not say {name}" for name in REQUIRED if not values.get(name)]
    if "/" in values.get("author", ""):
        reasons.append("the author's name has a slash")
    if f"{top}/{values.get('icon')}" not in names:
        reasons.append("the icon is missing")
    for name in ("homepage", "tracker", "repository"):
        parts = urlsplit(values.get(name, ""))
        if not (parts.scheme and parts.netloc):
            reasons.append(f"{name} is no address")
    return reasons


def main() -> None:
    """Run from the command line."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(
        prog="python -m qgis_plugin.build",
        description="Make the QGIS plugin as one zip file.",
        epilog="Example: python -m qgis_plugin.build --model runs/first/meta/best_model.onnx",
    )
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder (default: dist)")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--model", type=Path, help="model to put in (default: the one that ships)")
    choice.add_argument("--without-model", action="store_true", help="put none in")
    parser.add_argument(
        "--site", default=NOBODY.site, help="homepage and repository (default: a placeholder)"
    )
    parser.add_argument("--email", default=NOBODY.email, help="the same of the address for mail")
    options = parser.parse_args()
    publisher = Publisher(options.site, options.email)
    model = None if options.without_model else options.model or default_model_path()
    try:
        path = build(options.out, model, publisher)
    except CampDetectorError as error:
        parser.error(str(error))
    except OSError as error:
        parser.error(f"{error.filename or options.out}: {error.strerror or error}")
    _log.info("%s (%d bytes)", path, path.stat().st_size)
    if not publisher.is_known:
        _log.info("For an upload to the official repository give --site and --email as well.")


if __name__ == "__main__":
    main()
