"""Settings of a stack: its folder, its ports, its secrets."""

from __future__ import annotations

import json
import os
import secrets
import shlex
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from camp_detector_core.engine.errors import CampDetectorError

if TYPE_CHECKING:
    from pathlib import Path

HOST = "127.0.0.1"
"""Address on which all services listen."""
GRPC = 10000
"""SeaweedFS opens a second port this far above each of its own."""
S3_PORTS = 5
"""S3, master, volume, filer and admin server lie on successive ports."""
HIGHEST, LOWEST = 65535, 1024
SECRETS, SETTINGS = "secrets.json", "settings.json"
"""Files in the folder of a stack."""


class StackError(CampDetectorError):
    """The services cannot be started, stopped or reached."""


@dataclass(frozen=True, kw_only=True)
class Ports:
    """The ports of the three services, all on 127.0.0.1."""

    mlflow: int = 5000
    postgres: int = 55432
    s3: int = 18333

    def __post_init__(self) -> None:
        """Check that all are in range and none is used twice.

        Raises:
            StackError: With the port at fault.
        """
        if self.s3 + S3_PORTS - 1 + GRPC > HIGHEST:
            msg = f"--s3-port {self.s3} is too high; choose one below {HIGHEST - GRPC - S3_PORTS}."
            raise StackError(msg)
        for field in fields(self):
            if not LOWEST <= getattr(self, field.name) <= HIGHEST:
                msg = (
                    f"--{field.name}-port {getattr(self, field.name)} is out of range; "
                    f"choose one from {LOWEST} to {HIGHEST}."
                )
                raise StackError(msg)
        every = [self.mlflow, self.postgres, *self.of_s3]
        twice = sorted({port for port in every if every.count(port) > 1})
        if twice:
            msg = f"Port {twice[0]} would be used twice; give the services ports further apart."
            raise StackError(msg)

    @property
    def of_s3(self) -> list[int]:
        """List the ports that SeaweedFS listens on."""
        own = range(self.s3, self.s3 + S3_PORTS)
        return [*own, *(port + GRPC for port in own)]


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """Passwords and keys; made once, with the folder."""

    postgres_password: str
    mlflow_db_password: str
    s3_access_key: str
    s3_secret_key: str
    s3_signing_key: str
    mlflow_admin_password: str
    mlflow_session_key: str

    @classmethod
    def new(cls) -> Secrets:
        """Fresh ones, of letters and digits, so that they need no quoting in any place."""
        return cls(**{field.name: secrets.token_hex(20) for field in fields(cls)})


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A folder with all that the three services keep, and how to reach them."""

    folder: Path
    ports: Ports
    secrets: Secrets
    public_url: str = ""
    """Address of a proxy in front, such as https://mlflow.example.org; empty: there is none."""

    def __post_init__(self) -> None:
        """Check the address.

        Raises:
            StackError: It is no plain address of a web server.
        """
        parts = urlsplit(self.public_url)
        plain = parts.scheme in {"http", "https"} and parts.netloc and parts.path in {"", "/"}
        if self.public_url and not (plain and "@" not in parts.netloc and "," not in parts.netloc):
            msg = f"{self.public_url} is not an address such as https://mlflow.example.org."
            raise StackError(msg)

    @property
    def tracking_uri(self) -> str:
        """Value that clients set as MLFLOW_TRACKING_URI."""
        return f"http://{HOST}:{self.ports.mlflow}"

    @property
    def s3_url(self) -> str:
        """Address of the S3 service."""
        return f"http://{HOST}:{self.ports.s3}"

    @property
    def secrets_file(self) -> Path:
        """Holds the passwords; only its owner may read it."""
        return self.folder / SECRETS

    @property
    def logs(self) -> Path:
        """Folder of the logs."""
        return self.folder / "log"


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, at once or not at all."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _read(path: Path) -> dict[str, object]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be read ({error}); restore it from a backup of the folder."
        raise StackError(msg) from error
    if not isinstance(content, dict):
        msg = f"{path} holds no settings; restore it from a backup of the folder."
        raise StackError(msg)
    return content


def load(folder: Path) -> Stack:
    """Read the settings of a stack that was started before.

    Raises:
        StackError: There is none in the folder, or its files are damaged.
    """
    folder = folder.resolve()
    if not (folder / SECRETS).is_file():
        quoted = shlex.quote(str(folder))
        msg = f"There are no services in {folder}; start them: deploy/native start {quoted}"
        raise StackError(msg)
    try:
        settings = _read(folder / SETTINGS) if (folder / SETTINGS).exists() else {}
        public_url = str(settings.pop("public_url", ""))
        ports = Ports(**settings)  # type: ignore[arg-type]
        secret = Secrets(**_read(folder / SECRETS))  # type: ignore[arg-type]
    except TypeError as error:
        msg = f"The settings in {folder} are of another version ({error}); see docs/deploy.md."
        raise StackError(msg) from error
    return Stack(folder=folder, ports=ports, secrets=secret, public_url=public_url)


def make_folder(folder: Path) -> None:
    """Make the folder of a stack, or accept one that is empty or was made so before.

    Raises:
        StackError: It holds other files, or cannot be made.
    """
    try:
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)  # PostgreSQL's account passes through
        entries = {entry.name for entry in folder.iterdir()} - {".lock"}
    except OSError as error:
        msg = f"{folder} cannot be made ({error.strerror}); name a folder that you may write to."
        raise StackError(msg) from error
    if entries and SECRETS not in entries:
        msg = f"{folder} holds other files; name a new or an empty folder."
        raise StackError(msg)


def load_or_make(folder: Path, changes: dict[str, int], public_url: str | None) -> Stack:
    """Read the settings, make them on the first start, and apply what the user changed.

    Args:
        folder: Folder of the stack; a new one or an empty one on the first start.
        changes: Ports by service, where the user named them.
        public_url: Address of the proxy, where the user named one; empty takes it away.
    """
    folder = folder.resolve()
    if (folder / SECRETS).is_file():
        existing_stack = load(folder)
        stack = replace(
            existing_stack,
            ports=Ports(**(asdict(existing_stack.ports) | changes)),
            public_url=existing_stack.public_url if public_url is None else public_url,
        )
    else:
        stack = Stack(
            folder=folder,
            ports=Ports(**changes),
            secrets=Secrets.new(),
            public_url=public_url or "",
        )
        write_private(stack.secrets_file, json.dumps(asdict(stack.secrets), indent=1) + "\n")
    stack.logs.mkdir(mode=0o700, exist_ok=True)
    return stack


def keep(stack: Stack) -> None:
    """Remember the settings for the next start."""
    content = asdict(stack.ports) | {"public_url": stack.public_url}
    write_private(stack.folder / SETTINGS, json.dumps(content, indent=1) + "\n")
