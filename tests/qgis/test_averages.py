"""Means of squares of pixels."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qgis_plugin.averages import averaged


@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    fine=st.integers(1, 5),
    dtype=st.sampled_from(["uint8", "int16", "float32"]),
    share=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_each_pixel_is_the_mean_of_what_is_valid_in_its_square(
    seed: int, size: tuple[int, int], fine: int, dtype: str, share: float
) -> None:
    height, width = size
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (2, height * fine, width * fine)).astype(dtype)
    before, valid = pixels.copy(), rng.random(pixels.shape[1:]) < share
    means, has_value = averaged(pixels, valid, fine)
    assert means.dtype == pixels.dtype
    assert means.shape == (2, height, width)
    for row in range(height):
        for col in range(width):
            square = np.s_[row * fine : (row + 1) * fine, col * fine : (col + 1) * fine]
            count = int(valid[square].sum())
            assert has_value[row, col] == (2 * count >= fine * fine)
            if count and has_value[row, col]:
                mean = pixels[(slice(None), *square)][:, valid[square]].mean(axis=1)
                assert np.abs(means[:, row, col] - mean).max() <= (
                    0.5 if dtype != "float32" else 1e-3
                )
    means[...] = 0
    assert np.array_equal(pixels, before)  # its own memory
