"""The artefacts of JPEG without a file: 8 x 8 cosine transform, quantised, and back.

Tables and scaling follow ITU-T T.81, annex K, and the Independent JPEG Group's quality scale, as
almost every encoder does; colour is halved in both directions. In numpy, so that a scene is the
same whichever JPEG library is installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

_LUMA: Final = np.array(
    (
        (16, 11, 10, 16, 24, 40, 51, 61),
        (12, 12, 14, 19, 26, 58, 60, 55),
        (14, 13, 16, 24, 40, 57, 69, 56),
        (14, 17, 22, 29, 51, 87, 80, 62),
        (18, 22, 37, 56, 68, 109, 103, 77),
        (24, 35, 55, 64, 81, 104, 113, 92),
        (49, 64, 78, 87, 103, 121, 120, 101),
        (72, 92, 95, 98, 112, 100, 103, 99),
    )
)
_CHROMA: Final = np.array(
    (
        (17, 18, 24, 47, 99, 99, 99, 99),
        (18, 21, 26, 66, 99, 99, 99, 99),
        (24, 26, 56, 99, 99, 99, 99, 99),
        (47, 66, 99, 99, 99, 99, 99, 99),
        *((99,) * 8,) * 4,
    )
)
_TO_YCC: Final = np.array(  # ITU-R BT.601 in full range, as in JFIF
    ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312)), np.float32
)


def _cosines() -> Plane:
    k, n = np.arange(8)[:, None], np.arange(8)[None]
    basis = np.cos((2 * n + 1) * k * np.pi / 16) * 0.5
    basis[0] /= np.sqrt(2)
    return basis.astype(np.float32)


def jpeg_round_trip(rgb: Plane, *, quality: int) -> Plane:
    """Compress an image as JPEG of the given quality, and decompress it.

    Args:
        rgb: (height, width, 3) float32, 0 to 255.
        quality: 1 to 100.

    Returns:
        (height, width, 3) float32, 0 to 255.
    """
    height, width = rgb.shape[:2]
    padded = np.pad(rgb, ((0, -height % 16), (0, -width % 16), (0, 0)), mode="edge")
    ycc = padded @ _TO_YCC.T
    ycc[..., 0] = _squeeze(ycc[..., 0] - 128, _scaled(_LUMA, quality=quality)) + 128
    for channel in (1, 2):
        plane = ycc[..., channel]
        rows, cols = plane.shape[0] // 2, plane.shape[1] // 2
        small = plane.reshape(rows, 2, cols, 2).mean(axis=(1, 3))
        small = _squeeze(small, _scaled(_CHROMA, quality=quality))
        ycc[..., channel] = small.repeat(2, axis=0).repeat(2, axis=1)
    back = ycc @ np.linalg.inv(_TO_YCC.astype(np.float64)).T.astype(np.float32)
    clipped: Plane = np.clip(back[:height, :width], 0, 255)
    return clipped


def _scaled(table: NDArray[np.int64], *, quality: int) -> Plane:
    factor = 5000 // quality if quality < 50 else 200 - 2 * quality  # noqa: PLR2004 - the scale's middle
    return np.clip((table * factor + 50) // 100, 1, 255).astype(np.float32)


def _squeeze(plane: Plane, table: Plane) -> Plane:
    basis = _cosines()
    rows, cols = plane.shape[0] // 8, plane.shape[1] // 8
    blocks: Plane = plane.reshape(rows, 8, cols, 8).swapaxes(1, 2)
    coefficients: Plane = np.matmul(np.matmul(basis, blocks), basis.T)
    coefficients = np.rint(coefficients / table) * table
    back: Plane = np.matmul(np.matmul(basis.T, coefficients), basis)
    return back.swapaxes(1, 2).reshape(plane.shape)
