"""Options of `training.preprocess.run.preprocess`, and their defaults."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from training.preprocess.http import HttpOptions
from training.preprocess.manifest import Box, PreprocessError
from training.preprocess.osm import OverpassOptions

ZOOM = 19
BBOX: Box = (85.51991979758662, 27.628837632373674, 85.52736620395387, 27.633394557789373)
TMS = (
    "https://tiles.openaerialmap.org/62d85d11d8499800053796c1/0/62d85d11d8499800053796c2"
    "/{z}/{x}/{y}"
)
TRAIN_DIR = Path("data/train/sample")
"""Folder that is filled unless another one is named, with a part of Banepa, Nepal."""
MOST_TILES = 20_000


@dataclass(frozen=True)
class PreprocessOptions:
    """Options of `preprocess`."""

    bbox: Box = BBOX
    zoom: int = ZOOM
    tms: str = TMS
    train_dir: Path = TRAIN_DIR
    labels: Path | None = None
    """Vector file of outlines; without it OpenStreetMap is asked."""
    layer: str | None = None
    refresh_labels: bool = False
    """Ask OpenStreetMap again, though outlines are there."""
    attribution: str | None = None
    licence: str | None = None
    """SPDX identifier of the imagery's licence."""
    imagery_date: str | None = None
    """Time at which the imagery was taken: a moment, or ``START/END``, ISO 8601."""
    label_attribution: str | None = None
    label_licence: str | None = None
    """The same of outlines from a file."""
    overwrite: bool = False
    most_tiles: int = MOST_TILES
    http: HttpOptions = field(default_factory=HttpOptions)
    overpass: OverpassOptions = field(default_factory=OverpassOptions)

    def __post_init__(self) -> None:
        """Refuse what would be of no effect, and names that the libraries of rasters cannot open.

        Raises:
            PreprocessError: As said.
        """
        if self.labels is None and (self.layer or self.label_attribution or self.label_licence):
            msg = "layer, attribution and licence of outlines are those of a file of your own"
            remedy = (
                "give {labels=FILE}, or leave {layer}, {label_attribution} and {label_licence} out"
            )
            raise PreprocessError(msg, remedy=remedy)
        for path in filter(None, (self.train_dir, self.labels)):
            try:
                str(path).encode()
            except UnicodeEncodeError as error:
                msg = f"{path} has a name with bytes that are no UTF-8: rename it"
                raise PreprocessError(msg) from error
