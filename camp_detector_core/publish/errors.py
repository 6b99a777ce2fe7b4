"""Errors between a package and a portal, one sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.wording import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN_REFUSED = (498, 499)
"""Error codes of portals for an invalid or expired token, and for a missing one."""
_SERVER_FAULT = 500


class PublishError(CampDetectorError):
    """A package cannot be published as requested."""


class RefusedError(PublishError):
    """The portal understood a request and refused it."""


class UnansweredError(PublishError):
    """It is unknown if a request was carried out: the connection or the portal broke."""


_REMEDIES = (
    ("invalid username or password", "check username and password"),
    ("unable to generate token", "check username and password"),
    (
        "too many invalid",
        "wait a quarter of an hour, or ask an administrator to unlock the account",
    ),
    ("account is locked", "ask an administrator of the portal to unlock the account"),
    ("quota", "delete what is not needed, or ask an administrator of the portal for more storage"),
    (
        "storage",
        "delete what is not needed, or ask an administrator of the portal for more storage",
    ),
    ("credits", "ask an administrator of the portal for more credits"),
    ("locked", "wait until it is unlocked, and run the command again"),
    ("protect", "take the protection off in the item's settings"),
    ("already exists", "delete or rename the item of yours that has this name"),
    ("too large", "ask an administrator of the portal which size it takes"),
    ("exceeds", "ask an administrator of the portal which size it takes"),
)
"""Patterns of portals' messages with the remedy; the first match counts."""
_STALE = "the token has expired or is not of this portal: log in again or make a new one"
_REMEDY_OF_CODE = {
    401: "check the credentials",
    403: "ask an administrator of the portal for a role that may do this",
    404: "look whether it was deleted meanwhile",
    413: "ask an administrator of the portal which size it takes",
    429: "wait some minutes, and run the command again",
    498: _STALE,
    499: _STALE,  # the arcgis package repeats a request without the token that was refused
}


def refusal(answer: Mapping[str, Any], action: str) -> PublishError:
    """Make the error from a portal's answer.

    Args:
        answer: The value of ``error`` in the answer.
        action: What was asked for, as "add the item".
    """
    code = answer.get("code")
    details = answer.get("details")
    parts = [answer.get("message"), *(details if isinstance(details, list) else [])]
    message = (
        "; ".join(dict.fromkeys(shown(p).rstrip(". ") for p in parts if p)) or "no reason given"
    )
    return refusal_of_text(message, code if isinstance(code, int) else None, action)


def refusal_of_text(message: str, code: int | None, action: str) -> PublishError:
    """Make the error from a portal's message, with the matching remedy."""
    lower = message.lower()
    remedy = _REMEDY_OF_CODE.get(code or 0)
    if code not in TOKEN_REFUSED:
        by_words = (text for words, text in _REMEDIES if words in lower)
        remedy = next(by_words, remedy)
    if "invalid token" in lower or "token expired" in lower:
        remedy = _STALE
    number = "" if code is None else f" (code {code})"
    kind = UnansweredError if code is not None and code >= _SERVER_FAULT else RefusedError
    return kind(
        f"the portal refused to {action}: {message}{number}; {remedy or 'see the portal for more'}"
    )


def broken(error: Exception, action: str, host: str) -> UnansweredError:
    """Make the error for a request without an answer.

    Args:
        error: Exception of ``requests``.
        action: Action of the request, for the message.
        host: Host of the portal.
    """
    import requests

    remedy = ""
    if isinstance(error, requests.exceptions.SSLError):
        reason = f"the certificate of {host} is not trusted"
        remedy = "give the certificate of the authority that signed it with {ca_bundle}"
    elif isinstance(error, requests.exceptions.Timeout):
        reason = f"{host} does not answer in time: look at the network, and run the command again"
    elif isinstance(error, requests.exceptions.RetryError) or "too many 5" in str(error):
        reason = f"{host} answers with internal errors: run the command again later"
    else:
        reason = (
            f"the connection to {host} cannot be made or broke off: look at the network and at the "
            "address of the portal, and run the command again"
        )
    return UnansweredError(f"cannot {action}: {reason}", remedy=remedy)
