"""The `ModelSpec` of a trained model, from the options of the run and its figures."""

from __future__ import annotations

import datetime as dt
import shlex
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING

from camp_detector_core import __version__
from camp_detector_core.engine.spec import ModelSpec
from training.fit.record import manifests_of, provenance_of
from training.fit.system import PACKAGES, get_system_info
from training.preprocess.manifest import credits_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camp_detector_core.network.unet import BuiltNetwork
    from training.fit.options import DataOptions, TrainOptions
    from training.preprocess.manifest import Manifest

SCENES_CREDIT = "generated scenes of camps (Camp Detector, MIT)"
DESCRIPTION = (
    "Marks dwellings (houses, shelters, tents) in drone and satellite imagery of settlements."
)


def build_spec(
    options: TrainOptions,
    *,
    attribution: tuple[str, ...] = (),
    provenance: Mapping[str, str] | None = None,
    manifests: Mapping[str, Manifest] | None = None,
) -> ModelSpec:
    """Describe the model.

    Args:
        options: Of the run.
        attribution: Who must be named because of the weights that training began with.
        provenance: Where it comes from.
        manifests: What the data of each place were made from, which says whom to name.
    """
    data, model = options.data, options.model
    scenes = (SCENES_CREDIT,) if data.scenes else ()
    credited = [
        line
        for place in data.learned()
        for line in (
            *place.attribution,
            *credits_of((manifests or {}).get(place.name), chips=place.chips, labels=place.labels),
        )
    ]
    # What the options name first, then what the manifest of the data knows, each line once.
    credit_lines = (*model.attribution, *credited, *scenes, *attribution)
    return ModelSpec(
        name=model.name,
        version=model.version,
        bands=data.bands,
        classes=data.classes,
        gsd=data.gsd,
        dtype=data.dtype,
        tile_size=model.tile_size,
        overlap=model.overlap,
        multiple=32,
        threshold=0.5 if model.own_threshold is None else model.own_threshold,
        min_area=model.min_area if model.settings is None else model.settings.min_area,
        description=DESCRIPTION,
        licence=model.licence,
        attribution=tuple(dict.fromkeys(credit_lines)),
        provenance=provenance or {},
    )


def spec_of_run(options: TrainOptions, built: BuiltNetwork, chips: Mapping[str, int]) -> ModelSpec:
    """Describe the model of a run, before any figure of it is known.

    Args:
        options: Options of the run, whose record is in its folder.
        built: The network that the run began with.
        chips: Number of chips in each part of the split.

    Raises:
        OptionsError: The record of the run cannot be read.
        PreprocessError: The manifest of the data is damaged.
    """
    record = provenance_of(options.out)
    return build_spec(
        options,
        attribution=built.attribution,
        provenance={
            **_provenance(options, start=built.start, chips=chips),
            **record,
            "command": without_places(record["command"]),
        },
        manifests=manifests_of(options.out, options.data),
    )


def without_places(command: str) -> str:
    """A command line in which paths from the root of a disk are cut down to their last name.

    The description of a model travels with it, and where its files lay on one machine is of no
    use to anybody else.

    Args:
        command: Words as `shlex.join` writes them.
    """
    try:
        return shlex.join(map(_without_place, shlex.split(command)))
    except ValueError:  # a record that was edited by hand
        return "not recorded"


def _without_place(word: str) -> str:
    option, equals, value = word.rpartition("=") if word.startswith("--") else ("", "", word)
    rooted = value.startswith(("/", "~", "\\")) or PureWindowsPath(value).drive
    return f"{option}{equals}{PureWindowsPath(value).name}" if rooted else word


def software_words() -> str:
    """The versions of Camp Detector and of the packages that made a model, as text."""
    packages = get_system_info()["packages"]
    versions = (f"{name} {packages[name]}" for name in PACKAGES)
    return ", ".join([f"camp-detector {__version__}", *versions])


def _names(data: DataOptions) -> str:
    """The places that a model learned from."""
    return ", ".join(p.name or p.chips.resolve().parent.name for p in data.learned())


def _provenance(options: TrainOptions, *, start: str, chips: Mapping[str, int]) -> dict[str, str]:
    """Return seed, data, software and date, as text.

    Args:
        options: Of the run.
        start: Weights that the encoder began with, in words.
        chips: Number of chips in each part of the split.
    """
    data = options.data
    counts = ", ".join(f"{n} for {part}" for part, n in chips.items())
    return {
        "seed": str(data.seed),
        "start": start,
        "architecture": f"{options.architecture}, encoder {options.network.encoder}"
        if options.architecture == "unet"
        else options.architecture,
        "data": f"chips of {_names(data)} ({counts}), {data.scenes} generated scenes"
        + (f", {data.collages} collages" if data.collages else ""),
        **({"left_out": data.left_out} if data.left_out else {}),
        "software": software_words(),
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
    }
