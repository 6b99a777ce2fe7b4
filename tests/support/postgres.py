"""A PostgreSQL server of a test's own: Debian's binaries, a temporary folder, a free port."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

USER = "camp"
"""The server's superuser, with the password of `Postgres.password`."""
_SERVICE_ACCOUNT = "postgres"
"""PostgreSQL refuses to run as root; Debian's package makes this account."""
_START_SECONDS = 60


def bin_folder() -> Path | None:
    """The folder of initdb and pg_ctl, newest version first; None where there is none."""
    programs = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[4])
    )
    if programs:
        return programs[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def has_postgis() -> bool:
    """Return True if the extension PostGIS is installed for the server that would be started."""
    folder = bin_folder()
    if folder is None:
        return False
    version = folder.parent.name
    homes = (Path("/usr/share/postgresql") / version, folder.parent / "share")
    return any((home / "extension" / "postgis.control").is_file() for home in homes)


def free_port(low: int = 20000, high: int = 55000) -> int:
    """A port of this machine that nobody listens on, from a range that leaves room above it."""
    for _ in range(200):
        port = low + secrets.randbelow(high - low)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    msg = "no free port was found"
    raise RuntimeError(msg)


class Postgres:
    """One server: `start`, `stop` and `kill` it, and start it again over the same data."""

    def __init__(self, folder: Path) -> None:
        """Make the data; the server does not run yet.

        Args:
            folder: An empty folder that the service account can reach; not below one that is
                closed to others, such as pytest's ``tmp_path`` of root.
        """
        binaries = bin_folder()
        if binaries is None:
            pytest.skip("PostgreSQL is not installed: sudo apt-get install postgresql")
        self._binaries = binaries
        self.folder = folder
        self.port = free_port()
        self.password = secrets.token_hex(12)
        self._data = folder / "data"
        folder.chmod(0o755)
        for inner in ("data", "sockets"):
            (folder / inner).mkdir(mode=0o700)
            self._give(folder / inner)
        secret = folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(self.password, encoding="utf-8")
        self._give(secret)
        self._run(
            "initdb", "-D", self._data, "-U", USER, f"--pwfile={secret}",
            "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "-N",
        )  # fmt: skip
        secret.unlink()

    @staticmethod
    def _give(path: Path) -> None:
        if os.geteuid() == 0:
            shutil.chown(path, _SERVICE_ACCOUNT, _SERVICE_ACCOUNT)

    def _run(self, program: str, *arguments: object) -> None:
        """Run one of PostgreSQL's programs as the service account; output goes to a file."""
        command = [str(self._binaries / program), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ["runuser", "-u", _SERVICE_ACCOUNT, "--", *command]
        log = self.folder / f"{program}.log"
        # Into a file, not a pipe: the server inherits it and would keep a pipe open.
        with log.open("ab") as out:
            result = subprocess.run(
                command, stdout=out, stderr=out, cwd=self.folder, check=False, timeout=120
            )
        if result.returncode:
            msg = f"{program} failed:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}"
            raise RuntimeError(msg)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        sockets = self.folder / "sockets"
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off "
            f"-c unix_socket_directories={sockets}"
        )
        log = self._data / "server.log"
        self._run(
            "pg_ctl", "-D", self._data, "-w", "-t", _START_SECONDS,
            "-l", log, "-o", options, "start",
        )  # fmt: skip

    def stop(self) -> None:
        """Stop the server in an orderly way; data stay."""
        self._run("pg_ctl", "-D", self._data, "-w", "-m", "fast", "stop")

    def restart(self) -> None:
        """Stop and start."""
        self.stop()
        self.start()

    def kill(self) -> None:
        """End all of the server at once, as a power cut does; `start` recovers."""
        lock = self._data / "postmaster.pid"
        first = int(lock.read_text(encoding="utf-8").split()[0])
        family = [first, *(pid for pid, (parent, _) in _processes().items() if parent == first)]
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + _START_SECONDS
        while any(_processes().get(pid, (0, "Z"))[1] != "Z" for pid in family):
            if time.monotonic() > deadline:
                msg = "the killed server does not end"
                raise RuntimeError(msg)
            time.sleep(0.05)
        # Where nobody collects the dead, their number stays taken and PostgreSQL would wait.
        for left in (lock, *(self.folder / "sockets").glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)

    @property
    def is_running(self) -> bool:
        """Return True if a server runs over these data."""
        return (self._data / "postmaster.pid").exists()

    def create_database(self, name: str) -> None:
        """Make an empty database."""
        import psycopg2

        connection = psycopg2.connect(self.url("postgres"))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{name}"')
        finally:
            connection.close()

    def url(self, database: str, *, driver: str = "") -> str:
        """``postgresql://...`` of a database; ``driver`` such as ``psycopg2`` for SQLAlchemy."""
        scheme = f"postgresql+{driver}" if driver else "postgresql"
        return f"{scheme}://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"


def _processes() -> dict[int, tuple[int, str]]:
    """Parent and state (``Z``: dead and not collected) of every process."""
    processes = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = status.read_text(encoding="utf-8").rpartition(")")[2].split()[:2]
            processes[int(status.parent.name)] = (int(parent), state)
    return processes


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A running server; it is stopped and deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="camp-pg-", ignore_cleanup_errors=True) as name:
        server = Postgres(Path(name))
        server.start()
        try:
            yield server
        finally:
            if server.is_running:
                server.stop()
