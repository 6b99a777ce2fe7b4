"""``python -m training``: the commands."""

from __future__ import annotations

import signal
import sys

import click

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.console import complain, ignore_undecodable_logs, show_traceback
from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.foreign_env import drop_foreign_settings
from training.commands import main

_USER_ERROR, _INTERNAL_ERROR, _INTERRUPTED = 2, 1, 130
"""Exit codes, as those of ``camp-detector``; the last is what shells report after Ctrl-C."""


def run(args: list[str] | None = None) -> None:
    """Call a command and leave with its exit code; an error is one line, unless verbose.

    Args:
        args: Words of the command line; None: those of the process.

    Raises:
        SystemExit: Always, unless help was asked for or all went well.
    """
    drop_foreign_settings()
    ignore_undecodable_logs()
    words = sys.argv[1:] if args is None else args
    if args is None:
        # Stopped by the system is stopped as by Ctrl-C, and no error of whatever was at work.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main(words, prog_name="python -m training", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt) as stop:
        usual = "stopped"
        if "train" in words[:2]:
            usual += "; a run that ended an epoch goes on with --resume"
        if "leave-one-out" in words[:2]:
            usual += "; the same command goes on"
        _leave(str(stop.__cause__ or stop) or usual, _INTERRUPTED)
    except click.ClickException as error:
        context = error.ctx if isinstance(error, click.UsageError) else None
        hint = f" (see {context.command_path} --help)" if context else ""
        _leave(error.format_message() + hint, _USER_ERROR)
    except CampDetectorError as error:
        _trace(words)
        _leave(error.render(COMMAND), getattr(error, "exit_code", _USER_ERROR))
    except ModuleNotFoundError as error:
        _trace(words)
        _leave(f'{error.name} is missing: pip install "camp-detector[training]"', _USER_ERROR)
    except Exception as error:  # noqa: BLE001 - the border to the user: no traceback unasked
        _trace(words)
        _leave(
            f"internal error: {type(error).__name__}: {error} "
            "(python -m training --verbose ... shows where)",
            _INTERNAL_ERROR,
        )


def _trace(words: list[str]) -> None:
    if {"-v", "--verbose"} & set(words[:1]):
        show_traceback()


def _leave(message: str, code: int) -> None:
    complain(message)
    sys.exit(code)


if __name__ == "__main__":
    run()
