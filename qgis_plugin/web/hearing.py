"""Hear what a server answers to one of QGIS' own data providers.

Each thread has a network access of its own, so what this one hears was asked in this thread: other
layers, such as those on the map, are neither heard nor blamed. QGIS' log gives the words of a
service's exception, which comes as an answer that is well but no picture; of the log, too, only
what this thread wrote is heard.
"""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Callable, Iterator, Optional
from urllib.parse import parse_qs, unquote

from qgis.core import Qgis, QgsApplication
from qgis.PyQt.QtCore import Qt

from ..i18n import tr
from .answers import Answer, answer_of, no_imagery, plain_words, server_of
from .deadlocks import is_main, never_wait_for_the_main_thread
from .manager import network_of_this_thread

if TYPE_CHECKING:
    from qgis.core import QgsNetworkReplyContent


_TAGS = {"WMS", "WCS", "Network", "AMS"}
_MOST = 200
_MOST_ASKED = 20
_URL = re.compile(r"https?://[^\s\])]+", re.IGNORECASE)


class Hearing:
    """Keeps the last answer to each request of a provider."""

    def __init__(self, server: str, ask: Callable[[str], Answer]) -> None:
        """Hear nothing yet.

        Args:
            server: Host and port of the provider's; empty: nobody knows.
            ask: Asks for an address as the provider does. Newer versions of QGIS fetch tiles in a
                thread of their own, whose answers nobody hears: of those that the log names as
                failed, the server is asked once more.
        """
        self._server, self._ask = server, ask
        self.is_unsure = False
        """True if something failed of which QGIS did not say what."""
        self._answers: dict[str, Answer] = {}
        self._lines: list[str] = []
        self._errors_seen = 0
        self._thread: Optional[int] = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear what is asked within the block, in this thread."""
        direct = Qt.ConnectionType.DirectConnection
        log = QgsApplication.messageLog()
        never_wait_for_the_main_thread(network_of_this_thread())
        self._thread = threading.get_ident()
        network_of_this_thread().finished.connect(self._finished, direct)  # type: ignore[call-arg]
        log.messageReceived.connect(self._line, direct)  # type: ignore[call-arg]
        try:
            yield
        finally:
            log.messageReceived.disconnect(self._line)
            network_of_this_thread().finished.disconnect(self._finished)

    def fault(self, errors: list[str]) -> Optional[str]:
        """A sentence for what went wrong; None: nothing did, or things do not exist.

        Args:
            errors: All that the provider has told its feedback so far.
        """
        lines, self._lines = self._lines, []
        new, self._errors_seen = errors[self._errors_seen :], len(errors)
        known = {unquote(url) for url in self._answers}
        for url in [url for line in lines for url in _URL.findall(line)][:_MOST_ASKED]:
            if server_of(url) == self._server and unquote(url) not in known:
                known.add(unquote(url))
                self._answers[url] = self._ask(url)
        answers = list(self._answers.values())
        bad = [answer for answer in answers if not (answer.is_good or answer.is_missing)]
        if bad:
            return bad[0].fault
        is_gap = any(answer.is_missing for answer in answers)
        good = {unquote(answer.url) for answer in answers if answer.is_good}
        for line in lines:
            named = {unquote(url) for url in _URL.findall(line)}
            # QGIS tells of 100 failures and then of none; which they are nobody knows.
            self.is_unsure |= not named
            # Of what does not exist some versions of QGIS write a warning, without a status; what
            # came and is no picture is another matter.
            if named and (good & named or not is_gap):
                new.insert(0, line)
        if new:
            return no_imagery(self._server or tr("The server"), plain_words(new[0]))
        return next((answer.fault for answer in answers if answer.fault), None)

    def take(self) -> list[tuple[str, bool]]:
        """Address of each request since the last time, and whether there is no such thing."""
        answers = [(url, answer.is_missing) for url, answer in self._answers.items()]
        self._answers.clear()
        return answers

    def _finished(self, content: QgsNetworkReplyContent) -> None:
        """An answer, in this thread; in the main one those of other threads pass by as well."""
        answer = answer_of(content)
        if not is_main() or not self._server or server_of(answer.url) == self._server:
            self._answers[answer.url] = answer

    def _line(self, text: str, tag: str, level: Qgis.MessageLevel) -> None:
        """A message of any thread."""
        bad = level in (Qgis.MessageLevel.Warning, Qgis.MessageLevel.Critical) and tag in _TAGS
        if bad and threading.get_ident() == self._thread and len(self._lines) < _MOST:
            self._lines.append(text)


def address_of(uri: str) -> str:
    """The address of the server in a layer's source; empty where that does not say."""
    return unquote(parse_qs(uri).get("url", [""])[0])
