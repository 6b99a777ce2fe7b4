"""Try a model, other settings and other weights on ground that is held out, and choose."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.training_data.adapted import ADAPTED, SETTINGS, START
from training.adapt.decoding import Scored, Settings, marked, measure_settings
from training.adapt.fitting import Fitted, Turn, fit_on
from training.adapt.networks import scores_on
from training.adapt.samples import Groups, training_samples
from training.adapt.verdict import Figures, Verdict, figures_on

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn

    from camp_detector_core.engine.spec import ModelSpec
    from training.adapt.folds import Folds
    from training.adapt.ground import Ground
    from training.adapt.options import AdaptOptions

LOG = logging.getLogger(__name__)

_OF_PARTS = 0.5
"""Steps of a fit that judges, as a share of those of the one that is kept: what is kept learned
from more, for longer, so the verdict is on the safe side."""


@dataclass(frozen=True)
class Choice:
    """The candidate that is kept."""

    verdict: Verdict
    network: nn.Module
    """Gives logits of the classes, then of the channels of `extras_of`."""
    spec: ModelSpec
    """The start's description with the settings that are kept."""


@dataclass
class Trial:
    """One start on one ground; `choose` does all."""

    options: AdaptOptions
    ground: Ground
    folds: Folds
    spec: ModelSpec
    """The start's."""
    end: float
    """Time by which the last fit must have ended, on the clock of `time.monotonic`."""
    mixed: Groups = ()
    """Areas that are mixed in, with shares."""
    fits: list[Fitted] = field(default_factory=list)
    """Fits so far."""

    def choose(self, network: nn.Module) -> Choice:
        """Measure all candidates on ground that each was not taught on, and keep the best.

        Args:
            network: Of the start; it stays as it is.
        """
        start = self._scored(scores_on(network, self.ground, self.spec))
        own = measure_settings(start, self.spec, self.ground)
        figures = {
            START: self._figures(start.classes(self.spec)),
            SETTINGS: self._crossed(start, own),
        }
        LOG.info("the start: F1 %.3f, count %+.0f %%", *_words(figures[START]))
        unseen = self._scored(self._unseen(network))
        settings = measure_settings(unseen, self.spec, self.ground)
        figures[ADAPTED] = self._crossed(unseen, settings)
        verdict = Verdict.of(figures)
        LOG.info("adapted: F1 %.3f, count %+.0f %%", *_words(figures[ADAPTED]))
        if verdict.winner == ADAPTED:
            return Choice(verdict, self._fit(network, None), settings.best())
        spec = own.best() if verdict.winner == SETTINGS else self.spec
        return Choice(verdict, network, spec)

    def _unseen(self, network: nn.Module) -> NDArray[np.uint8]:
        """(spec.channels, height, width) scores of each part by a network that did not see it."""
        out = np.zeros((self.spec.channels, *self.ground.grid.shape), np.uint8)
        for fold in range(self.folds.count):
            part = self.folds.number == fold
            adapted = self._fit(network, fold)
            out[:, part] = scores_on(adapted, self.ground, self.spec)[:, part]
        return out

    def _fit(self, network: nn.Module, fold: int | None) -> nn.Module:
        """Fit on all parts but one; None: on all."""
        turn = self._turn(fold)
        part = None if fold is None else self.folds.without(fold)
        samples = training_samples(self.ground, part, self.options, self.spec, self.mixed)
        fitted = fit_on(network, samples, self.options, turn, gsd=self.spec.gsd)
        self.fits.append(fitted)
        return fitted.network

    def _turn(self, fold: int | None) -> Turn:
        """Steps and time of the next fit; those on parts get `_OF_PARTS` of what the last gets."""
        parts = _OF_PARTS * self.folds.count
        work = parts + 1.0
        done, own = (parts, 1.0) if fold is None else (_OF_PARTS * fold, _OF_PARTS)
        left = max(1.0, (self.end - time.monotonic()) * own / (work - done))
        what = "all parts" if fold is None else f"without part {fold + 1} of {self.folds.count}"
        steps = max(1, round(self.options.steps * own))
        return Turn(what, left, steps, done / work, own / work)

    def _scored(self, scores: NDArray[np.uint8]) -> Scored:
        return Scored.of(scores, self.ground, self.folds, self.spec)

    def _crossed(self, scored: Scored, settings: Settings) -> Figures:
        """Figures in which each part is judged with settings that were chosen on the others."""
        specs = [settings.best(without=fold) for fold in range(self.folds.count)]
        return self._figures(marked(scored, specs, self.folds))

    def _figures(self, classes: NDArray[np.uint8]) -> Figures:
        return figures_on(classes, self.ground, self.folds.squares, self.spec)


def _words(figures: Figures) -> tuple[float, float]:
    return figures.f1, 100 * figures.count_error
