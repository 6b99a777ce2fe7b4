"""Processes that outlive the command that started them, and how they are found again.

There are no PID files that could grow stale: each process carries the name of its stack and its
service in its environment, and so do its children. What runs is read from /proc.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.stack.settings import HOST, Stack, StackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MARK = "CAMP_DETECTOR_STACK"
POLL = 0.1
TAIL = 2000

# What a service may inherit: all else, such as proxies or somebody's AWS keys, would change it.
INHERITED = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR", "VIRTUAL_ENV")


@dataclass(frozen=True, kw_only=True)
class Service:
    """Program that the stack starts."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]


def state(pid: int) -> str:
    """State letter of a process; ``Z`` also for one that does not exist."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "Z"
    return status.rpartition(")")[2].split()[0]


def processes() -> list[int]:
    """List the running processes."""
    pids = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if state(pid) not in "ZX"]


def _mark(stack: Stack, name: str) -> str:
    return f"{name}:{stack.folder}"


def running(stack: Stack, name: str) -> list[int]:
    """Processes of a service, its children included; empty where none lives."""
    mark = f"{MARK}={_mark(stack, name)}".encode()
    pids = []
    for pid in processes():
        with suppress(OSError):  # it ended just now, or is another user's
            if mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                pids.append(pid)
    return pids


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The few inherited variables and those that a service needs."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {"LANG": "C.UTF-8", **inherited, **extra}


def check_ports(name: str, ports: Iterable[int], option: str) -> None:
    """Refuse ports that another program holds.

    Raises:
        StackError: With the port and the option that chooses another.
    """
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                msg = (
                    f"Port {port} for {name} is taken by another program ({error.strerror}); "
                    f"stop that one or choose another port with {option}."
                )
                raise StackError(msg) from error


def launch(stack: Stack, service: Service) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own; its output goes to its log."""
    home = stack.folder / service.name
    home.mkdir(mode=0o700, exist_ok=True)
    mark = {MARK: _mark(stack, service.name)}
    log = os.open(log_of(stack, service.name), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(  # noqa: S603 - our own command, no shell
            service.command,
            env=environment({**service.environment, **mark}),
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    except OSError as error:
        msg = f"{service.command[0]} cannot be started: {error.strerror}."
        raise StackError(msg) from error
    finally:
        os.close(log)


def log_of(stack: Stack, name: str) -> Path:
    """Path of the log of a service."""
    return stack.logs / f"{name}.log"


def tail_of(path: Path) -> str:
    """The last lines of a log, for an error."""
    with suppress(OSError):
        return path.read_text(encoding="utf-8", errors="replace")[-TAIL:].strip()
    return "(no log)"


def wait_until(ready: Callable[[], bool], alive: Callable[[], bool], seconds: float) -> bool:
    """Wait until a service is ready; return False once it died or the time is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if ready():
            return True
        if not alive():
            return False
        time.sleep(POLL)
    return False


def bring_up(
    stack: Stack,
    service: Service,
    ready: Callable[[], bool],
    *,
    title: str,
    seconds: tuple[float, float],
) -> None:
    """Start a service anew and wait until it answers; what is left of an earlier one is ended.

    Args:
        stack: Where it belongs.
        service: What to start.
        ready: Whether it answers.
        title: Its name for people.
        seconds: Most that it may take to start, and to stop.

    Raises:
        StackError: It does not answer; it is ended then.
    """
    to_start, to_stop = seconds
    end(stack, service.name, seconds=to_stop)
    child = launch(stack, service)
    if not wait_until(ready, lambda: child.poll() is None, to_start):
        log = log_of(stack, service.name)
        end(stack, service.name, seconds=to_stop)
        msg = f"{title} does not start; the end of {log} says why:\n{tail_of(log)}"
        raise StackError(msg)


def end(stack: Stack, name: str, *, seconds: float) -> bool:
    """Ask a service to end, then make it; True if there was one.

    Only the oldest process is asked: it ends its children in good order. Children that it left
    behind (after a crash of the parent) are asked themselves.
    """
    first = running(stack, name)
    if not first:
        return False
    _send(leaders(first), signal.SIGTERM)
    if not wait_until(lambda: not running(stack, name), lambda: True, seconds):
        _send(running(stack, name), signal.SIGKILL)
        if not wait_until(lambda: not running(stack, name), lambda: True, seconds):
            msg = f"{name} does not end (process {running(stack, name)}); end it by hand."
            raise StackError(msg)
    return True


def is_whole(stack: Stack, name: str) -> bool:
    """Return True if a service's first process, which leads its session, still lives."""
    return any(os.getsid(pid) == pid for pid in running(stack, name))


def leaders(pids: list[int]) -> list[int]:
    """Return the processes that are no children of the others.

    Not the lowest numbers: numbers begin again from below after the highest.
    """
    return [pid for pid in pids if _parent(pid) not in pids]


def _parent(pid: int) -> int:
    with suppress(OSError, IndexError):
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return int(status.rpartition(")")[2].split()[1])
    return 0


def _send(pids: Iterable[int], signal_number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal_number)
