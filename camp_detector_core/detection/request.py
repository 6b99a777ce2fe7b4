"""A request: rasters, a model, and settings, source and outputs of one run."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Mapping, Protocol, Union

from ..engine.errors import ParameterError
from ..engine.parameters import GRID, OVERLAY_SIZE, PARAMETERS, Part
from ..engine.ports import FixedPredictor
from ..georaster.options import SourceOptions
from ..georaster.settings import Settings

if TYPE_CHECKING:
    import os

    from ..engine.spec import ModelSpec
    from ..model_file import ModelFile

    AnyPath = Union[str, os.PathLike[str]]

OutputGrid = Literal["model", "image"]
RASTERS = ("probability", "mask")
"""Outputs that are made while the model runs."""
_SUFFIXES = {"probability": ".tif", "mask": ".tif", "overlay": ".png", "report": ".json"}


class LoadedPredictor(FixedPredictor, Protocol):
    """A model that is loaded, with its description, such as an `OnnxPredictor`."""

    @property
    def spec(self) -> ModelSpec:
        """The description."""

    @property
    def provider(self) -> str:
        """ONNX Runtime's name of what runs the model."""


@dataclass(frozen=True)
class Outputs(Part):
    """The files that a run writes; a path of None leaves its file out.

    Raises:
        ParameterError: A grid for rasters, and no raster; a value outside of its limits.
    """

    dwellings: AnyPath | None = None
    """Polygons: ``.gpkg``, ``.fgb``, ``.geojson`` or ``.shp``. Hosts write tables of their own."""
    probability: AnyPath | None = None
    """Probabilities as a GeoTIFF."""
    mask: AnyPath | None = None
    """Classes as a GeoTIFF."""
    overlay: AnyPath | None = None
    """A picture of the imagery with the outlines over it."""
    report: AnyPath | None = None
    """JSON: what was run, with what, on what, and the counts."""
    overlay_size: int | None = OVERLAY_SIZE.default
    """Longest side of the picture, pixels; None: that of the image, up to 8192."""
    grid: OutputGrid = "model"
    """Grid of the rasters: ``model`` gives Cloud-Optimized GeoTIFF of bytes at the resolution that
    the model was run at; ``image`` gives GeoTIFF of the image's own size and place, with
    probabilities as float32 in [0, 1] and NaN where the image has no pixel."""
    overwrite: bool = False
    """True if existing files may be replaced."""

    def __post_init__(self) -> None:
        """Refuse a grid for rasters where none is asked for, and what is outside of limits."""
        super().__post_init__()
        if self.grid != GRID.default and not self.paths().keys() & {*RASTERS}:
            msg = "is for rasters, and none is asked for"
            remedy = "add {probability} or {mask}"
            raise ParameterError(msg, parameter="grid", value=self.grid, remedy=remedy)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Outputs:
        """Name the files; see `Request.of`.

        Raises:
            ParameterError: A file has no name, since it is named after ``out``, and that is not
                given; or as for `Outputs`.
        """
        out = None if values.get("out") is None else Path(values["out"])
        paths: dict[str, Any] = {"dwellings": out}
        for name, suffix in _SUFFIXES.items():
            value = values.get(name)
            if value is None:
                value = out is not None and PARAMETERS[name].default
            if not (value or values.get("all_outputs")):
                paths[name] = None
            elif value not in {True, False}:
                paths[name] = value
            elif out is None:
                msg = "is named after the dwellings, and no file is named for them"
                raise ParameterError(msg, parameter=name, remedy="give {out}")
            else:
                paths[name] = out.parent / f"{out.stem}_{name}{suffix}"
        return super().of({**values, **paths})

    def paths(self) -> dict[str, Path]:
        """The path of each file that is written, by the name of its field."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        names = ("dwellings", *_SUFFIXES)
        return {name: Path(values[name]) for name in names if values[name] is not None}


@dataclass(frozen=True)
class Request:
    """One run of detection."""

    images: tuple[str, ...]
    """Files, folders, URLs and other GDAL names; together one mosaic."""
    model: Path | ModelFile | LoadedPredictor | None = None
    """A file, a file that is read, or a model that is loaded; None: the one that ships."""
    settings: Settings = field(default_factory=Settings)
    source: SourceOptions = field(default_factory=SourceOptions)
    outputs: Outputs = field(default_factory=Outputs)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Request:
        """Make a request of what a user gave, the same way for every host.

        Args:
            values: By the names of the table of parameters; what is left out or None has its
                default. ``images`` is one name or several, ``model`` as the field, ``extent`` and
                ``area`` as in `SourceOptions`. Of the files, ``out`` is a path, and each other is
                True, to be named after it (``NAME_mask.tif`` beside ``NAME.gpkg``), or a path.
                Parameters that a host heeds by itself, such as ``catalog``, are passed over.

        Raises:
            ParameterError: A value that its parameter does not take, or that another one forbids.
            TypeError: A name that the table does not have.
        """
        unknown = sorted(values.keys() - PARAMETERS.keys())
        if unknown:
            msg = f"no parameter of detection is called {unknown[0]}"
            raise TypeError(msg)
        images = values["images"]
        return cls(
            images=(images,) if isinstance(images, str) else tuple(images),
            model=values.get("model"),
            settings=Settings.of(values),
            source=SourceOptions.of(values),
            outputs=Outputs.of(values),
        )

    @property
    def named_files(self) -> list[str | Path]:
        """Everything that the user named and that the run reads."""
        return [*self.images, *([self.model] if isinstance(self.model, Path) else [])]
