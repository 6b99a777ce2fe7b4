"""A copy of what a host carries, and the Python of the system with its GDAL to run it in."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from camp_detector_core.carry import carried_core
from tests.support.carried import write_files

if TYPE_CHECKING:
    from collections.abc import Callable

PYTHON = Path(os.environ.get("HOST_PYTHON", "/usr/bin/python3"))
"""The system's, or another one with GDAL, such as that of a QGIS or of ArcGIS Pro."""
SUPPORT = Path(__file__).resolve().parents[1] / "support"
PACKAGE = "_host"
"""The name that the copy is given, which is not ours."""


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of what a host carries."""
    folder = tmp_path_factory.mktemp("host")
    write_files(folder / PACKAGE, carried_core())
    return folder


@pytest.fixture(scope="session")
def child(host: Path) -> Callable[..., str]:
    """Run a script of tests/support in the system's Python, which sees nothing else of ours."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "GDAL"))}

    def run(script: str, *arguments: object, env: dict[str, str] | None = None) -> str:
        changed = {**environment, **(env or {})}
        result = subprocess.run(
            [PYTHON, "-s", SUPPORT / script, host, PACKAGE, *map(str, arguments)],
            capture_output=True, text=True, check=False, env=changed, cwd=host,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        return result.stdout

    has_gdal = PYTHON.exists() and not subprocess.run(
        [PYTHON, "-c", "from osgeo import gdal, osr; import numpy"],
        capture_output=True, check=False,
    ).returncode  # fmt: skip
    if not has_gdal:
        pytest.skip("the system's Python has no GDAL: sudo apt-get install python3-gdal")
    return run
