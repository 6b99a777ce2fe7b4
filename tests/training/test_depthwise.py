"""Depthwise convolutions in single precision below autocast, and the time that a fit takes."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from training.fit import times
from training.fit.depthwise import SingleDepthwise
from training.fit.options import OptimOptions
from training.fit.task import LitRefugeeCamp
from training.fit.times import TimeShares

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 8, 1), nn.Conv2d(8, 8, 3, padding=1, groups=8), nn.Conv2d(8, 1, 1)
    )


def types_of(net: nn.Module, image: torch.Tensor) -> list[torch.dtype]:
    """The dtypes that the convolutions give, in their order."""
    kinds: list[torch.dtype] = []
    hooks = [m.register_forward_hook(lambda *a: kinds.append(a[2].dtype)) for m in net.children()]
    with torch.autocast("cpu", torch.bfloat16):
        LitRefugeeCamp(net, optim=OptimOptions(), gsd=0.5)(image)
    for hook in hooks:
        hook.remove()
    return kinds


def test_only_depthwise_convolutions_of_a_task_are_in_single_precision() -> None:
    kinds = types_of(network(), torch.rand(1, 3, 8, 8))
    assert kinds == [torch.bfloat16, torch.float32, torch.bfloat16]


def test_the_first_convolution_of_a_grey_image_is_none() -> None:
    grey = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1))
    assert types_of(grey, torch.rand(1, 1, 8, 8)) == [torch.bfloat16]


def test_results_and_gradients_are_those_of_the_same_weights() -> None:
    net, image = network(), torch.rand(2, 3, 16, 16)
    plain, single = copy.deepcopy(net), copy.deepcopy(net)
    plain(image).square().mean().backward()
    with torch.autocast("cpu", torch.bfloat16), SingleDepthwise():
        out = single(image)
    out.float().square().mean().backward()
    for one, other in zip(plain.parameters(), single.parameters(), strict=True):
        assert one.grad is not None
        assert other.grad is not None
        assert other.grad.dtype == torch.float32
        assert torch.allclose(
            one.grad, other.grad, rtol=0.1, atol=0.02 * float(one.grad.abs().max())
        )


def test_without_autocast_nothing_changes() -> None:
    net, image = network().double(), torch.rand(1, 3, 8, 8, dtype=torch.float64)
    with SingleDepthwise():
        out = net(image)
    assert out.dtype == torch.float64
    assert torch.equal(out, net(image))


def test_the_time_of_a_fit_is_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    clock: Iterator[float] = iter((0.0, 2.0, 5.0, 6.0, 9.0, 10.0, 12.0))
    monkeypatch.setattr(times, "time", type("Clock", (), {"monotonic": lambda: next(clock)}))
    shares, batch = TimeShares(), {"image": torch.zeros(6, 1, 1, 1)}
    anything: Any = None
    assert shares.sentence() == "no step was fitted"
    shares.on_train_epoch_start()  # at 0
    for _ in range(2):
        shares.on_train_batch_start()  # at 2 and at 6
        shares.on_train_batch_end(anything, anything, None, batch)  # type: ignore[arg-type]  # at 5 and at 9
    shares.on_validation_start()  # at 10
    # The mark after it is the clock's next value, which no lap of this fit ends at.
    clock = iter((12.0, 12.0))
    shares.on_validation_end()
    assert shares.sentence() == (
        "12 samples, 1.3 a second; of the time 55 % the network, 27 % waiting for samples, "
        "18 % validation"
    )
