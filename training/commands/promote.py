"""``python -m training promote``: a person puts a model into production."""

from __future__ import annotations

import click

from camp_detector_core.console import say


@click.command()
@click.argument("name")
@click.option("--version", type=int, help="Version to promote.")
@click.option(
    "--alias",
    default="candidate",
    show_default=True,
    help="Alias of the version to promote, without --version.",
)
@click.option("--yes", is_flag=True, help="Promote without asking.")
def promote(name: str, *, version: int | None, alias: str, yes: bool) -> None:
    """Put a registered model into production, after a look at its metrics.

    NAME is the registered model. Training moves the alias candidate only; this command alone
    moves the alias production. It shows the metrics of both versions side by side and asks first.

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
