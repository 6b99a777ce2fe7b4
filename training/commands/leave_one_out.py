"""``python -m training leave-one-out``: figures of each place with a model that never saw it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from camp_detector_core.console import say

from . import options
from .train import train, train_options

if TYPE_CHECKING:
    from pathlib import Path

_OF_ONE_RUN = {
    *("out", "publish", "resume", "left_out", "chips", "labels", "settings"),
    *("track", "experiment", "register", "model_id", "log_data"),
}
"""Options of ``train`` that concern one run alone."""


@click.command("leave-one-out", params=[p for p in train.params if p.name not in _OF_ONE_RUN])
@click.option(
    "--out",
    type=options.OUT,
    required=True,
    help="Folder of the table, and of a run for each region.",
)
@click.option(
    "--only",
    metavar="PLACE",
    multiple=True,
    help="Leave out this place, with its region, and no other in this call; repeatable.",
)
def leave_one_out(out: Path, only: tuple[str, ...], **arguments: Any) -> None:  # noqa: ANN401 - click's options
    """Train once without each place, and write how well each model does on the place it never saw.

    This says what to expect at a place that nobody has labelled yet; figures of held-out blocks of
    the training places are better than that. Places of one region are left out together. It takes
    as long as one training for each region. All options of train hold for every run.

    Writes into --out: a folder for each region, as train fills it, and after each run
    leave_one_out.json, .csv and .md: F1, precision and recall of dwellings, count error and pixel
    IoU by place, their mean and their worst. When all places are done, it chooses threshold,
    separation and smallest dwelling over them, for F1 and for count: settings.json has those that
    suit all places, for train --settings, and leave_one_out_chosen.json, .csv and .md the figures
    of each place with settings that were chosen in other regions. After Ctrl-C or a power cut, give
    the same command again: what is finished is kept, and the run that was broken off goes on.

    \b
    Example, 40 minutes for each place:
      python -m training leave-one-out --places places.toml --minutes 40 --out runs/unseen
    One place on this machine, another elsewhere:
      python -m training leave-one-out --places places.toml --only zanzibar --out runs/unseen
    Then a model of all places, with the settings that suit places it has not seen:
      python -m training train --places places.toml --settings runs/unseen/settings.json
    """  # noqa: D301 - click wants the control character
    from training.artefacts.place_table import markdown
    from training.leave_one_out import CHOSEN, SETTINGS, TABLE
    from training.leave_one_out import leave_one_out as train_all

    if arguments["places"] is None:
        msg = "Missing option '--places'."
        raise click.UsageError(msg, click.get_current_context())
    single = dict.fromkeys(("chips", "labels", "left_out", "settings"))
    run = train_options({**single, "resume": False, **arguments}, out)
    figures = train_all(run, only=only, report=say)
    places = sum(place.measure for place in run.data.places)
    say(markdown(figures.runs, missing=places - len(figures.runs)))
    say(f"written to {out / TABLE}.json, .csv and .md")
    if figures.settings_of_others:
        say("\n" + markdown(figures.settings_of_others, missing=0, of_other_regions=True))
        say(f"written to {out / CHOSEN}.json, .csv and .md; the settings for train: {SETTINGS}")
