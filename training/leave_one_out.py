"""`leave_one_out`: for each place, train a model that never sees it, and measure it there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from training.artefacts.decoding_choice import choose_decoding
from training.artefacts.place_figures import read_place_figures
from training.artefacts.place_table import write_table
from training.artefacts.unseen_place import see
from training.fit.decoding import Decoding
from training.fit.fitting import CHECKPOINTS, LAST, TrainError
from training.fit.place_options import OptionsError
from training.fit.record import changes_of
from training.output import read_json, write_json
from training.train import train_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from training.artefacts.place_figures import PlaceFigures
    from training.fit.options import TrainOptions

TABLE = "leave_one_out"
"""Stem of the tables."""
CHOSEN = "leave_one_out_chosen"
"""Stem of the tables with the settings of the other places."""
SETTINGS = "settings.json"
"""File of the settings that are best over all places."""


class UnseenFigures(NamedTuple):
    """Figures of places that models never saw."""

    runs: tuple[PlaceFigures, ...]
    """With the settings that each run chose on validation; of the places that are done."""
    settings_of_others: tuple[PlaceFigures, ...]
    """With settings that were chosen on the other places; empty while a place is missing."""


def leave_one_out(
    options: TrainOptions,
    *,
    only: Sequence[str] = (),
    report: Callable[[str], None] = lambda _: None,
) -> UnseenFigures:
    """Train once without each place, and write a table of the figures there.

    ``options.out`` gets a folder of a run for each place, named after it, and the table as JSON,
    CSV and Markdown, anew after each place. What is finished there is kept, and what was begun goes
    on, so the same call continues after a break.

    When all places are done, threshold, separation and smallest dwelling are chosen over them:
    ``settings.json`` has those that suit all places best, and a second table measures each place
    with the settings that suit the others best.

    Args:
        options: Of every run; the data are several places.
        only: Places to leave out in this call; the others are left out in other calls.
        report: Receives a sentence on each place.

    Returns:
        Figures of the places that are done, by this call or an earlier one.

    Raises:
        TrainError: There is one place alone, or a run in the folder has other options.
        CampDetectorError: As `train_model`.
        KeyboardInterrupt: The run was stopped.
    """
    names = [place.name for place in options.data.places]
    unknown = [name for name in only if name not in names]
    if len(names) < 2 or unknown:  # noqa: PLR2004 - one to leave out, one to learn from
        places = f"the file has {', '.join(names) or 'none'}"
        msg = (
            f"{unknown[0]} is no place: {places}" if unknown else f"two places are needed: {places}"
        )
        raise TrainError(msg)
    turn = [name for name in names if name in only or not only]
    for number, name in enumerate(turn, start=1):
        run = _without(options, name)
        finished = _figures(run)
        state = "is there already" if finished else f"goes into {run.out}"
        report(f"{number} of {len(turn)}: the model without {name} {state}")
        if finished is None:
            train_model(run)
            finished = _figures(run)
        figures = [f for n in names if (f := _figures(_without(options, n))) is not None]
        write_table(options.out / TABLE, figures, missing=len(names) - len(figures))
        if finished is not None:
            report(f"  {name}: {finished.text()}")
    is_whole = len(figures) == len(names)
    further = _choose_settings(options, report) if is_whole else []
    return UnseenFigures(tuple(figures), tuple(further))


def _choose_settings(options: TrainOptions, report: Callable[[str], None]) -> list[PlaceFigures]:
    """Choose settings over all places, and measure each place with those of the others."""
    report("choosing threshold, separation and smallest dwelling over all places")
    unseen = {each.name: see(_without(options, each.name)) for each in options.data.places}
    areas = {name: place.areas for name, place in unseen.items()}
    spec = next(iter(unseen.values())).spec
    figures = []
    for name, place in unseen.items():
        own_spec = choose_decoding({n: a for n, a in areas.items() if n != name}, spec)
        figures.append(place.figures(name, own_spec))
    write_table(options.out / CHOSEN, figures, missing=0, of_others=True)
    settings = Decoding.of(choose_decoding(areas, spec))
    write_json(options.out / SETTINGS, settings.to_dict())
    report(f"the settings that suit all places best are in {options.out / SETTINGS}")
    return figures


def _without(options: TrainOptions, name: str) -> TrainOptions:
    """The run that never sees a place, from its beginning or from where it stopped."""
    out = options.out / name
    return replace(
        options,
        out=out,
        data=replace(options.data, left_out=name),
        resume=(out / CHECKPOINTS / LAST).is_file(),
    )


def _figures(run: TrainOptions) -> PlaceFigures | None:
    """The figures of a run on the place that it never saw; None while it is not finished.

    Raises:
        TrainError: It is finished, and was trained with other options.
        FiguresError: Its figures are damaged.
    """
    figures = [f for f in read_place_figures(run.out) if f.place == run.data.left_out]
    if not figures:
        return None
    changed = changes_of(read_json(run.out / "options.json", OptionsError), run.to_dict())
    if changed:
        msg = f"{run.out} was trained with other options ({', '.join(changed)})"
        raise TrainError(msg, remedy="give those again, or another {out}")
    return figures[0]
