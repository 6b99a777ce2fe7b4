"""Scores and classes as Cloud-Optimized GeoTIFF, written strip by strip."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np
import rasterio
import rasterio.errors
import rasterio.shutil
import rasterio.windows
from rasterio._err import CPLE_BaseError
from rasterio.enums import ColorInterp
from rasterio.transform import Affine

from camp_detector_core.atomic import cannot_write
from camp_detector_core.engine.scores import MAX_SCORE, NODATA_SCORE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from rasterio.io import DatasetWriter

    from camp_detector_core.atomic import Target
    from camp_detector_core.engine.grid import Grid, Window
    from camp_detector_core.engine.spec import ModelSpec

_BLOCK = 512
_FAST = 1
_OPAQUE = 255


@dataclass(frozen=True)
class CogStyle:
    """What tells one kind of output raster from another."""

    kind: str
    """Name of the output in a word or two."""
    names: tuple[str, ...]
    """Description of each band."""
    overviews: str
    """GDAL's name of the resampling of overviews."""
    scale: float | None = None
    """Multiplier from stored to real values."""
    colors: dict[int, tuple[int, int, int, int]] | None = None
    """Colour table, for one band."""
    tags: dict[str, str] = field(default_factory=dict)
    """Metadata of the whole file."""


class CogSink(ABC):
    """Takes uint8 strips and makes them a Cloud-Optimized GeoTIFF; nodata is 255.

    The strips go into a scratch GeoTIFF, since the layout (small overviews first) can only be
    written when all pixels are known. Memory does not depend on the raster's size.
    """

    def __init__(self, target: Target, grid: Grid, style: CogStyle) -> None:
        """Start the scratch file.

        Raises:
            OutputError: It cannot be created.
        """
        self._target = target
        self._style = style
        self.kind = style.kind
        """Name of the output in a word or two."""
        self._total = 0
        self._scratch = target.scratch / f"{target.final.stem}.strips.tif"
        self._dataset: DatasetWriter | None = None
        with self._output_errors(), _georeference_is_known():
            self._dataset = rasterio.open(self._scratch, "w", **_profile(grid, len(style.names)))
            _describe(self._dataset, style)

    def __enter__(self) -> Self:
        """Nothing to do: the scratch file is open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the scratch file, whatever became of it."""
        self._close(quiet=True)

    @abstractmethod
    def write(self, window: Window, scores: NDArray[np.uint8], classes: NDArray[np.uint8]) -> None:
        """Store what this kind of output is made of; see the engine's `MosaicSink`.

        Raises:
            OutputError: It cannot be stored.
        """

    def store(self, window: Window, bands: NDArray[np.uint8]) -> None:
        """Store the bands (bands, height, width) of a window.

        Raises:
            OutputError: They cannot be stored.
        """
        if self._dataset is None:
            msg = "this output is finished"
            raise ValueError(msg)
        at = rasterio.windows.Window(window.col, window.row, window.width, window.height)
        with self._output_errors():
            self._dataset.write(bands, window=at)
        self._total += int(bands.sum(dtype=np.uint64))

    def finish(self) -> Path:
        """Write the Cloud-Optimized GeoTIFF and read it back.

        Returns:
            Its temporary path.

        Raises:
            OutputError: It cannot be written, or does not hold what was put in.
        """
        with self._output_errors(), _georeference_is_known():
            self._close(quiet=False)
            rasterio.shutil.copy(
                self._scratch,
                self._target.temporary,
                driver="COG",
                COMPRESS="DEFLATE",
                LEVEL=str(_FAST),
                BLOCKSIZE=str(_BLOCK),
                OVERVIEW_RESAMPLING=self._style.overviews,
                BIGTIFF="IF_SAFER",
                NUM_THREADS="ALL_CPUS",
            )
            # GDAL does not report every failed write when it closes a file.
            stored = _total(self._target.temporary)
        if stored != self._total:
            reason = "what was written cannot be read back"
            raise cannot_write(self._target.final, reason, needed=self._needed())
        self._scratch.unlink()
        return self._target.temporary

    def _close(self, *, quiet: bool) -> None:
        dataset, self._dataset = self._dataset, None
        if dataset is None:
            return
        try:
            dataset.close()
        except rasterio.errors.RasterioError:
            if not quiet:
                raise

    @contextmanager
    def _output_errors(self) -> Iterator[None]:
        """GDAL's and the system's errors as `OutputError` that names the output."""
        try:
            yield
        except (rasterio.errors.RasterioError, CPLE_BaseError, OSError) as error:
            raise cannot_write(self._target.final, error, needed=self._needed()) from error

    def _needed(self) -> int:
        """Bytes that the finished file with its overviews takes at most."""
        try:
            return self._scratch.stat().st_size * 3 // 2
        except OSError:
            return 0


class ProbabilitySink(CogSink):
    """Scores as they are: 0 to 254 for probabilities 0 to 1, one band a class.

    Where the model tells touching dwellings apart, the last band is the channel that it does so
    with, so that the file gives the same dwellings again.
    """

    def __init__(self, target: Target, grid: Grid, spec: ModelSpec) -> None:
        """Start; see `CogSink`."""
        names = [c.name for c in spec.classes]
        if spec.separation is not None:
            names.append(spec.separation.method)
        style = CogStyle(
            kind="probability raster",
            names=tuple(f"probability of {name}" for name in names),
            overviews="AVERAGE",
            scale=1 / MAX_SCORE,
            tags=_tags(spec),
        )
        super().__init__(target, grid, style)

    def write(self, window: Window, scores: NDArray[np.uint8], classes: NDArray[np.uint8]) -> None:
        """Store the scores (bands, height, width) of a window.

        Raises:
            OutputError: They cannot be stored.
        """
        del classes
        self.store(window, scores)


class ClassSink(CogSink):
    """The class of each pixel: 0 for background, else the value that the model's spec gives."""

    def __init__(self, target: Target, grid: Grid, spec: ModelSpec) -> None:
        """Start; see `CogSink`."""
        colors = {c.value: (*bytes.fromhex(c.color[1:]), _OPAQUE) for c in spec.classes}
        style = CogStyle(
            kind="mask raster",
            names=("class",),
            overviews="MODE",
            colors={0: (0, 0, 0, _OPAQUE), **colors, NODATA_SCORE: (0, 0, 0, 0)},
            tags={**_tags(spec), **{f"CLASS_{c.value}": c.name for c in spec.classes}},
        )
        super().__init__(target, grid, style)

    def write(self, window: Window, scores: NDArray[np.uint8], classes: NDArray[np.uint8]) -> None:
        """Store the classes (height, width) of a window.

        Raises:
            OutputError: They cannot be stored.
        """
        del scores
        self.store(window, classes[None])


@contextmanager
def _georeference_is_known() -> Iterator[None]:
    """No warning about pictures without georeference, which is given where they are opened."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        yield


def _tags(spec: ModelSpec) -> dict[str, str]:
    how = spec.separation
    return {
        "CAMP_DETECTOR_SEPARATION": " ".join(f"{k}={v}" for k, v in vars(how).items())
        if how
        else "",
        "CAMP_DETECTOR_MODEL": spec.id,
        "CAMP_DETECTOR_THRESHOLD": f"{spec.threshold:g}",
        "CAMP_DETECTOR_ATTRIBUTION": "; ".join(spec.attribution),
    }


def _profile(grid: Grid, bands: int) -> dict[str, object]:
    return {
        "driver": "GTiff",
        "height": grid.shape.height,
        "width": grid.shape.width,
        "count": bands,
        "dtype": "uint8",
        "nodata": NODATA_SCORE,
        "crs": grid.crs_wkt,
        "transform": Affine(*grid.transform),
        "tiled": True,
        "blockxsize": _BLOCK,
        "blockysize": _BLOCK,
        "interleave": "band",
        "compress": "DEFLATE",
        "zlevel": _FAST,
        "bigtiff": "IF_SAFER",
        "sparse_ok": True,
    }


def _describe(dataset: DatasetWriter, style: CogStyle) -> None:
    """Say in the file what its numbers mean."""
    for i, name in enumerate(style.names, 1):
        dataset.set_band_description(i, name)
    if style.scale is not None:
        dataset.scales = (style.scale,) * len(style.names)
    if style.colors is not None:
        dataset.write_colormap(1, style.colors)
    elif len(style.names) > 1:
        dataset.colorinterp = (ColorInterp.gray,) + (ColorInterp.undefined,) * (
            len(style.names) - 1
        )
    dataset.update_tags(**{k: v for k, v in style.tags.items() if v})


def _total(path: Path) -> int:
    """Sum of all pixels of a finished file."""
    total = 0
    with rasterio.open(path) as dataset:
        for _, window in dataset.block_windows(1):
            total += int(dataset.read(window=window).sum(dtype=np.uint64))
    return total
