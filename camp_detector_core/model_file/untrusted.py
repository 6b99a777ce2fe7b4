"""Read untrusted files: no file without end, no text that acts when shown.

Every refusal is a `PredictorError`.
"""

from __future__ import annotations

import hashlib
import re
import stat
from typing import TYPE_CHECKING, Any

from ..engine.errors import PredictorError, SpecError
from ..engine.json_text import parse_json
from ..engine.spec import ModelSpec
from ..engine.wording import MAX_MESSAGE, shown

if TYPE_CHECKING:
    from pathlib import Path


_CHUNK = 1 << 20
_AWAY = re.compile(r"\s*(?:\\|[A-Za-z]:|[\\/]{2})")
"""Beginning of a path that Windows takes for one on another computer or drive."""


def require_file(path: Path, *, what: str = "model") -> None:
    """Refuse what is missing, empty, or no file: a device or a pipe may be read without end.

    Args:
        path: The file.
        what: It should hold, for the message.

    Raises:
        PredictorError: As said.
    """
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            kind = "a folder" if stat.S_ISDIR(state.st_mode) else "a device or a pipe"
            msg = f"the {what} {shown(path)} cannot be read: it is {kind}, not a file"
            raise PredictorError(msg)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error, what) from error
    if not state.st_size:
        msg = f"the {what} {shown(path)} is empty (0 bytes): copy or download it again"
        raise PredictorError(msg)


def _unreadable(path: Path, error: Exception, what: str = "model") -> PredictorError:
    reason = getattr(error, "strerror", None) or error
    return PredictorError(f"the {what} {shown(path)} cannot be read: {reason}")


def leads_away(path: str) -> bool:
    """Test if a path could lead to another computer or drive, on any system.

    Its text decides: where Windows only looks whether there is such a file, it may log in at
    the other computer already.
    """
    return _AWAY.match(path) is not None


def read_file(path: Path, limit: int, *, what: str = "model") -> bytes:
    """The bytes of a file, never more than ``limit``, whatever the file system says.

    Args:
        path: The file.
        limit: Bytes.
        what: It should hold, for messages.

    Raises:
        PredictorError: It cannot be read, is empty, or is larger.
    """
    require_file(path, what=what)
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise _unreadable(path, error, what) from error
    if len(data) > limit:
        msg = f"{path} is larger than {limit >> 20} MiB, which no {what} here is"
        raise PredictorError(msg)
    return data


def checksum_of(path: Path, kind: str = "sha256") -> tuple[str, int]:
    """The checksum of a file, in hexadecimal digits, and its size in bytes.

    Args:
        path: A regular file of any size; it is never held whole.
        kind: Name of the hash function for `hashlib`.

    Raises:
        OSError: It cannot be read.
    """
    digest, size = hashlib.new(kind, usedforsecurity=False), 0
    with path.open("rb") as stream:
        for part in iter(lambda: stream.read(_CHUNK), b""):
            digest.update(part)
            size += len(part)
    return digest.hexdigest(), size


def read_json(data: bytes, origin: str) -> dict[str, Any]:
    """The object that a JSON text holds; see `engine.json_text` for what is refused.

    Raises:
        PredictorError: It holds none.
    """
    try:
        value = parse_json(data)
    except ValueError as error:
        msg = f"{origin} is not JSON that can be read: {error}; write, copy or download it again"
        raise PredictorError(msg) from error
    if not isinstance(value, dict):
        msg = f"{origin} is not a JSON object"
        raise PredictorError(msg)
    return value


def parse_spec(raw: Any, origin: str) -> ModelSpec:  # noqa: ANN401 - whatever the file holds
    """The description of a model that another file states.

    Args:
        raw: JSON text, or what a JSON text held.
        origin: Its file and place in it, for messages.

    Raises:
        SpecError: It is none, or not sound.
    """
    try:
        return ModelSpec.from_json(raw) if isinstance(raw, str) else ModelSpec.from_dict(raw)
    except SpecError as error:
        msg = f"{origin}: {shown(error, MAX_MESSAGE)}"
        raise SpecError(msg) from error
