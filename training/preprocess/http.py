"""A polite and patient HTTP client: bounded rate, retries, limits, no secret in any message."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from camp_detector_core import __version__
from training.preprocess.manifest import PreprocessError
from training.preprocess.template import host_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

T = TypeVar("T")

LONGEST = 86_400
"""Seconds, a day, that anybody may be waited for; clocks of systems end where floats do not."""
_BLOCK = 1 << 16
_REDIRECTS = 5


class Stopped(Exception):  # noqa: N818 - nothing is wrong
    """The work is to end; nobody but the workers sees this."""


class Unfit(Exception):  # noqa: N818 - becomes an error only if it stays so
    """Answer that does not fit the request; the next attempt may bring one that does."""


class FailedAttempt(Exception):  # noqa: N818 - becomes an error only if the patience ends
    """An attempt failed in a way that a later one may not."""

    def __init__(self, reason: str, *, remedy: str, after: float | None = None) -> None:
        """Keep the reason and its remedy, and the seconds that the server asks to wait."""
        super().__init__(reason)
        self.reason, self.remedy, self.after = reason, remedy, after


@dataclass(frozen=True)
class HttpOptions:
    """Rate, patience and identity of the requests to servers."""

    rate: float = 10.0
    """Maximum number of requests per second."""
    workers: int = 4
    """Maximum number of requests at a time."""
    retries: int = 5
    """Number of times that a request is repeated."""
    timeout: float = 30.0
    """Seconds without a byte before a request counts as failed."""
    contact: str | None = None
    """A web or mail address by which an operator of a server can reach the user."""
    backoff: float = 1.0
    """Seconds before the first retry; each further one waits twice as long."""
    longest_wait: float = 120.0
    """Seconds of waiting between two attempts, whatever a server asks for."""
    largest: int = 20_000_000
    """Bytes that one answer may have."""

    def __post_init__(self) -> None:
        """Refuse what would ask nothing, or a server without measure."""
        if not 0 < self.rate <= 1000:  # noqa: PLR2004 - beyond it nothing is bounded
            msg = f"rate must lie above 0 and up to 1000 requests a second, got {self.rate}"
            raise PreprocessError(msg)
        if not 1 <= self.workers <= 32:  # noqa: PLR2004 - more is an attack
            msg = f"workers must lie between 1 and 32, got {self.workers}"
            raise PreprocessError(msg)
        if not 0 <= self.retries <= 20:  # noqa: PLR2004 - hours of waiting
            msg = f"retries must lie between 0 and 20, got {self.retries}"
            raise PreprocessError(msg)
        if not 0 < self.timeout <= LONGEST:
            msg = f"timeout must lie above 0 and up to {LONGEST:,} seconds, got {self.timeout}"
            raise PreprocessError(msg)
        if self.contact and not (self.contact.isascii() and self.contact.isprintable()):
            msg = f"contact {self.contact!r} must be a web or mail address in plain ASCII"
            raise PreprocessError(msg)

    @property
    def user_agent(self) -> str:
        """User agent of the requests, with the contact."""
        contact = f" (+{self.contact})" if self.contact else ""
        return f"camp-detector/{__version__}{contact}"


class Client:
    """Asks servers from several threads, which share one rate."""

    def __init__(self, options: HttpOptions, stop: threading.Event) -> None:
        """Ask nothing yet.

        Args:
            options: How to ask.
            stop: When it is set, all waiting ends with `Stopped`.
        """
        self._options, self._stop = options, stop
        self._own = threading.local()
        self._lock, self._next = threading.Lock(), 0.0

    def fetch(self, url: str, *, read: Callable[[bytes], T]) -> T | None:
        """Get what a URL gives, again and again until it is fit or the patience ends.

        Args:
            url: May hold secrets; no message shows more than its server.
            read: Makes something of the bytes, or raises `Unfit`.

        Returns:
            None where the server says that there is nothing.

        Raises:
            PreprocessError: The server refuses, or all attempts failed.
            Stopped: The work is to end.
        """
        reason = remedy = ""
        for attempt in range(self._options.retries + 1):
            self._wait_turn()
            try:
                return self._ask(url, read)
            except FailedAttempt as retry:
                reason, remedy = retry.reason, retry.remedy
                if attempt < self._options.retries:
                    self._pause(attempt, retry.after)
        times = f"{self._options.retries + 1} times" if self._options.retries else "once"
        msg = f"{host_of(url)} was asked {times}, and {reason}"
        raise PreprocessError(msg, remedy=remedy)

    def _ask(self, url: str, read: Callable[[bytes], T]) -> T | None:
        """Send one request, and read the answer."""
        import requests

        from camp_detector_core.georaster.xyz import MISSING_CODES

        try:
            with self._session().get(url, stream=True, timeout=self._timeouts) as response:
                if response.status_code in MISSING_CODES:
                    return None
                _check_status(response)
                data = self._body(response)
        except requests.exceptions.RequestException as error:
            raise _failure(error, url) from None  # it may hold the whole URL, with its secrets
        except UnicodeError:  # a host name that cannot be one
            msg = f"{host_of(url)!r} is no name of a server: check the template"
            raise PreprocessError(msg) from None
        try:
            return read(data)
        except Unfit as unfit:
            remedy = "check with a browser what the template leads to"
            raise FailedAttempt(str(unfit), remedy=remedy) from unfit

    @property
    def _timeouts(self) -> tuple[float, float]:
        return min(10.0, self._options.timeout), self._options.timeout

    def _body(self, response: requests.Response) -> bytes:
        """The bytes of an answer; `requests` itself refuses fewer than were announced."""
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind.startswith("text/") or kind.endswith(("json", "xml")):
            reason = f"it sends {kind} instead of an image"
            remedy = "check with a browser whether the template is right, or a key is missing"
            raise FailedAttempt(reason, remedy=remedy)
        data, limit = bytearray(), self._options.largest
        until = time.monotonic() + 4 * self._options.timeout  # a trickle would hold us forever
        for block in response.iter_content(_BLOCK):
            data += block
            if len(data) > limit:
                msg = f"{host_of(response.url)} sends more than {limit:,} bytes: this is no tile"
                raise PreprocessError(msg)
            if self._stop.is_set():
                raise Stopped
            if time.monotonic() > until:
                reason, remedy = "it sends too slowly", "try again later, or a longer {timeout}"
                raise FailedAttempt(reason, remedy=remedy)
        return bytes(data)

    def _session(self) -> requests.Session:
        """Return the session of this thread, since `requests` needs one for each."""
        if not hasattr(self._own, "session"):
            self._own.session = open_session(self._options)
        session: requests.Session = self._own.session
        return session

    def _wait_turn(self) -> None:
        with self._lock:
            moment = time.monotonic()
            turn = max(moment, self._next)
            self._next = turn + 1 / self._options.rate
        if self._stop.wait(max(0.0, turn - moment)):
            raise Stopped

    def _pause(self, attempt: int, after: float | None) -> None:
        """Wait before the next attempt; what a server asks for holds for all threads."""
        options = self._options
        if after is None:
            seconds = options.backoff * 2**attempt * random.uniform(0.5, 1.5)  # noqa: S311 - jitter
        else:
            seconds = after
            with self._lock:
                self._next = max(self._next, time.monotonic() + min(after, options.longest_wait))
        if self._stop.wait(min(seconds, options.longest_wait)):
            raise Stopped


def open_session(options: HttpOptions) -> requests.Session:
    """A session that says who asks, and follows only few redirects, all of them http(s)."""
    import requests

    session = requests.Session()
    session.headers["User-Agent"] = options.user_agent
    session.max_redirects = _REDIRECTS
    return session


def retry_after(response: requests.Response) -> float | None:
    """Seconds that a server asks to wait, given as such or as a date; None where it does not."""
    from urllib3.exceptions import InvalidHeader
    from urllib3.util import Retry

    value = response.headers.get("Retry-After")
    if value is None:
        return None
    try:
        return max(0.0, Retry().parse_retry_after(value))
    except (InvalidHeader, ValueError, OverflowError):
        return None


def transport_fault(error: Exception) -> FailedAttempt | None:
    """Describe the fault of a connection; the library's own words may hold the whole URL."""
    from requests import exceptions as kinds

    for kind, reason, remedy in (
        (kinds.ProxyError, "the proxy cannot be reached", "check HTTPS_PROXY and HTTP_PROXY"),
        (kinds.SSLError, "its certificate cannot be trusted", "check the address and the clock"),
        (kinds.Timeout, "it did not answer in time", "try again later, or a longer {timeout}"),
        (kinds.ChunkedEncodingError, "its answer broke off", "try again later"),
        (kinds.ContentDecodingError, "its answer cannot be decompressed", "try again later"),
        (kinds.ConnectionError, "it cannot be reached", "check the address and the network"),
    ):
        if isinstance(error, kind):
            return FailedAttempt(reason, remedy=remedy)
    return None


def _check_status(response: requests.Response) -> None:
    """Raise unless an answer is what it should be."""
    from camp_detector_core.georaster.xyz import TEMPORARY_CODES

    status, host = response.status_code, host_of(response.url)
    if status in TEMPORARY_CODES:
        remedy = "give a lower {rate}" if status == 429 else "the server is in trouble"  # noqa: PLR2004
        reason = f"it answered {status} {response.reason}"
        after = retry_after(response)
        raise FailedAttempt(reason, remedy=f"try again later ({remedy})", after=after)
    if status in {401, 403}:
        msg = (
            f"{host} refuses access ({status} {response.reason}): the template needs a valid key "
            "or password, or the imagery is not open to you"
        )
        raise PreprocessError(msg)
    if status != 200:  # noqa: PLR2004 - OK
        msg = f"{host} answered {status} {response.reason}: check the template, or try again later"
        raise PreprocessError(msg)


def _failure(error: Exception, url: str) -> Exception:
    """Turn an error of the library into a retry, or into one for the user."""
    fault = transport_fault(error)
    if fault is not None:
        return fault
    from requests import exceptions

    if isinstance(error, exceptions.TooManyRedirects):
        return PreprocessError(f"{host_of(url)} redirects in circles: check the template")
    if isinstance(error, exceptions.InvalidSchema):
        return PreprocessError(f"{host_of(url)} redirects to what is no web address: do not use it")
    return PreprocessError(f"{host_of(url)} cannot be asked: check the template")
