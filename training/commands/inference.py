"""``python -m training inference``: a trained model over one image."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from camp_detector_core.cli.parameters import INPUT
from camp_detector_core.console import say
from camp_detector_core.engine.counts import counted


@click.command()
@click.option("--image-path", required=True, help="Image: a file, a folder of tiles, or a URL.")
@click.option(
    "--model-path",
    default="meta/best_model.onnx",
    show_default=True,
    help="An .onnx, a STAC item, a .dlpk, a .pt with its .onnx beside it, or models:/NAME@ALIAS.",
)
@click.option(
    "--output-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("output"),
    show_default=True,
    help="Folder of the results.",
)
@click.option(
    "--mlflow-tracking",
    type=click.BOOL,
    default=False,
    show_default=True,
    metavar="true|false",
    help="Log figures and results to MLflow.",
)
@click.option(
    "--overwrite/--no-overwrite",
    default=False,
    show_default=True,
    help="Replace results that exist.",
)
@INPUT
def inference(
    *,
    image_path: str,
    model_path: str,
    output_dir: Path,
    mlflow_tracking: bool,
    **values: Any,  # noqa: ANN401 - of what INPUT adds
) -> None:
    """Detect dwellings in an image, with rasters of the image's own grid.

    Writes NAME_mask.tif (classes, 255 nodata), NAME_probability.tif (float32, 0 to 1, NaN nodata),
    NAME_overlay.png, NAME_result.json and NAME_dwellings.gpkg. It does the
    same as camp-detector detect, and resamples the rasters from the model's GSD to the image's.

    \b
    Example:
      python -m training inference --image-path camp.tif --model-path meta/best_model.onnx
      python -m training inference --image-path camp.tif --model-path models:/camp@production
    """  # noqa: D301 - click wants the control character
    from training.inference import infer

    log = None
    if mlflow_tracking:
        from training.tracking.inference import InferenceLog

        log = InferenceLog()
    result = infer(image_path, model_path, output_dir, **values)
    summary = result.report["result"]
    say(f"{counted(summary['dwellings'], 'dwelling')}, {summary['total_area_m2']:,.1f} m2 in all")
    for name, path in result.paths.items():
        say(f"  {name}: {path}")
    if log is not None:
        say(f"  MLflow: run {log.log(result)}")
