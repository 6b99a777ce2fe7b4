"""``python -m training promote``: a person puts a model into production."""

from __future__ import annotations

import click

from camp_detector_core.console import say


@click.command()
@click.argument("name")
@click.option("--version", type=int, help="Version to promote.")
@click.option(
    "--alias", default="candidate", show_default=True, help="Or the version that has this alias."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def promote(name: str, *, version: int | None, alias: str, yes: bool) -> None:
    """Make a registered model the one in production, after showing what it is worth.

    NAME is the registered model. Training only ever moves the alias candidate; the alias production
    is moved by this command alone, which shows the figures of both versions side by side and asks.

    \b
    Example:
      python -m training promote camp-unet-lite0
      python -m training promote camp-unet-lite0 --version 3 --yes
    """  # noqa: D301 - click wants the control character
    from training.tracking.promote import compare, put_into_production

    choice = compare(name, version=version, alias=alias)
    for line in choice.lines():
        say(line)
    if choice.is_current:
        say(f"version {choice.candidate.version} is in production already")
        return
    question = f"Put version {choice.candidate.version} of {name} into production?"
    if not yes and not click.confirm(question):
        msg = "nothing was changed"
        raise click.Abort(msg)
    put_into_production(choice)
    say(f"models:/{name}@production is version {choice.candidate.version} now")
