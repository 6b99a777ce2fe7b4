"""The folder of a run, as its artefacts are made from it: data, record and options in words."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from training.data.split import Split
from training.fit.options_file import read_options
from training.fit.record import commit_of, manifests_of

if TYPE_CHECKING:
    from pathlib import Path

    from training.fit.options import DataOptions, TrainOptions
    from training.preprocess.manifest import Manifest

META = "meta"
"""Folder of the models, below that of the run."""
_DATA = (
    "gsd",
    "crop",
    "batch_size",
    "samples",
    "scenes",
    "scene_share",
    "collages",
    "collage_share",
    "seed",
)
_PLACES = ("chips", "labels")


@dataclass(frozen=True)
class RunFolder:
    """A folder that a run writes to, or has written to."""

    path: Path
    options: TrainOptions

    @classmethod
    def read(cls, path: Path) -> RunFolder:
        """Open the folder of an earlier run.

        Raises:
            OptionsError: It holds no options of a run.
        """
        return cls(path, read_options(path / "options.json"))

    @property
    def meta(self) -> Path:
        """Folder of the models."""
        return self.path / META

    @property
    def data(self) -> DataOptions:
        """Options of the data."""
        return self.options.data

    @property
    def split_file(self) -> Path:
        """File that says which chips were trained on."""
        return self.path / "split.json"

    def manifests(self) -> dict[str, Manifest]:
        """Read the manifests of the data as they were when the run began, by place.

        Raises:
            OptionsError: The record of the run cannot be read.
            PreprocessError: The manifest is damaged.
        """
        return manifests_of(self.path, self.data)

    def commit(self) -> str | None:
        """Return the git commit that the run began with, where it is known."""
        record = commit_of(self.path)
        commit = record.get("git_commit")
        dirty = record.get("git_dirty", "").lower() == "true"
        return f"{commit}-dirty" if commit and dirty else commit

    def hyperparameters(self) -> dict[str, Any]:
        """Return the options of the run by name, without files and places."""
        options, data, network = self.options, self.data, self.options.network
        values: dict[str, Any] = {n: getattr(data, n) for n in _DATA}
        values |= asdict(options.optim)
        augment = data.augment
        values |= {f"augment.{f.name}": getattr(augment, f.name) for f in fields(augment)}
        values |= {"architecture": options.architecture, "separation": options.separation}
        if options.architecture == "unet":
            values |= {
                "encoder": network.encoder,
                "decoder_channels": network.decoder_channels,
                "start": network.start if network.model is None else network.model.name,
            }
        if data.places:
            values |= {f"share.{name}": share for name, share in data.shares().items()}
            values |= {"left_out": data.left_out}
        plain = {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}
        return {k: v for k, v in plain.items() if v is not None}

    def portable_options(self) -> dict[str, Any]:
        """Return the options as `read_options` takes them, without the places of files."""
        values: dict[str, Any] = self.options.to_dict()
        data = values["data"]
        for source in data["places"] or [data]:
            source.update(dict.fromkeys(_PLACES, ""))
        for source in (data, *data["places"]):
            if source["split"] is not None:
                source["split"]["file"] = None
        if self.options.network.model is not None:
            values["network"]["start"] = self.options.network.model.name
        return values | {"out": "", "resume": False, "fast_dev_run": False}

    def split(self) -> dict[str, list[str]]:
        """Read the names of the chips of each part.

        Raises:
            SplitError: The file cannot be read.
        """
        return Split.read(self.split_file).to_dict()
