"""Measure a step of fitting with depthwise convolutions in bf16 and in float32, and a sample.

Run with ``make bench`` or ``python benchmarks/fit.py``. Both steps are of the same network on the
same batch, turn by turn, so that their ratio says what the mix of precisions is worth on this
processor. Where it has no fast bf16, all is in float32 and the ratio is 1. Samples are cut from
generated scenes.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that a checkout can be measured without being installed

import torch  # noqa: E402
from torch.utils.data import default_collate  # noqa: E402

from camp_detector_core.network.unet import NetworkOptions, build_network  # noqa: E402
from training.data.samples import RandomSamples, SampleForm  # noqa: E402
from training.data.scenes import scene_areas  # noqa: E402
from training.fit.depthwise import SingleDepthwise  # noqa: E402
from training.fit.options import IMAGENET_BANDS, AugmentOptions, OptimOptions  # noqa: E402
from training.fit.system import choose_precision  # noqa: E402
from training.fit.task import LitRefugeeCamp  # noqa: E402

if TYPE_CHECKING:
    from torch import nn

    from training.data.samples import Sample

DECODER = (128, 64, 48, 32, 16)
GSD, SIDE, SAMPLES = 0.2, 256, 8


def samples() -> tuple[Sample, float]:
    """A batch, and the processor milliseconds that a sample took on one thread."""
    torch.set_num_threads(1)
    areas = scene_areas(2, gsd=GSD, value=1, seed=0)
    form = SampleForm(SIDE, GSD, IMAGENET_BANDS, (1,))
    endless = RandomSamples([(1.0, areas)], form, augment=AugmentOptions(), seed=0)
    begin = time.process_time()
    drawn = [endless[i] for i in range(3 * SAMPLES)]
    spent = 1000 * (time.process_time() - begin) / len(drawn)
    batch: Sample = default_collate(drawn[:SAMPLES])
    return batch, spent


def step(network: nn.Module, batch: Sample, mode: AbstractContextManager[object]) -> float:
    """Wall seconds of a step without its optimiser."""
    task = LitRefugeeCamp(network, optim=OptimOptions(), gsd=GSD, frozen=True).train()
    image = batch["image"].contiguous(memory_format=torch.channels_last)
    is_mixed = choose_precision() == "bf16-mixed" and not torch.cuda.is_available()
    begin = time.perf_counter()
    with torch.autocast("cpu", torch.bfloat16) if is_mixed else nullcontext(), mode:
        logits = network(image)
    task.loss(logits.float(), batch).backward()  # type: ignore[no-untyped-call]  # published so
    return time.perf_counter() - begin


def measure(threads: int, turns: int, batch: Sample) -> dict[str, float]:
    """Median seconds of a step of either kind, and their ratio."""
    torch.set_num_threads(threads)
    options = NetworkOptions(classes=3, decoder_channels=DECODER, start="random")
    network = build_network(options).network.to(memory_format=torch.channels_last)
    seconds: dict[str, list[float]] = {"bf16": [], "mixed": []}
    for turn in range(turns + 1):
        for name, mode in (("bf16", nullcontext()), ("mixed", SingleDepthwise())):
            spent = step(network, batch, mode)
            if turn:  # the first also chooses kernels
                seconds[name].append(spent)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    return {**medians, "ratio": medians["mixed"] / medians["bf16"]}


def main() -> None:
    """Print a table, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    batch, sample_ms = samples()
    figures = measure(arguments.threads, arguments.turns, batch)
    print(f"a step of {SAMPLES} samples on {arguments.threads} threads, median seconds")
    print(f"  all in bf16           {figures['bf16']:.2f}")
    print(f"  depthwise in float32  {figures['mixed']:.2f} ({figures['ratio']:.2f} times)")
    print(f"preparing a sample      {sample_ms:.0f} processor ms on one thread")
    if arguments.json:
        whole = {**figures, "threads": arguments.threads, "sample_ms": sample_ms}
        arguments.json.write_text(json.dumps(whole, indent=2) + "\n")


if __name__ == "__main__":
    main()
