"""Ground for the plugin's tests, and its results by the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import Affine

from tests.support.models import write_model
from tests.support.outlines import features
from tests.support.rasters import NORTH, WEST, rgb_of, scene, write_raster

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Ground:
    """Rasters, models and layers that the steps work on."""

    folder: Path
    model: Path
    raster: Path
    camp: NDArray[np.bool_]

    def detect(
        self, name: str, *images: Path, options: tuple[str, ...] = (), starter: bool = False
    ) -> Path:
        """Detect by the command line; return the dwellings."""
        model = () if starter else ("-m", str(self.model))
        out = self.folder / f"cli-{name}.gpkg"
        subprocess.run(
            [
                sys.executable, "-m", "camp_detector_core", "detect",
                *map(str, images or (self.raster,)), "-o", str(out), *model,
                "--mask", "--probability", *options,
            ],
            check=True, capture_output=True,
        )  # fmt: skip
        return out


def drawn_ground(folder: Path) -> Ground:
    """A tiny model, and a raster of a `scene` of the usual size for it."""
    camp = scene()
    model = write_model(folder / "tiny.onnx")
    return Ground(folder, model, write_raster(folder / "camp.tif", rgb_of(camp)), camp)


def virtual_raster(raster: Path) -> str:
    """Source of a QGIS virtual raster of the first band of a `scene` of the usual size."""
    return (
        f"?crs=EPSG:32645&extent={WEST},{NORTH - 75},{WEST + 85},{NORTH}&width=170&height=150"
        f"&formula=%22camp@1%22&camp:uri={raster}&camp:provider=gdal"
    )


def polygon_file(path: Path, *rings: list[tuple[float, float]], crs: str = "EPSG:32645") -> Path:
    """A GeoJSON of polygons, with a name each."""
    content = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": crs}},
        "features": [
            {
                "type": "Feature",
                "properties": {"block": f"block {i}"},
                "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
            }
            for i, ring in enumerate(rings)
        ],
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def box(left: float, bottom: float, right: float, top: float) -> list[tuple[float, float]]:
    """A rectangle in metres from the corner of the raster, south-east being positive."""
    xs, ys = (WEST + left, WEST + right), (NORTH - bottom, NORTH - top)
    return [(xs[0], ys[0]), (xs[1], ys[0]), (xs[1], ys[1]), (xs[0], ys[1])]


def png_of(pixels: NDArray[np.uint8]) -> bytes:
    buffer = BytesIO()
    bands, height, width = pixels.shape
    with rasterio.open(
        buffer,
        "w",
        driver="PNG",
        transform=Affine.scale(2),
        count=bands,
        height=height,
        width=width,
        dtype="uint8",
    ) as out:
        out.write(pixels)
    return buffer.getvalue()


def rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    assert "error" not in result, result
    dwellings: list[dict[str, Any]] = result["results"]["OUTPUT"]["rows"]
    return dwellings


def shapes(result: dict[str, Any]) -> list[shapely.Geometry]:
    return [shapely.from_wkb(bytes.fromhex(row["wkb"])) for row in rows(result)]


def same(result: dict[str, Any], vector: Path, *, digits: float = 1e-7) -> None:
    """The dwellings are those of the command line; ``digits``: of areas, relative."""
    vector_rows, fields = features(vector)
    result_rows = rows(result)
    assert len(result_rows) > 5
    for name in ("id", "class", "probability", "model"):
        assert [row[name] for row in result_rows] == fields[name].tolist()
    assert [row["area_m2"] for row in result_rows] == pytest.approx(
        fields["area_m2"].tolist(), rel=digits
    )
    assert shapely.equals_exact(shapes(result), vector_rows, tolerance=1e-9).all()


def same_pixels(one: Path, other: Path) -> None:
    with rasterio.open(one) as a, rasterio.open(other) as b:
        assert np.array_equal(a.read(), b.read())
        assert (a.transform, a.crs, a.nodata) == (b.transform, b.crs, b.nodata)
        assert a.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
