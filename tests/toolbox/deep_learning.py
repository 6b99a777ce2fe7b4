"""ArcGIS' two deep learning tools, done by the host that holds our raster function to its rules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
from rasterio.transform import Affine
from rasterio.windows import from_bounds

from tests.esri.host.arcgis import ArcGISHost, open_package
from tests.esri.host.raster import HostRaster

if TYPE_CHECKING:
    from types import ModuleType


class DeepLearning:
    """Runs packages for the stand-in: ``arcpy.state.detect`` and ``arcpy.state.classify``."""

    def __init__(self, arcpy: ModuleType, home: Path) -> None:
        self._arcpy, self._home, self._count = arcpy, home, 0
        arcpy.state.detect, arcpy.state.classify = self.detect, self.classify

    def _outcome(self, raster: Any, model: str, arguments: str, role: str) -> Any:
        self._count += 1
        home = self._home / f"host{self._count}"
        package = open_package(Path(model), home / "package")
        arguments_by_name = dict(pair.split(" ", 1) for pair in arguments.split(";"))
        name = self._arcpy.Raster(raster).catalogPath
        self.raster = self._read(self._arcpy.state.rasters.get(name, name))
        run = package.run(role=role, arguments=arguments_by_name, device=-1)
        return ArcGISHost(home).one(replace(run, raster="it"), self.raster)

    def _read(self, path: str) -> HostRaster:
        """The part in the extent of the environment, on the raster's own grid."""
        env = self._arcpy.env
        with rasterio.open(path) as dataset:
            assert env.cellSize == pytest_approx(dataset.transform.a)
            box = env.extent
            window = from_bounds(
                box.XMin, box.YMin, box.XMax, box.YMax, transform=dataset.transform
            )
            window = window.round_offsets().round_lengths()
            corner = dataset.window_transform(window)
            return HostRaster(
                pixels=dataset.read(window=window),
                valid=dataset.dataset_mask(window=window) != 0,
                cell=(corner.a, -corner.e),
                origin=(corner.c, corner.f),
                epsg=dataset.crs.to_epsg(),
                nodata=dataset.nodata,
            )

    def detect(self, raster: Any, out: str, model: str, arguments: str) -> None:
        outcome = self._outcome(raster, model, arguments, "detect")
        arcpy = self._arcpy
        reference = arcpy.SpatialReference(self.raster.epsg)
        table = arcpy.da.Table(reference)
        table.fields = {
            "Class": ("TEXT", 255),
            "Classvalue": ("LONG", None),
            "Confidence": ("DOUBLE", None),
        }
        for feature in outcome.features:
            row = {name: feature["attributes"][name] for name in table.fields}
            row["SHAPE@"] = arcpy.Polygon(feature["geometry"]["rings"], reference)
            table.rows.append(row)
        arcpy.state.tables[out] = table

    def classify(self, raster: Any, model: str, arguments: str) -> Any:
        classes = self._outcome(raster, model, arguments, "classify").classes.astype(np.uint8)
        path = self._home / f"classes{self._count}.tif"
        (x, y), (a, e) = self.raster.origin, self.raster.cell
        with rasterio.open(
            path, "w", driver="GTiff", width=classes.shape[-1], height=classes.shape[-2], count=1,
            dtype="uint8", nodata=255, crs=f"EPSG:{self.raster.epsg}",
            transform=Affine(a, 0, x, 0, -e, y),
        ) as out:  # fmt: skip
            out.write(classes.reshape(classes.shape[-2:]), 1)
        return self._arcpy.Raster(str(path))


def pytest_approx(value: float) -> Any:
    import pytest

    return pytest.approx(value)
