"""``python -m training``: the commands."""

from __future__ import annotations

import sys

import click

from camp_detector_core.engine.errors import CampDetectorError
from training.commands import main


def run() -> None:
    """Call the commands; errors made for the user become one line and exit code 2."""
    try:
        main(prog_name="python -m training", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except CampDetectorError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    run()
