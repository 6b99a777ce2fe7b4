"""A tiny town, and runs over it that many tests look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.datasets import GSD, write_town
from tests.support.runs import run_options
from training.fit.options import AugmentOptions, DataOptions, OptimOptions
from training.fit.place_options import SplitOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.datasets import Town
    from training.train import TrainResult


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return write_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="session")
def data_of(town: Town) -> Callable[..., DataOptions]:
    """Options of the town's data; what is given changes them."""

    def make(**changes: Any) -> DataOptions:
        values: dict[str, Any] = {
            "chips": town.chips,
            "labels": town.labels,
            "gsd": GSD,
            "crop": 64,
            "batch_size": 2,
            "samples": 4,
            "workers": 0,
            "augment": AugmentOptions.none(),
            "split": SplitOptions(val_columns=("2",), test_columns=("3",)),
            **changes,
        }
        return DataOptions(**values)

    return make


@pytest.fixture(scope="session")
def run(
    data_of: Callable[..., DataOptions], tmp_path_factory: pytest.TempPathFactory
) -> TrainResult:
    """A U-Net after one step, with all that a run leaves."""
    from training.train import train_model

    out = tmp_path_factory.mktemp("run") / "out"
    return train_model(run_options(data_of(augment=AugmentOptions()), out, fast_dev_run=True))


@pytest.fixture(scope="session")
def reference(
    data_of: Callable[..., DataOptions], tmp_path_factory: pytest.TempPathFactory
) -> TrainResult:
    """The reference network, with a learning rate that moves no weight."""
    from training.train import train_model

    out = tmp_path_factory.mktemp("reference") / "out"
    optim = OptimOptions(lr=1e-30, epochs=40, patience=2)
    return train_model(run_options(data_of(samples=2), out, architecture="reference", optim=optim))
