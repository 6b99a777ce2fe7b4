"""Writes a scene as a georeferenced raster and its labels as a vector file, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from camp_detector_core.engine.errors import OutputError

from .options import SceneError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .generate import Scene

_DRIVERS: Final = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".json": "GeoJSON"}
_BLOCK: Final = 256
"""Side of the raster's inner tiles, pixels."""


@dataclass(frozen=True)
class Place:
    """Where a scene lies and how its empty corners are marked."""

    crs: str = "EPSG:32636"
    """A projected CRS in metres; the default is UTM zone 36 north, East Africa."""
    easting: float = 370_000.0
    """Left border, metres."""
    northing: float = 410_000.0
    """Upper border, metres."""
    nodata: Literal["mask", "alpha"] = "mask"
    """Mark pixels without data by a mask inside the file, or by a fourth band."""

    def __post_init__(self) -> None:
        """Refuse a marking that no reader knows."""
        if self.nodata not in ("mask", "alpha"):
            msg = f"nodata must be marked by 'mask' or 'alpha', got {self.nodata!r}"
            raise SceneError(msg)


def write_scene(
    scene: Scene,
    image_path: str | Path,
    labels_path: str | Path | None = None,
    *,
    place: Place | None = None,
    overwrite: bool = False,
) -> None:
    """Write the image as GeoTIFF and, where a path is given, the labels as vector file.

    Both are written beside their destination under another name first, so a failure leaves
    nothing behind and replaces nothing.

    Args:
        scene: What to write.
        image_path: ``.tif`` or ``.tiff``.
        labels_path: ``.gpkg`` (in the CRS of the image), ``.geojson`` or ``.json`` (EPSG:4326).
        place: Where the scene lies; the default where None.
        overwrite: Whether existing files may be replaced.

    Raises:
        OutputError: A file exists, has an unknown ending, or cannot be written.
        SceneError: The place's CRS is unknown or not in metres.
    """
    place = place or Place()
    image = Path(image_path)
    labels = None if labels_path is None else Path(labels_path)
    _check_paths(image, labels, overwrite=overwrite)
    _check_crs(place)
    with _replacing(image) as image_part:
        _write_image(scene, image_part, place)
        if labels is not None:
            with _replacing(labels) as labels_part:
                _write_labels(scene, labels_part, place)


def _check_paths(image: Path, labels: Path | None, *, overwrite: bool) -> None:
    if image.suffix.lower() not in (".tif", ".tiff"):
        msg = f"{image}: a scene is written as GeoTIFF, give a name that ends in .tif"
        raise OutputError(msg)
    if labels is not None and labels.suffix.lower() not in _DRIVERS:
        msg = f"{labels}: labels are written as .gpkg or .geojson, give a name that ends so"
        raise OutputError(msg)
    for path in (image, labels):
        if path is None:
            continue
        if path.exists() and not overwrite:
            msg = f"{path} exists; allow overwriting or choose another name"
            raise OutputError(msg)
        if not path.parent.is_dir():
            msg = f"{path}: the folder {path.parent} does not exist; create it first"
            raise OutputError(msg)


def _check_crs(place: Place) -> None:
    from rasterio.crs import CRS
    from rasterio.errors import CRSError

    try:
        crs = CRS.from_user_input(place.crs)
        is_metric = crs.is_projected and crs.linear_units_factor[1] == 1.0
    except CRSError as error:
        msg = f"the CRS {place.crs!r} is unknown; give one such as EPSG:32636"
        raise SceneError(msg) from error
    if not is_metric:
        msg = f"the CRS {place.crs!r} is not projected in metres; give one such as EPSG:32636"
        raise SceneError(msg)


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A name to write to in a hidden folder beside ``path``; moved there when all went well."""
    from pyogrio.errors import DataSourceError, FeatureError
    from rasterio.errors import RasterioError

    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.stem}-", dir=path.parent) as folder:
            part = Path(folder) / path.name
            yield part
            with part.open("rb") as written:
                os.fsync(written.fileno())
            part.replace(path)
    except (OSError, RasterioError, DataSourceError, FeatureError) as error:
        msg = f"{path} cannot be written ({error}); is the folder writable and the disk not full?"
        raise OutputError(msg) from error


def _write_image(scene: Scene, path: Path, place: Place) -> None:
    import rasterio
    from rasterio.enums import ColorInterp

    height, width = scene.valid.shape
    gsd = scene.options.gsd
    alpha = place.nodata == "alpha"
    profile = {
        "driver": "GTiff",
        "height": height,
        "width": width,
        "count": 4 if alpha else 3,
        "dtype": "uint8",
        "crs": place.crs,
        "transform": rasterio.Affine(gsd, 0, place.easting, 0, -gsd, place.northing),
        "tiled": True,
        "blockxsize": _BLOCK,
        "blockysize": _BLOCK,
        "compress": "deflate",
        "predictor": 2,
        "photometric": "RGB",
    }
    colors = (ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha)
    with (
        rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True),
        rasterio.open(path, "w", **profile) as raster,
    ):
        raster.colorinterp = colors[: profile["count"]]
        raster.write(scene.image, indexes=[1, 2, 3])
        marked = scene.valid.astype(np.uint8) * np.uint8(255)
        if alpha:
            raster.write(marked, 4)
        elif not scene.valid.all():
            raster.write_mask(marked)


def _write_labels(scene: Scene, path: Path, place: Place) -> None:
    import pyogrio
    import shapely

    driver = _DRIVERS[path.suffix.lower()]
    corners = [
        _on_ground(label.polygon, gsd=scene.options.gsd, place=place) for label in scene.labels
    ]
    crs = place.crs
    options = {}
    if driver == "GeoJSON":
        crs = "EPSG:4326"
        corners = _to_degrees(corners, place)
        options = {"COORDINATE_PRECISION": "9", "RFC7946": "YES"}
    polygons = np.array([shapely.polygons(ring) for ring in corners], dtype=object)
    area = [shapely.Polygon(label.polygon).area * scene.options.gsd**2 for label in scene.labels]
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(polygons),
        field_data=[
            np.array([label.kind for label in scene.labels], dtype=object),
            np.array(area, np.float64),
        ],
        fields=["kind", "area_m2"],
        layer="dwellings",
        driver=driver,
        geometry_type="Polygon",
        crs=crs,
        layer_options=options,
    )


def _on_ground(polygon: NDArray[np.float64], *, gsd: float, place: Place) -> NDArray[np.float64]:
    return polygon * (gsd, -gsd) + (place.easting, place.northing)


def _to_degrees(rings: list[NDArray[np.float64]], place: Place) -> list[NDArray[np.float64]]:
    from rasterio.warp import transform

    if not rings:
        return []
    joined = np.vstack(rings)
    lon, lat = transform(place.crs, "EPSG:4326", joined[:, 0], joined[:, 1])
    stops = np.cumsum([len(ring) for ring in rings])[:-1]
    return np.split(np.column_stack((lon, lat)), stops)
