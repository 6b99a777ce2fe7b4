"""The git commit of the project's sources."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_HOME = Path(__file__).resolve().parents[2]


def commit_of_sources() -> dict[str, str]:
    """``git_commit`` and ``git_dirty``; empty where the package is no git checkout."""
    if not (_HOME / ".git").exists():
        return {}
    commit = _git("rev-parse", "HEAD")
    if commit is None:
        return {}
    changed = _git("status", "--porcelain", "--untracked-files=no")
    return {"git_commit": commit, "git_dirty": str(changed != "").lower()}


def _git(*words: str) -> str | None:
    """Return the output of git; None where git fails."""
    # A checkout that another user owns (in a container) is still the one that runs.
    command = ["git", "-c", f"safe.directory={_HOME}", "-C", str(_HOME), *words]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    try:
        process = subprocess.run(  # noqa: S603 - no word comes from a user
            command, capture_output=True, text=True, check=True, timeout=20, env=environment
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return process.stdout.strip()
