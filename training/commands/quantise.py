"""``python -m training quantise``: a smaller, faster model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from camp_detector_core.console import say
from camp_detector_core.engine.counts import counted

from . import options

if TYPE_CHECKING:
    from training.quantise.run import Quantised

MEGABYTE = 1e6


@click.command()
@click.option(
    "--model",
    type=options.FILE,
    required=True,
    help="The float32 best_model.onnx of a training run (free height and width, opset 17).",
)
@options.data
@click.option(
    "--split",
    type=options.FILE,
    required=True,
    help="The split.json of the training run; its training part gives the ranges of values.",
)
@click.option(
    "--part",
    type=options.PART,
    default="val",
    show_default=True,
    help="Part of the split on which the two models are compared.",
)
@click.option("--out", type=options.OUT, required=True, help="The .onnx file to write.")
@click.option("--report", type=options.OUT, help="JSON file to write the figures to.")
@click.option(
    "--calibration",
    default=24,
    show_default=True,
    help="Number of chips to measure the ranges of values on.",
)
@click.option("--max-loss", default=0.01, show_default=True, help="Largest acceptable loss of IoU.")
@click.option("--force", is_flag=True, help="Write the model even if it loses more.")
@click.option("--overwrite", is_flag=True, help="Replace files that exist.")
def quantise(**arguments: Any) -> None:  # noqa: ANN401 - click's options
    """Make a model of 8-bit integers: a quarter of the size, and faster on processors.

    The ranges of values are measured on chips of the training part, augmented as in training. If
    the IoU on --part falls by more than half of --max-loss, the parts of the network that lose
    most stay float; if it still falls by more than --max-loss, nothing is written. The same
    applies if the probabilities that separate touching dwellings differ by more than 0.05 on
    average.

    \b
    Example:
      python -m training quantise --model runs/first/meta/best_model.onnx --chips chips/ \\
          --labels buildings.geojson --split runs/first/split.json --out runs/first/int8.onnx
    """  # noqa: D301 - click wants the control character
    from training.quantise.run import QuantiseOptions, quantise_model

    values = {**arguments, "places": options.places(arguments)}
    quantise_options = QuantiseOptions(**options.values_of(QuantiseOptions, values))
    say(table(quantise_model(quantise_options)))
    say(f"\n{quantise_options.out}")


def table(result: Quantised) -> str:
    """The figures for a reader."""
    fidelity = result.fidelity
    rows = [
        ("", "float", "int8"),
        (
            "size",
            f"{result.bytes_float / MEGABYTE:.1f} MB",
            f"{result.bytes_int8 / MEGABYTE:.1f} MB",
        ),
        (
            f"IoU ({result.part}, {counted(result.tiles, 'tile')})",
            f"{fidelity.iou_float:.4f}",
            f"{fidelity.iou_int8:.4f}",
        ),
        ("throughput", "1", f"{result.speed_ratio:.2f}"),
    ]
    lines = [f"{name:<28}{first:>10}{second:>10}" for name, first, second in rows]
    lines += [
        f"{'IoU of the two masks':<28}{fidelity.agreement:>20.4f}",
        f"{'difference of probability':<28}{fidelity.mean:>20.4f}  mean",
        f"{'':<28}{fidelity.largest:>20.4f}  largest",
    ]
    if fidelity.separation_mean is not None:
        lines += [
            f"{'difference of separation':<28}{fidelity.separation_mean:>20.4f}  mean",
            f"{'':<28}{fidelity.separation_largest:>20.4f}  largest",
        ]
    lines.append(f"{'nodes that had to stay float':<28}{len(result.kept_float):>20}")
    return "\n".join(lines)
