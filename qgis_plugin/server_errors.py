"""What a map server answers in place of a picture.

QGIS draws nothing where a request fails. Of a WMS it writes the reason into its log; of a map tile
that is refused, 3.22 says nothing at all, so that it looks like one that does not exist. A run must
not take either for ground without dwellings.
"""

from __future__ import annotations

import re
import threading
from typing import Any, Optional
from urllib.parse import parse_qs, unquote, urlsplit

from qgis.core import Qgis, QgsApplication, QgsRasterBlockFeedback
from qgis.PyQt.QtCore import Qt

from .i18n import tr
from .vendored import engine

_TAGS = {"WMS", "WCS", "Network", "AMS"}
_ABSENT = re.compile(r"\b(?:404|410|204)\b|not found|ContentNotFound", re.IGNORECASE)
"""There is no such tile, which is how servers say that their imagery ends."""
_GONE = re.compile(r"\bhost \S+ not found", re.IGNORECASE)
"""The whole server is not there, which is no answer."""
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_AUTHORITY = re.compile(
    r"https?://(?:[^\s/?#@]*@)?(\[[^\]\s]*\]|[^\s/?#:@\]\[()\"'<>,;]+)(?::(\d+))?", re.IGNORECASE
)
"""Host and port of an address within a text."""
_NAME = re.compile(r"(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d+))?", re.IGNORECASE)
"""What may be a host with or without a port."""
_PORTS = {"http": "80", "https": "443"}
_QUERY = re.compile(r"\?[^\s\])]*")
"""What follows the address of a service, which is long and may hold keys."""
_MOST = 200
_LONGEST = 300


class ServerErrors:
    """Listens to QGIS' log while pixels are read.

    QGIS' log names no layer. A line counts that names our server: its address, else its host. So
    where another layer of the same server fails meanwhile, that counts as well.
    """

    def __init__(self, provider: Any) -> None:
        """Hear what concerns a provider's server."""
        self.feedback = QgsRasterBlockFeedback()
        """To be given to the provider."""
        self.gaps = 0
        """Reads that gave missing pixels, whatever the reason."""
        self.wanted = 0
        """Pixels that were asked for; those in the overlap of tiles count again."""
        self.empty = 0
        """Of these, pixels without an image."""
        uri = provider.dataSourceUri()
        self._host = _host(uri)
        self._server = _server(_address(uri))
        self._heard: list[str] = []
        self._lock = threading.Lock()
        self._stops: Any = None

    def listen(self, feedback: Any) -> None:
        """Begin, and stop waiting for the server once the user wants to stop."""
        direct = Qt.ConnectionType.DirectConnection
        feedback.canceled.connect(self.feedback.cancel, direct)
        self._stops = feedback
        if feedback.isCanceled():
            self.feedback.cancel()
        QgsApplication.messageLog().messageReceived.connect(self._hear, direct)

    def close(self) -> None:
        """Stop listening; may be called twice."""
        if self._stops is not None:
            QgsApplication.messageLog().messageReceived.disconnect(self._hear)
            self._stops.canceled.disconnect(self.feedback.cancel)
            self._stops = None

    def count(self, wanted: int, empty: int) -> None:
        """So many pixels were asked for, and of these so many came without an image."""
        with self._lock:
            self.wanted += wanted
            self.empty += empty

    def warning(self) -> Optional[str]:
        """A sentence for imagery of which a part is missing; None: it is all there."""
        if not self.empty:
            return None
        share = 100.0 * self.empty / self.wanted
        return tr(
            "{share} % of the imagery is empty or could not be fetched: the layer has no pixels "
            "there, or its server did not answer. No dwelling is found there; look at the layer, "
            "and run it again if there should be some.",
            share="< 1" if share < 1 else f"{share:.0f}",
        )

    def raise_if_empty(self, name: str) -> None:
        """Look at the whole run.

        Args:
            name: The layer's.

        Raises:
            RasterError: Not one pixel came, as from a server that is gone.
        """
        if self.wanted and self.empty == self.wanted:
            msg = tr(
                "{layer} gave no imagery here: check the connection and the extent, then run it "
                "again.",
                layer=name,
            )
            raise engine("engine.errors").RasterError(msg)

    def raise_if_failed(self) -> None:
        """Look at what was heard since the last time, because pixels are missing.

        Raises:
            RasterError: The server failed; with its answer.
        """
        with self._lock:
            heard, self._heard = self._heard + list(self.feedback.errors()), []
        # Numbers in an address are none of the answer.
        failed = [
            text for text in heard if _GONE.search(text) or not _ABSENT.search(_URL.sub("", text))
        ]
        if failed:
            reason = " ".join(_QUERY.sub("", failed[0]).split())[:_LONGEST].strip(" .")
            msg = tr(
                "{server} did not give the imagery ({reason}): try again later, or with a smaller "
                "extent.",
                server=self._host or tr("The server"),
                reason=reason,
            )
            raise engine("engine.errors").RasterError(msg)
        self.gaps += 1

    def _hear(self, text: str, tag: str, level: Any) -> None:
        """A message of any thread."""
        concerns = tag in _TAGS and level in (Qgis.MessageLevel.Warning, Qgis.MessageLevel.Critical)
        if concerns and self._server is not None and _names(text, self._server):
            with self._lock:
                if len(self._heard) < _MOST:
                    self._heard.append(text)


def _address(uri: str) -> str:
    """The address of the server; empty where the source does not say."""
    return unquote(parse_qs(uri).get("url", [""])[0])


def _host(uri: str) -> str:
    """Host and port of the server, for messages; empty where the source does not say."""
    try:
        return urlsplit(_address(uri)).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def _server(address: str) -> Optional[tuple[str, str]]:
    """Host and port of an address within a text; None: there is none."""
    found = _AUTHORITY.search(address)
    if found is None:
        return None
    scheme = found[0].partition(":")[0].lower()
    return found[1].lower().rstrip("."), found[2] or _PORTS[scheme]


def _names(text: str, server: tuple[str, str]) -> bool:
    """Whether a line of the log names a server; where it holds addresses, one must be there."""
    addresses = [_server(found[0]) for found in _URL.finditer(text)]
    if addresses:
        return server in addresses
    host, port = server
    return any(
        name[1].lower().rstrip(".") == host and name[2] in (None, port)
        for name in _NAME.finditer(text)
    )
