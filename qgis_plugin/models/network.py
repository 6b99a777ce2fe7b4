"""Fetch a file with QGIS' own network access: its proxy, certificates and log-ins."""

from __future__ import annotations

from typing import Any, Callable, Optional
from urllib.parse import urlsplit

from qgis.core import QgsBlockingNetworkRequest, QgsFeedback
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtNetwork import QNetworkRequest

from ..i18n import tr
from ..vendored import engine as core

_PORTS = {"http": 80, "https": 443}
Progress = Callable[[float], None]
"""Told how many percent are there."""


def fetch(
    url: str,
    limit: int,
    *,
    feedback: Optional[QgsFeedback] = None,
    progress: Optional[Progress] = None,
) -> bytes:
    """The bytes at an address; call it from a thread of its own.

    A server may send us on to another address of its own, but not to another host, port or
    scheme, and least of all to a file of this computer.

    Args:
        url: http or https.
        limit: The most bytes that are taken.
        feedback: Cancels it.
        progress: Told how far it is.

    Raises:
        Cancelled: The user wants to stop.
        RasterError: It cannot be fetched.
    """
    errors = core("engine.errors")
    feedback = feedback or QgsFeedback()
    too_much = []

    def seen(received: int, total: int) -> None:
        if received > limit or total > limit:
            too_much.append(received)
            feedback.cancel()
        elif progress is not None and total > 0:
            progress(100.0 * received / total)

    if feedback.isCanceled():
        raise errors.Cancelled(tr("stopped"))
    asked = _request(url)
    request = QgsBlockingNetworkRequest()
    request.downloadProgress.connect(seen)
    status = request.get(asked, True, feedback)
    if too_much:
        raise errors.PredictorError(
            tr("{url} is larger than {limit} MiB and was refused.", url=url, limit=limit >> 20)
        )
    if feedback.isCanceled():
        raise errors.Cancelled(tr("stopped"))
    if status != QgsBlockingNetworkRequest.ErrorCode.NoError:
        raise errors.PredictorError(
            tr(
                "{url} could not be fetched: {reason}",
                url=url,
                reason=_plain(request.errorMessage()),
            )
        )
    given = request.reply()
    # Some versions of QGIS follow by themselves what Qt does not.
    if _origin(given.request().url().toString()) != _origin(url):
        raise errors.PredictorError(
            tr("{url} could not be fetched: {reason}", url=url, reason=tr("it leads elsewhere"))
        )
    data = bytes(given.content())
    if len(data) > limit:
        raise errors.PredictorError(
            tr("{url} is larger than {limit} MiB and was refused.", url=url, limit=limit >> 20)
        )
    return data


def _request(url: str) -> QNetworkRequest:
    """A request that Qt takes to no other host."""
    if _origin(url) is None:
        raise core("engine.errors").PredictorError(
            tr("{url} is no address of a web page.", url=url)
        )
    asked = QNetworkRequest(QUrl(url))
    asked.setAttribute(
        QNetworkRequest.Attribute.RedirectPolicyAttribute,
        QNetworkRequest.RedirectPolicy.SameOriginRedirectPolicy,
    )
    return asked


def _origin(url: str) -> Optional[tuple[str, str, int]]:
    """Scheme, host and port of a place on the web, else None."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not parts.hostname:
        return None
    return scheme, parts.hostname, port or _PORTS[scheme]


def _plain(text: Any) -> str:
    return " ".join(str(text).split())[:200]
