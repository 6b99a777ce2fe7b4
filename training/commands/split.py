"""``python -m training split``: deal chips and look at the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from camp_detector_core.console import say
from camp_detector_core.engine.counts import counted
from training.fit.options import DataOptions

from . import options

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@options.data
@options.split
@click.option("--seed", default=0, show_default=True, help="Seed of the random numbers.")
@click.option("--out", type=options.OUT, required=True, help="The split.json to write.")
@click.option("--overwrite", is_flag=True, help="Replace a file that exists.")
def split(out: Path, *, overwrite: bool, **arguments: Any) -> None:  # noqa: ANN401 - click's options
    """Split chips into training, validation and test, and write the split.

    Blocks of neighbouring chips, or whole columns, stay together, because neighbours look alike:
    a split chip by chip would make every model look better than it is. Of several places each is
    dealt by itself. Training makes its own split; use this command to look at one first, or to give
    several runs the same split.

    \b
    Example:
      python -m training split --chips chips/ --labels b.geojson --test-columns 386694 --out s.json
    """  # noqa: D301 - click wants the control character
    from training.data.place import chips_of
    from training.data.split import PARTS, split_data
    from training.output import results

    data = DataOptions(
        arguments["chips"],
        arguments["labels"],
        places=options.places(arguments),
        split=options.split_options(arguments),
        seed=arguments["seed"],
    )
    with results(out.parent, [out.name], overwrite=overwrite) as paths:
        new_split = split_data(data, {each.name: chips_of(each) for each in data.each_place()})
        new_split.write(paths[out.name])
    for part in PARTS:
        say(f"{part}: {counted(len(new_split.part(part)), 'chip')}")
    say(f"  written to {out}")
