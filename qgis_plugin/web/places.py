"""Decide to which servers requests may be led."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QUrl

_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int]
"""Scheme, host and port."""


def origin_of(url: str) -> Optional[Origin]:
    """Scheme, host and port of a place on the web, else None."""
    parsed = QUrl(url)  # as the request itself reads it
    scheme = parsed.scheme().lower()
    if not parsed.isValid() or scheme not in _PORTS or not parsed.host():
        return None
    return scheme, parsed.host().lower(), parsed.port(_PORTS[scheme])


def may_lead(origin_url: str, target: str, *, elsewhere: bool) -> bool:
    """True if a server may send us on to another place.

    Args:
        origin_url: The address that answered.
        target: Where it sends us.
        elsewhere: Whether other hosts are allowed; never are files of this computer, nor a way
            that is not encrypted after one that was.
    """
    here, there = origin_of(origin_url), origin_of(target)
    if here is None or there is None:
        return False
    return here == there or (elsewhere and (here[0], there[0]) != ("https", "http"))
