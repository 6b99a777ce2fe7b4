"""Zip file of an untrusted package, opened and read within limits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.members import Fault, member_of, name_fault
from camp_detector_core.model_file.zip_file import damage_of, is_folder, member_fault, read_member

if TYPE_CHECKING:
    import zipfile

    from camp_detector_core.model_file.package import Definition
    from camp_detector_core.stac.validation.findings import Findings

REBUILD = "build the package again"
"""Remedy for whatever only the program that packs can mend."""
_AGAIN = "copy or download the package again"
_MAX_WHOLE = 4 << 30
_LONG = 100
_LITTER = re.compile(r"(^|/)(__MACOSX|__pycache__|\.DS_Store|Thumbs\.db|\.git)(/|$)", re.IGNORECASE)


class Package:
    """Readable members of a package."""

    def __init__(self, archive: zipfile.ZipFile, findings: Findings) -> None:
        """Check the table of contents, and every member's checksum."""
        self._archive, self.findings = archive, findings
        self._sound: dict[str, zipfile.ZipInfo] = {}
        entries = [e for e in archive.infolist() if not is_folder(e)]
        self.names = frozenset(e.filename for e in entries)
        """Paths of the files, with ``/`` between folders."""
        _check_names([e.filename for e in archive.infolist()], findings)
        total_size = sum(e.file_size for e in entries)
        if total_size > _MAX_WHOLE:
            message = f"unpacks to {total_size >> 20} MiB, which no package does"
            findings.at("package").problem(message, "reject it")
            return
        for entry in entries:
            fault = self._fault_of(entry)
            if fault is None:
                self._sound[entry.filename] = entry
            else:
                findings.at(entry.filename).problem(*fault)
        if not findings.problems():
            findings.passed.append("zip file")

    def read(self, name: str, limit: int) -> bytes | None:
        """Read a member; None, with a problem, if it is damaged or too large.

        Args:
            name: One of `names`; others give None without a word.
            limit: Bytes.
        """
        entry = self._sound.get(name)
        if entry is None:
            return None
        if entry.file_size > limit:
            message = f"has {entry.file_size} bytes, and {limit} are the most that such a file has"
            self.findings.at(name).problem(message, REBUILD)
            return None
        try:
            return read_member(self._archive, name, limit, name)
        except PredictorError:  # it was whole a moment ago: the file changes meanwhile
            self.findings.at(name).problem("cannot be read", _AGAIN)
            return None

    def find(self, definition: Definition, key: str) -> str | None:
        """Find the member that a key of the definition names; None, with a problem, if none is."""
        stated = definition.fields[key]
        name = member_of(stated)
        if name in self.names:
            return name
        message = f"{shown(stated)} is not in the package"
        self.findings.at(definition.name, key).problem(message, REBUILD)
        return None

    def _fault_of(self, entry: zipfile.ZipInfo) -> Fault | None:
        """Test if programs can unpack a member, and read it to its end for its checksum."""
        fault = member_fault(entry)
        damage = None if fault else damage_of(self._archive, entry)
        return fault if damage is None else Fault(f"is damaged: {damage}", _AGAIN)


def _check_names(names: list[str], findings: Findings) -> None:
    """Note names that lead elsewhere, occur twice, or are not valid on Windows."""
    seen_names: set[str] = set()
    for name in names:
        place, fault = findings.at(name), name_fault(name, seen_names)
        if fault is not None:
            place.problem(*fault)
        elif _LITTER.search(name):
            place.advice("is litter of another program", "leave it out")
        elif not name.isascii() or " " in name or len(name) > _LONG:
            message = f"is not short and ASCII without blanks ({len(name)} characters)"
            place.advice(message, "name it otherwise: ArcGIS unpacks into long paths")
