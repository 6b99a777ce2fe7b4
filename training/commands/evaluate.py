"""``python -m training evaluate``: what a model file is worth."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from . import options

if TYPE_CHECKING:
    from pathlib import Path

REPORT = "evaluation.json"


@click.command()
@click.option(
    "--model",
    type=options.FILE,
    required=True,
    help="The exported .onnx (or a STAC item or .dlpk that leads to one); any model that carries "
    "its description can be measured.",
)
@options.data
@click.option("--split", type=options.FILE, help="The split.json of the training run.")
@click.option(
    "--part",
    type=click.Choice(["train", "val", "test"]),
    default="test",
    show_default=True,
    help="Part of the split to measure; without --split all chips are measured.",
)
@click.option("--out", type=options.OUT, help=f"Folder that gets the figures as {REPORT}.")
@click.option("--threshold", type=float, help="Probability of a dwelling (default: the model's).")
@click.option("--min-area", type=float, help="Smallest dwelling in m2 (default: the model's).")
@click.option(
    "--iou", default=0.5, show_default=True, help="Overlap from which a dwelling counts as found."
)
@click.option("--threads", type=int, help="Processors to use (default: all).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON in place of the table.")
@click.option("--overwrite", is_flag=True, help=f"Replace an {REPORT} that exists.")
def evaluate(model: Path, out: Path | None, **given: Any) -> None:  # noqa: ANN401 - click's options
    """Measure a model on labelled chips, by pixels and by dwellings.

    Chips that adjoin are run as one mosaic, in the very way of camp-detector detect, so the
    figures are those of what its users get. The table shows:

    \b
      pixels             IoU, precision, recall and F1 of the mask
      all pixels marked  IoU of a mask that marks everything: the least that a model must beat
      dwellings          precision, recall and F1 of polygons, found where the overlap with a
                         labelled one is at least --iou; each counts once
      count error        found less labelled, over labelled: -10 % is one in ten too few

    A dwelling that reaches the edge of the chips counts by its visible part, if that is not smaller
    than --min-area. Chips that the model was trained on say nothing: give the run's split.json.

    \b
    Example:
      python -m training evaluate --model runs/first/meta/best_model.onnx --chips chips/ \\
          --labels buildings.geojson --split runs/first/split.json --out runs/first/measured
    """  # noqa: D301 - click wants the control character
    from camp_detector_core.job import Machine, Settings
    from training.evaluation.measure import EvaluateOptions, evaluate_model
    from training.evaluation.summary import to_dict, to_table
    from training.output import results, write_json

    wanted = EvaluateOptions(
        model=model,
        settings=Settings(threshold=given["threshold"], min_area=given["min_area"]),
        machine=Machine(threads=given["threads"]),
        **{
            n: given[n]
            for n in ("chips", "labels", "split", "part", "class_field", "chip_gsd", "iou")
        },
    )
    with ExitStack() as stack:
        paths = {}
        if out:
            paths = stack.enter_context(results(out, [REPORT], overwrite=given["overwrite"]))
        evaluation = evaluate_model(wanted)
        for path in paths.values():
            write_json(path, to_dict(evaluation))
    click.echo(
        json.dumps(to_dict(evaluation), indent=2) if given["as_json"] else to_table(evaluation)
    )
    if out:
        click.echo(f"\n{out / REPORT}", err=given["as_json"])
