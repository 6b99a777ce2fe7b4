"""Tell the imagery of a map server from its answers in place of imagery.

QGIS draws nothing where a request fails, and takes no notice of it. A run must not take that for
ground without dwellings: what does not exist is counted and said, anything else ends the run.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Hashable, Optional

from qgis.core import QgsRasterBlockFeedback
from qgis.PyQt.QtCore import Qt

from camp_detector_core.engine.errors import RasterError

from .i18n import tr
from .tiles.scheme import headers_of, words_of
from .web.answers import Answer, server_of
from .web.exchange import Ask, ask_all
from .web.hearing import Hearing, address_of

if TYPE_CHECKING:
    from qgis.core import QgsFeedback, QgsRasterDataProvider


_LARGEST = 100 << 20
"""Bytes of a picture."""


class ServerErrors:
    """Keeps account of one run."""

    def __init__(self, provider: QgsRasterDataProvider) -> None:
        """Count what concerns a provider."""
        self.feedback = QgsRasterBlockFeedback()
        """Cancelled when the user wants to stop; to be given to the provider."""
        self.requested = 0
        """Pixels that were asked for; those in the overlap of tiles count again."""
        self.empty = 0
        """Pixels without an image, among those requested."""
        self._uri = provider.dataSourceUri()
        self.hearing = Hearing(server_of(address_of(self._uri)), self._ask)
        """Hears what the server answers to the provider."""
        self._requests: set[Hashable] = set()
        self._missing: set[Hashable] = set()
        self._notes: list[str] = []
        self._lock = threading.Lock()
        self._stops: Optional[QgsFeedback] = None

    def listen(self, feedback: QgsFeedback) -> None:
        """Stop waiting for the server once the user wants to stop."""
        feedback.canceled.connect(self.feedback.cancel, Qt.ConnectionType.DirectConnection)  # type: ignore[call-arg]
        self._stops = feedback
        if feedback.isCanceled():
            self.feedback.cancel()

    def close(self) -> None:
        """Listen no more; may be called twice."""
        if self._stops is not None:
            self._stops.canceled.disconnect(self.feedback.cancel)
            self._stops = None

    def count(self, requested: int, empty: int) -> None:
        """So many pixels were asked for, and of these so many came without an image."""
        with self._lock:
            self.requested += requested
            self.empty += empty

    def count_request(self, request: Hashable, *, missing: bool) -> None:
        """A map tile was asked for, and may not exist."""
        with self._lock:
            self._requests.add(request)
            if missing:
                self._missing.add(request)

    def note(self, text: str) -> None:
        """Keep a sentence for the user, once."""
        with self._lock:
            if text not in self._notes:
                self._notes.append(text)

    def warnings(self) -> list[str]:
        """Sentences on what is missing of the imagery, and on how it was taken."""
        sentences = list(self._notes)
        if self._missing:
            sentences.append(
                tr(
                    "{missing} of {count} map tiles or pictures do not exist on the server.",
                    missing=len(self._missing),
                    count=len(self._requests),
                )
            )
        if self.empty:
            share = 100.0 * self.empty / self.requested
            sentences.append(
                tr(
                    "{share} % of the imagery is empty: the layer has no pixels there. No dwelling "
                    "is found there; look at the layer, and run it again if there should be some.",
                    share="< 1" if share < 1 else f"{share:.0f}",
                )
            )
        return sentences

    def _ask(self, url: str) -> Answer:
        """Ask for what the provider did not get."""
        words = words_of(self._uri)
        ask = Ask(
            url, _LARGEST, headers=headers_of(words), authcfg=words.get("authcfg", ""),
            elsewhere=True,
        )  # fmt: skip
        return ask_all([ask], cancelled=self.feedback.isCanceled)[0]

    def raise_if_empty(self, name: str) -> None:
        """Look at the whole run.

        Args:
            name: The layer's.

        Raises:
            RasterError: Not one pixel came, as from a server that is gone.
        """
        if self.requested and self.empty == self.requested:
            msg = tr(
                "{layer} gave no imagery here: check the connection and the extent, then run it "
                "again.",
                layer=name,
            )
            raise RasterError(msg)

    def raise_if_failed(self) -> None:
        """Look at what the provider was answered since the last time, because pixels are missing.

        Raises:
            RasterError: The server failed; with its answer.
        """
        fault = self.hearing.fault(list(self.feedback.errors()))
        if fault is not None:
            raise RasterError(fault)
        if self.hearing.is_unsure:
            self.note(
                tr(
                    "QGIS does not say why some of the imagery is missing: it may not exist, or "
                    "the server refused it. Look at the log messages, tab WMS."
                )
            )

    def take_account(self, *, gaps: bool) -> None:
        """Count what the provider was answered since the last time.

        Args:
            gaps: Whether pixels are missing; else what does not exist was not needed, such as a
                tile that only touches what was asked for.
        """
        for url, missing in self.hearing.take():
            if gaps or not missing:
                self.count_request(url, missing=missing)
