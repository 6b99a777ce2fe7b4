"""``tools/train-starter-model``: the model that ships, from data to files, in one command."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import click

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.console import complain, say
from camp_detector_core.engine.errors import CampDetectorError
from training.data.places_file import read_places
from training.output import made_folder
from training.shipping.chain import Chain
from training.shipping.files import CARD, ship
from training.shipping.recipe import Recipe, words_of

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "camp_detector_core" / "models"
TOOLS = ROOT / "tools"
BY_HAND = f"""To write by hand:
  {CARD}: what stands outside the marks, such as measurements of an earlier model and where it fails
  README.md and docs: figures and settings of the model that ships"""
"""Rest of the work, which no command knows."""
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--places", type=_FILE, default=TOOLS / "starter-places.toml", show_default=True)
@click.option("--recipe", type=_FILE, default=TOOLS / "starter-recipe.toml", show_default=True)
@click.option("--fast", is_flag=True, help="A trial of the whole chain; the model is worthless.")
@click.option("--install", is_flag=True, help="Replace the model in camp_detector_core/models.")
def main(data: Path, out: Path, *, fast: bool, install: bool, **files: Path) -> None:
    """Train the model that ships on DATA, measure it, and write its files into OUT/shipped.

    DATA holds the folders of imagery and labels that --places names. In turn: a model without each
    place, measured there; settings of the decoding; the model of all places; its 8-bit form; pages
    of evaluation; model card and STAC item. What is done is kept, so the same command goes on
    after a break.
    """
    if install and fast:
        msg = "the model of a trial is not for the package: leave out --fast or --install"
        raise click.UsageError(msg)
    chain = Chain(
        out,
        read_places(files["places"], folder=data),
        tuple(words_of(places=files["places"], places_folder=data)),
        Recipe.read(files["recipe"], fast=fast),
        report=say,
    )
    with made_folder(out):
        chain.go()
        for path in ship(chain, MODELS / CARD, MODELS if install else out / "shipped"):
            say(f"  {path}")
    say(BY_HAND)


def run(args: list[str] | None = None) -> None:
    """Call the command; an error is one line.

    Args:
        args: Words of the command line; None: those of the process.

    Raises:
        SystemExit: It failed or was stopped.
    """
    if args is None:
        # Stopped by the system is stopped as by Ctrl-C, so that no training is left behind.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main(args, prog_name="tools/train-starter-model", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        complain("stopped; the same command goes on")
        sys.exit(130)
    except click.ClickException as error:
        complain(error.format_message())
        sys.exit(2)
    except CampDetectorError as error:
        complain(error.render(COMMAND))
        sys.exit(2)


if __name__ == "__main__":
    run()
