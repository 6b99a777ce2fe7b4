"""The command ``camp-detector``: each verb parses, builds one request, calls one function."""

from __future__ import annotations

import sys

import click

from camp_detector_core import __version__
from camp_detector_core.console import complain, ignore_undecodable_logs, logged_warnings, say
from camp_detector_core.foreign_env import drop_foreign_settings

from .catalog import catalog
from .describe_model import describe as describe_model
from .detect import detect
from .errors import INTERRUPTED, NOTHING_WRITTEN, USER_ERROR
from .inspect import inspect
from .package import package
from .publish import publish
from .validate import validate

_WITHOUT_COMMAND = getattr(click.exceptions, "NoArgsIsHelpError", ())
"""Exception of a group without a command; click before 8.2 shows the help itself."""


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
)
@click.version_option(__version__, prog_name="camp-detector", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """Find the dwellings of refugee and displacement camps in drone and satellite imagery.

    \b
    camp-detector detect image.tif -o dwellings.gpkg
    camp-detector inspect
    """  # noqa: D301 - click wants the control character
    if context.invoked_subcommand is None:
        say(context.get_help())


cli.add_command(catalog)
cli.add_command(describe_model)
cli.add_command(detect)
cli.add_command(inspect)
cli.add_command(package)
cli.add_command(publish)
cli.add_command(validate)


@logged_warnings()
def main(args: list[str] | None = None) -> None:
    """Run the command and leave with its exit code: 0, 2 for what the user can put right."""
    drop_foreign_settings()
    ignore_undecodable_logs()
    try:
        code = cli.main(args, prog_name="camp-detector", standalone_mode=False)
    except click.Abort:
        complain(NOTHING_WRITTEN)
        code = INTERRUPTED
    except _WITHOUT_COMMAND as error:
        say(error.format_message(), err=True)
        code = USER_ERROR
    except click.ClickException as error:
        path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else ""
        hint = f" (see {path} --help)" if path else ""
        complain(_sentence(error) + hint)
        code = USER_ERROR
    sys.exit(code if isinstance(code, int) else 0)


def _sentence(error: click.ClickException) -> str:
    """Say what is wrong with the words of a command; of an option that is missing, the remedy."""
    option = error.param if isinstance(error, click.MissingParameter) else None
    if not isinstance(option, click.Option):
        return error.format_message()
    name = option.opts[-1]
    return f"{name} is missing: give {name} {option.metavar or 'VALUE'}"
