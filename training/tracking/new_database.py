"""A new database of MLflow is made by one process, while others wait."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SQLITE = "sqlite:///"


def file_of(uri: str) -> Path | None:
    """The file of a SQLite database; None where an address is of something else."""
    if not uri.startswith(_SQLITE):
        return None
    from sqlalchemy.engine import make_url

    name = make_url(uri).database
    return Path(name).absolute() if name else None


@contextmanager
def alone_if_new(uri: str) -> Iterator[None]:
    """Lock a new SQLite file while one process makes it; two at once would damage it for good.

    Args:
        uri: Of MLflow; nothing happens where it is no file, or one that is complete; nor on
            Windows, which has other locks.
    """
    path = file_of(uri)
    if path is None or not path.parent.is_dir() or sys.platform == "win32":
        yield
        return
    import fcntl

    lock = path.with_name(f".{path.name}.lock")
    if path.exists() and not lock.exists():
        yield
        return
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # it ends with this process, however that ends
        yield
        lock.unlink(missing_ok=True)
