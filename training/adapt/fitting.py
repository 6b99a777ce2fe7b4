"""Short fits of a network that stays near to where it starts."""

from __future__ import annotations

import copy
import logging
import time
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch.utils.data import DataLoader

from training.data.datamodule import spare_workers
from training.data.samples import EpochSampler
from training.fit.averaging import averaging
from training.fit.keeping import StartWeights
from training.fit.options import OptimOptions
from training.fit.system import choose_precision
from training.fit.task import LitRefugeeCamp, rate_factor

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from torch import nn

    from training.adapt.options import AdaptOptions
    from training.adapt.samples import ChosenSamples
    from training.data.samples import Sample

LOG = logging.getLogger(__name__)

AVERAGE = 0.98
"""Share of the old in the running average of the weights, which is what is kept."""
WARMUP = 0.1
_LINES = 8
"""Lines that a fit says."""


@dataclass(frozen=True)
class Fitted:
    """A network after a fit."""

    network: nn.Module
    """Gives logits; the running average of its weights, in evaluation mode."""
    steps: int
    seconds: float


class Turn(NamedTuple):
    """One of several fits."""

    what: str
    """Name of the fit, for the lines that say how far it is."""
    seconds: float
    """Wall clock that it may take."""
    steps: int
    """Steps that it takes, at most."""
    done: float
    """Share of the work of all fits that was done before it."""
    share: float
    """Its share of that work."""

    def progress(self, own: float) -> float:
        """Share of the work of all fits that is done when that of this one is."""
        return round(self.done + self.share * min(1.0, own), 4)


def fit_on(
    start: nn.Module, samples: ChosenSamples, options: AdaptOptions, turn: Turn, *, gsd: float
) -> Fitted:
    """Train a copy of a network for some steps, or for as long as there is time.

    The learning rate reaches its end with the steps or with the time, whichever comes first.

    Args:
        start: Gives logits of the classes, then of `training.adapt.networks.extras_of`.
        samples: Endless.
        options: Rate, decay, samples in a step.
        turn: Name, steps and time of the fit.
        gsd: Metres a pixel.
    """
    network = copy.deepcopy(start)
    task = LitRefugeeCamp(network, optim=OptimOptions(lr=options.lr), gsd=gsd, frozen=True).train()
    near, average, update = StartWeights(network), copy.deepcopy(network), averaging(AVERAGE)
    optimiser = torch.optim.AdamW(network.parameters(), lr=options.lr, weight_decay=0.0)
    began, step = time.monotonic(), 0
    for step, batch in enumerate(_batches(samples, options, turn.steps), 1):
        share = max((step - 1) / turn.steps, (time.monotonic() - began) / turn.seconds)
        rate = options.lr * rate_factor(share, warmup=WARMUP)
        for group in optimiser.param_groups:
            group["lr"] = rate
        loss = _step(task, batch, optimiser)
        near.draw(network, rate * options.start_decay)
        with torch.no_grad():
            update(_tensors(average), _tensors(network), step - 1)
        spent = time.monotonic() - began
        if step % max(1, turn.steps // _LINES) == 0:
            speed = step * options.batch_size / spent
            LOG.info(
                "%s: step %d of %d, loss %.3f, %.1f samples a second",
                turn.what, step, turn.steps, loss, speed,
                extra={"progress": turn.progress(max(step / turn.steps, spent / turn.seconds))},
            )  # fmt: skip
        if spent >= turn.seconds:
            LOG.info(
                "%s: stopped after %d of %d steps by the time", turn.what, step, turn.steps,
                extra={"progress": turn.progress(1.0)},
            )  # fmt: skip
            break
    plain = average.eval().to(memory_format=torch.contiguous_format)
    return Fitted(plain, step, time.monotonic() - began)


def _batches(samples: ChosenSamples, options: AdaptOptions, steps: int) -> Iterable[Sample]:
    """As many batches as there are steps, prepared beside the fit where there are cores."""
    return DataLoader(
        samples,
        batch_size=options.batch_size,
        sampler=EpochSampler(steps * options.batch_size),
        num_workers=spare_workers(),
    )


def _step(task: LitRefugeeCamp, batch: Sample, optimiser: torch.optim.Optimizer) -> float:
    with _precision():
        logits = task(batch["image"])
    loss = task.loss(logits.float(), batch)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]  # published so
    torch.nn.utils.clip_grad_norm_(task.network.parameters(), 1.0)
    optimiser.step()
    return float(loss.detach())


def _precision() -> AbstractContextManager[object]:
    if choose_precision() == "bf16-mixed":
        return torch.autocast("cpu", torch.bfloat16)
    return nullcontext()


def _tensors(network: nn.Module) -> list[torch.Tensor]:
    return list(network.state_dict().values())
