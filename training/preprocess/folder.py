"""The folder that preprocess fills: what is whole in it, and whose it is."""

from __future__ import annotations

import logging
import os
import re
import shutil
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from camp_detector_core.engine.json_text import parse_json
from camp_detector_core.outputs.output_set import cannot_write
from training.output import write_json
from training.preprocess.manifest import (
    NAME,
    LabelRecord,
    PreprocessError,
    read_manifest,
)

if TYPE_CHECKING:
    from training.preprocess.area import Tile
    from training.preprocess.manifest import Box, Manifest

if sys.platform != "win32":
    import fcntl

LOG = logging.getLogger(__name__)

OUTLINES = "buildings.geojson"
_WORK, _REQUEST, _LABELS, _MISSING, _LOCK = (
    ".preprocess", "request.json", "labels.json", "missing.txt", "lock",
)  # fmt: skip
_REMEDY = "give another {train_dir}, or {overwrite} to replace them"
_NOTE = re.compile(r"([0-9]{1,9}) ([0-9]{1,9})")
_OWN = re.compile(r"OAM-\d+-\d+-\d+\.tif(\.aux\.xml)?")


@dataclass(frozen=True)
class Request:
    """Parameters that two calls of preprocess must share for one to go on with the other's work."""

    bbox: Box
    zoom: int
    tms: str
    """The template without secrets: a new key changes nothing."""


class TrainFolder:
    """Opens the folder for one request; use it with ``with``, and call `finish` at the end."""

    def __init__(self, root: Path, request: Request, *, overwrite: bool = False) -> None:
        """Read the state of the folder, and change nothing yet.

        Raises:
            PreprocessError: It holds other work, and ``overwrite`` was not said.
        """
        self.root, self.chips, self.labels = root, root / "chips", root / "labels"
        self.outlines = self.labels / OUTLINES
        self._work, self._request, self._overwrite = root / _WORK, request, overwrite
        self._lock: int | None = None
        self._check_foreign()
        earlier = None if overwrite else self._earlier()
        if earlier is not None and earlier != request:
            if not _names(self.chips) and not _names(self.labels):
                self._overwrite = True  # it got nothing: only its notes are left
                return
            msg = f"{root} holds tiles of another request ({_difference(earlier, request)})"
            raise PreprocessError(msg, remedy=_REMEDY)

    def __enter__(self) -> Self:
        """Make the folders, after earlier work is deleted if that was said.

        Raises:
            PreprocessError: Another process is at work in it.
            OutputError: It cannot be written.
        """
        try:
            self._work.mkdir(parents=True, exist_ok=True)
            self._take_lock()
            if self._overwrite:
                self._delete_earlier()
            for folder in (self.chips, self.labels):
                folder.mkdir(exist_ok=True)
            for stale in self._work.glob("part-*"):
                stale.unlink(missing_ok=True)
            self._mend_missing()
        except OSError as error:
            raise cannot_write(self.root, error) from error
        write_json(self._work / _REQUEST, asdict(self._request))
        return self

    def __exit__(self, *_: object) -> None:
        """Release the folder for others; finished work stays."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def finish(self) -> None:
        """Delete the notes on what is done: the manifest has taken their place."""
        shutil.rmtree(self._work, ignore_errors=True)

    def chip(self, tile: Tile) -> Path:
        """Path of the chip of a tile."""
        return self.chips / f"{tile.stem}.tif"

    def mask(self, tile: Tile) -> Path:
        """Path of the mask of a tile."""
        return self.labels / f"{tile.stem}.tif"

    def write(self, path: Path, data: bytes) -> None:
        """Write a file that is whole from the moment on that it has its name.

        Raises:
            OutputError: It cannot be written.
        """
        temporary = None
        try:
            handle, name = tempfile.mkstemp(dir=self._work, prefix="part-")
            temporary = Path(name)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            temporary.chmod(0o644)
            temporary.replace(path)
        except OSError as error:
            if temporary is not None:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
            raise cannot_write(path, error, needed=len(data)) from error

    def last_manifest(self) -> Manifest | None:
        """Read the last manifest of this folder, also one that an unfinished call moved away.

        Raises:
            PreprocessError: It cannot be read.
        """
        return read_manifest(self.chips) or read_manifest(self._work / self.chips.name)

    def missing(self) -> set[tuple[int, int]]:
        """Places (x, y) of the tiles that the server is known not to have."""
        manifest = read_manifest(self.chips)
        missing = set(manifest.imagery.missing) if manifest and not self._overwrite else set()
        with suppress(FileNotFoundError):
            text = (self._work / _MISSING).read_text(encoding="utf-8", errors="replace")
            lines = text.splitlines()  # a damaged line is no note: that tile is asked for again
            missing |= {(int(n[1]), int(n[2])) for line in lines if (n := _NOTE.fullmatch(line))}
        return missing

    def note_missing(self, tile: Tile) -> None:
        """Remember that there is no such tile.

        Raises:
            OutputError: It cannot be written.
        """
        path = self._work / _MISSING
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{tile.x} {tile.y}\n")
        except OSError as error:
            raise cannot_write(path, error) from error

    def forget_missing(self) -> None:
        """Ask for all of them again next time."""
        (self._work / _MISSING).unlink(missing_ok=True)

    def label_record(self, url: str) -> LabelRecord | None:
        """Return the record of the outlines, if they are there and come from a service.

        Args:
            url: Of the service, without secrets.
        """
        if not self.outlines.is_file():
            return None
        path = self._work / _LABELS
        record: LabelRecord | None = None
        if path.is_file():
            with suppress(ValueError, TypeError):  # then they are fetched again
                record = LabelRecord(**parse_json(path.read_bytes()))
        elif (manifest := read_manifest(self.chips)) is not None:
            record = manifest.labels
        return record if record is not None and record.url == url else None

    def put_outlines(self, data: bytes, record: LabelRecord) -> None:
        """Replace the outlines; at no moment does a record describe older ones.

        Raises:
            OutputError: They cannot be written.
        """
        manifest = read_manifest(self.chips)
        if manifest is not None:  # it speaks of the earlier ones
            lines = "".join(f"{x} {y}\n" for x, y in manifest.imagery.missing)
            self.write(self._work / _MISSING, lines.encode())
            (self.root / NAME).replace(self._work / NAME)
        write_json(self._work / _LABELS, {})
        self.write(self.outlines, data)
        write_json(self._work / _LABELS, asdict(record))

    def _mend_missing(self) -> None:
        """Remove a last line without its end: a kill may have cut off a number."""
        with suppress(FileNotFoundError):
            path = self._work / _MISSING
            data = path.read_bytes()
            if not data.endswith(b"\n"):
                self.write(path, data[: data.rfind(b"\n") + 1])

    def _check_foreign(self) -> None:
        if self.root.exists() and not self.root.is_dir():
            msg = f"{self.root} is a file"
            raise PreprocessError(msg, remedy="give a folder as {train_dir}")
        for folder in (self.chips, self.labels):
            if folder.exists() and not folder.is_dir():
                msg = f"{folder} is a file"
                raise PreprocessError(msg, remedy="give another {train_dir}")
            names = _names(folder)
            foreign = [n for n in names if not _OWN.fullmatch(n) and n != OUTLINES]
            if foreign:
                msg = f"{folder} holds {min(foreign)}, which preprocess did not write"
                remedy = "give another {train_dir}, or move that file away"
                raise PreprocessError(msg, remedy=remedy)

    def _earlier(self) -> Request | None:
        """Read the request that the folder was made for.

        Raises:
            PreprocessError: It holds chips, and does not say.
        """
        manifest = read_manifest(self.chips)
        if manifest is not None:
            return Request(manifest.bbox, manifest.zoom, manifest.imagery.tms)
        path = self._work / _REQUEST
        with suppress(FileNotFoundError, ValueError, TypeError, KeyError):
            values: dict[str, Any] = parse_json(path.read_bytes())
            west, south, east, north = values["bbox"]
            return Request((west, south, east, north), values["zoom"], values["tms"])
        if _names(self.chips) or _names(self.labels):
            msg = f"{self.root} holds chips or labels, and nothing says of which request"
            raise PreprocessError(msg, remedy=_REMEDY)
        return None

    def _delete_earlier(self) -> None:
        """Delete what preprocess wrote, and nothing else; what says so goes first."""
        (self.root / NAME).unlink(missing_ok=True)
        for name in (_REQUEST, _LABELS, _MISSING, NAME):
            (self._work / name).unlink(missing_ok=True)
        for folder in (self.chips, self.labels):
            for path in folder.iterdir() if folder.is_dir() else ():
                if _OWN.fullmatch(path.name):
                    path.unlink()
        self.outlines.unlink(missing_ok=True)

    def _take_lock(self) -> None:
        if sys.platform == "win32":
            return
        self._lock = os.open(self._work / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            self._lock = None
            msg = f"another preprocess is at work in {self.root}: wait for it, or stop it"
            raise PreprocessError(msg) from error
        except OSError:  # a disk without locks
            LOG.debug("%s cannot be locked", self.root)


def _names(folder: Path) -> list[str]:
    """Names of the files in a folder, without hidden ones: file managers leave some everywhere."""
    if not folder.is_dir():
        return []
    return [p.name for p in folder.iterdir() if not p.name.startswith(".")]


def _difference(earlier: Request, request: Request) -> str:
    pairs = zip(asdict(earlier).items(), asdict(request).values(), strict=True)
    return ", ".join(f"{name} {old} instead of {new}" for (name, old), new in pairs if old != new)
