"""Checks of the files of an item's assets: existence, place, size, checksum and content."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.hrefs import HrefError, HrefFault, file_of_href, homes_of
from camp_detector_core.model_file.item import assets_of, roles_of
from camp_detector_core.model_file.json_values import is_whole
from camp_detector_core.model_file.untrusted import checksum_of
from camp_detector_core.model_file.zip_file import open_zip

if TYPE_CHECKING:
    from .findings import Findings, Place

_CHECKPOINT_FOLDER = "checkpoints"
"""The one folder beside the item's own that an href may lead to: training keeps its checkpoints
out of ``meta``. A model that is to be run must not lie there."""
_MAX_HASHED = 16 << 30
_MAX_NAMED = 3
"""Number of missing files that a note names."""
_HASHES = {
    0x11: "sha1", 0x12: "sha256", 0x13: "sha512", 0x14: "sha3_512", 0x15: "sha3_384",
    0x16: "sha3_256", 0x17: "sha3_224", 0x20: "sha384", 0x1013: "sha224", 0xD5: "md5",
    0xB240: "blake2b", 0xB260: "blake2s",
}  # fmt: skip
"""Multihash codes (multiformats.io, table multicodec) of the functions of hashlib."""
_MAX_VARINT = 63


def check_files(item: dict[str, Any], path: Path, findings: Findings) -> dict[str, Path]:
    """Note faults of the assets' files.

    Args:
        item: As read.
        path: Path of the item; hrefs start from it.
        findings: Receives the notes.

    Returns:
        The files that are there and may be read, by the key of their asset.
    """
    paths: dict[str, Path] = {}
    missing_hrefs: dict[str, str] = {}
    for key, asset in assets_of(item).items():
        place = findings.at("assets", key)
        local = _locate(asset, place.at("href"), path)
        if local is None:
            continue
        size = _size(local)
        if size is None:
            missing_hrefs[key] = shown(asset["href"])
            continue
        paths[key] = local
        _check_size(asset, size, place)
        _check_checksum(asset, local, size, place)
        _check_content(asset, local, place)
    _note_missing(missing_hrefs, findings)
    return paths


def _note_missing(missing_hrefs: dict[str, str], findings: Findings) -> None:
    """Write one note for all missing files, as when an item was moved without them.

    Args:
        missing_hrefs: Targets of the hrefs, by the key of the asset.
        findings: Receives the note.
    """
    remedy = "put the file there, correct the href, or take the asset out"
    if len(missing_hrefs) == 1:
        ((key, href),) = missing_hrefs.items()
        message = f"leads to {href!r}, which is not a file"
        findings.at("assets", key, "href").problem(message, remedy)
    elif missing_hrefs:
        names = ", ".join(map(repr, list(missing_hrefs.values())[:_MAX_NAMED]))
        others = len(missing_hrefs) - _MAX_NAMED
        more = f" and {others} more" if others > 0 else ""
        message = f"the hrefs of {len(missing_hrefs)} assets lead to no file: {names}{more}"
        remedy = "copy the files along with the item, correct the hrefs, or take the assets out"
        findings.at("assets").problem(message, remedy)


def _locate(asset: dict[str, Any], place: Place, item: Path) -> Path | None:
    """Find the file of an href, if it may be read."""
    href = asset.get("href")
    scheme = _scheme(href)
    quoted = f"{shown(href)!r}"
    if not isinstance(href, str) or scheme is None:
        remedy = "write the path of the file, as seen from the item"
        place.problem(f"{quoted} is not an href", remedy)
    elif scheme == "file" or href.startswith("/") or PureWindowsPath(href).drive or "\\" in href:
        place.problem(
            f"{quoted} is a path of one computer", "write it relative to the item, with /"
        )
    elif scheme:
        place.unchecked(f"{shown(href)} was not fetched")
    elif "mlm:container" in roles_of(asset):
        remedy = "write its scheme, such as docker://"
        place.problem(f"{quoted} does not say how the image is had", remedy)
    else:
        return _inside(href, asset, place, item)
    return None


def _scheme(href: object) -> str | None:
    """Scheme of an href, empty for a path; None if the href is not valid."""
    try:
        return urlsplit(href).scheme.lower() if isinstance(href, str) and href else None
    except ValueError:
        return None


def _inside(href: str, asset: dict[str, Any], place: Place, item: Path) -> Path | None:
    """Return the file if it lies with the item."""
    try:
        homes = homes_of(item)
        if "mlm:model" not in roles_of(asset):
            homes += [home.parent / _CHECKPOINT_FOLDER for home in homes]
        return file_of_href(href, item, homes)
    except HrefError as error:
        is_malformed = error.fault is HrefFault.MALFORMED
    except (OSError, RuntimeError):
        is_malformed = True
    if is_malformed:
        place.problem(f"{shown(href)!r} is not a path that can be followed", "correct it")
    else:
        message = f"{shown(href)!r} leads out of the item's folder"
        place.problem(message, "put the file beside the item or below")
    return None


def _size(path: Path) -> int | None:
    """Size in bytes of a regular file; None if there is none, or a folder, a device or a pipe."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _check_size(asset: dict[str, Any], size: int, base: Place) -> None:
    size_of_item, place = asset.get("file:size"), base.at("file:size")
    if "file:size" not in asset:
        place.advice("is missing", f"write {size}")
    elif not is_whole(size_of_item) or size_of_item != size:
        place.problem(f"is {shown(size_of_item)}, and the file has {size} bytes", f"write {size}")


def _check_checksum(asset: dict[str, Any], path: Path, size: int, base: Place) -> None:
    checksum, place = asset.get("file:checksum"), base.at("file:checksum")
    if "file:checksum" not in asset:
        place.advice("is missing", "write 1220 and the file's SHA-256")
        return
    parsed = _multihash(checksum)
    if parsed is None:
        message = f"{shown(checksum)!r} is not a multihash in lower-case hexadecimal digits"
        place.problem(message, "write 1220 and the file's SHA-256")
        return
    code, digest = parsed
    name = _HASHES.get(code)
    if name is None or name not in hashlib.algorithms_available:
        place.unchecked(f"the hash function 0x{code:x} is not known", "use SHA-256 (1220)")
        return
    if size > _MAX_HASHED:
        place.unchecked(f"the file has more than {_MAX_HASHED >> 30} GiB")
        return
    try:
        true, _ = checksum_of(path, name)
    except OSError as error:
        place.problem(f"the file cannot be read: {error.strerror}", "make it readable")
        return
    if true != digest.hex():
        message = f"is not the {name} of {shown(asset['href'])}"
        place.problem(message, "write the item again, or copy the file again")


def _multihash(value: object) -> tuple[int, bytes] | None:
    """Split into function code and digest: two varints, then as many bytes as the second says."""
    if not isinstance(value, str) or value != value.lower() or not value.isascii():
        return None
    try:
        data = bytes.fromhex(value)
        code, data = _varint(data)
        length, data = _varint(data)
    except (ValueError, IndexError):
        return None
    return (code, data) if value.isalnum() and data and len(data) == length else None


def _varint(data: bytes) -> tuple[int, bytes]:
    value = shift = position = 0
    while data[position] & 0x80 and shift < _MAX_VARINT:
        value |= (data[position] & 0x7F) << shift
        shift += 7
        position += 1
    return value | data[position] << shift, data[position + 1 :]


def _check_content(asset: dict[str, Any], path: Path, base: Place) -> None:
    """Check the kind of a file against its artifact type, by its table of contents."""
    kind, place = asset.get("mlm:artifact_type"), base.at("mlm:artifact_type")
    kinds = {"torch.save", "torch.jit.save", "esri.dlpk", "esri_dlpk", "torch.export.save"}
    if not isinstance(kind, str) or kind not in kinds:
        return
    try:
        with open_zip(path, zip64=True) as package:
            names = package.namelist()
    except PredictorError:
        if kind != "torch.save":  # before torch 1.6 it wrote no zip file
            place.problem(f"{shown(path.name)} is not what {kind} writes", "correct one")
        return
    scripted = any("/code/" in name for name in names)
    if kind == "torch.save" and scripted:
        place.problem(f"{shown(path.name)} is TorchScript", "write torch.jit.save")
    if kind == "torch.jit.save" and not scripted:
        place.problem(f"{shown(path.name)} is not TorchScript", "write torch.save")
    if "esri" in kind and not any(n.lower().endswith(".emd") for n in names):
        message = f"{shown(path.name)} holds no model definition (.emd)"
        place.problem(message, "build the package again")
