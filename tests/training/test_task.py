"""The learning rate reaches the optimiser, and follows the run's steps and clock."""

from __future__ import annotations

import csv
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import lightning
import pytest
import torch
from torch import nn

from training.fit.averaging import averaging
from training.fit.options import OptimOptions
from training.fit.system import choose_precision, get_system_info
from training.fit.task import FINAL_RATE, LitRefugeeCamp, TimeLimit, rate_factor

if TYPE_CHECKING:
    from training.train import TrainResult


def task_of(optim: OptimOptions, *, plain: bool = False, step: int = 0) -> LitRefugeeCamp:
    task = LitRefugeeCamp(nn.Conv2d(3, 1, 1), optim=optim, gsd=0.5, plain=plain)
    trainer: Any = SimpleNamespace(global_step=step, estimated_stepping_batches=100)
    task._trainer = trainer
    return task


def test_the_rate_rises_and_falls_along_half_a_cosine() -> None:
    assert rate_factor(0.0, warmup=0.1) == pytest.approx(1e-3)
    assert rate_factor(0.05, warmup=0.1) == pytest.approx(0.5)
    assert rate_factor(0.1, warmup=0.1) == pytest.approx(1.0)
    assert rate_factor(0.55, warmup=0.1) == pytest.approx((1 + FINAL_RATE) / 2)
    assert rate_factor(1.0, warmup=0.1) == pytest.approx(FINAL_RATE)
    assert rate_factor(7.0, warmup=0.1) == pytest.approx(FINAL_RATE)
    assert rate_factor(0.0, warmup=0.0) == pytest.approx(1.0)
    falling = [rate_factor(i / 50, warmup=0.1) for i in range(5, 51)]
    assert falling == sorted(falling, reverse=True)


def test_the_rate_that_was_asked_for_is_the_optimisers() -> None:
    task = task_of(OptimOptions(lr=0.0123, weight_decay=0.5, warmup=0.2))
    optimiser: Any = task.configure_optimizers()
    (group,) = optimiser["optimizer"].param_groups
    assert isinstance(optimiser["optimizer"], torch.optim.AdamW)
    assert group["initial_lr"] == 0.0123
    assert group["weight_decay"] == 0.5
    assert group["lr"] == pytest.approx(0.0123 * 1e-3)
    assert optimiser["lr_scheduler"]["interval"] == "step"
    task.trainer.global_step = 20  # type: ignore[misc]
    optimiser["optimizer"].step()
    optimiser["lr_scheduler"]["scheduler"].step()
    assert group["lr"] == pytest.approx(0.0123)


def test_the_reference_is_trained_with_adam_at_a_constant_rate() -> None:
    optimisers = task_of(OptimOptions(lr=0.0123), plain=True).configure_optimizers()
    assert type(optimisers) is torch.optim.Adam
    assert optimisers.param_groups[0]["lr"] == 0.0123


def test_progress_is_the_greater_share_of_steps_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    task = task_of(OptimOptions(minutes=2), step=10)
    assert task.progress() == pytest.approx(0.1)
    task.elapsed = 60.0
    assert task.progress() == pytest.approx(0.5)
    clock = 1000.0
    monkeypatch.setattr("training.fit.task.time.monotonic", lambda: clock)
    task.on_fit_start()
    clock = 1030.0
    assert task.seconds() == pytest.approx(90)
    assert task.progress() == pytest.approx(0.75)
    task.trainer.global_step = 90  # type: ignore[misc]
    assert task.progress() == pytest.approx(0.9)


def test_the_clock_goes_on_after_a_resumption() -> None:
    task, resumed = task_of(OptimOptions(minutes=1)), task_of(OptimOptions(minutes=1))
    task.elapsed = 42.0
    checkpoint: dict[str, Any] = {}
    task.on_save_checkpoint(checkpoint)
    resumed.on_load_checkpoint(checkpoint)
    assert resumed.seconds() == pytest.approx(42.0)
    trainer: Any = SimpleNamespace(should_stop=False)
    TimeLimit(0.71).on_train_batch_end(trainer, resumed)
    assert not trainer.should_stop
    TimeLimit(0.69).on_train_batch_end(trainer, resumed)
    assert trainer.should_stop


def test_a_run_stops_early_when_nothing_gets_better(reference: TrainResult) -> None:
    """Its weights do not move, so the third epoch is the last of forty."""
    with (reference.folder / "log" / "metrics.csv").open() as file:
        rows = [r for r in csv.DictReader(file) if r.get("val_loss")]
    assert [int(r["epoch"]) for r in rows] == [0, 1, 2]
    assert len({r["val_loss"] for r in rows}) == 1


def test_the_rate_reaches_the_log_of_a_real_run(reference: TrainResult) -> None:
    with (reference.folder / "log" / "metrics.csv").open() as file:
        rates = {float(r["lr-Adam"]) for r in csv.DictReader(file) if r.get("lr-Adam")}
    assert rates == {1e-30}


def test_system_info_is_json_and_names_what_computes() -> None:
    info = get_system_info()
    assert json.loads(json.dumps(info)) == info
    assert info["precision"] == choose_precision()
    assert info["cores"] >= 1
    assert info["packages"]["torch"] == torch.__version__.partition("+")[0] or (
        info["packages"]["torch"] == torch.__version__
    )
    assert info["packages"]["lightning"] == lightning.__version__


@pytest.mark.parametrize(("share", "steps", "most"), [(0.999, 40, 1e-6), (0.5, 3, 0.5**3)])
def test_an_average_forgets_where_a_run_began(share: float, steps: int, most: float) -> None:
    average, count = [torch.ones(1), torch.tensor(3)], 1
    for _ in range(steps):
        averaging(share)(average, [torch.zeros(1), torch.tensor(7)], torch.tensor(count))
        count += 1
    assert 0 < float(average[0]) <= most
    assert int(average[1]) == 7


def test_an_average_is_as_slow_as_asked_in_the_end() -> None:
    average = [torch.ones(1)]
    averaging(0.9)(average, [torch.zeros(1)], 10_000)
    assert float(average[0]) == pytest.approx(0.9)
