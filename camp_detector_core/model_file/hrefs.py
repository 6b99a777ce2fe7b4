"""References of an item to files: names become references and references names, by one rule.

An href is a reference of RFC 3986: ``#`` and ``?`` end its path and ``%41`` is an A, so what means
something in it is written with percent signs.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from pathlib import Path

_PLAIN = "/!$&'()*+,;=:@~"
"""Letters that stand for themselves in a path, beside those of every reference."""
_DRIVE = re.compile(r"/[A-Za-z]:")


def href_of(name: str) -> str:
    """The reference to a file below an item's folder or beside it.

    Args:
        name: Its path as seen from there, with ``/``.
    """
    href = quote(name, safe=_PLAIN)
    return href if href.startswith("../") else f"./{href}"


def names_of(href: str) -> list[str]:
    """List the paths that a relative href may mean, likeliest first.

    Some programs write names as they are; such a name counts where there is no file of the other.
    """
    return list(dict.fromkeys((unquote(urlsplit(href).path), href, unquote(href))))


def path_of_href(href: str, folder: Path) -> Path:
    """The file that a relative href means.

    Args:
        href: Has no scheme.
        folder: Where it starts.

    Raises:
        ValueError: It is no href, or no path.
    """
    names = names_of(href)
    return next((folder / n for n in names if (folder / n).exists()), folder / names[0])


def path_of_url(url: str) -> str:
    """The path in a URL ``file:///...``, as this system writes it.

    Raises:
        ValueError: It is no URL.
    """
    path = unquote(urlsplit(url).path)
    return path[1:] if os.name == "nt" and _DRIVE.match(path) else path
