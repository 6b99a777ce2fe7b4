"""The image of an export: pixels as they are, with their validity."""

from __future__ import annotations

import zlib
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from ..engine.errors import RasterError
from ..engine.grid import blocks
from ..outputs.output_set import cannot_write, output_errors

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    from ..engine.grid import Window
    from ..georaster.ports import Reader
    from ..georaster.source import PlacedSource
    from ..outputs.output_set import Target
    from .cover import ReviewedGround
    from .ports import ImageStyle
    from .tools import Tools

_BLOCK = 2048
"""Side of the parts in which an image is copied, pixels."""


class ImageCopy:
    """A copy of the pixels of a source as a GeoTIFF."""

    def __init__(
        self, source: PlacedSource, style: ImageStyle, target: Target, tools: Tools
    ) -> None:
        """Copy nothing yet."""
        self._source, self._style, self._target, self._tools = source, style, target, tools
        self._windows = list(blocks(source.grid.shape, height=_BLOCK, width=_BLOCK))
        self._sums: list[int] = []

    def write(self, ground: ReviewedGround) -> None:
        """Copy all pixels, and read them back.

        Args:
            ground: Told which pixels are valid.

        Raises:
            RasterError: The source cannot be read.
            OutputError: The file cannot be written, or does not hold what was put in.
            Cancelled: The user wants to stop.
        """
        self._copy(ground)
        # A full disk is not reported by every write.
        with self._output_errors():
            reader = self._tools.library.open(str(self._target.temporary))
        with closing(reader):
            for number, window in enumerate(self._windows):
                self._tell(len(self._windows) + number)
                with self._output_errors():
                    stored = self._stored(reader, window)
                if stored != self._sums[number]:
                    reason = "what was written cannot be read back"
                    raise cannot_write(self._target.final, reason, needed=self._size())

    def _copy(self, ground: ReviewedGround) -> None:
        with self._output_errors():
            image = self._tools.writer.create_image(
                self._target.temporary, self._source.grid, self._style
            )
        with closing(image):
            for number, window in enumerate(self._windows):
                self._tell(number)
                pixels, valid = self._source.read(window)
                ground.add(window, valid)
                self._sums.append(_checksum(pixels, valid))
                with self._output_errors():
                    image.write(window, pixels, valid)
            with self._output_errors():
                image.close()

    def _stored(self, reader: Reader, window: Window) -> int:
        numbers = range(1, len(self._style.colors) + 1)
        return _checksum(reader.read(numbers, window), reader.read_mask(window) != 0)

    def _tell(self, position: int) -> None:
        self._tools.look()
        self._tools.listener.update(position, 2 * len(self._windows))

    def _size(self) -> int:
        """Largest size of the file in bytes."""
        pixels = int(np.prod(self._source.grid.shape, dtype=np.int64))
        return pixels * (1 + len(self._style.colors) * np.dtype(self._style.dtype).itemsize)

    def _output_errors(self) -> AbstractContextManager[None]:
        """Turn errors of the library and the system into `OutputError` with the output's name."""
        foreign: tuple[type[BaseException], ...] = (RasterError, *self._tools.writer.errors)
        return output_errors(self._target.final, foreign, needed=self._size)


def _checksum(pixels: NDArray[np.generic], valid: NDArray[np.bool_]) -> int:
    pixels_sum = zlib.crc32(np.ascontiguousarray(pixels).tobytes())
    return zlib.crc32(np.packbits(valid).tobytes(), pixels_sum)
