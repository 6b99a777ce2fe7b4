"""Writes generated scenes to a folder: ``python -m camp_detector_core.scene --help``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.console import complain, say
from camp_detector_core.engine.counts import counted
from camp_detector_core.engine.errors import CampDetectorError

from .files import Place, write_scene
from .generate import generate_scene
from .options import GROUNDS, LAYOUTS, SceneOptions, demo_options, random_options

_SPACING_M = 10_000.0
"""Distance of the scenes of one run on the map, metres."""

_EPILOG = """
\b
Examples
  One scene of 1500 x 1500 pixels at 0.2 m, the one that `make demo` looks at:
    python -m camp_detector_core.scene --out scenes --demo
  Two hundred training scenes of random look, seeds 100 to 299:
    python -m camp_detector_core.scene --out scenes --seed 100 --count 200 --size 512 --gsd 0.15
  Dense blocks of patched roofs:
    python -m camp_detector_core.scene --out scenes --layout blocks --gsd 0.1
  A planned camp on sand in the late afternoon, west sun:
    python -m camp_detector_core.scene --out scenes --layout rows --ground sand --sun 265 25

The same seed and options give the same image. Each scene-SEED.tif has its labels beside it in
scene-SEED.geojson: the outline of every roof (tents, shelters, tukuls, tin, thatch, flat roofs)
with its kind and area. Trees, vehicles, ruins, yards and the like are drawn but not labelled.
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the scenes; made if missing.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=7,
    show_default=True,
    help="Seed of the first scene; the next has the next number.",
)
@click.option(
    "--count", type=click.IntRange(min=1), default=1, show_default=True, help="How many scenes."
)
@click.option(
    "--size",
    type=int,
    default=1024,
    show_default=True,
    help="Height and width, pixels, at least 64.",
)
@click.option(
    "--gsd",
    type=float,
    default=0.2,
    show_default=True,
    help="Ground sampling distance, metres a pixel, 0.05 to 1.",
)
@click.option("--demo", is_flag=True, help="Draw the demo scene; --size and --gsd are its own.")
@click.option("--layout", type=click.Choice(LAYOUTS), help="How dwellings stand [random].")
@click.option("--ground", type=click.Choice(GROUNDS), help="What lies between them [random].")
@click.option(
    "--sun",
    type=(float, float),
    metavar="AZIMUTH ELEVATION",
    help="Degrees clockwise from north, and above the horizon [random].",
)
@click.option("--overwrite", is_flag=True, help="Replace existing files.")
def main(folder: Path, seed: int, count: int, **choices: Any) -> None:  # noqa: ANN401 - click's
    """Draw seeded scenes of a camp from above and write them with exact labels.

    Writes scene-SEED.tif (8-bit RGB GeoTIFF, UTM, empty corners masked) and scene-SEED.geojson
    (EPSG:4326) for each seed. What is not chosen (ground, sun, haze, noise ...) is random, but
    always the same for a seed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for i in range(count):
            options = _options(seed + i, choices)
            scene = generate_scene(options)
            stem = folder / f"scene-{options.seed}"
            write_scene(
                scene,
                stem.with_suffix(".tif"),
                stem.with_suffix(".geojson"),
                place=_place(i),
                overwrite=choices["overwrite"],
            )
            say(f"{stem}.tif: {counted(len(scene.labels), 'dwelling')}")
    except (CampDetectorError, OSError) as error:
        complain(error.render(COMMAND) if isinstance(error, CampDetectorError) else str(error))
        raise SystemExit(2) from error


def _place(nth: int) -> Place:
    """Scenes of one run stand in lines of thirty, from the south up, so that none hides another."""
    row, col = divmod(nth, 30)
    return Place(easting=300_000.0 + col * _SPACING_M, northing=410_000.0 + row * _SPACING_M)


def _options(seed: int, choices: dict[str, Any]) -> SceneOptions:
    if choices["demo"]:
        options = demo_options(seed)
    else:
        size = choices["size"]
        options = random_options(seed, height=size, width=size, gsd=choices["gsd"])
    options_chosen = {name: choices[name] for name in ("layout", "ground") if choices[name]}
    if choices["sun"]:
        options_chosen |= dict(zip(("sun_azimuth", "sun_elevation"), choices["sun"], strict=True))
    return replace(options, **options_chosen)


if __name__ == "__main__":
    main(prog_name="python -m camp_detector_core.scene")
