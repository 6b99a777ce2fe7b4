"""The engine as one zip file that a host's Python imports from, without unpacking it.

Its name tells release and content (``rcd_engine_0_1_0_1a2b3c4d.zip``), and so does the one package
inside, which has the name of the file's stem: packages of two releases can be loaded by one
process. Nothing is compressed, so the bytes do not depend on the machine's zlib; and Python keeps
no compiled files of what it imports from a zip file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from camp_detector_core import __version__
from camp_detector_core.carry import ENGINE, core_files, digest_of, zip_bytes

ENGINE_NAME = re.compile(r"rcd_engine_[0-9A-Za-z_]{1,40}_[0-9a-f]{8}\.zip")
"""Pattern for names of engine copies of any release."""
_DIGITS = 8


@dataclass(frozen=True)
class EngineCopy:
    """Engine of this release, as packages hold it."""

    name: str
    """Name of the file."""
    data: bytes
    """Content of the zip file."""

    @property
    def package(self) -> str:
        """Name to import."""
        return self.name.removesuffix(".zip")


def engine_copy() -> EngineCopy:
    """Make the zip file from the installed sources; the same sources give the same bytes."""
    sources = {name.partition("/")[2]: data for name, data in core_files(*ENGINE).items()}
    digits = digest_of(sources)[:_DIGITS]
    release = re.sub(r"[^0-9A-Za-z]+", "_", __version__)
    stem = f"rcd_engine_{release}_{digits}"
    return EngineCopy(
        f"{stem}.zip", zip_bytes({f"{stem}/{name}": d for name, d in sources.items()})
    )
