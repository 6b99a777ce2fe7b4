"""Writes a scene as a georeferenced raster and its labels as a vector file, both or neither."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from camp_detector_core.engine.errors import OutputError, VectorError
from camp_detector_core.outputs.output_set import OutputSet, cannot_write
from camp_detector_core.outputs.vector_formats import FORMATS, MORE_FORMATS
from camp_detector_core.vector.files import VectorLayer, write_layer

from .options import SceneError
from .shapes import polygon_area

if TYPE_CHECKING:
    from .generate import Scene

_FORMATS: Final = {
    ending: {**FORMATS, **MORE_FORMATS}[ending] for ending in (".gpkg", ".geojson", ".json")
}
_BLOCK: Final = 256
"""Side of the raster's inner tiles, pixels."""


@dataclass(frozen=True)
class Place:
    """Position of a scene, and the value that marks its empty corners.

    Raises:
        SceneError: A marking that no reader knows.
    """

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

    Both appear together when all is written, so a failure leaves nothing behind and replaces
    nothing.

    Args:
        scene: What to write.
        image_path: ``.tif`` or ``.tiff``.
        labels_path: ``.gpkg`` (in the CRS of the image), ``.geojson`` or ``.json`` (EPSG:4326),
            with the fields kind, area_m2 and visible.
        place: Where the scene lies; the default where None.
        overwrite: Whether existing files may be replaced.

    Raises:
        OutputError: A file exists, has an unknown ending, or cannot be written.
        SceneError: The place's CRS is unknown or not in metres.
    """
    place = place or Place()
    image = Path(image_path)
    labels = None if labels_path is None else Path(labels_path)
    _check_endings(image, labels)
    _check_crs(place)
    finals = [image] if labels is None else [image, labels]
    with OutputSet(finals, overwrite=overwrite) as outputs:
        _write_image(scene, outputs.target(image).temporary, place=place, final=image)
        if labels is not None:
            _write_labels(scene, outputs.target(labels).temporary, place=place, final=labels)
        outputs.commit()


def _check_endings(image: Path, labels: Path | None) -> None:
    if image.suffix.lower() not in (".tif", ".tiff"):
        msg = f"{image}: a scene is written as GeoTIFF, give a name that ends in .tif"
        raise OutputError(msg)
    if labels is not None and labels.suffix.lower() not in _FORMATS:
        msg = f"{labels}: labels are written as .gpkg or .geojson, give a name that ends so"
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


def _write_image(scene: Scene, path: Path, *, place: Place, final: Path) -> None:
    import rasterio
    from rasterio.enums import ColorInterp
    from rasterio.errors import RasterioError

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
    marked = scene.valid.astype(np.uint8) * np.uint8(255)
    try:
        with (
            rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True),
            rasterio.open(path, "w", **profile) as raster,
        ):
            raster.colorinterp = colors[: profile["count"]]
            raster.write(scene.image, indexes=[1, 2, 3])
            if alpha:
                raster.write(marked, 4)
            elif not scene.valid.all():
                raster.write_mask(marked)
    except (OSError, RasterioError) as error:
        raise cannot_write(final, error) from error


def _write_labels(scene: Scene, path: Path, *, place: Place, final: Path) -> None:
    import shapely

    kind = _FORMATS[path.suffix.lower()]
    gsd, labels = scene.options.gsd, scene.labels
    rings = [label.polygon * (gsd, -gsd) + (place.easting, place.northing) for label in labels]
    areas = [polygon_area(label.polygon) * gsd * gsd for label in labels]
    layer = VectorLayer(
        geometries=shapely.to_wkb(np.array([shapely.polygons(r) for r in rings], dtype=object)),
        fields={
            "kind": np.array([label.kind for label in labels], dtype=object),
            "area_m2": np.array(areas, np.float64).round(4),
            "visible": np.array([label.visible for label in labels], np.float64).round(4),
        },
        crs=place.crs,
        geometry_type="Polygon",
    )
    try:
        write_layer(path, layer, name="dwellings", driver=kind.driver, options=kind.options)
    except VectorError as error:
        raise cannot_write(final, error) from error
