"""What a host carries to run the engine over its own GDAL."""

from __future__ import annotations

import shutil
from pathlib import Path

PARTS = (
    "engine",
    "georaster",
    "hostgdal",
    "model_file",
    "atomic.py",
    "durable.py",
    "file_names.py",
    "placing.py",
    "scratch.py",
    "side_files.py",
    "signals.py",
    "own_inputs.py",
)
"""Folders and modules, which lie side by side and name each other relatively."""


def copy_parts(package: Path) -> None:
    """Copy what a host carries into a new package.

    Args:
        package: The folder of the package, which is made; its name is the package's.

    Raises:
        OSError: It exists, or cannot be written.
    """
    home = Path(__file__).resolve().parent.parent
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        '"""A copy of the engine and of what it needs over GDAL."""\n', encoding="utf-8"
    )
    for part in PARTS:
        if (home / part).is_dir():
            shutil.copytree(
                home / part, package / part, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copyfile(home / part, package / part)
