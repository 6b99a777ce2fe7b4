"""QGIS' feedback as what the engine tells its progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, Iterator, TypeVar

from camp_detector_core.detection.ports import Listener
from camp_detector_core.engine.errors import Cancelled

from .i18n import tr
from .words import sentence_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from qgis.core import QgsFeedback, QgsProcessingFeedback

    from camp_detector_core.detection.request import LoadedPredictor


_LINES = 20
"""At most so many lines say how far a run is."""


Item = TypeVar("Item")


def stop_if_asked(feedback: QgsFeedback) -> None:
    """See whether the user wants to stop.

    Raises:
        Cancelled: So it is.
    """
    if feedback.isCanceled():
        raise Cancelled(tr("stopped"))


def watched(
    items: Iterable[Item],
    feedback: QgsFeedback,
    *,
    every: int = 200,
    percent: tuple[float, float] = (0.0, 0.0),
    count: int = 0,
) -> Iterator[Item]:
    """Yield items, until the user wants to stop.

    Args:
        items: Of any kind.
        feedback: Asked whether to stop, and told how far it is.
        every: Items between two looks.
        percent: Progress at the first and at the last item.
        count: Number of items; 0: progress is not told.

    Raises:
        Cancelled: The user wants to stop.
    """
    begin, end = percent
    for i, item in enumerate(items):
        if i % every == 0:
            stop_if_asked(feedback)
            if count:
                feedback.setProgress(begin + (end - begin) * i / count)
        yield item


class TileProgress(Listener):
    """Shows how far a run is, and asks whether to stop."""

    def __init__(self, feedback: QgsProcessingFeedback) -> None:
        """Tell this feedback."""
        self._feedback = feedback
        self._part = -1

    def update(self, done: int, total: int) -> None:
        """``done`` of ``total`` tiles are finished."""
        self._feedback.setProgress(100.0 * done / max(total, 1))
        # Each text is a line of the log, which is not to be flooded.
        part = _LINES * done // max(total, 1)
        if part != self._part:
            self._part = part
            self._feedback.setProgressText(tr("Tile {done} of {total}", done=done, total=total))

    def cancelled(self) -> bool:
        """True if the user wants to stop."""
        return bool(self._feedback.isCanceled())

    def notify(self, message: str) -> None:
        """Show what was done to files of an earlier run."""
        self._feedback.pushWarning(sentence_of(message))


class Stoppable:
    """A model that is not asked any more once the user wants to stop.

    With test-time augmentation a tile is eight runs of the network, too many to wait for.
    """

    def __init__(self, predictor: LoadedPredictor, feedback: QgsFeedback) -> None:
        """Wrap a predictor of the engine; the feedback is asked before each run."""
        self._predictor = predictor
        self._feedback = feedback
        self.workers = predictor.workers
        self.batch_size = predictor.batch_size
        self.fixed_size = predictor.fixed_size
        self.spec = predictor.spec

    @property
    def provider(self) -> str:
        """ONNX Runtime's name of what runs the model."""
        return self._predictor.provider

    def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities of chips; see the engine's `Predictor`.

        Raises:
            Cancelled: The user wants to stop.
        """
        stop_if_asked(self._feedback)
        return self._predictor.predict(batch)
