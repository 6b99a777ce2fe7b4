"""Keep QGIS' network access from waiting for a thread that waits for it.

Where a server asks for a log-in or has a certificate that is not trusted, QGIS' network access in a
thread waits until the main thread has asked the user. A run in the main thread (a script in QGIS'
console, ``qgis_process``) waits for its own threads meanwhile: both would wait forever. In such a
run nobody is asked, and the request fails.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Iterator, Optional

if TYPE_CHECKING:
    from qgis.core import QgsNetworkAccessManager
    from qgis.PyQt.QtNetwork import QNetworkReply


_lock = threading.Lock()
_held = [0]


@contextmanager
def run_of_this_thread() -> Iterator[None]:
    """A run that this thread waits for; where it is the main one, nobody can be asked."""
    holds = is_main()
    with _lock:
        _held[0] += holds
    try:
        yield
    finally:
        with _lock:
            _held[0] -= holds


def is_main() -> bool:
    """True if this is the thread of QGIS' windows, in which QGIS starts Python."""
    return threading.get_ident() == threading.main_thread().ident


def never_wait_for_the_main_thread(
    manager: QgsNetworkAccessManager, reply: Optional[QNetworkReply] = None
) -> None:
    """Have no questions asked while the main thread waits for a run; else do nothing.

    Args:
        manager: The network access of this thread.
        reply: A request that was just sent.
    """
    if not _held[0] or is_main():
        return
    asking = [manager.authenticationRequired, manager.proxyAuthenticationRequired]
    if reply is not None:
        asking = [reply.sslErrors]
    for signal in asking:
        with suppress(TypeError):  # nobody listens
            signal.disconnect()
