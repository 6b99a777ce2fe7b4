"""References of an item to files: names become references and references names, by one rule.

An href is a reference of RFC 3986: ``#`` and ``?`` end its path and ``%41`` is an A, so what means
something in it is written with percent signs. Hrefs of unknown origin lead nowhere but into the
folders that the caller allows; it is their text that decides before anything is looked up, because
Windows may log in at another computer where it only looks whether there is such a file.
"""

from __future__ import annotations

import os
import posixpath
import re
from enum import Enum
from pathlib import Path
from typing import Iterable
from urllib.parse import quote, unquote, urljoin, urlsplit

from .untrusted import leads_away

_PLAIN = "/!$&'()*+,=:@~"
"""Letters that stand for themselves in a path, beside those of every reference. A semicolon
is none: Python's `urljoin` takes what follows one for parameters, ``..;`` for the folder above."""
_DRIVE = re.compile(r"/[A-Za-z]:")


class HrefFault(Enum):
    """Reasons why an href leads to no file that may be looked at."""

    MISSING = "there is none"
    REMOTE = "it leads to a server"
    OUTSIDE = "it leads out of the folder"
    MALFORMED = "it is not a path that can be followed"


class HrefError(ValueError):
    """An href that is not followed; readers say so in a sentence of their own."""

    def __init__(self, fault: HrefFault) -> None:
        """Keep the reason."""
        super().__init__(fault.value)
        self.fault = fault


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
    """The file that a relative href of our own means.

    Args:
        href: Has no scheme.
        folder: Where it starts.

    Raises:
        ValueError: It is not an href, or no path.
    """
    names = names_of(href)
    return next((folder / n for n in names if (folder / n).exists()), folder / names[0])


def path_of_url(url: str) -> str:
    """The path in a URL ``file:///...``, as this system writes it.

    Raises:
        ValueError: It is not a URL.
    """
    path = unquote(urlsplit(url).path)
    return path[1:] if os.name == "nt" and _DRIVE.match(path) else path


def homes_of(path: Path) -> list[Path]:
    """Folders of a file: its own, and that of the file it links to.

    In a store of links to blobs, item and model are links into one folder.

    Raises:
        OSError, RuntimeError: It cannot be told.
    """
    return [path.parent.resolve(), path.resolve().parent]


def is_inside(path: Path, homes: Iterable[Path]) -> bool:
    """True if a path leads into one of some folders, also through links.

    Args:
        path: It may not exist.
        homes: Resolved folders.
    """
    try:
        return not set(path.resolve().parents).isdisjoint(homes)
    except (OSError, ValueError, RuntimeError):
        return False


def file_of_href(href: object, start: Path, homes: Iterable[Path] | None = None) -> Path:
    """The file that an href of unknown origin means; it may not exist.

    Args:
        href: As it stands in a file: relative, absolute, or ``file:``.
        start: That file, in whose folder a relative href begins.
        homes: Resolved folders that it may lead into; by default those of `start`.

    Raises:
        HrefError: It leads elsewhere, or nowhere.
    """
    if not isinstance(href, str) or not href:
        raise HrefError(HrefFault.MISSING)
    path = start
    try:
        fault = fault_of_text(href)
        if fault is None:
            is_url = urlsplit(href).scheme == "file"
            path = Path(path_of_url(href)) if is_url else path_of_href(href, start.parent)
            path.resolve()
            allowed = homes_of(start) if homes is None else homes
            fault = None if is_inside(path, allowed) else HrefFault.OUTSIDE
    except (OSError, ValueError, RuntimeError) as error:
        raise HrefError(HrefFault.MALFORMED) from error
    if fault is not None:
        raise HrefError(fault)
    return path


def fault_of_text(href: str) -> HrefFault | None:
    """Judge an href by its text alone; None if what it names may be looked up.

    Raises:
        ValueError: It is not an href.
    """
    parts = urlsplit(href)
    is_url = parts.scheme == "file"
    if len(parts.scheme) > 1 and not is_url:  # one letter is a drive of Windows
        return HrefFault.REMOTE
    is_elsewhere = is_url and parts.netloc.lower() not in {"", "localhost"}
    names = names_of(parts.path if is_url else href)
    return HrefFault.OUTSIDE if is_elsewhere or any(map(leads_away, names)) else None


def key_of_href(href: object, start: str) -> str:
    """The path from a catalogue's root that a relative href means, in a folder or a bucket.

    Args:
        href: As it stands in a file of the catalogue.
        start: That file's path from the root.

    Raises:
        HrefError: It is no relative href, or leads out of the catalogue.
    """
    if not isinstance(href, str) or not href:
        raise HrefError(HrefFault.MISSING)
    try:
        parts = urlsplit(href)
    except ValueError as error:
        raise HrefError(HrefFault.MALFORMED) from error
    name = unquote(parts.path)
    key = posixpath.normpath(posixpath.join(posixpath.dirname(start), name))
    is_outside = key.startswith(("/", "..")) or not {"\\", ":", "\0"}.isdisjoint(name)
    if not name or parts.scheme or parts.netloc or is_outside:
        raise HrefError(HrefFault.OUTSIDE)
    return key


def url_of_href(href: object, start: str, root: str) -> str:
    """The address that an href of a catalogue on the web means.

    Args:
        href: As it stands in a page of the catalogue.
        start: That page's address.
        root: The catalogue's own address, in whose folder it lies whole.

    Raises:
        HrefError: It leads to another host, or out of the catalogue's folder.
    """
    if not isinstance(href, str) or not href:
        raise HrefError(HrefFault.MISSING)
    try:
        url = urljoin(start, href)
        ours, theirs = urlsplit(root), urlsplit(url)
        is_same_host = (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc)
    except ValueError as error:
        raise HrefError(HrefFault.MALFORMED) from error
    home, path = unquote(ours.path).rpartition("/")[0] + "/", unquote(theirs.path)
    goes_up = ".." in path.replace("\\", "/").split("/")
    if not is_same_host or not path.startswith(home) or goes_up or theirs.username is not None:
        raise HrefError(HrefFault.OUTSIDE)
    return url
