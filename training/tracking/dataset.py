"""The data of a run: which files, with which checksums, and where they come from."""

from __future__ import annotations

import glob
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from training.output import read_json, write_json
from training.tracking.figures import shown_path
from training.tracking.options import TrackingError

if TYPE_CHECKING:
    from pathlib import Path

    from mlflow.entities import DatasetInput

    from training.fit.options import DataOptions
    from training.preprocess.manifest import Manifest

NAME = "dataset.json"
_DIGEST = 32
"""Hexadecimal digits that MLflow has room for."""
_POLYGONS = "buildings.geojson"


@dataclass(frozen=True)
class DataFile:
    """File of the data."""

    path: str
    """``chips/...``, ``labels/...`` or ``manifest.json``."""
    bytes: int
    sha256: str


@dataclass(frozen=True)
class DataList:
    """List of the data's files; equal for equal content on every machine."""

    name: str
    files: tuple[DataFile, ...]

    @property
    def digest(self) -> str:
        """Digest of names and contents of chips and labels, 32 hexadecimal digits."""
        lines = [f"{f.path} {f.sha256}\n" for f in self.files if f.path != "manifest.json"]
        return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()[:_DIGEST]

    @property
    def bytes(self) -> int:
        """Size of all files together."""
        return sum(f.bytes for f in self.files)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        files = [vars(f) for f in self.files]
        return {"name": self.name, "digest": self.digest, "bytes": self.bytes, "files": files}


def list_data(options: DataOptions) -> DataList:
    """Read every file of chips and labels."""
    files = tuple(
        DataFile(name, path.stat().st_size, sha256_of(path))
        for name, path in places_of(options).items()
    )
    return DataList(options.chips.absolute().parent.name, files)


def places_of(options: DataOptions) -> dict[str, Path]:
    """Return the files of the list by their paths in it."""
    labels = options.labels
    if labels.name == _POLYGONS and labels.parent.parent == options.chips.parent:
        labels = labels.parent  # with the masks that were made of the polygons
    places = {**_files(options.chips, "chips"), **_files(labels, "labels")}
    manifest = options.chips.parent / "manifest.json"
    if manifest.is_file():
        places["manifest.json"] = manifest
    return places


def _files(root: Path, name: str) -> dict[str, Path]:
    if root.is_file():
        # A shapefile is several files, of which the attributes are one.
        family = root.parent.glob(f"{glob.escape(root.stem)}.*")
        alone = root.suffix.lower() != ".shp"
        return {f"{name}/{p.name}": p for p in ([root] if alone else sorted(family))}
    files = sorted(p for p in root.rglob("*") if p.is_file() and not p.name.startswith("."))
    return {f"{name}/{p.relative_to(root).as_posix()}": p for p in files}


def sha256_of(path: Path) -> str:
    """Checksum of a file, 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_list(data: DataList, folder: Path) -> None:
    """Write the list into a run's folder.

    Raises:
        OutputError: The file cannot be written.
    """
    write_json(folder / NAME, data.to_dict())


def read_list(folder: Path) -> DataList | None:
    """The list that a run's folder holds, None where there is none.

    Raises:
        TrackingError: The file is damaged.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    raw = read_json(path, TrackingError)
    try:
        return DataList(raw["name"], tuple(DataFile(**f) for f in raw["files"]))
    except (KeyError, TypeError) as error:
        msg = f"{path} is not a list of the data of a run: take it from a copy"
        raise TrackingError(msg) from error


def input_of(data: DataList, options: DataOptions, manifest: Manifest | None) -> DatasetInput:
    """The data as MLflow keeps it: name, digest, source and figures, no content.

    Args:
        data: Its files.
        options: Where they are.
        manifest: What they were made from.
    """
    from mlflow.entities import Dataset, DatasetInput, InputTag

    context: dict[str, Any] = {} if manifest is None else manifest.to_dict()
    tms = None if manifest is None else manifest.imagery.tms
    source = {"url": tms} if tms else {"uri": shown_path(options.chips.parent)}
    chips = [f for f in data.files if f.path.startswith("chips/")]
    profile = {"chips": len(chips), "files": len(data.files), "bytes": data.bytes}
    for part in ("imagery", "labels"):
        for key in ("attribution", "licence", "start", "end", "date", "source"):
            value = context.get(part, {}).get(key)
            if value is not None:
                profile[f"{part} {key}"] = value
    return DatasetInput(
        Dataset(
            name=data.name[:200],
            digest=data.digest,
            source_type="http" if tms else "local",
            source=json.dumps(source),
            profile=json.dumps(profile),
        ),
        tags=[InputTag("mlflow.data.context", "training")],
    )


def has_licence(manifest: Manifest | None) -> bool:
    """Return True if a manifest states the licence under which the imagery may be copied."""
    return manifest is not None and bool(manifest.imagery.licence)
