"""The demo, ``make demo``: draw a camp, find its dwellings, and say where the results are."""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.console import complain, say
from camp_detector_core.engine.errors import CampDetectorError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camp_detector_core.scene import Scene

TRUTH = "camp_truth.gpkg"
"""Name of the file with the true dwellings of the generated camp."""


def detect_command(image: str, vector: Path) -> list[str]:
    """Return the command that finds dwellings and writes every product beside ``vector``."""
    return ["camp-detector", "detect", image, "-o", str(vector), "--all-outputs", "--overwrite"]


def draw_camp(folder: Path) -> tuple[Path, Scene]:
    """Write the demo's scene and the truth about it.

    Returns:
        The raster, and the scene with its true dwellings.

    Raises:
        OutputError: They cannot be written.
    """
    from camp_detector_core.scene import demo_options, generate_scene, write_scene

    scene = generate_scene(demo_options())
    image = folder / "camp.tif"
    write_scene(scene, image, folder / TRUTH, overwrite=True)
    return image, scene


def truth_of(scene: Scene, folder: Path) -> str:
    """Tell how many dwellings a scene really holds, as ``camp-detector detect`` tells its count."""
    area = int(scene.mask.sum()) * scene.options.gsd**2
    return (
        f"The camp truly holds {len(scene.labels)} dwellings, {area:,.1f} m2 in all; "
        f"their outlines are in {folder / TRUTH}. The model was also trained on such drawings, so "
        "this says little about real places"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo.

    Args:
        arguments: Command line without the program's name; None: that of this process.

    Returns:
        Exit status: 0, or that of the command that failed.
    """
    parser = argparse.ArgumentParser(prog="python -m camp_detector_core.demo", description=__doc__)
    parser.add_argument("image", nargs="?", help="your own raster (default: a generated camp)")
    parser.add_argument("--out", type=Path, default=Path("demo"), help="folder of the results")
    options = parser.parse_args(arguments)

    scene = None
    image = options.image
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        if image is None:
            path, scene = draw_camp(options.out)
            image = str(path)
            width, height = scene.options.size_m
            say(f"Drew a camp of {width:.0f} m x {height:.0f} m: {image}")
    except (CampDetectorError, OSError) as error:
        complain(error.render(COMMAND) if isinstance(error, CampDetectorError) else str(error))
        return 2

    vector = options.out / f"{Path(image).stem}_dwellings.gpkg"
    command = detect_command(image, vector)
    say(f"$ {shlex.join(command)}")
    starter = [sys.executable, "-m", "camp_detector_core"]
    status = subprocess.run([*starter, *command[1:]], check=False).returncode
    if status == 0 and scene is not None:
        say(truth_of(scene, options.out))
    return status


if __name__ == "__main__":
    sys.exit(main())
