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
    from collections.abc import Mapping
    from pathlib import Path

    from mlflow.entities import DatasetInput

    from training.fit.options import DataOptions
    from training.fit.place_options import PlaceOptions
    from training.preprocess.manifest import Manifest

NAME = "dataset.json"
_DIGEST = 32
"""Hexadecimal digits that MLflow has room for."""
_POLYGONS = "buildings.geojson"


@dataclass(frozen=True)
class DataFile:
    """File of the data."""

    path: str
    """``chips/...``, ``labels/...`` or ``manifest.json``; of several places below its name."""
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
        lines = [
            f"{f.path} {f.sha256}\n" for f in self.files if not f.path.endswith("manifest.json")
        ]
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
    names = (p.name or p.chips.absolute().parent.name for p in options.each_place())
    return DataList(", ".join(names), files)


def places_of(options: DataOptions) -> dict[str, Path]:
    """Return the files of the list by their paths in it."""
    return {
        place.prefixed(name): path
        for place in options.each_place()
        for name, path in _files_of(place).items()
    }


def _files_of(place: PlaceOptions) -> dict[str, Path]:
    labels = place.labels
    if labels.name == _POLYGONS and labels.parent.parent == place.chips.parent:
        labels = labels.parent  # with the masks that were made of the polygons
    files = {**_files(place.chips, "chips"), **_files(labels, "labels")}
    manifest = place.chips.parent / "manifest.json"
    if manifest.is_file():
        files["manifest.json"] = manifest
    return files


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


def input_of(
    data: DataList, options: DataOptions, manifests: Mapping[str, Manifest]
) -> DatasetInput:
    """The data as MLflow keeps it: name, digest, source and figures, no content.

    Args:
        data: Its files.
        options: Where they are.
        manifests: What they were made from, by the name of the place.
    """
    from mlflow.entities import Dataset, DatasetInput, InputTag

    places = options.each_place()
    sources = [_source(place, manifests.get(place.name)) for place in places]
    chips = [f for f in data.files if "chips" in f.path.split("/")[:2]]
    profile: dict[str, Any] = {"chips": len(chips), "files": len(data.files), "bytes": data.bytes}
    for place in places:
        manifest = manifests.get(place.name)
        context = {} if manifest is None else manifest.to_dict()
        for part in ("imagery", "labels"):
            for key in ("attribution", "licence", "start", "end", "date", "source"):
                value = context.get(part, {}).get(key)
                if value is not None:
                    profile[place.prefixed(f"{part} {key}")] = value
    source: dict[str, Any] = sources[0]
    if options.places:
        source = {place.name: own for place, own in zip(places, sources, strict=True)}
    return DatasetInput(
        Dataset(
            name=data.name[:200],
            digest=data.digest,
            source_type="http" if all("url" in own for own in sources) else "local",
            source=json.dumps(source),
            profile=json.dumps(profile),
        ),
        tags=[InputTag("mlflow.data.context", "training")],
    )


def _source(place: PlaceOptions, manifest: Manifest | None) -> dict[str, str]:
    """Give the source of the imagery of a place."""
    if manifest is not None and manifest.imagery.tms:
        return {"url": manifest.imagery.tms}
    return {"uri": shown_path(place.chips.parent)}


def has_licence(manifest: Manifest | None) -> bool:
    """Return True if a manifest states the licence under which the imagery may be copied."""
    return manifest is not None and bool(manifest.imagery.licence)
