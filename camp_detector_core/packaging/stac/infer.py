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
    """Parse the command line, run, and say where the results are."""
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
    given = parser.parse_args(words)
    try:
        made = infer(given.image, given.out, given.item)
    except KeyError as error:
        sys.exit(f"error: {given.item} does not say {error}")
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    for path in made:
        sys.stdout.write(f"{path}\n")


def infer(image: Path, out: Path, item_path: Path) -> list[Path]:
    """Write probabilities and classes of a raster.

    Args:
        image: Its first bands are those of the model, in their order.
        out: Folder, made where it is missing.
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
    known = item["properties"]
    takes, gives = known["mlm:input"][0], known["mlm:output"][0]
    classes = [c["value"] for c in gives["classification:classes"] if c["value"] != 0]
    out.mkdir(parents=True, exist_ok=True)
    paths = [out / "probability.tif", out / "mask.tif"]
    with rasterio.open(image) as source:
        if source.count < len(takes["bands"]):
            msg = f"{image} has {source.count} bands, and the model takes {takes['bands']}"
            raise ValueError(msg)
        grid = _grid(source, known["gsd"])
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
                for core, chip, valid, inner in _chips(view, known):
                    found = session.run([gives["name"]], {takes["name"]: chip[None]})[0][0]
                    found = found[:, inner[0], inner[1]].astype(np.float32)
                    marked = _classes(found, known, classes)
                    found[:, ~valid], marked[~valid] = -1, 255
                    scores.write(found, window=core)
                    mask.write(marked, 1, window=core)
    return paths


def _onnx(item: dict[str, Any], item_path: Path) -> Path:
    """The ONNX file of the item, which must lie in its folder or below."""
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
    """Size and transform of a raster at the resolution of the model, in its own CRS."""
    if source.crs is None:
        msg = f"{source.name} says nothing of its place, so its resolution is unknown"
        raise ValueError(msg)
    from rasterio.warp import transform_bounds

    _, south, _, north = transform_bounds(source.crs, "EPSG:4326", *source.bounds)
    shrink = math.cos(math.radians((south + north) / 2))
    along, down = source.res
    if source.crs.is_geographic:
        degree = math.radians(1) * _EARTH
        along, down = along * degree * shrink, down * degree
    elif source.crs.to_epsg() == 3857:  # noqa: PLR2004 - Web Mercator stretches towards the poles
        along, down = along * shrink, down * shrink
    else:
        metres = source.crs.linear_units_factor[1]
        along, down = along * metres, down * metres
    width = max(1, round(source.width * along / gsd))
    height = max(1, round(source.height * down / gsd))
    t, x, y = source.transform, source.width / width, source.height / height
    transform = type(t)(t.a * x, t.b * y, t.c, t.d * x, t.e * y, t.f)
    return {"width": width, "height": height, "transform": transform}


def _resampling() -> Any:  # noqa: ANN401 - a member of an enumeration
    from rasterio.enums import Resampling

    return Resampling.bilinear


def _chips(view: Any, known: dict[str, Any]) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    """Normalised chips with a margin around what is kept of them.

    Yields:
        The window that is kept; the chip (bands, height, width); validity of what is kept; and
        where that lies in the chip, as slices.
    """
    from rasterio.windows import Window

    told = known["mlm:hyperparameters"]
    tile, margin = told["inference.tile_size"], told["inference.overlap"] // 2
    multiple, step = told["inference.multiple"], tile - 2 * margin
    bands = list(range(1, len(known["mlm:input"][0]["bands"]) + 1))
    for row in range(0, view.height, step):
        for col in range(0, view.width, step):
            height, width = min(step, view.height - row), min(step, view.width - col)
            top, left = max(0, row - margin), max(0, col - margin)
            bottom = min(view.height, row + height + margin)
            right = min(view.width, col + width + margin)
            window = Window(left, top, right - left, bottom - top)
            pixels = view.read(bands, window=window)
            valid = _valid(pixels, view.read_masks(bands, window=window))
            chip = _normalise(pixels, valid, known)
            sides = [-(-n // multiple) * multiple for n in chip.shape[1:]]
            padded = np.zeros((len(bands), *sides), np.float32)
            padded[:, : chip.shape[1], : chip.shape[2]] = chip
            inner = (slice(row - top, row - top + height), slice(col - left, col - left + width))
            yield Window(col, row, width, height), padded, valid[inner], inner


def _valid(pixels: NDArray[Any], masks: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell where there is an image: a band of whole numbers may have the nodata value by right."""
    there = masks > 0
    together = np.logical_or if pixels.dtype.kind == "u" else np.logical_and
    valid: NDArray[np.bool_] = together.reduce(there) & np.isfinite(pixels).all(axis=0)
    return valid


def _normalise(
    pixels: NDArray[Any], valid: NDArray[np.bool_], known: dict[str, Any]
) -> NDArray[np.float32]:
    """(raw - mean) / stddev by band, and 0 where there is no image."""
    out = pixels.astype(np.float32)
    for i, scaling in enumerate(known["mlm:input"][0]["value_scaling"]):
        out[i] = (out[i] - np.float32(scaling["mean"])) / np.float32(scaling["stddev"])
    out[:, ~valid] = 0
    return out


def _classes(found: NDArray[np.float32], known: dict[str, Any], values: list[int]) -> NDArray[Any]:
    """The likeliest class where it reaches the threshold, else 0."""
    threshold = known["mlm:hyperparameters"]["inference.threshold"]
    best = np.array(values, np.uint8)[found.argmax(axis=0)]
    return np.where(found.max(axis=0) >= threshold, best, 0).astype(np.uint8)


if __name__ == "__main__":
    main()
