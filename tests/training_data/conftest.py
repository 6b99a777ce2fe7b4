"""A scene with dwellings to export, and the export of it as the command line makes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from rasterio.crs import CRS

from camp_detector_core.detection.ports import Listener
from camp_detector_core.products.rasterio_run import RasterioRun
from camp_detector_core.training_data.ports import FeatureLayer
from camp_detector_core.training_data.request import ExportRequest
from camp_detector_core.training_data.run import export_training_data
from tests.support.rasters import NORTH, UTM, WEST, write_raster
from training.data.data_writer import RasterioDataWriter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from camp_detector_core.engine.messages import Message
    from camp_detector_core.training_data.request import ExportOutcome

GSD = 0.5
SIDE = 400
"""Pixels of the image: 200 metres."""


def box(left: float, top: float, width: float = 6.0, height: float = 5.0) -> shapely.Polygon:
    """A rectangle, metres east and south of the corner of the image."""
    return shapely.box(WEST + left, NORTH - top - height, WEST + left + width, NORTH - top)


def layer(
    shapes: Sequence[shapely.Geometry | None], crs: str = UTM, **changes: Any
) -> FeatureLayer:
    """Shapes as a host hands them over."""
    geometries = [None if shape is None else shapely.to_wkb(shape) for shape in shapes]
    wkt = CRS.from_user_input(crs).to_wkt()
    return FeatureLayer(**{"name": "corrected", "geometries": geometries, "crs_wkt": wkt} | changes)


ROWS = [box(20 + 10 * col, 20 + 10 * row) for row in range(8) for col in range(8)]
"""64 dwellings between 20 and 98 metres from the west and the north."""
AREA = shapely.box(WEST + 15, NORTH - 100, WEST + 100, NORTH - 15)
"""The area around all of them."""


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """Noise of three bands, with a corner that is missing."""
    pixels = np.random.default_rng(5).integers(0, 256, (3, SIDE, SIDE), dtype=np.uint8)
    mask = np.ones((SIDE, SIDE), bool)
    mask[:40, :40] = False
    return write_raster(tmp_path / "camp.tif", pixels, gsd=GSD, mask=mask)


@dataclass
class Watch(Listener):
    """Keeps what it is told, and cancels at a stage."""

    cancel_at: str = ""
    stages: list[str] = field(default_factory=list)
    progress: list[tuple[int, int]] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)

    def stage(self, name: str) -> None:
        """Take a stage."""
        self.stages.append(name)

    def update(self, done: int, total: int) -> None:
        """Take progress."""
        self.progress.append((done, total))

    def cancelled(self) -> bool:
        """True from the stage on."""
        return self.cancel_at in self.stages

    def warn(self, message: Message) -> None:
        """Take a warning."""
        self.warnings.append(message)

    @property
    def sentences(self) -> str:
        """All warnings."""
        return "\n".join(warning.sentence for warning in self.warnings)


@dataclass
class Exporter:
    """Exports the scene, with changes."""

    image: Path
    folder: Path
    watch: Watch = field(default_factory=Watch)

    def __call__(self, **changes: Any) -> ExportOutcome:
        """Run one export."""
        values = {
            "images": (str(self.image),),
            "dwellings": layer(ROWS),
            "area": layer([AREA], name="reviewed"),
            "folder": self.folder,
            "margin": 10.0,
        }
        request = ExportRequest(**values | changes)
        return export_training_data(request, RasterioRun(), RasterioDataWriter(), self.watch)


@pytest.fixture
def export(image: Path, tmp_path: Path) -> Exporter:
    """The scene, to be exported into a folder that does not exist."""
    return Exporter(image, tmp_path / "camp north")
