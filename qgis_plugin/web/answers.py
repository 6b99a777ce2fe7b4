"""Answers of servers, and what each of them means for a run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Mapping, Optional, Union
from urllib.parse import urlsplit

from qgis.PyQt.QtNetwork import QNetworkReply, QNetworkRequest

from camp_detector_core.georaster.xyz import MISSING_CODES, TEMPORARY_CODES

from ..i18n import tr

if TYPE_CHECKING:
    from qgis.core import QgsNetworkReplyContent


_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
"""Addresses are long and may hold keys."""
_LONGEST = 200
_REFUSED = {401, 403, 407}
_GOOD = range(200, 300)
_TEXT = re.compile(r"text/|[a-z.-]+/(?:[\w.-]*[+_])?(?:json|xml|html)\b", re.IGNORECASE)
"""Kinds of content that are no picture and no pixels."""
_Error = QNetworkReply.NetworkError
_LASTING = {
    _Error.HostNotFoundError, _Error.SslHandshakeFailedError, _Error.ProxyNotFoundError,
    _Error.ProxyAuthenticationRequiredError, _Error.ProtocolUnknownError,
    _Error.ContentNotFoundError, _Error.ContentAccessDenied, _Error.AuthenticationRequiredError,
    _Error.TooManyRedirectsError, _Error.InsecureRedirectError,
}  # fmt: skip
"""Faults that the next attempt would meet as well."""


@dataclass(frozen=True)
class Answer:
    """The outcome of one request."""

    url: str
    status: Optional[int] = None
    """HTTP status; None: there was no answer, or it is a file."""
    phrase: str = ""
    """The server's words for the status."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""
    error: QNetworkReply.NetworkError = _Error.NoError
    """Qt's."""
    trouble: str = ""
    """Qt's words for it, or ours."""
    trouble_is_ours: bool = False
    """True if we broke it off."""

    @property
    def server(self) -> str:
        """Host and port, for messages."""
        return server_of(self.url) or tr("The server")

    @property
    def kind(self) -> str:
        """Media type of the content, such as ``image/png``; empty where the server gives none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_missing(self) -> bool:
        """True if there is no such thing on the server, which is how imagery ends."""
        if self.status is None:
            return bool(self.error == _Error.ContentNotFoundError)  # of a file
        return self.status in MISSING_CODES

    @property
    def is_good(self) -> bool:
        """True if there is content, of whatever kind."""
        return self.error == _Error.NoError and (self.status is None or self.status in _GOOD)

    @property
    def may_pass(self) -> bool:
        """True if another attempt may go better."""
        if self.status is None or self.status in _GOOD:
            return self.error != _Error.NoError and self.error not in _LASTING
        return self.status in TEMPORARY_CODES

    @property
    def timed_out(self) -> bool:
        """True if QGIS stopped waiting for it."""
        return self.error in (_Error.OperationCanceledError, _Error.TimeoutError)

    @property
    def fault(self) -> Optional[str]:
        """A sentence for an answer that is no imagery; None: it is, or there is none."""
        if self.is_missing:
            return None
        if self.error == _Error.SslHandshakeFailedError:
            return tr(
                "The certificate of {server} cannot be trusted ({reason}): check the address and "
                "the clock of this computer.",
                server=self.server,
                reason=self.reason,
            )
        if self.status in _REFUSED:
            return tr(
                "{server} refuses access ({reason}): the layer needs a valid key or log-in, or the "
                "imagery is not open to you.",
                server=self.server,
                reason=self.reason,
            )
        if not self.is_good:
            return no_imagery(self.server, self.reason)
        if _TEXT.match(self.kind):
            return tr(
                "{server} sends {kind} in place of imagery: look with a browser whether its "
                "address is right, or a key or a log-in is missing.",
                server=self.server,
                kind=self.kind,
            )
        return None

    @property
    def reason(self) -> str:
        """Reason for missing content, in a few words."""
        if self.status is not None and self.status not in _GOOD:
            return f"{self.status} {self.phrase}".strip()
        if self.timed_out and not self.trouble_is_ours:
            return tr("it did not answer in time")
        return plain_words(self.trouble)


def no_imagery(server: str, reason: str) -> str:
    """The sentence for a server that failed."""
    return tr(
        "{server} did not give the imagery ({reason}): try again later, or with a smaller extent.",
        server=server,
        reason=reason,
    )


def answer_of(
    reply: Union[QNetworkReply, QgsNetworkReplyContent],
    *,
    body: bytes = b"",
    url: str = "",
    trouble: str = "",
) -> Answer:
    """Read a finished reply.

    Args:
        reply: A ``QNetworkReply``, or a ``QgsNetworkReplyContent``.
        body: What was read of it.
        url: That was asked for; default: what the reply says.
        trouble: Why it was broken off, in place of Qt's words.
    """
    attributes = QNetworkRequest.Attribute
    fault: QNetworkReply.NetworkError = reply.error()  # type: ignore[operator]
    status = reply.attribute(attributes.HttpStatusCodeAttribute)
    phrase = reply.attribute(attributes.HttpReasonPhraseAttribute)
    names = [bytes(name) for name in reply.rawHeaderList()]
    return Answer(
        url or reply.request().url().toString(),
        int(status) if status is not None else None,
        plain_words(phrase or ""),
        {n.decode("latin-1").lower(): bytes(reply.rawHeader(n)).decode("latin-1") for n in names},
        body,
        fault,
        trouble or ("" if fault == _Error.NoError else str(reply.errorString())),
        bool(trouble),
    )


def plain_words(text: object) -> str:
    """Return untrusted words on one line, without addresses."""
    return " ".join(_URL.sub("", str(text)).split())[:_LONGEST].strip(" .")


def server_of(url: str) -> str:
    """Host and port of an address, for messages; empty where there is none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return ""
