"""Scores and classes as Cloud-Optimized GeoTIFF, written strip by strip."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Mapping, Optional, Protocol

import numpy as np

from ..engine.errors import RasterError
from ..engine.grid import blocks
from ..engine.ports import MosaicSink
from ..engine.scores import MAX_SCORE, NODATA_SCORE
from ..outputs.output_set import cannot_write, output_errors

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from numpy.typing import NDArray

    from ..engine.grid import Grid, Window
    from ..engine.spec import ModelSpec
    from ..outputs.output_set import Target
    from .ports import Reader

BLOCK = 512
"""Side of the blocks in the files, pixels."""
_PART = 2048
"""Side of the parts in which a finished file is read back, pixels."""
_FAST = 1
_OPAQUE = 255


@dataclass(frozen=True)
class CogStyle:
    """Properties that differ between kinds of output rasters."""

    kind: str
    """Short name of the output."""
    holds_classes: bool
    """True for the class of each pixel, False for the scores of all channels."""
    names: tuple[str, ...]
    """Descriptions of the bands."""
    overviews: str
    """GDAL's name of the resampling for overviews."""
    scale: Optional[float] = None
    """Multiplier from stored to real values."""
    colors: Optional[dict[int, tuple[int, int, int, int]]] = None
    """Colour table, for one band."""
    tags: dict[str, str] = field(default_factory=dict)
    """Metadata of the whole file."""


STRIPS: Mapping[str, str] = {
    "TILED": "YES",
    "BLOCKXSIZE": str(BLOCK),
    "BLOCKYSIZE": str(BLOCK),
    "INTERLEAVE": "BAND",
    "COMPRESS": "DEFLATE",
    "ZLEVEL": str(_FAST),
    "BIGTIFF": "IF_SAFER",
    "SPARSE_OK": "TRUE",
}
"""GDAL options of the scratch file."""


def cog_options(style: CogStyle) -> dict[str, str]:
    """Make the GDAL options of the finished file."""
    return {
        "COMPRESS": "DEFLATE",
        "LEVEL": str(_FAST),
        "BLOCKSIZE": str(BLOCK),
        "OVERVIEW_RESAMPLING": style.overviews,
        "BIGTIFF": "IF_SAFER",
        "NUM_THREADS": "ALL_CPUS",
    }


class Strips(Protocol):
    """Port of an open scratch file."""

    def write(self, window: Window, bands: NDArray[np.uint8]) -> None:
        """Write the bands (bands, height, width) of a window."""

    def close(self) -> None:
        """Flush to the disk and close."""


class CogLibrary(Protocol):
    """Port of a library that writes rasters; see `CogSink`."""

    @property
    def errors(self) -> tuple[type[BaseException], ...]:
        """Exceptions of its calls besides OSError."""

    def create(self, path: Path, grid: Grid, style: CogStyle) -> Strips:
        """Create a GeoTIFF of bytes with NoData 255, `STRIPS` and the style."""

    def finish(self, scratch: Path, path: Path, options: Mapping[str, str]) -> None:
        """Copy a GeoTIFF to a Cloud-Optimized one."""

    def open(self, path: Path) -> Reader:
        """Open a finished file to read it back."""


class RasterSink(MosaicSink, Protocol):
    """A raster that takes strips of a detection."""

    kind: str
    """Name of the output in a word or two."""

    def __enter__(self) -> RasterSink:  # noqa: PYI034 - Self is newer than Python 3.9
        """Give the sink, whose files are open."""

    def __exit__(self, *_: object) -> None:
        """Close the files, whatever became of them."""

    def finish(self) -> Path:
        """Write the raster; give its temporary path.

        Raises:
            OutputError: It cannot be written.
        """


class CogSink:
    """Sink that writes uint8 strips to a Cloud-Optimized GeoTIFF; NoData is 255.

    The strips go into a scratch GeoTIFF, since the layout (small overviews first) can only be
    written when all pixels are known. Memory does not depend on the raster's size.
    """

    def __init__(self, target: Target, grid: Grid, style: CogStyle, library: CogLibrary) -> None:
        """Start the scratch file.

        Raises:
            OutputError: It cannot be created.
        """
        self._target = target
        self._style = style
        self._library = library
        self.kind = style.kind
        """Short name of the output."""
        self._total = 0
        self._scratch = target.scratch / f"{target.final.stem}.strips.tif"
        self._strips: Optional[Strips] = None
        with self._output_errors():
            self._strips = library.create(self._scratch, grid, style)

    def __enter__(self) -> CogSink:  # noqa: PYI034 - Self is newer than Python 3.9
        """Return the sink, whose scratch file is open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the scratch file, also after an error."""
        self._close(quiet=True)

    def write(self, window: Window, scores: NDArray[np.uint8], classes: NDArray[np.uint8]) -> None:
        """Write the scores or the classes of a window; see the engine's `MosaicSink`."""
        if self._strips is None:
            msg = "this output is finished"
            raise ValueError(msg)
        bands = classes[None] if self._style.holds_classes else scores
        with self._output_errors():
            self._strips.write(window, bands)
        self._total += int(bands.sum(dtype=np.uint64))

    def finish(self) -> Path:
        """Write the Cloud-Optimized GeoTIFF and read it back.

        Returns:
            Its temporary path.

        Raises:
            OutputError: It cannot be written, or does not hold what was put in.
        """
        with self._output_errors():
            self._close(quiet=False)
            self._library.finish(self._scratch, self._target.temporary, cog_options(self._style))
            # GDAL does not report every failed write when it closes a file.
            with closing(self._library.open(self._target.temporary)) as reader:
                stored = _total(reader)
        if stored != self._total:
            reason = "what was written cannot be read back"
            raise cannot_write(self._target.final, reason, needed=self._max_size())
        self._scratch.unlink()
        return self._target.temporary

    def _close(self, *, quiet: bool) -> None:
        strips, self._strips = self._strips, None
        if strips is None:
            return
        try:
            strips.close()
        except self._library.errors:
            if not quiet:
                raise

    def _output_errors(self) -> AbstractContextManager[None]:
        """Turn errors of the library and the system into `OutputError` with the output's name."""
        foreign: tuple[type[BaseException], ...] = (RasterError, *self._library.errors)
        return output_errors(self._target.final, foreign, needed=self._max_size)

    def _max_size(self) -> int:
        """Estimate the largest size in bytes of the finished file with its overviews."""
        try:
            return self._scratch.stat().st_size * 3 // 2
        except OSError:
            return 0


def raster_sink(
    name: str, target: Target, grid: Grid, spec: ModelSpec, library: CogLibrary
) -> CogSink:
    """Start the raster of a name, ``probability`` or ``mask``.

    Raises:
        OutputError: It cannot be created.
    """
    styles = {"probability": _score_style, "mask": _class_style}
    return CogSink(target, grid, styles[name](spec), library)


def _score_style(spec: ModelSpec) -> CogStyle:
    """Make the style of scores 0 to 254, which are probabilities 0 to 1, one band per class.

    Where the model tells touching dwellings apart, the last band is the channel that it does so
    with, so that the file gives the same dwellings again.
    """
    names = [c.name for c in spec.classes]
    if spec.separation is not None:
        names.append(spec.separation.method)
    return CogStyle(
        kind="probability raster",
        holds_classes=False,
        names=tuple(f"probability of {name}" for name in names),
        overviews="AVERAGE",
        scale=1 / MAX_SCORE,
        tags=_tags(spec),
    )


def _class_style(spec: ModelSpec) -> CogStyle:
    """Make the style of classes: 0 for background, else the value in the model's spec."""
    colors = {c.value: (*bytes.fromhex(c.color[1:]), _OPAQUE) for c in spec.classes}
    return CogStyle(
        kind="mask raster",
        holds_classes=True,
        names=("class",),
        overviews="MODE",
        colors={0: (0, 0, 0, _OPAQUE), **colors, NODATA_SCORE: (0, 0, 0, 0)},
        tags={**_tags(spec), **{f"CLASS_{c.value}": c.name for c in spec.classes}},
    )


def _total(reader: Reader) -> int:
    """Sum all pixels of all bands."""
    bands = range(1, len(reader.dtypes) + 1)
    windows = blocks(reader.shape, height=_PART, width=_PART)
    return sum(int(reader.read(bands, window).sum(dtype=np.uint64)) for window in windows)


def _tags(spec: ModelSpec) -> dict[str, str]:
    separation = spec.separation
    tags = {
        "CAMP_DETECTOR_SEPARATION": " ".join(f"{k}={v}" for k, v in vars(separation).items())
        if separation
        else "",
        "CAMP_DETECTOR_MODEL": spec.id,
        "CAMP_DETECTOR_THRESHOLD": f"{spec.threshold:g}",
        "CAMP_DETECTOR_ATTRIBUTION": "; ".join(spec.attribution),
    }
    return {k: v for k, v in tags.items() if v}
