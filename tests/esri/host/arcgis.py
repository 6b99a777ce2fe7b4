"""`ArcGISHost`: unpacks deep learning packages and runs them as ArcGIS Pro would.

ArcGIS Pro cannot be run in tests. This follows what is known of its contract with Python raster
functions (`docs/arcgis-contract.md`) to the letter, and fails what Pro would fail.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import uuid
import zipfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .rules import HostError, require
from .session import Run

if TYPE_CHECKING:
    from .raster import HostRaster

CHILD = Path(__file__).parent / "child.py"
MODEL_TYPES = {"ImageClassification", "ObjectDetection", "InstanceDetection"}


@dataclass(frozen=True)
class OpenPackage:
    """A package that was unpacked."""

    folder: Path
    emd: Path
    fields: dict[str, Any]

    def run(self, **choices: Any) -> Run:
        """A use of it."""
        return Run(folder=str(self.folder), emd=self.emd.name, **choices)


@dataclass(frozen=True)
class Outcome:
    """Results of a run."""

    report: dict[str, Any]
    arrays: dict[str, Any]

    @property
    def error(self) -> str | None:
        return self.report["error"]

    @property
    def features(self) -> list[dict[str, Any]]:
        assert self.error is None, self.error
        return self.report["features"]

    @property
    def classes(self) -> Any:
        """(height, width) pixels, 255 where masked."""
        assert self.error is None, self.error
        return np.where(self.arrays["mask"] != 0, self.arrays["pixels"], 255)


def open_package(path: Path, home: Path, *, server: bool = False) -> OpenPackage:
    """Unpack a package as Pro does, or into the folder of a server, where nothing can be written.

    Raises:
        HostError: It is not a package that ArcGIS takes.
    """
    place = Path("raster", uuid.uuid4().hex) if server else Path("ArcGISProTemp1234", path.name)
    folder = home / place
    with zipfile.ZipFile(path) as archive:
        require(archive.testzip() is None, f"{path.name} is damaged")
        names = archive.namelist()
        require(len(set(names)) == len(names), f"{path.name} holds a name twice")
        archive.extractall(folder)
    return open_folder(folder, path.name)


def open_folder(folder: Path, name: str) -> OpenPackage:
    """Read the definition of what was unpacked, and write-protect all of it."""
    definitions = sorted(folder.glob("*.emd"))
    require(bool(definitions), f"{name} has no .emd at its root")
    require(
        len(definitions) == 1,
        f"{name} has {len(definitions)} .emd at its root: exactly one is allowed",
    )
    data = definitions[0].read_bytes()
    require(data.isascii(), f"{definitions[0].name} is not ASCII, and ArcGIS reads it as cp1252")
    try:
        fields = json.loads(data)
    except ValueError as error:
        raise HostError(f"{definitions[0].name} is no JSON: {error}") from error
    require(fields.get("ModelType") in MODEL_TYPES, f"ModelType {fields.get('ModelType')!r}")
    for key in ("ImageHeight", "ImageWidth"):
        side = fields.get(key)
        require(type(side) is int and side > 0, f"{key} must be a positive int, got {side!r}")
    for key in ("InferenceFunction", "ModelFile", "Classes"):
        require(bool(fields.get(key)), f"{definitions[0].name} lacks {key}")
    for entry in sorted(folder.rglob("*"), reverse=True):
        entry.chmod(0o555 if entry.is_dir() else 0o444)
    return OpenPackage(folder, definitions[0], fields)


def tree(folder: Path) -> dict[str, str]:
    """Content of a folder by name."""
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        if p.is_file()
        else ""
        for p in sorted(folder.rglob("*"))
    }


@dataclass(frozen=True)
class ArcGISHost:
    """Runs packages in fresh processes."""

    home: Path
    profile: str = "no_torch"
    """See `surroundings.PROFILES`."""
    arcpy: str | None = None
    """The version that arcpy says; None: there is no arcpy."""
    python: str = sys.executable
    timeout: int = 600

    def start(self, runs: list[Run], rasters: dict[str, HostRaster]) -> _Started:
        """Start a process that does some runs one after the other."""
        job = self.home / f"job-{uuid.uuid4().hex[:8]}"
        (job / "cwd").mkdir(parents=True)
        places = {
            name: {"cell": r.cell, "origin": r.origin, "epsg": r.epsg, "nodata": r.nodata}
            for name, r in rasters.items()
        }
        pixels = {f"{name} pixels": r.pixels for name, r in rasters.items()}
        valid = {f"{name} valid": r.valid for name, r in rasters.items()}
        np.savez(job / "rasters.npz", **pixels, **valid)
        text = json.dumps(
            {
                "profile": self.profile,
                "arcpy": self.arcpy,
                "rasters": places,
                "runs": [asdict(run) for run in runs],
            }
        )
        (job / "job.json").write_text(text, encoding="utf-8")
        before = {run.folder: tree(Path(run.folder)) for run in runs if not run.removed}
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        process = subprocess.Popen(
            [self.python, "-s", str(CHILD), str(job)],
            cwd=job / "cwd", env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        return _Started(process, job, before, self.timeout)

    def go(self, *runs: Run, rasters: dict[str, HostRaster] | None = None) -> list[Outcome]:
        """Do some runs in one fresh process.

        Raises:
            HostError: The process died, printed, or wrote beside the package.
        """
        return self.start(list(runs), rasters or {}).outcomes()

    def one(self, run: Run, raster: HostRaster) -> Outcome:
        """Do one run over one raster in a fresh process."""
        return self.go(replace(run, raster="it"), rasters={"it": raster})[0]


@dataclass(frozen=True)
class _Started:
    process: subprocess.Popen[str]
    job: Path
    before: dict[str, dict[str, str]]
    timeout: int

    def outcomes(self) -> list[Outcome]:
        """Wait for the end, and look at what is left behind."""
        try:
            out, err = self.process.communicate(timeout=self.timeout)
        finally:
            self.process.kill()
        require(self.process.returncode == 0, f"the process of ArcGIS died: {err[-3000:]}")
        require(out == "", f"the function prints: {out[:200]!r}")
        for folder, entries in self.before.items():
            new = sorted(set(tree(Path(folder)).items()) ^ set(entries.items()))
            require(not new, f"the function wrote beside itself: {[name for name, _ in new]}")
        require(not tree(self.job / "cwd"), "the function wrote into the working directory")
        reports = json.loads((self.job / "told.json").read_text(encoding="utf-8"))
        require(not reports["started"], f"the function started {reports['started']}")
        with np.load(self.job / "found.npz") as arrays_file:
            arrays = {name: arrays_file[name] for name in arrays_file.files}
        return [
            Outcome(
                {**one, "modules": reports["modules"], "stderr": err},
                {k.split(" ", 1)[1]: v for k, v in arrays.items() if k.split(" ")[0] == str(i)},
            )
            for i, one in enumerate(reports["runs"])
        ]
