"""Keep secrets out of messages, tracebacks, logs and printed text."""

from __future__ import annotations

import contextlib
import io
import logging
import traceback
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from camp_detector_core.engine.errors import CampDetectorError

if TYPE_CHECKING:
    from collections.abc import Iterator

HIDDEN = "[hidden]"
_SHORTEST = 4
"""Shorter secrets would blot out parts of common words."""


class Secrets:
    """Texts to hide."""

    def __init__(self) -> None:
        """Start without secrets."""
        self._texts: set[str] = set()

    def add(self, text: object) -> None:
        """Hide a text from now on, also as it looks in a URL or in Python's notation."""
        if isinstance(text, str) and len(text) >= _SHORTEST:
            self._texts |= {text, quote(text, safe=""), quote_plus(text), repr(text)[1:-1]}

    def hide(self, text: str) -> str:
        """Replace the secrets in a text."""
        for secret in sorted(self._texts, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return text


@contextmanager
def without_secrets(secrets: Secrets, tracebacks: list[str]) -> Iterator[None]:
    """Clean exceptions of secrets, and keep libraries from printing or logging.

    Args:
        secrets: Texts to hide; more may be added within the block.
        tracebacks: Receives the cleaned traceback of the exception that ends the block.

    Raises:
        CampDetectorError: The same kind of error, with a cleaned message and no cause.
    """
    try:
        with _quiet_libraries():
            yield
    except CampDetectorError as error:
        tracebacks.append(secrets.hide(traceback.format_exc()))
        error.args = tuple(secrets.hide(str(a)) for a in error.args)
        error.__cause__ = error.__context__ = None
        raise error.with_traceback(None) from None
    except Exception as error:  # noqa: BLE001 - whatever a library raises may hold a secret
        tracebacks.append(secrets.hide(traceback.format_exc()))
        clean_error = RuntimeError(secrets.hide(f"{type(error).__name__}: {error}"))
        try:
            raise clean_error from None
        finally:
            clean_error.__context__ = None  # `from None` hides the first error, and keeps it


@contextmanager
def _quiet_libraries() -> Iterator[None]:
    """Silence prints, warnings and logs of libraries within the block."""
    old_level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(old_level)
