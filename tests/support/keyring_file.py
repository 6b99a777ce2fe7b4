"""A keyring in a file that a test writes: what the machine's own keyring is to a user.

The library ``keyring`` takes it by PYTHON_KEYRING_BACKEND=tests.support.keyring_file.FileKeyring.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend


class FileKeyring(KeyringBackend):
    """Reads the file that TEST_KEYRING names: {service: {name: password}}."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        stored = json.loads(Path(os.environ["TEST_KEYRING"]).read_text(encoding="utf-8"))
        return stored.get(service, {}).get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError
