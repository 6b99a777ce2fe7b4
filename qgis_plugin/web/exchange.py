"""Ask servers from any thread, and wait for the answers without being deaf to the user."""

from __future__ import annotations

import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Callable, Optional, Sequence

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QEventLoop, QTimer, QUrl
from qgis.PyQt.QtNetwork import QNetworkRequest

from camp_detector_core.engine.errors import Cancelled

from ..i18n import tr
from .answers import Answer, answer_of
from .deadlocks import never_wait_for_the_main_thread
from .manager import delete, network_of_this_thread, unwatched
from .places import may_lead, origin_of

if TYPE_CHECKING:
    from qgis.PyQt.QtNetwork import QNetworkReply


_AT_ONCE = 6
"""Requests at a time, as browsers send them."""
_HOPS = 5
"""Redirects that are followed."""
_POLL_MS = 50
"""Between two looks whether the user wants to stop."""
_RESTS = (0.5, 1.0, 2.0)
"""Seconds before the attempts after the first one."""
_LONGEST_REST = 20.0
"""Seconds, whatever a server asks for."""
Progress = Callable[[int, int], None]
"""Told how many bytes came, and of how many; -1: nobody knows."""


@dataclass(frozen=True)
class Ask:
    """One request."""

    url: str
    limit: int
    """Bytes that the answer may have."""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    """Sent along, though never to another host."""
    authcfg: str = ""
    """QGIS' id of a log-in; the same."""
    cached: bool = False
    """True if what QGIS has kept of it will do."""
    elsewhere: bool = False
    """True if the server may send us to another host."""


@dataclass
class _Turn:
    """Progress of one request."""

    number: int
    ask: Ask
    url: str
    hops: int = 0
    attempt: int = 0
    reply: Optional[QNetworkReply] = None
    body: bytearray = field(default_factory=bytearray)
    trouble: str = ""


def ask_all(
    asks: Sequence[Ask],
    *,
    cancelled: Callable[[], bool],
    progress: Optional[Progress] = None,
) -> list[Answer]:
    """Ask, and wait for all answers, in the thread that calls.

    Args:
        asks: Several are asked at a time.
        cancelled: Whether the user wants to stop; looked at all the while.
        progress: Told how far it is, for one request.

    Returns:
        The answers in the order of the requests; failures are answers.

    Raises:
        Cancelled: The user wants to stop.
    """
    return _Exchange(asks, cancelled, progress).run() if asks else []


class _Exchange:
    """Some requests and their answers; slots run in the thread that made it."""

    def __init__(
        self, asks: Sequence[Ask], cancelled: Callable[[], bool], progress: Optional[Progress]
    ) -> None:
        self._cancelled, self._progress = cancelled, progress
        self._waiting = deque(_Turn(i, ask, ask.url) for i, ask in enumerate(asks))
        self._resting: list[tuple[float, _Turn]] = []
        self._running: list[_Turn] = []
        self._answers: list[Optional[Answer]] = [None] * len(asks)
        self._fault: Optional[BaseException] = None
        self._loop = QEventLoop()
        self._replies: list[QNetworkReply] = []
        never_wait_for_the_main_thread(network_of_this_thread())

    def run(self) -> list[Answer]:
        """See `ask_all`."""
        timer = QTimer()
        timer.timeout.connect(self._guarded(self._look))
        timer.start(_POLL_MS)
        self._guarded(self._look)()
        if not self._done():
            self._loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)  # type: ignore[arg-type]
        delete(timer, timer.timeout)
        for reply in self._replies:
            delete(reply, reply.readyRead, reply.downloadProgress, reply.finished)
        if self._fault is not None:
            raise self._fault
        return [answer for answer in self._answers if answer is not None]

    def _guarded(self, function: Callable[..., None]) -> Callable[..., None]:
        """A slot that lets no exception into Qt, which would end QGIS."""

        def slot(*values: object) -> None:
            if self._fault is not None:
                return
            try:
                function(*values)
            except BaseException as error:  # noqa: BLE001 - raised again outside of the loop
                self._fault = error
                with suppress(RuntimeError):
                    self._end()
            if self._done():
                self._loop.quit()

        return slot

    def _done(self) -> bool:
        return self._fault is not None or None not in self._answers

    def _end(self) -> None:
        """Break off all that is running."""
        for turn in self._running:
            if turn.reply is not None:
                turn.reply.abort()

    def _look(self) -> None:
        """Stop where the user wants to, else send what may be sent."""
        if self._cancelled():
            raise Cancelled(tr("stopped"))
        now = time.monotonic()
        for due, turn in self._resting[:]:
            if due <= now:
                self._resting.remove((due, turn))
                self._waiting.append(turn)
        while self._waiting and len(self._running) < _AT_ONCE:
            self._send(self._waiting.popleft())

    def _send(self, turn: _Turn) -> None:
        turn.body.clear()
        turn.trouble = ""
        request = self._request(turn)
        manager = network_of_this_thread()
        reply = turn.reply = unwatched(manager.get(request))
        never_wait_for_the_main_thread(manager, reply)
        self._running.append(turn)
        self._replies.append(reply)
        reply.readyRead.connect(self._guarded(partial(self._read, turn)))
        reply.downloadProgress.connect(self._guarded(partial(self._seen, turn)))
        reply.finished.connect(self._guarded(partial(self._finished, turn)))
        if reply.isFinished():  # as of a cache
            self._finished(turn)

    def _request(self, turn: _Turn) -> QNetworkRequest:
        request, attributes = QNetworkRequest(QUrl(turn.url)), QNetworkRequest.Attribute
        policy, load = QNetworkRequest.RedirectPolicy, QNetworkRequest.CacheLoadControl
        request.setAttribute(attributes.RedirectPolicyAttribute, policy.ManualRedirectPolicy)
        cache = load.PreferCache if turn.ask.cached else load.AlwaysNetwork
        request.setAttribute(attributes.CacheLoadControlAttribute, cache)
        request.setAttribute(attributes.CacheSaveControlAttribute, turn.ask.cached)
        if turn.hops == 0 or origin_of(turn.url) == origin_of(turn.ask.url):
            for name, value in turn.ask.headers:
                request.setRawHeader(name, value)
            if turn.ask.authcfg:
                login = QgsApplication.authManager()
                done = login.updateNetworkRequest(request, turn.ask.authcfg)
                if isinstance(done, tuple) and isinstance(done[-1], QNetworkRequest):  # type: ignore[redundant-expr]
                    request = done[-1]
        return request

    def _read(self, turn: _Turn) -> None:
        if turn.reply is not None and not turn.trouble:
            turn.body += bytes(turn.reply.readAll())
            self._weigh(turn, len(turn.body))

    def _seen(self, turn: _Turn, got: int, total: int) -> None:
        self._weigh(turn, max(got, total))
        if self._progress is not None and total > 0:
            self._progress(got, total)

    def _weigh(self, turn: _Turn, size: int) -> None:
        """Break an answer off that is larger than it may be."""
        if size > turn.ask.limit and not turn.trouble and turn.reply is not None:
            turn.trouble = tr("it is larger than {limit} MiB", limit=turn.ask.limit >> 20)
            turn.reply.abort()

    def _finished(self, turn: _Turn) -> None:
        if turn.reply is None:
            return
        self._read(turn)
        reply, turn.reply = turn.reply, None
        self._running.remove(turn)
        answer = answer_of(reply, body=bytes(turn.body), url=turn.url, trouble=turn.trouble)
        target = reply.attribute(QNetworkRequest.Attribute.RedirectionTargetAttribute)
        if target is not None and not turn.trouble:
            self._lead(turn, answer, QUrl(turn.url).resolved(target).toString())
        elif self._may_go_on(turn, answer):
            self._rest(turn, answer)
        else:
            self._answers[turn.number] = answer
        self._look()

    def _lead(self, turn: _Turn, answer: Answer, target: str) -> None:
        """Follow a redirect, or refuse to."""
        if may_lead(turn.url, target, elsewhere=turn.ask.elsewhere) and turn.hops < _HOPS:
            turn.url, turn.hops = target, turn.hops + 1
            self._waiting.appendleft(turn)
        else:
            self._answers[turn.number] = Answer(
                answer.url, answer.status, tr("it leads elsewhere"), answer.headers
            )

    @staticmethod
    def _may_go_on(turn: _Turn, answer: Answer) -> bool:
        """True if it is worth asking again; a server that is silent has taken long already."""
        most = 1 if answer.timed_out else len(_RESTS)
        return answer.may_pass and not turn.trouble and turn.attempt < most

    def _rest(self, turn: _Turn, answer: Answer) -> None:
        """Ask again in a while; a number of seconds that the server wants is heeded."""
        seconds, retry_after = _RESTS[turn.attempt], answer.headers.get("retry-after", "")
        if retry_after.isdigit():
            seconds = max(seconds, min(float(retry_after[:6]), _LONGEST_REST))
        turn.attempt += 1
        turn.url, turn.hops = turn.ask.url, 0
        self._resting.append((time.monotonic() + seconds, turn))
