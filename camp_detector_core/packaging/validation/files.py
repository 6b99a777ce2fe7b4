"""The files that the assets of an item lead to: there, inside, and what the item says they are."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.hrefs import path_of_href
from camp_detector_core.model_file.zip_file import open_zip

from .reading import assets_of, is_whole, roles_of

if TYPE_CHECKING:
    from .findings import Findings, Where

_BESIDE = "checkpoints"
"""The one folder beside the item's own that an href may lead to: training keeps its checkpoints
out of ``meta``. A model that is to be run must not lie there."""
_MAX_HASHED = 16 << 30
_CHUNK = 1 << 20
_NAMED = 3
"""Of many missing files, those that a note names."""
_HASHES = {
    0x11: "sha1", 0x12: "sha256", 0x13: "sha512", 0x14: "sha3_512", 0x15: "sha3_384",
    0x16: "sha3_256", 0x17: "sha3_224", 0x20: "sha384", 0x1013: "sha224", 0xD5: "md5",
    0xB240: "blake2b", 0xB260: "blake2s",
}  # fmt: skip
"""Multihash codes (multiformats.io, table multicodec) of the functions of hashlib."""
_MAX_VARINT = 63


def check_files(item: dict[str, Any], path: Path, findings: Findings) -> dict[str, Path]:
    """Note what is wrong with the files of the assets.

    Args:
        item: As read.
        path: Where it lies; hrefs start there.
        findings: Receives the notes.

    Returns:
        The files that are there and may be read, by the key of their asset.
    """
    found: dict[str, Path] = {}
    missing: dict[str, str] = {}
    for key, asset in assets_of(item).items():
        where: Where = ("assets", key, "href")
        local = _locate(asset, where, path, findings)
        if local is None:
            continue
        try:
            size = _size(local)
        except (OSError, ValueError):
            missing[key] = shown(asset["href"])
            continue
        found[key] = local
        _check_size(asset, size, ("assets", key), findings)
        _check_checksum(asset, local, size, ("assets", key), findings)
        _check_content(asset, local, ("assets", key), findings)
    _note_missing(missing, findings)
    return found


def _note_missing(missing: dict[str, str], findings: Findings) -> None:
    """One note, however many files are not there: an item that was moved alone misses them all.

    Args:
        missing: What the hrefs lead to, by the key of the asset.
        findings: Receives the note.
    """
    remedy = "put the file there, correct the href, or take the asset out"
    if len(missing) == 1:
        ((key, href),) = missing.items()
        findings.problem(("assets", key, "href"), f"leads to {href!r}, which is no file", remedy)
    elif missing:
        named = ", ".join(map(repr, list(missing.values())[:_NAMED]))
        rest = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        what = f"the hrefs of {len(missing)} assets lead to no file: {named}{rest}"
        remedy = "copy the files along with the item, correct the hrefs, or take the assets out"
        findings.problem(("assets",), what, remedy)


def _locate(asset: dict[str, Any], where: Where, item: Path, findings: Findings) -> Path | None:
    """The file that an href means, if it may be looked at."""
    href = asset.get("href")
    scheme = _scheme(href)
    if not isinstance(href, str) or scheme is None:
        remedy = "write the path of the file, as seen from the item"
        findings.problem(where, f"{shown(href)!r} is no href", remedy)
        return None
    absolute = href.startswith("/") or bool(PureWindowsPath(href).drive)
    if scheme == "file" or absolute or "\\" in href:
        what = f"{shown(href)!r} is a path of one computer"
        findings.problem(where, what, "write it relative to the item, with /")
        return None
    if scheme:
        findings.unchecked(where, f"{shown(href)} was not fetched")
        return None
    if "mlm:container" in roles_of(asset):
        what = f"{shown(href)!r} does not say how the image is had"
        findings.problem(where, what, "write its scheme, such as docker://")
        return None
    return _inside(href, asset, where, item, findings)


def _scheme(href: object) -> str | None:
    """The scheme of an href, empty for a path; None where it is no href."""
    try:
        return urlsplit(href).scheme.lower() if isinstance(href, str) and href else None
    except ValueError:
        return None


def _inside(
    href: str, asset: dict[str, Any], where: Where, item: Path, findings: Findings
) -> Path | None:
    """The file, unless it lies elsewhere than with the item."""
    try:
        path = path_of_href(href, item.parent)
        target = path.resolve()
        homes = [item.parent.resolve(), item.resolve().parent]
    except (OSError, ValueError, RuntimeError):
        findings.problem(where, f"{shown(href)!r} is no path that can be followed", "correct it")
        return None
    if any(home in target.parents for home in homes):
        return path
    beside = any(home.parent / _BESIDE in target.parents for home in homes)
    if beside and "mlm:model" not in roles_of(asset):
        return path
    what = f"{shown(href)!r} leads out of the item's folder"
    findings.problem(where, what, "put the file beside the item or below")
    return None


def _size(path: Path) -> int:
    """Bytes of a regular file.

    Raises:
        OSError: It is not there.
        ValueError: It is a folder, a device or a pipe.
    """
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        msg = "not a file"
        raise ValueError(msg)
    return found.st_size


def _check_size(asset: dict[str, Any], size: int, where: Where, findings: Findings) -> None:
    told, place = asset.get("file:size"), (*where, "file:size")
    if "file:size" not in asset:
        findings.advice(place, "is missing", f"write {size}")
    elif not is_whole(told) or told != size:
        findings.problem(place, f"is {shown(told)}, and the file has {size} bytes", f"write {size}")


def _check_checksum(
    asset: dict[str, Any], path: Path, size: int, where: Where, findings: Findings
) -> None:
    told, place = asset.get("file:checksum"), (*where, "file:checksum")
    if "file:checksum" not in asset:
        findings.advice(place, "is missing", "write 1220 and the file's SHA-256")
        return
    parsed = _multihash(told)
    if parsed is None:
        what = f"{shown(told)!r} is no multihash in lower-case hexadecimal digits"
        findings.problem(place, what, "write 1220 and the file's SHA-256")
        return
    code, digest = parsed
    name = _HASHES.get(code)
    if name is None or name not in hashlib.algorithms_available:
        findings.unchecked(
            place, f"the hash function 0x{code:x} is not known", "use SHA-256 (1220)"
        )
        return
    if size > _MAX_HASHED:
        findings.unchecked(place, f"the file has more than {_MAX_HASHED >> 30} GiB")
        return
    try:
        true = _digest(path, name)
    except OSError as error:
        findings.problem(place, f"the file cannot be read: {error.strerror}", "make it readable")
        return
    if true != digest:
        what = f"is not the {name} of {shown(asset['href'])}"
        findings.problem(place, what, "write the item again, or copy the file again")


def _multihash(value: object) -> tuple[int, bytes] | None:
    """Code of the function and digest: two varints, then as many bytes as the second says."""
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
    value = shift = at = 0
    while data[at] & 0x80 and shift < _MAX_VARINT:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
    return value | data[at] << shift, data[at + 1 :]


def _digest(path: Path, name: str) -> bytes:
    digest = hashlib.new(name, usedforsecurity=False)
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.digest()


def _check_content(asset: dict[str, Any], path: Path, where: Where, findings: Findings) -> None:
    """Whether a file is of the kind that its artefact type says, by its table of contents."""
    kind, place = asset.get("mlm:artifact_type"), (*where, "mlm:artifact_type")
    wanted = {"torch.save", "torch.jit.save", "esri.dlpk", "esri_dlpk", "torch.export.save"}
    if not isinstance(kind, str) or kind not in wanted:
        return
    try:
        with open_zip(path, zip64=True) as package:
            names = package.namelist()
    except PredictorError:
        if kind != "torch.save":  # before torch 1.6 it wrote no zip file
            findings.problem(place, f"{shown(path.name)} is not what {kind} writes", "correct one")
        return
    scripted = any("/code/" in name for name in names)
    if kind == "torch.save" and scripted:
        findings.problem(place, f"{shown(path.name)} is TorchScript", "write torch.jit.save")
    if kind == "torch.jit.save" and not scripted:
        findings.problem(place, f"{shown(path.name)} is not TorchScript", "write torch.save")
    if "esri" in kind and not any(n.lower().endswith(".emd") for n in names):
        what = f"{shown(path.name)} holds no model definition (.emd)"
        findings.problem(place, what, "build the package again")
