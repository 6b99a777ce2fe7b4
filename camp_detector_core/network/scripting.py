"""TorchScript archives without what torch tells about the machine that wrote them."""

from __future__ import annotations

import io
import zipfile

_DEBUG = ".debug_pkl"
"""End of the records that say which line of which file, by its path, each operation came from;
torch reads them for its error messages alone, and does without them."""
_ID = ".data/serialization_id"
"""A checksum over all records, the debug records too: it would differ from machine to machine."""
_ALIGNMENT = 64
"""Bytes to which the data in the archive is aligned, as torch writes it."""
_PADDING, _HEADER, _FIELD = b"FB", 30, 4
"""Id of the extra field that torch pads with; bytes of a local header, and of a field's own."""
_TIME = (1980, 1, 1, 0, 0, 0)


def without_places(archive: bytes) -> bytes:
    """Take the debug records out of an archive, which hold paths of the machine.

    What it computes is untouched. The same records give the same bytes.

    Args:
        archive: What `torch.jit.save` writes.
    """
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target,
    ):
        for info in source.infolist():
            if info.filename.endswith((_DEBUG, _ID)):
                continue
            member = zipfile.ZipInfo(info.filename, _TIME)
            start = out.tell() + _HEADER + len(info.filename.encode()) + _FIELD
            padding = -start % _ALIGNMENT
            member.extra = _PADDING + padding.to_bytes(2, "little") + b"Z" * padding
            target.writestr(member, source.read(info))
    return out.getvalue()
