"""PostgreSQL from Debian's package, with its data in the stack's folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from deploy.stack import process
from deploy.stack.settings import HOST, Stack, StackError, write_private

NAME = "postgres"
ACCOUNT = "postgres"
"""PostgreSQL refuses to run as root; Debian's package makes this account."""
SUPERUSER, ROLE = "postgres", "mlflow"
DATABASES = ("mlflow", "mlflow_auth")
SECONDS = 60


def _programs() -> Path:
    """Folder of initdb and pg_ctl, of the newest version that is installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    folder = str(debian[-1]) if debian else shutil.which("initdb")
    if folder is None:
        msg = "PostgreSQL is not installed; on Debian or Ubuntu: sudo apt-get install postgresql"
        raise StackError(msg)
    return Path(folder).resolve().parent


def _version(path: Path) -> float:
    try:
        return float(path.parents[1].name)
    except ValueError:
        return 0.0


def _data(stack: Stack) -> Path:
    return stack.folder / NAME / "data"


def _as_account(command: list[str]) -> list[str]:
    return ["runuser", "-u", ACCOUNT, "--", *command] if os.geteuid() == 0 else command


def _give(path: Path) -> None:
    """Make the account the owner of a file, if this is root."""
    if os.geteuid() == 0:
        shutil.chown(path, ACCOUNT, ACCOUNT)


def _run(stack: Stack, program: str, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    """Run one of the server's programs; its output is added to the log."""
    command = _as_account([str(_programs() / program), *map(str, arguments)])
    log = os.open(process.log_of(stack, NAME), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # Into a file, not a pipe: the server inherits it and would keep a pipe open.
        return subprocess.run(  # noqa: S603 - our own command, no shell
            command,
            env=process.environment({}),
            cwd=stack.folder / NAME,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
        )
    finally:
        os.close(log)


def running(stack: Stack) -> list[int]:
    """The server's processes: they work in the folder of the data, and nobody else does."""
    data = _data(stack)
    pids = []
    for pid in process.processes():
        with suppress(OSError):
            name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
            if name == "postgres" and Path(f"/proc/{pid}/cwd").resolve() == data:
                pids.append(pid)
    return pids


def is_ready(stack: Stack) -> bool:
    """Return True if the server accepts connections."""
    result = subprocess.run(  # noqa: S603 - our own command, no shell
        [str(_programs() / "pg_isready"), "-q", "-h", HOST, "-p", str(stack.ports.postgres)],
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return result.returncode == 0 and bool(running(stack))


def _make(stack: Stack) -> None:
    """Make the data: password log-in only, checksums of pages, UTF-8."""
    home, data = stack.folder / NAME, _data(stack)
    home.mkdir(mode=0o700, exist_ok=True)
    _give(home)
    if os.geteuid() == 0:
        try:
            pwd.getpwnam(ACCOUNT)
        except KeyError:
            msg = f"PostgreSQL cannot run as root and there is no account {ACCOUNT}; use your own."
            raise StackError(msg) from None
        reached = subprocess.run(  # noqa: S603 - our own command, no shell
            _as_account(["test", "-w", str(home)]), check=False, cwd="/"
        )
        if reached.returncode:
            msg = f"The account {ACCOUNT} cannot reach {home}; name a folder outside private ones."
            raise StackError(msg)
    if (data / "PG_VERSION").exists():
        return
    shutil.rmtree(data, ignore_errors=True)  # of a first start that was cut off
    shutil.rmtree(home / "new", ignore_errors=True)
    password = home / "password"
    write_private(password, stack.secrets.postgres_password + "\n")
    _give(password)
    try:
        result = _run(
            stack, "initdb", "-D", home / "new", "-U", SUPERUSER, f"--pwfile={password}",
            "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums",
        )  # fmt: skip
    finally:
        password.unlink()
    if result.returncode:
        raise StackError(_failed(stack, "The database cannot be made"))
    (home / "new").rename(data)


def _failed(stack: Stack, action: str) -> str:
    log = process.log_of(stack, NAME)
    return f"{action}; the end of {log} says why:\n{process.tail_of(log)}"


def _clear_lock(stack: Stack) -> None:
    """Remove the lock of a server that was killed.

    PostgreSQL does so itself unless the process number is taken: by another program after a
    restart of the machine, or by a dead process that nobody collects, as in some containers.
    """
    if not process.wait_until(lambda: not running(stack), lambda: True, SECONDS):
        msg = f"Remains of a killed PostgreSQL ({running(stack)}) do not end; stop them by hand."
        raise StackError(msg)
    (_data(stack) / "postmaster.pid").unlink(missing_ok=True)


def start(stack: Stack) -> bool:
    """Start the server, and make role and databases where they are missing; False if it runs."""
    _make(stack)
    if is_ready(stack):
        return False
    _clear_lock(stack)
    # No socket in the file system: it would need a folder that both accounts may reach.
    options = (
        f"-p {stack.ports.postgres} -c listen_addresses={HOST} -c unix_socket_directories="
        " -c password_encryption=scram-sha-256 -c logging_collector=off"
    )
    result = _run(
        stack, "pg_ctl", "-D", _data(stack), "-w", "-t", SECONDS, "-o", options, "start"
    )  # fmt: skip
    if result.returncode:
        raise StackError(_failed(stack, "PostgreSQL does not start"))
    _make_databases(stack)
    return True


def client_environment(stack: Stack) -> dict[str, str]:
    """Return the environment variables that psql, pg_dump and pg_restore need."""
    return {
        "PGHOST": HOST,
        "PGPORT": str(stack.ports.postgres),
        "PGUSER": SUPERUSER,
        "PGPASSWORD": stack.secrets.postgres_password,
    }


def _sql(stack: Stack, text: str) -> str:
    """Run SQL as the superuser; it goes in by a pipe, so that no password is in a command line."""
    result = subprocess.run(  # noqa: S603 - our own command, no shell
        [str(_programs() / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "postgres"],
        input=text.encode(),
        env=process.environment(client_environment(stack)),
        capture_output=True,
        check=False,
    )
    if result.returncode:
        msg = f"PostgreSQL refused a command: {result.stderr.decode(errors='replace').strip()}"
        raise StackError(msg)
    return result.stdout.decode()


def _make_databases(stack: Stack) -> None:
    """Role and databases of MLflow, where they are missing; others may not connect to them."""
    if ROLE not in _sql(stack, "SELECT rolname FROM pg_roles;").split():
        password = stack.secrets.mlflow_db_password
        _sql(stack, f"CREATE ROLE {ROLE} LOGIN PASSWORD '{password}';")
    databases = _sql(stack, "SELECT datname FROM pg_database;").split()
    for name in DATABASES:
        if name not in databases:
            _sql(stack, f"CREATE DATABASE {name} OWNER {ROLE};")
            _sql(stack, f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC;")


def uri(stack: Stack, database: str) -> str:
    """Address of a database for MLflow, with its password."""
    password = stack.secrets.mlflow_db_password
    return f"postgresql+psycopg2://{ROLE}:{password}@{HOST}:{stack.ports.postgres}/{database}"


def stop(stack: Stack) -> bool:
    """Stop the server in good order; True if one ran."""
    if not running(stack):
        return False
    result = _run(stack, "pg_ctl", "-D", _data(stack), "-w", "-t", SECONDS, "-m", "fast", "stop")
    if result.returncode or running(stack):
        raise StackError(_failed(stack, "PostgreSQL does not stop"))
    return True
