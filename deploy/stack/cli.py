"""`deploy/native start|stop|status|env FOLDER`."""

from __future__ import annotations

import argparse
import fcntl
import shlex
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import CampDetectorError
from deploy.stack import mlflow, postgres, process, seaweed
from deploy.stack.settings import (
    SECRETS,
    SETTINGS,
    Stack,
    StackError,
    keep,
    load,
    load_or_make,
    make_folder,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVICES = (("PostgreSQL", postgres), ("SeaweedFS", seaweed), ("MLflow", mlflow))
"""Services in the order of starting."""
NOT_RUNNING, WRONG = 3, 2

HELP = """\
MLflow on PostgreSQL and an S3 service, without containers.

  deploy/native start tracking        start the three; the first time, make folder and passwords
  eval "$(deploy/native env tracking)"  let clients of this shell log in
  deploy/native status tracking       what runs
  deploy/native stop tracking         stop them; all data stay in the folder

All three listen on 127.0.0.1 alone. `start` also repairs: what was killed is started again and
what runs is left alone. docs/deploy.md has more: users, backup, other machines.
"""


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="deploy/native", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    texts = {
        "start": "start what does not run, and wait until all answer",
        "stop": "stop all, MLflow first",
        "status": "say what runs; exit status 3 unless all do",
        "env": "print what a shell needs to log in, passwords included",
    }
    for name, text in texts.items():
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("folder", type=Path, help="where the services keep everything")
        if name == "start":
            for service, about in (
                ("mlflow", "of the tracking server (5000 at first)"),
                ("postgres", "of the database (55432 at first)"),
                ("s3", "of the S3 service (18333 at first) and nine more: see docs/deploy.md"),
            ):
                command.add_argument(f"--{service}-port", type=int, metavar="N", help=about)
            command.add_argument(
                "--public-url", metavar="URL",
                help="address of a proxy in front, such as https://mlflow.example.org",
            )  # fmt: skip
        if name == "env":
            command.add_argument(
                "--server", action="store_true",
                help="for backups: variables of PostgreSQL's and S3's own tools instead",
            )  # fmt: skip
    return parser


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Lock the folder, so that one command starts or stops at a time."""
    try:
        with (folder / ".lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                msg = f"Another deploy/native works on {folder}; wait until it is done."
                raise StackError(msg) from None
            yield
    except PermissionError as error:
        msg = f"{error.filename} cannot be written; run this as the owner of {folder}."
        raise StackError(msg) from error


@contextmanager
def nothing_left(folder: Path, new_folders: list[Path]) -> Iterator[None]:
    """A first start that is refused before any service keeps something leaves nothing behind.

    Args:
        folder: Of the stack; this process holds its lock.
        new_folders: The folders that were made for it, the innermost first.
    """
    new = not (folder / SECRETS).exists()
    try:
        yield
    except BaseException:
        if new:
            for name in (*(module.NAME for _, module in SERVICES), "log"):
                with suppress(OSError):  # it holds something
                    (folder / name).rmdir()
            if {entry.name for entry in folder.iterdir()} <= {".lock", SECRETS, SETTINGS}:
                for name in (SECRETS, SETTINGS, ".lock"):
                    (folder / name).unlink(missing_ok=True)
                for path in new_folders:
                    with suppress(OSError):
                        path.rmdir()
        raise


def _start(folder: Path, changes: dict[str, int], public_url: str | None) -> int:
    new_folders = [path for path in (folder, *folder.parents) if not path.exists()]
    make_folder(folder)
    with _alone(folder), nothing_left(folder, new_folders):
        stack = load_or_make(folder, changes, public_url)
        _check_ports(stack)
        keep(stack)
        for title, service in SERVICES:
            _say(f"{title}: {'started' if service.start(stack) else 'runs already'}")
    _say(
        f"\nMLflow: {stack.tracking_uri}\n"
        f"User {mlflow.ADMIN}; the password is mlflow_admin_password in {stack.secrets_file}\n"
        f'Clients: eval "$(deploy/native env {shlex.quote(str(folder))})"\n'
        f"Logs: {stack.logs}"
    )
    return 0


def _check_ports(stack: Stack) -> None:
    """Refuse before anything is started, rather than halfway."""
    run = {title for title, service in SERVICES if service.running(stack)}
    before = load(stack.folder)
    if run and (before.ports, before.public_url) != (stack.ports, stack.public_url):
        folder = shlex.quote(str(stack.folder))
        msg = f"The services run with other settings; first: deploy/native stop {folder}"
        raise StackError(msg)
    services = {
        "PostgreSQL": ([stack.ports.postgres], "--postgres-port"),
        "SeaweedFS": (stack.ports.of_s3, "--s3-port"),
        "MLflow": ([stack.ports.mlflow], "--mlflow-port"),
    }
    for title, (ports, option) in services.items():
        if title not in run:
            process.check_ports(title, ports, option)


def _stop(folder: Path) -> int:
    stack = load(folder)
    with _alone(stack.folder):
        for title, service in reversed(SERVICES):
            _say(f"{title}: {'stopped' if service.stop(stack) else 'did not run'}")
    return 0


def _status(folder: Path) -> int:
    stack = load(folder)
    every = True
    for title, service in SERVICES:
        pids, ready = service.running(stack), service.is_ready(stack)
        every = every and ready
        word = "answers" if ready else "is broken, `start` repairs it" if pids else "does not run"
        first = process.leaders(pids)[:1]
        _say(f"{title}: {word}" + "".join(f" (process {pid})" for pid in first))
    _say(f"MLflow's address: {stack.tracking_uri}")
    return 0 if every else NOT_RUNNING


def _env(folder: Path, *, server: bool) -> int:
    stack = load(folder)
    variables = mlflow.client_environment(stack)
    if server:
        variables = postgres.client_environment(stack) | seaweed.client_environment(stack)
    for name, value in variables.items():
        _say(f"export {name}={shlex.quote(value)}")
    return 0


def main(arguments: list[str]) -> int:
    """Run one command; gives the exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "start":
            ports = {
                name: getattr(options, f"{name}_port") for name in ("mlflow", "postgres", "s3")
            }
            ports_set = {name: port for name, port in ports.items() if port is not None}
            return _start(options.folder, ports_set, options.public_url)
        if options.command == "env":
            return _env(options.folder, server=options.server)
        return {"stop": _stop, "status": _status}[options.command](options.folder)
    except CampDetectorError as error:
        sys.stderr.write(f"Error: {error}\n")
        return WRONG
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. What was started goes on; `stop` ends it.\n")
        return 130
