"""`leave_one_out`: for each place, train a model that never sees it, and measure it there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from training.artefacts.decoding_choice import DecodingChoice
from training.artefacts.place_figures import read_place_figures
from training.artefacts.place_table import write_table
from training.artefacts.unseen_place import see
from training.data.label_sums import label_sums
from training.fit.decoding import Decoding
from training.fit.fitting import CHECKPOINTS, LAST, TrainError
from training.fit.place_options import OptionsError
from training.fit.record import changed_labels, changes_of
from training.output import read_json, write_json
from training.train import train_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from training.artefacts.place_figures import PlaceFigures
    from training.fit.options import TrainOptions
    from training.fit.place_options import PlaceOptions

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

    Places of one region are left out together. ``options.out`` gets a folder of a run for each
    region (a place without one is its own), named after it, and the table as JSON, CSV and
    Markdown, anew after each run. What is finished there is kept, and what was begun goes on, so
    the same call continues after a break.

    When all places are done, threshold, separation and smallest dwelling are chosen over them:
    ``settings.json`` has those that suit all places best, and a second table measures each place
    with the settings that suit those of other regions best.

    Args:
        options: Of every run; the data are several places.
        only: Places to leave out in this call, with their regions; the others are left out in other
            calls.
        report: Receives a sentence on each place.

    Returns:
        Figures of the places that are done, by this call or an earlier one.

    Raises:
        TrainError: There is one region alone, or a run in the folder has other options.
        CampDetectorError: As `train_model`.
        KeyboardInterrupt: The run was stopped.
    """
    regions = regions_of(options.data.places)
    names = [name for own in regions.values() for name in own]
    unknown = [name for name in only if name not in names]
    if len(regions) < 2 or unknown:  # noqa: PLR2004 - one to leave out, one to learn from
        places = f"the file has {', '.join(names) or 'none'}"
        msg = (
            f"{unknown[0]} is no place: {places}"
            if unknown
            else f"two places are needed, in different regions: {places}"
        )
        raise TrainError(msg)
    tuned = regions_of([place for place in options.data.places if place.tune])
    if len(tuned) < 2:  # noqa: PLR2004 - settings of one are tried on another
        msg = f"settings are tuned on {', '.join(tuned) or 'no region'}, and two regions are needed"
        raise TrainError(msg, remedy="leave out tune = false in the file of places")
    turn = [region for region, own in regions.items() if not only or set(only) & set(own)]
    for number, region in enumerate(turn, start=1):
        runs = _runs(options)
        run = runs[region]
        own_figures = _figures(run)
        state = "is there already" if own_figures else f"goes into {run.out}"
        places = " and ".join(regions[region])
        report(f"{number} of {len(turn)}: the model without {places} {state}")
        if not own_figures:
            train_model(run)
            own_figures = _figures(run)
        figures = [f for each in runs.values() for f in _figures(each)]
        write_table(options.out / TABLE, figures, missing=len(names) - len(figures))
        for each in own_figures:
            report(f"  {each.place}: {each.text()}")
    is_whole = len(figures) == len(names)
    further = _choose_settings(options, report) if is_whole else []
    return UnseenFigures(tuple(figures), tuple(further))


def regions_of(places: Sequence[PlaceOptions]) -> dict[str, tuple[str, ...]]:
    """Names of the places to measure by their region; one without a region is its own."""
    regions: dict[str, tuple[str, ...]] = {}
    for place in places:
        if place.measure:
            regions[place.home] = (*regions.get(place.home, ()), place.name)
    return regions


def _choose_settings(options: TrainOptions, report: Callable[[str], None]) -> list[PlaceFigures]:
    """Choose settings over places, and measure each place with those of other regions."""
    tuned = [place.name for place in options.data.places if place.measure and place.tune]
    places_text = ", ".join(tuned)
    report(f"choosing threshold, separation and smallest dwelling over {places_text}")
    regions = regions_of(options.data.places)
    unseen = {
        region: {n: p for n, p in see(run).items() if n in regions[region]}
        for region, run in _runs(options).items()
    }
    every = {name: place for places in unseen.values() for name, place in places.items()}
    choice = DecodingChoice({name: every[name].areas for name in tuned})
    if choice.passed_over:
        names = ", ".join(choice.passed_over)
        report(f"no say in it have places without a labelled dwelling: {names}")
    figures = []
    for its_places in unseen.values():
        others = set(tuned) - its_places.keys()
        for name, place in its_places.items():
            figures.append(place.figures(name, choice.best(place.spec, names=others)))
    write_table(options.out / CHOSEN, figures, missing=0, of_other_regions=True)
    best = choice.best(every[tuned[0]].spec)
    write_json(options.out / SETTINGS, Decoding.of(best).to_dict())
    report(f"the settings that suit them best are in {options.out / SETTINGS}")
    return figures


def _runs(options: TrainOptions) -> dict[str, TrainOptions]:
    """The run that never sees a region, by its name.

    Raises:
        TrainError: One that has begun was begun with other options or labels.
        CampDetectorError: A record or labels cannot be read.
    """
    runs = {region: _without(options, region) for region in regions_of(options.data.places)}
    sums = label_sums(options.data.each_place())
    for run in runs.values():
        if not (run.resume or _figures(run)):
            continue
        changed = changes_of(read_json(run.out / "options.json", OptionsError), run.to_dict())
        changed += changed_labels(run.out, sums)
        if changed:
            msg = f"{run.out} was trained with other options ({', '.join(changed)})"
            raise TrainError(msg, remedy="give those again, or another {out}")
    return runs


def _without(options: TrainOptions, region: str) -> TrainOptions:
    """The run that never sees a region, from its beginning or from where it stopped."""
    out = options.out / region
    return replace(
        options,
        out=out,
        data=replace(
            options.data, left_out=next(p.name for p in options.data.places if p.home == region)
        ),
        resume=(out / CHECKPOINTS / LAST).is_file(),
    )


def _figures(run: TrainOptions) -> list[PlaceFigures]:
    """The figures of a run on places to measure that it never saw; none while not finished.

    Raises:
        FiguresError: They are damaged.
    """
    unseen = set(run.data.unseen) & {p.name for p in run.data.places if p.measure}
    return [f for f in read_place_figures(run.out) if f.place in unseen]
