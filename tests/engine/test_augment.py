"""Test-time augmentation: the mean over all views, each turned back into place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from camp_detector_core.engine.tiling.augment import AugmentedPredictor, views

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Answer = Callable[[NDArray[np.float32]], NDArray[np.float32]]


class Fake:
    workers, batch_size = 3, 5

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.batches: list[NDArray[np.float32]] = []

    def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        assert batch.flags.c_contiguous
        self.batches.append(batch)
        return self.answer(batch)


def chips(height: int, width: int) -> NDArray[np.float32]:
    return np.random.default_rng(0).random((2, 3, height, width)).astype(np.float32)


def neighbours(batch: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sees what is around, and knows no direction."""
    padded = np.pad(batch[:, :2], ((0, 0), (0, 0), (1, 1), (1, 1)))
    around = padded[..., :-2, 1:-1] + padded[..., 2:, 1:-1]
    around += padded[..., 1:-1, :-2] + padded[..., 1:-1, 2:]
    out: NDArray[np.float32] = (around + padded[..., 1:-1, 1:-1]) / 5
    return out


def west(batch: NDArray[np.float32]) -> NDArray[np.float32]:
    """The pixel to the left: as far from knowing no direction as can be."""
    return np.pad(batch[:, :1], ((0, 0), (0, 0), (0, 0), (1, 0)))[..., :-1]


@pytest.mark.parametrize("size", [(8, 8), (6, 10)])
def test_a_model_that_knows_no_direction_answers_as_before(size: tuple[int, int]) -> None:
    batch = chips(*size)
    predictor = AugmentedPredictor(Fake(neighbours))
    out = predictor.predict(batch)
    assert out.dtype == np.float32
    np.testing.assert_allclose(out, neighbours(batch), atol=1e-6)
    assert (predictor.workers, predictor.batch_size) == (3, 5)


def test_a_model_that_knows_one_is_averaged_over_all() -> None:
    batch = chips(8, 8)
    padded = np.pad(batch[:, :1], ((0, 0), (0, 0), (1, 1), (1, 1)))
    sides = padded[..., :-2, 1:-1] + padded[..., 2:, 1:-1]
    horizontal = padded[..., 1:-1, :-2] + padded[..., 1:-1, 2:]
    np.testing.assert_allclose(
        AugmentedPredictor(Fake(west)).predict(batch), (sides + horizontal) / 4, atol=1e-6
    )


def test_chips_that_are_not_square_are_only_flipped() -> None:
    batch = chips(4, 6)
    padded = np.pad(batch[:, :1], ((0, 0), (0, 0), (0, 0), (1, 1)))
    horizontal = (padded[..., :-2] + padded[..., 2:]) / 2
    np.testing.assert_allclose(AugmentedPredictor(Fake(west)).predict(batch), horizontal, atol=1e-6)


@pytest.mark.parametrize(("size", "count"), [((8, 8), 8), ((4, 6), 4)])
def test_each_view_is_asked_once(size: tuple[int, int], count: int) -> None:
    fake, batch = Fake(neighbours), chips(*size)
    AugmentedPredictor(fake).predict(batch)
    assert len({b.tobytes() for b in fake.batches}) == len(fake.batches) == count
    assert {b.shape for b in fake.batches} == {batch.shape}
    for view, back in views(square=size[0] == size[1]):
        np.testing.assert_array_equal(back(view(batch)), batch)


def test_the_answer_of_the_model_is_not_written_to() -> None:
    answer = np.ones((2, 1, 4, 4), np.float32)
    AugmentedPredictor(Fake(lambda _: answer)).predict(chips(4, 4))
    assert (answer == 1).all()
