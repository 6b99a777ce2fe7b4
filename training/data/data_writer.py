"""Export of training data on a command line: rasterio, pyogrio and shapely read and write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import rasterio
import rasterio.errors
import shapely
from rasterio._err import CPLE_BaseError
from rasterio.crs import CRS
from rasterio.enums import ColorInterp
from rasterio.errors import CRSError
from rasterio.transform import Affine

from camp_detector_core.engine.errors import RasterError, VectorError
from camp_detector_core.outputs.vector_formats import FORMATS
from camp_detector_core.raster.env import quiet_about_place
from camp_detector_core.raster.library import rasterio_window
from camp_detector_core.training_data.ports import CLASS, FeatureLayer
from camp_detector_core.vector.files import VectorLayer, read_layer, write_layer
from training.data.polygons import choose_layer
from training.data.reprojection import move_points

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from rasterio.io import DatasetWriter

    from camp_detector_core.engine.grid import Grid, Window
    from camp_detector_core.training_data.ports import ImageStyle, PolygonTable


def read_features(
    path: Path,
    *,
    layer: str | None = None,
    class_field: str | None = None,
    option: str = "layer",
) -> FeatureLayer:
    """Read the features of a vector file, whatever their geometries are.

    Args:
        path: A file, or a folder that is a data set (``.gdb``).
        layer: Which of its layers; needed only where several may hold polygons.
        class_field: Attribute that names the class of each.
        option: The option that chooses the layer, for errors.

    Raises:
        VectorError: It cannot be read.
        RasterError: Several layers, or no attribute of this name.
    """
    try:
        name, _ = choose_layer(path, layer)
    except RasterError as error:
        error.remedy = error.remedy.replace("{layer}", f"{{{option}}}")
        raise
    table = read_layer(path, layer=name, columns=[class_field] if class_field else [])
    classes = None
    if class_field is not None:
        if class_field not in table.fields:
            msg = f"{path} has no attribute {class_field!r}"
            raise RasterError(msg)
        values = table.fields[class_field].tolist()
        classes = [None if value is None else str(value) for value in values]
    return FeatureLayer(str(path), table.geometries.tolist(), table.crs, classes, str(path))


class RasterioImage:
    """Open GeoTIFF; see the port `ImageFile`."""

    def __init__(self, dataset: DatasetWriter) -> None:
        """Take over a dataset that is open for writing."""
        self._dataset = dataset

    def write(self, window: Window, pixels: NDArray[np.generic], valid: NDArray[np.bool_]) -> None:
        """Write pixels and validity of a window; see the port."""
        place = rasterio_window(window)
        self._dataset.write(pixels, window=place)
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
            self._dataset.write_mask(valid, window=place)

    def close(self) -> None:
        """Flush to the disk and close; see the port."""
        self._dataset.close()


class RasterioDataWriter:
    """Writer by rasterio and pyogrio; see the port `DataWriter`."""

    errors: tuple[type[BaseException], ...] = (
        rasterio.errors.RasterioError,
        CPLE_BaseError,
        VectorError,
    )
    """Exceptions of what it writes, besides OSError."""

    def moved(
        self, points: NDArray[np.float64], source_wkt: str, target_wkt: str
    ) -> NDArray[np.float64]:
        """Compute the coordinates (n, 2) of points in another CRS; see the port.

        Raises:
            RasterError: A CRS cannot be read.
        """
        try:
            source, target = CRS.from_user_input(source_wkt), CRS.from_user_input(target_wkt)
        except (CRSError, CPLE_BaseError) as error:
            msg = f"a coordinate system cannot be read: {source_wkt[:60]}, {target_wkt[:60]}"
            raise RasterError(msg) from error
        return points if source == target else move_points(points, source, target)

    def mended(self, faces: Sequence[bytes]) -> list[bytes] | None:
        """Give the ground that faces cover; see the port."""
        shapes = shapely.from_wkb(list(faces))
        if len(shapes) == 1 and shapely.is_valid(shapes[0]):
            return None
        ground = shapely.union_all(shapely.make_valid(shapes))
        parts = shapely.get_parts(shapely.get_parts(ground))
        is_surface = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
        return list(shapely.to_wkb(parts[is_surface & (shapely.area(parts) > 0)]))

    def create_image(self, path: Path, grid: Grid, style: ImageStyle) -> RasterioImage:
        """Create a GeoTIFF with a mask in the file; see the port."""
        with quiet_about_place():
            dataset = rasterio.open(
                path,
                "w",
                driver="GTiff",
                height=grid.shape.height,
                width=grid.shape.width,
                count=len(style.colors),
                dtype=style.dtype,
                crs=grid.crs_wkt,
                transform=Affine(*grid.transform),
                **style.options,
            )
        names = ColorInterp.__members__
        dataset.colorinterp = [names.get(color, ColorInterp.undefined) for color in style.colors]
        for number, text in enumerate(style.descriptions, 1):
            dataset.set_band_description(number, text)
        return RasterioImage(dataset)

    def write_polygons(self, path: Path, table: PolygonTable) -> int:
        """Write a GeoPackage with one layer, and count what it holds; see the port.

        Raises:
            VectorError: It cannot be written.
        """
        geometries = np.array(table.polygons, object)
        fields = {} if table.classes is None else {CLASS: np.array(table.classes, object)}
        layer = VectorLayer(geometries, fields, table.crs_wkt, "Polygon")
        kind = FORMATS[".gpkg"]
        write_layer(path, layer, name=table.name, driver=kind.driver, options=kind.options)
        return len(read_layer(path).geometries)
