"""The loss counts what it should, and is blind to pixels that are not valid."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from training.fit.loss import gaps, soft_dice, weighted_bce
from training.fit.options import OptimOptions
from training.fit.task import LitRefugeeCamp


def batch_of(seed: int = 0) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    target = (torch.rand((2, 1, 16, 16), generator=generator) > 0.6).float()
    valid = torch.rand((2, 16, 16), generator=generator) > 0.3
    is_known = valid & (torch.rand((2, 16, 16), generator=generator) > 0.2)
    extra = (torch.rand((2, 2, 16, 16), generator=generator) > 0.5).float()
    contact = torch.rand((2, 16, 16), generator=generator) > 0.8
    image = torch.randn((2, 3, 16, 16), generator=generator)
    return {
        "image": image,
        "target": target * valid[:, None],
        "valid": valid,
        "extra": extra * is_known[:, None],
        "extra_valid": is_known,
        "contact": contact & is_known,
    }


def task_of(*, plain: bool = False, contact_weight: float = 4.0) -> LitRefugeeCamp:
    optim = OptimOptions(contact_weight=contact_weight)
    return LitRefugeeCamp(nn.Conv2d(3, 1, 1), optim=optim, gsd=0.5, plain=plain)


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("channels", [1, 3])
def test_what_is_not_valid_does_not_count(plain: bool, channels: int) -> None:
    task, batch = task_of(plain=plain), batch_of()
    logits = torch.randn((2, channels, 16, 16), generator=torch.Generator().manual_seed(1))
    before = task.loss(logits, batch)
    hidden = ~batch["valid"][:, None]
    scrambled = torch.where(hidden, 9.0, logits)
    assert torch.equal(task.loss(scrambled, batch), before)
    changed_logits = torch.where(hidden, logits, logits + 1)
    assert not torch.equal(task.loss(changed_logits, batch), before)


@pytest.mark.parametrize("plain", [False, True])
def test_labels_under_nodata_do_not_count(plain: bool) -> None:
    task, batch = task_of(plain=plain), batch_of()
    task.gap_reach = 0  # gaps are found from labels around a pixel
    logits = torch.randn((2, 1, 16, 16))
    turned = torch.where(batch["valid"][:, None], batch["target"], 1.0)
    torch.testing.assert_close(
        task.loss(logits, {**batch, "target": turned}), task.loss(logits, batch)
    )


def test_a_batch_without_a_valid_pixel_costs_nothing_that_is_not_finite() -> None:
    task, batch = task_of(), batch_of()
    batch["valid"][:] = False
    logits = torch.randn((2, 1, 16, 16), requires_grad=True)
    loss = task.loss(logits, batch)
    loss.backward()
    assert torch.isfinite(loss)
    assert logits.grad is not None
    assert (logits.grad == 0).all()


def test_the_right_answer_costs_least() -> None:
    target = batch_of()["target"]
    every = torch.ones_like(target)
    right, wrong = (target * 2 - 1) * 20, (1 - target * 2) * 20
    assert weighted_bce(right, target, every) < 1e-6
    assert weighted_bce(wrong, target, every) == pytest.approx(20, rel=1e-3)
    assert soft_dice(right, target, every) < 1e-4
    assert soft_dice(wrong, target, every) > 0.98
    even = torch.zeros_like(target)
    assert weighted_bce(even, target, every) == pytest.approx(0.693147, rel=1e-5)


def test_weights_are_a_mean() -> None:
    logits, target = torch.tensor([[[[0.0, 3.0]]]]), torch.tensor([[[[1.0, 0.0]]]])
    weight = torch.tensor([[[[3.0, 1.0]]]])
    costs = (0.693147, 3.048587)
    assert weighted_bce(logits, target, weight) == pytest.approx(
        (3 * costs[0] + costs[1]) / 4, rel=1e-5
    )


def test_gaps_are_what_a_closing_fills() -> None:
    target = torch.zeros((1, 1, 7, 12))
    target[..., 1:6, 1:4] = 1
    target[..., 1:6, 6:9] = 1
    marked_gaps = gaps(target, reach=1)
    expected = torch.zeros_like(target)
    expected[..., 1:6, 4:6] = 1
    assert torch.equal(marked_gaps, expected)
    assert not gaps(target, reach=0).any()


def test_what_tells_dwellings_apart_counts_where_it_is_known() -> None:
    task, batch = task_of(), batch_of()
    logits = torch.randn((2, 3, 16, 16), generator=torch.Generator().manual_seed(1))
    before = task.loss(logits, batch)
    hidden = ~batch["extra_valid"][:, None]
    scrambled = torch.cat((logits[:, :1], torch.where(hidden, 9.0, logits[:, 1:])), dim=1)
    torch.testing.assert_close(task.loss(scrambled, batch), before)
    for channel in (1, 2):
        changed = logits.clone()
        changed[:, channel] += 1
        assert abs(float(task.loss(changed, batch) - before)) > 1e-3
    assert task.loss(logits[:, :1], batch) < before


def test_mistakes_near_two_dwellings_cost_more() -> None:
    batch = batch_of()
    batch["extra_valid"][:] = True
    batch["extra"][:] = 0
    contact = batch["contact"]
    near = torch.where(contact[:, None], 6.0, -6.0)
    logits = torch.cat((torch.zeros((2, 1, 16, 16)), near.expand(-1, 2, -1, -1)), dim=1)
    light = task_of(contact_weight=1.0).loss(logits, batch)
    assert task_of(contact_weight=8.0).loss(logits, batch) > light + 1


@pytest.mark.parametrize("plain", [False, True])
def test_the_right_channels_cost_nothing(plain: bool) -> None:
    batch = batch_of()
    batch["valid"][:] = True
    batch["extra_valid"][:] = True
    right = (torch.cat((batch["target"], batch["extra"]), dim=1) * 2 - 1) * 20
    assert task_of(plain=plain).loss(right, batch) < 1e-3
    assert task_of(plain=plain).loss(-right, batch) > 10
