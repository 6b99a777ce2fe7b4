"""Copies of the core that hosts carry, made in one way for each of them.

A host's sources import the core by its own name, like everything else in this repository, so type
checkers and editors follow them. In what leaves the repository the core lies in the host's package
as `COPY`, and the host's imports are turned into relative ones: no host depends on an installed
core, and two hosts in one process never share a module.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGINE = ("engine",)
"""The part that runs a model over pixels at hand, with numpy alone."""
PARTS = (
    *ENGINE,
    "detection",
    "georaster",
    "hostgdal",
    "model_file",
    "outputs",
    "training_data",
)
"""Folders and modules that QGIS and ArcGIS Pro carry: rasters through their own GDAL, and readers
of models. They name each other relatively, and need Python 3.9, its standard library and numpy."""
COPY = "_core"
"""Folder of the copy in a host's package."""
Moment = tuple[int, int, int, int, int, int]
"""Year, month, day, hour, minute and second."""
EPOCH: Moment = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file can hold: the same files give the same bytes."""
_YEARS, _STEP = 40, 2
"""Years from `EPOCH` on in which made times lie, and the seconds that a zip file tells apart."""
_CORE = Path(__file__).resolve().parent
_INIT = b'"""A copy of the parts of Camp Detector that this program carries."""\n'
_IMPORT = re.compile(rb"^(\s*from )camp_detector_core(?=[.\w]* import\b)", re.MULTILINE)


def core_files(*parts: str) -> dict[str, bytes]:
    """Source files of the core by their names below it, such as ``engine/grid.py``.

    Args:
        parts: Folders and modules, as in `PARTS`.
    """
    files: dict[str, bytes] = {}
    for part in parts:
        path = _CORE / part
        for file in [path] if path.is_file() else path.rglob("*.py"):
            files[file.relative_to(_CORE).as_posix()] = text_bytes(file)
    return files


def carried_core() -> dict[str, bytes]:
    """The package that a host holds as `COPY`: its files by their names in it."""
    return {"__init__.py": _INIT, **core_files(*PARTS)}


def host_files(sources: Mapping[str, bytes]) -> dict[str, bytes]:
    """A host's package as it leaves the repository.

    Args:
        sources: Its files by their names in the package. Python modules import the core with
            ``from camp_detector_core... import ...``.

    Returns:
        The same files, whose imports lead to `COPY`, and the copy itself.
    """
    files = {f"{COPY}/{name}": data for name, data in carried_core().items()}
    for name, data in sources.items():
        home = b"." * (name.count("/") + 1) + COPY.encode()
        files[name] = _IMPORT.sub(rb"\1" + home, data) if name.endswith(".py") else data
    return files


def text_bytes(path: Path) -> bytes:
    """The bytes of a text file with the same ends of lines on every system."""
    return path.read_bytes().replace(b"\r\n", b"\n")


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 of files and their names, whatever their order; 64 hexadecimal digits."""
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name}\n{len(files[name])}\n".encode() + files[name])
    return whole.hexdigest()


def moment_of(members: Mapping[str, bytes]) -> Moment:
    """A time for all files of a zip file that is unpacked over an older one, from their content.

    Python takes a compiled module for that of a source with the same time and size. So that none of
    an older release is taken for that of a newer one, any change of content changes all times.
    """
    step = int(digest_of(members)[:8], 16) % (_YEARS * 365 * 86400 // _STEP)
    moment = datetime(*EPOCH, tzinfo=UTC) + timedelta(seconds=_STEP * step)
    return moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second


def zip_bytes(
    members: Mapping[str, bytes], *, level: int | None = None, moment: Moment = EPOCH
) -> bytes:
    """A zip file whose bytes depend on its members alone: sorted, without times.

    Args:
        members: Content by name, with ``/`` between folders.
        level: How hard they are deflated, 1 to 9; the bytes then depend on the release of zlib,
            too. None: they are stored as they are.
        moment: Time that all members have.
    """
    buffer = BytesIO()
    kind = zipfile.ZIP_STORED if level is None else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(buffer, "w", kind, compresslevel=level) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, moment)
            entry.create_system = 3  # Unix, on every system
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, members[name], kind, level)
    return buffer.getvalue()
