"""A request for training data, and its outcome."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Optional

from ..engine.counts import counted
from ..engine.errors import ParameterError
from ..georaster.options import SourceOptions

if TYPE_CHECKING:
    from pathlib import Path

    from ..engine.grid import Shape
    from ..engine.messages import Message
    from .ports import FeatureLayer

IMAGE, LABELS, AREA, PLACES, README = (
    "image.tif",
    "labels.gpkg",
    "area.gpkg",
    "places.toml",
    "README.txt",
)
FILES = (IMAGE, LABELS, AREA, PLACES, README)
"""Names of the files in a folder of training data."""
MARGIN = 50.0
"""Metres of imagery around the reviewed area, which the network sees and which teach nothing."""
MOST_MARGIN = 1000.0


@dataclass(frozen=True)
class ExportRequest:
    """One export.

    Raises:
        ParameterError: A margin that cannot be.
    """

    images: tuple[str, ...]
    """Files, folders, URLs and other GDAL names; together one mosaic."""
    dwellings: FeatureLayer
    """Corrected dwellings."""
    folder: Path
    """Folder of the results; it is made, or empty, or holds an earlier export."""
    area: Optional[FeatureLayer] = None
    """Polygons within which no dwelling is missing; None: the rectangle around all dwellings."""
    source: SourceOptions = field(default_factory=SourceOptions)
    """Choices of reading. Of them ``bands``, ``nodata`` and ``external`` count: pixels are
    written as they are. Without ``bands``, all bands but alpha are written."""
    margin: float = MARGIN
    """Metres of imagery around the reviewed area."""
    model: str = ""
    """The model that the command in the folder names; empty: none, which is the one that ships."""
    attribution: tuple[str, ...] = ()
    """Credits that imagery and labels ask for; they go into the model."""
    overwrite: bool = False
    """True if files of an earlier export may be replaced."""

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if not (math.isfinite(self.margin) and 0 <= self.margin <= MOST_MARGIN):
            msg = f"the margin must be 0 to {MOST_MARGIN:g} metres, got {self.margin:g}"
            raise ParameterError(msg)


@dataclass(frozen=True)
class ExportOutcome:
    """Files of an export, and counts for the user."""

    folder: Path
    command: str
    """The command that teaches a model with the folder."""
    inside: int
    """Dwellings that lie in the reviewed area."""
    cut: int
    """Dwellings that its edge cuts."""
    beyond: int
    """Dwellings that lie beyond it, and are left out."""
    hectares: float
    """Reviewed ground that shows an image."""
    shape: Shape
    """Height and width of the image in pixels."""
    warnings: tuple[Message, ...]

    @property
    def summary(self) -> str:
        """The counts in a sentence."""
        height, width = self.shape
        parts = [f"{counted(self.inside + self.cut, 'dwelling')} on {self.hectares:,.2f} ha"]
        if self.cut:
            are = "is" if self.cut == 1 else "are"
            parts.append(f"{self.cut:,} of them {are} cut by the edge of the reviewed area")
        if self.beyond:
            are = "lies" if self.beyond == 1 else "lie"
            parts.append(f"{self.beyond:,} {are} beyond it and {_were(self.beyond)} left out")
        return f"{'; '.join(parts)}. The image has {width:,} x {height:,} pixels."


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
