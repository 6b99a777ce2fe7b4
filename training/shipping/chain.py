"""The chain that makes the model that ships; each link is a command, and what is done is kept."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from camp_detector_core.model_file.untrusted import checksum_of
from training.data.label_sums import label_sums
from training.data.names import place_and_stem
from training.fit.fitting import CHECKPOINTS, LAST
from training.fit.options import to_plain
from training.fit.record import DESCRIBING, differences
from training.leave_one_out import SETTINGS
from training.output import read_json, write_json
from training.shipping.recipe import ShippingError, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from training.fit.place_options import PlaceOptions
    from training.shipping.recipe import Recipe

UNSEEN, RUN, PAGES = "unseen", "run", "pages"
"""Folders: a run without each place, the run of the model, and pages of evaluation by place."""
FLOAT, INT8 = "meta/best_model.onnx", "meta/best_model-int8.onnx"
"""Models of a run."""
HELD_OUT = "held-out-"
"""Beginning of the names of pages on ground that was held out of places that are learned from."""
SPLIT, INT8_FIGURES = "split.json", "int8.json"
"""Split of the run, and figures of its 8-bit form."""
_STAGES, _INTERRUPTED = "stages.json", 130
_PATIENCE = 5.0
"""Seconds that a command has to end by itself after Ctrl-C, which it hears of as well."""


def call(words: Sequence[str]) -> int:
    """Run a command of ``python -m training``; its exit code.

    Raises:
        KeyboardInterrupt: This process was stopped; the command has ended before.
    """
    with subprocess.Popen([sys.executable, "-m", "training", *words]) as process:  # noqa: S603
        try:
            return process.wait()
        except KeyboardInterrupt:
            # Ctrl-C in a terminal reaches both, and a signal to this process does not.
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.terminate()
            process.wait()
            raise


@dataclass(frozen=True)
class Chain:
    """A model in the making."""

    out: Path
    """Folder of all that is made."""
    places: tuple[PlaceOptions, ...]
    """The places that the model is trained on and measured on."""
    source: tuple[str, ...]
    """Words that say a command which places these are."""
    recipe: Recipe
    call: Callable[[Sequence[str]], int] = call
    """Runs a command."""
    report: Callable[[str], None] = lambda _: None
    """Receives a sentence on each link."""

    def go(self) -> None:
        """Run all links that are not done yet.

        Raises:
            ShippingError: A command failed, or a link was done with other options.
            KeyboardInterrupt: A command was stopped.
        """
        unseen = words_of(out=self.out / UNSEEN)
        self._link(
            "unseen",
            ["leave-one-out", *self.source, *unseen, *self.recipe.words("train", "unseen")],
            beside=("measure", "tune"),
        )
        self._train()
        run = self.out / RUN
        int8 = words_of(
            model=run / FLOAT,
            split=run / SPLIT,
            out=run / INT8,
            report=self.out / INT8_FIGURES,
            overwrite=True,
        )
        self._link("quantise", ["quantise", *self.source, *int8, *self.recipe.words("quantise")])
        for name, words in self._pages():
            page = words_of(out=self.out / PAGES / name, overwrite=True)
            self._link(f"page {name}", [*words, *page, *self.recipe.words("evaluate")])

    def _train(self) -> None:
        """Train the model of all places, from its beginning or from where it stopped."""
        run, settings = self.out / RUN, self.out / UNSEEN / SETTINGS
        words = ["train", *self.source, *words_of(out=run), *self.recipe.words("train")]
        if settings.is_file():
            words += words_of(settings=settings)
        has_begun = (run / CHECKPOINTS / LAST).is_file()
        self._link("train", words, more=words_of(resume=has_begun))

    def _pages(self) -> Iterator[tuple[str, list[str]]]:
        """Name and command of each page: what was never seen, then what was held out."""
        run = self.out / RUN
        for place in self.places:
            model = self.out / UNSEEN / place.home / FLOAT
            if place.measure and model.is_file():
                yield place.name, self._evaluate(place, model=model)
        names = {place_and_stem(str(chip))[0] for chip in self.split().get("test", [])}
        for place in self.places:
            if place.name in names and place.chips.is_dir():
                words = self._evaluate(place, model=run / INT8, split=run / SPLIT)
                yield f"{HELD_OUT}{place.name}", words

    def split(self) -> dict[str, Any]:
        """Names of the chips of the run by part.

        Raises:
            ShippingError: The file is damaged.
        """
        return read_json(self.out / RUN / SPLIT, ShippingError)

    def _evaluate(self, place: PlaceOptions, **options: Path) -> list[str]:
        return ["evaluate", *self.source, *words_of(place=place.name, **options)]

    @cached_property
    def _sums(self) -> dict[str, dict[str, str]]:
        """Checksums of labels and of files of splits, by place.

        Raises:
            CampDetectorError: One cannot be read.
        """
        splits = {}
        for place in self.places:
            if place.split is not None and place.split.file is not None:
                try:
                    splits[place.name] = checksum_of(place.split.file)[0]
                except OSError as error:
                    msg = f"{place.split.file} cannot be read: {error.strerror}"
                    raise ShippingError(msg) from error
        return {"labels": label_sums(self.places), "splits": splits}

    def _inputs(self, beside: Sequence[str]) -> dict[str, Any]:
        """Options of the places, most that only describe aside, and checksums, as of now."""
        dropped = set(DESCRIBING) - set(beside)
        places = {
            place.name: {k: v for k, v in to_plain(place).items() if k not in dropped}
            for place in self.places
        }
        return {"places": places, **self._sums}

    def _link(
        self,
        name: str,
        words: list[str],
        *,
        more: Sequence[str] = (),
        beside: Sequence[str] = (),
    ) -> None:
        """Run a command, unless it is done.

        Args:
            name: Of the link.
            words: The command.
            more: Words that only say that it goes on.
            beside: Options that only describe a place and yet have a say in it.

        Raises:
            ShippingError: It failed, or was done with other words, places or labels.
            KeyboardInterrupt: It was stopped.
        """
        path = self.out / _STAGES
        stages = read_json(path, ShippingError)
        state = {"command": words, **self._inputs(beside)}
        if name in stages:
            before = stages[name]
            # An earlier release kept the words of the command alone.
            before = before if isinstance(before, dict) else {**state, "command": before}
            changed = differences(before, state)
            if changed:
                msg = f"{name} in {self.out} was made with other options ({', '.join(changed)})"
                raise ShippingError(msg, remedy="give another folder, or the same options")
            self.report(f"{name}: done before")
            if before is not stages[name]:
                write_json(path, {**stages, name: state})
            return
        self.report(f"{name}: python -m training {' '.join([*words, *more])}")
        code = self.call([*words, *more])
        if code == _INTERRUPTED:
            raise KeyboardInterrupt
        if code:
            msg = f"{name} failed with exit code {code}"
            raise ShippingError(msg, remedy="put right what it said, and give the same command")
        write_json(path, {**stages, name: state})
