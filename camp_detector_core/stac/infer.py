"""Run the model of a STAC item on a raster, with numpy, onnxruntime and rasterio alone.

    pip install -r requirements.txt
    python infer.py IMAGE --out FOLDER

Writes, on the ground of IMAGE and at the resolution of the model, ``probability.tif`` (one band
for each class, 0 to 1, -1 where there is no image) and ``mask.tif`` (the classes of
``classification:classes``, 255 where there is no image). Everything that is needed to know is read
from ``stac_item.json`` beside this script. The outputs that tell touching dwellings apart are not
used here: ``camp-detector detect --model stac_item.json`` makes polygons of single dwellings.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_EARTH = 6378137.0
"""Radius of the Earth at the equator, metres (WGS 84)."""


def main(words: list[str] | None = None) -> None:
    """Parse the command line, run the model, and print the paths of the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("image", type=Path, help="any raster that GDAL reads")
    parser.add_argument("--out", type=Path, required=True, help="folder of the results")
    parser.add_argument(
        "--item",
        type=Path,
        default=Path(__file__).with_name("stac_item.json"),
        help="the STAC item (default: the one beside this script)",
    )
    options = parser.parse_args(words)
    try:
        paths = infer(options.image, options.out, options.item)
    except KeyError as error:
        sys.exit(f"error: {options.item} does not say {error}")
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    for path in paths:
        sys.stdout.write(f"{path}\n")


def infer(image: Path, folder: Path, item_path: Path) -> list[Path]:
    """Write probabilities and classes of a raster.

    Args:
        image: Its first bands are those of the model, in their order.
        folder: Folder, made where it is missing.
        item_path: The STAC item.

    Raises:
        ValueError: The raster has too few bands, or no place on the ground.
        OSError: A file cannot be read or written.
    """
    import onnxruntime
    import rasterio
    from rasterio.vrt import WarpedVRT

    item = json.loads(item_path.read_text(encoding="utf-8"))
    model = _onnx(item, item_path)
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    properties = item["properties"]
    takes, gives = properties["mlm:input"][0], properties["mlm:output"][0]
    classes = [c["value"] for c in gives["classification:classes"] if c["value"] != 0]
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / "probability.tif", folder / "mask.tif"]
    with rasterio.open(image) as source:
        if source.count < len(takes["bands"]):
            msg = f"{image} has {source.count} bands, and the model takes {takes['bands']}"
            raise ValueError(msg)
        grid = _grid(source, properties["gsd"])
        with WarpedVRT(source, crs=source.crs, resampling=_resampling(), **grid) as view:
            profile = {
                "driver": "GTiff",
                "crs": source.crs,
                "compress": "deflate",
                "tiled": True,
                "blockxsize": 256,
                "blockysize": 256,
                **grid,
            }
            with (
                rasterio.open(
                    paths[0], "w", count=len(classes), dtype="float32", nodata=-1, **profile
                ) as scores,
                rasterio.open(paths[1], "w", count=1, dtype="uint8", nodata=255, **profile) as mask,
            ):
                for core, chip, valid, inner in _chips(view, properties):
                    probabilities = session.run([gives["name"]], {takes["name"]: chip[None]})[0][0]
                    probabilities = probabilities[:, inner[0], inner[1]].astype(np.float32)
                    classes_of_pixels = _classes(probabilities, properties, classes)
                    probabilities[:, ~valid], classes_of_pixels[~valid] = -1, 255
                    scores.write(probabilities, window=core)
                    mask.write(classes_of_pixels, 1, window=core)
    return paths


def _onnx(item: dict[str, Any], item_path: Path) -> Path:
    """Find the item's ONNX file, which must lie in its folder or below."""
    for asset in item["assets"].values():
        if "mlm:model" in asset.get("roles", ()) and asset["href"].endswith(".onnx"):
            path = (item_path.parent / unquote(urlsplit(asset["href"]).path)).resolve()
            if item_path.resolve().parent not in path.parents:
                msg = f"{asset['href']} does not lie beside {item_path}"
                raise ValueError(msg)
            if not path.is_file():
                msg = f"{path} is missing: keep {item_path.name} and its files together"
                raise ValueError(msg)
            return path
    msg = f"{item_path} has no ONNX model"
    raise ValueError(msg)


def _grid(source: Any, gsd: float) -> dict[str, Any]:  # noqa: ANN401 - a raster of rasterio
    """Compute size and transform of a raster at the model's GSD, in its own CRS."""
    if source.crs is None:
        msg = f"{source.name} says nothing of its place, so its resolution is unknown"
        raise ValueError(msg)
    from rasterio.warp import transform_bounds

    _, south, _, north = transform_bounds(source.crs, "EPSG:4326", *source.bounds)
    shrink = math.cos(math.radians((south + north) / 2))
    pixel_width, pixel_height = source.res
    if source.crs.is_geographic:
        degree = math.radians(1) * _EARTH
        pixel_width, pixel_height = pixel_width * degree * shrink, pixel_height * degree
    elif source.crs.to_epsg() == 3857:  # noqa: PLR2004 - Web Mercator stretches towards the poles
        pixel_width, pixel_height = pixel_width * shrink, pixel_height * shrink
    else:
        metres = source.crs.linear_units_factor[1]
        pixel_width, pixel_height = pixel_width * metres, pixel_height * metres
    width = max(1, round(source.width * pixel_width / gsd))
    height = max(1, round(source.height * pixel_height / gsd))
    t, x, y = source.transform, source.width / width, source.height / height
    transform = type(t)(t.a * x, t.b * y, t.c, t.d * x, t.e * y, t.f)
    return {"width": width, "height": height, "transform": transform}


def _resampling() -> Any:  # noqa: ANN401 - a member of an enumeration
    from rasterio.enums import Resampling

    return Resampling.bilinear


def _chips(view: Any, properties: dict[str, Any]) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    """Yield normalised chips with a margin around the part that is kept.

    Yields:
        The window that is kept; the chip (bands, height, width); validity of what is kept; and
        where that lies in the chip, as slices.
    """
    from rasterio.windows import Window

    hyperparameters = properties["mlm:hyperparameters"]
    tile, margin = hyperparameters["inference.tile_size"], hyperparameters["inference.overlap"] // 2
    multiple, step = hyperparameters["inference.multiple"], tile - 2 * margin
    bands = list(range(1, len(properties["mlm:input"][0]["bands"]) + 1))
    for row in range(0, view.height, step):
        for col in range(0, view.width, step):
            height, width = min(step, view.height - row), min(step, view.width - col)
            top, left = max(0, row - margin), max(0, col - margin)
            bottom = min(view.height, row + height + margin)
            right = min(view.width, col + width + margin)
            window = Window(left, top, right - left, bottom - top)
            pixels = view.read(bands, window=window)
            valid = _valid(pixels, view.read_masks(bands, window=window))
            chip = _normalise(pixels, valid, properties)
            sides = [-(-n // multiple) * multiple for n in chip.shape[1:]]
            padded = np.zeros((len(bands), *sides), np.float32)
            padded[:, : chip.shape[1], : chip.shape[2]] = chip
            inner = (slice(row - top, row - top + height), slice(col - left, col - left + width))
            yield Window(col, row, width, height), padded, valid[inner], inner


def _valid(pixels: NDArray[Any], masks: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Combine the bands' validity; an integer band may hold the nodata value as a real value."""
    band_validity = masks > 0
    combine = np.logical_or if pixels.dtype.kind == "u" else np.logical_and
    valid: NDArray[np.bool_] = combine.reduce(band_validity) & np.isfinite(pixels).all(axis=0)
    return valid


def _normalise(
    pixels: NDArray[Any], valid: NDArray[np.bool_], properties: dict[str, Any]
) -> NDArray[np.float32]:
    """Compute (raw - mean) / stddev by band, and 0 outside of the image."""
    normalised = pixels.astype(np.float32)
    for i, scaling in enumerate(properties["mlm:input"][0]["value_scaling"]):
        normalised[i] = (normalised[i] - np.float32(scaling["mean"])) / np.float32(
            scaling["stddev"]
        )
    normalised[:, ~valid] = 0
    return normalised


def _classes(
    probabilities: NDArray[np.float32], properties: dict[str, Any], values: list[int]
) -> NDArray[Any]:
    """Choose the most probable class if it reaches the threshold, else 0."""
    threshold = properties["mlm:hyperparameters"]["inference.threshold"]
    best = np.array(values, np.uint8)[probabilities.argmax(axis=0)]
    return np.where(probabilities.max(axis=0) >= threshold, best, 0).astype(np.uint8)


if __name__ == "__main__":
    main()
