"""Fetch a file with QGIS' own network access: its proxy, certificates and log-ins."""

from __future__ import annotations

from typing import Callable, Optional

from qgis.core import QgsFeedback

from camp_detector_core.engine.errors import PredictorError

from ..feedback import stop_if_asked
from ..i18n import tr
from ..web.exchange import Ask, ask_all
from ..web.places import origin_of

Progress = Callable[[float], None]
"""Told how many percent are there."""


def fetch(
    url: str,
    limit: int,
    *,
    feedback: Optional[QgsFeedback] = None,
    progress: Optional[Progress] = None,
) -> bytes:
    """The bytes at an address.

    A server may send us on to another address of its own, but not to another host, port or
    scheme, and least of all to a file of this computer: each step is looked at before it is gone.

    Args:
        url: http or https.
        limit: The most bytes that are taken.
        feedback: Cancels it.
        progress: Told how far it is.

    Raises:
        Cancelled: The user wants to stop.
        PredictorError: It cannot be fetched.
    """
    feedback = feedback or QgsFeedback()
    if origin_of(url) is None:
        raise PredictorError(tr("{url} is no address of a web page.", url=url))

    def tell(received: int, total: int) -> None:
        if progress is not None:
            progress(100.0 * received / total)

    stop_if_asked(feedback)
    (answer,) = ask_all([Ask(url, limit)], cancelled=feedback.isCanceled, progress=tell)
    stop_if_asked(feedback)
    if answer.is_good:
        return answer.body
    raise PredictorError(tr("{url} could not be fetched: {reason}", url=url, reason=answer.reason))
