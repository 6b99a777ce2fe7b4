"""``python -m training export``: weights to the files that ship."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from camp_detector_core.cli.parameters import option
from camp_detector_core.console import say
from camp_detector_core.engine.parameters import THRESHOLD

from . import options


@click.command()
@click.option(
    "--checkpoint",
    type=options.FILE,
    required=True,
    help="The weights: best_model.pth, or a .ckpt of a training run. Nothing in it is executed.",
)
@click.option(
    "--spec",
    type=options.FILE,
    required=True,
    help="Description: a model exported earlier in the same run, or the run's options.json.",
)
@click.option("--out", type=options.OUT, required=True, help="Folder of the exports.")
@options.OPSET
@option(replace(THRESHOLD, unset="that of the description"))
@click.option("--overwrite", is_flag=True, help="Replace exports that exist.")
def export(opset: str, **arguments: Any) -> None:  # noqa: ANN401 - click's options
    """Export weights in every format, each compared with the network before it is kept.

    Training exports at its end. Use this command for a checkpoint of an interrupted run, for
    another opset, or for another threshold. It writes best_model.pth (state dict), .pt
    (TorchScript), .onnx (height and width free) and best_model_deepness.onnx (fixed tile, for the
    QGIS plugin Deepness), or nothing at all.

    \b
    Examples:
      python -m training export --checkpoint runs/first/meta/best_model.pth \\
          --spec runs/first/meta/best_model.onnx --opset 11 --out runs/first/opset11
      python -m training export --checkpoint runs/first/checkpoints/best.ckpt \\
          --spec runs/first/options.json --threshold 0.5 --out runs/first/meta
    """  # noqa: D301 - click wants the control character
    from training.artefacts.from_checkpoint import ExportOptions, export_checkpoint

    export_options = ExportOptions(**arguments, opset=int(opset))
    exported = export_checkpoint(export_options)
    say(f"exported to {export_options.out}")
    for name, difference in exported.items():
        say(f"  {name}: differs from the network by at most {difference:.1e}")
