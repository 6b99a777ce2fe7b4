"""Reach of a local raster: some formats only name other files, or servers, to read.

GDAL follows such names wherever they lead. An untrusted file could so read any file of the
machine, or call any server. Unless the user allows it, sources lie in the file's own folder or
below it, and none is on the network. Side files count, too: GDAL opens masks and overviews with
any driver. On the same walk, files whose blocks would fill the memory are refused.
"""

from __future__ import annotations

import gzip
import os
import re
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from ..engine.errors import RasterError
from .layout import MAX_BLOCK_BYTES, large_block
from .names import INLINE, NO_FILE, local_path
from .png_check import refuse_cut_png
from .read_errors import refuse_pipe
from .tiff_blocks import block_of
from .vrt_sources import BrokenVrtError, Source, sources_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = 4096
"""Bytes that identify a format; GDAL looks at the first 1024 and then at more."""
_SIDE_FILES = (".msk", ".ovr", ".MSK", ".OVR", ".aux.xml")
_ROOT = re.compile(
    rb"(?:<\?.*?\?>|<!--.*?-->|<![A-Z][^>]*>|\s)*<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)", re.DOTALL
)
_DESCRIPTIONS = re.compile(
    rb"gdal_wm(?:t?)s|wm(?:t_m)?s_capabilities|wcs_gdal|capabilities|coveragedescription|mrf_meta"
    rb"|kml|dimap_document|product_observational|level-.*|tilemap(?:service)?|ogrvrt\w*|product"
    rb"|level1product|s100.*|georectified.*"
)
"""Root elements of XML files that name the rasters to read."""
_ANYWHERE = (b"<gdaltileindexdataset", b"<mrf_meta")
"""Words that GDAL looks for anywhere in the start of a file."""
_LABELS = (
    b"PDS_VERSION_ID", b"Object = IsisCube", b"CCSD3ZF", b"OziExplorer", b"DatasetHeader Begin",
    b"AuxilaryTarget", b"bandId =", b"VERSION_NUMBER",
)  # fmt: skip
"""First words of text files that name the file with the pixels."""
_STAC = (b"stac_version", b'"stac', b"zarr", b"gdal_")
_INDEX = (".gti.gpkg", ".gti.fgb", ".gti.parquet", ".kmz")
_ARCHIVES = ("/vsizip/", "/vsitar/", "/vsigzip/")


def refuse_reach(name: str, folder: str | None = None) -> None:
    """Refuse a raster that reads files outside of its folder.

    Args:
        name: A raster, by its name for GDAL; those that name a server or driver themselves are the
            user's own choice.
        folder: The folder that the user named, in which the raster was found; None: its own.

    Raises:
        RasterError: The message names the raster, what it reads, and what to do.
    """
    if name.startswith("/vsi") or not Path(name).is_absolute():
        _refuse_in_archive(name)
        for file in filter(None, map(local_path, _files_in(name))):
            if file.is_file() and _kind(_head(file), name) == "vrt":
                refuse_reach(str(file), folder)
        return
    real = os.path.realpath(name)
    homes = (folder and os.path.realpath(folder), os.path.realpath(os.path.dirname(name)))  # noqa: PTH120
    roots = {home for home in (*homes, os.path.dirname(real)) if home}  # noqa: PTH120
    _Walk(name, roots).run()


class _Walk:
    """Walk over all files that GDAL would open for a raster, each visited once."""

    def __init__(self, owner: str, roots: set[str]) -> None:
        self._owner = owner
        self._roots = roots
        self._visited: set[str] = set()
        self._folders: dict[str, str] = {}

    def run(self) -> None:
        queue = [self._owner]
        while queue:
            path = queue.pop()
            for side in (path, *(path + end for end in _SIDE_FILES)):
                if side not in self._visited:
                    self._visited.add(side)
                    queue += self._look(side)

    def _look(self, path: str) -> Iterator[str]:
        """List the files that a file names."""
        refuse_pipe(path, path)
        if path != self._owner:  # that one is looked at where it is opened
            refuse_cut_png(path, path)
        try:
            with open(path, "rb") as file:  # noqa: PTH123 - of ten thousand
                head = file.read(_HEAD)
                kind = _kind(head, path)
                text = head + file.read() if kind in {"vrt", "aux"} else b""
                block = block_of(head, file) if head[:2] in {b"II", b"MM"} else None
        except OSError:
            return  # GDAL says why, or there is no such side file
        if block is not None and block.size > MAX_BLOCK_BYTES:
            raise large_block(path, height=block.height, width=block.width, size=block.size)
        if kind == "other":
            raise _refusal(self._owner, path, "which is a description of rasters elsewhere")
        if kind == "pixels" or (kind == "aux" and b"OVERVIEW_FILE" not in text.upper()):
            return
        try:
            sources = sources_of(text)
        except BrokenVrtError as error:
            if kind == "aux" and path != self._owner:
                msg = f"{path} cannot be read ({error}): delete it, or mend it"
            else:
                msg = f"{path} cannot be read as a virtual raster: {error}; make it anew"
            raise RasterError(msg) from error
        base = os.path.dirname(os.path.realpath(path))  # noqa: PTH120 - as GDAL does
        for source in sources:
            if source.name:
                yield self._inside(source, base)

    def _inside(self, source: Source, base: str) -> str:
        """Return the name of a source if it lies in the folder.

        Raises:
            RasterError: It does not.
        """
        if NO_FILE.match(source.name) or INLINE in source.name:
            raise _refusal(self._owner, source.name, "which is no file beside it")
        if not (source.relative or os.path.isabs(source.name) or os.path.lexists(source.name)):  # noqa: PTH117
            return source.name  # GDAL says that it is not there
        path = os.path.join(base if source.relative else os.getcwd(), source.name)  # noqa: PTH109, PTH118
        folder, last = os.path.split(path)
        home = self._folders.get(folder)
        if home is None:
            home = self._folders[folder] = os.path.realpath(folder)
        real = os.path.join(home, last)  # noqa: PTH118
        if last in {"..", "."} or os.path.islink(real):  # noqa: PTH114
            real = os.path.realpath(real)
        if not any(real.startswith(os.path.join(root, "")) for root in self._roots):  # noqa: PTH118
            raise _refusal(self._owner, source.name, f"which lies outside of {base}")
        return path


def _kind(head: bytes, path: str) -> str:
    """Classify a file: ``vrt``, side information (``aux``), ``other`` description, or pixels."""
    text = head.split(b"\0", 1)[0]
    if b"<vrtdataset" in text.lower():
        return "vrt"
    if path.lower().endswith(".aux.xml"):
        return "aux"
    stripped = text.lstrip(b"\xef\xbb\xbf \t\r\n\v\f")
    root = _ROOT.match(stripped) if stripped.startswith(b"<") else None
    if (root and _DESCRIPTIONS.fullmatch(root[1].lower())) or any(
        word in text.lower() for word in _ANYWHERE
    ):
        return "other"
    if stripped.startswith((b"{", b"[")) and any(word in text for word in _STAC):
        return "other"
    if path.lower().endswith(_INDEX) or any(word in text[:1024] for word in _LABELS):
        return "other"
    return "pixels"


def _refusal(owner: str, source: str, reason: str) -> RasterError:
    subject = owner if source == owner else f"{owner} reads {source[:200]},"
    return RasterError(
        f"{subject} {reason}",
        parameter="external",
        remedy="put all of it below one folder and name that, or copy it into one file with "
        "{tool:copy} | if you trust it, give {external}",
    )


def _files_in(name: str) -> Iterator[str]:
    """List possible names of local files in a name such as ``vrt://camp.vrt?bands=1``."""
    if not name.startswith(("/vsi", "<")):
        path = name.partition("?")[0].strip("\"'")
        yield from (part for sep in ("://", ":") for part in (path.rpartition(sep)[2],) if part)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _refuse_in_archive(name: str) -> None:
    """Refuse a raster in a local archive that names others, which cannot be followed.

    Raises:
        RasterError: It does, or the archive cannot be looked into.
    """
    for end in ("", *_SIDE_FILES):
        head = _head_in_archive(name + end)
        kind = _kind(head, name + end)
        if kind in {"vrt", "other"}:
            raise _refusal(name, name, "describes rasters and lies in an archive")


def _head_in_archive(name: str) -> bytes:
    """Read the first bytes of a file in a local archive; empty if the name is not of that kind."""
    scheme, _, path = name.partition("://")
    prefix = next((p for p in _ARCHIVES if name.startswith(p)), None)
    if prefix is None and scheme in {"zip", "tar", "gzip"}:
        prefix, path = f"/vsi{scheme}/", path.replace("!", "/")
    elif prefix is not None:
        path = name[len(prefix) :].replace("{", "").replace("}", "")
    if prefix is None:
        return b""
    for archive in (Path(path), *Path(path).parents):
        if archive.is_file():
            inner = os.path.relpath(path, archive).replace(os.sep, "/")
            return _member(prefix, archive, inner)
    return b""


def _member(prefix: str, archive: Path, inner: str) -> bytes:
    """Read the first bytes of a member of an archive; empty if there is none."""
    try:
        if prefix == "/vsigzip/":
            with gzip.open(archive) as file:
                return file.read(_HEAD)
        if prefix == "/vsitar/":
            with tarfile.open(archive) as tar:
                member = tar.extractfile(tar.next() or "" if inner == "." else inner)
                return b"" if member is None else member.read(_HEAD)
        with zipfile.ZipFile(archive) as zipped:
            names = zipped.namelist()
            with zipped.open(names[0] if inner == "." and names else inner) as file:
                return file.read(_HEAD)
    except (KeyError, OSError, EOFError, RuntimeError, NotImplementedError, ValueError):
        return b""
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error):
        return b""
