"""Credentials for a portal, from a profile of the arcgis package or the environment alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from camp_detector_core.engine.wording import shown

from .errors import PublishError

if TYPE_CHECKING:
    from collections.abc import Mapping

PORTAL_VARIABLE = "CAMP_DETECTOR_ARCGIS_PORTAL"
USERNAME_VARIABLE = "CAMP_DETECTOR_ARCGIS_USERNAME"
PASSWORD_VARIABLE = "CAMP_DETECTOR_ARCGIS_PASSWORD"  # noqa: S105 - the name of a variable
TOKEN_VARIABLE = "CAMP_DETECTOR_ARCGIS_TOKEN"  # noqa: S105 - the name of a variable
_KEYRING_SERVICE = "arcgis_python_api_profile_passwords"
"""Keyring service under which the arcgis package (2.4) keeps the passwords of its profiles."""


@dataclass(frozen=True)
class Login:
    """Portal and credentials: either name and password, or a token."""

    portal: str
    """Address of the portal, such as https://www.arcgis.com or https://example.org/portal."""
    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    """A token or an API key."""
    source: str = ""
    """Source of the credentials, for people."""


def portal_address(text: str) -> str:
    """Normalise the address of a portal to the root of its REST API.

    Raises:
        PublishError: It is not one; it would not be encrypted, or it carries a password.
    """
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.username is not None or parts.password is not None:
        msg = (
            "the address of the portal holds a name or a password: leave them out, and use a "
            f"profile or {USERNAME_VARIABLE} and {PASSWORD_VARIABLE}"
        )
        raise PublishError(msg)
    if parts.scheme != "https" or not host or parts.query or parts.fragment:
        msg = (
            f"{shown(text)} is not the address of a portal: give its home without what follows it, "
            "such as https://www.arcgis.com or https://example.org/portal; http:// would send "
            "passwords in the open"
        )
        raise PublishError(msg)
    path = parts.path.rstrip("/")
    for ending in ("/sharing/rest", "/home", "/home/index.html", "/sharing"):
        path = path.removesuffix(ending)
    return f"https://{host}{f':{port}' if port else ''}{path}"


def find_login(portal: str | None, profile: str | None, environment: Mapping[str, str]) -> Login:
    """Find the credentials to log in with.

    Args:
        portal: Address, or None for that of the profile or of the environment.
        profile: Name of a profile of the arcgis package; None: the environment.
        environment: Variables.

    Raises:
        PublishError: No credentials were found, or they contradict each other.
    """
    require_arcgis()
    address = portal or environment.get(PORTAL_VARIABLE)
    if profile is not None:
        return _from_profile(profile, portal)
    if not address:
        msg = "it is not known where to publish"
        remedy = f"give {{profile=NAME}} or {{portal=URL}}, or set {PORTAL_VARIABLE}"
        raise PublishError(msg, parameter="portal", remedy=remedy)
    values = {n: environment.get(n, "") for n in (USERNAME_VARIABLE, PASSWORD_VARIABLE)}
    token = environment.get(TOKEN_VARIABLE, "")
    if token and any(values.values()):
        msg = (
            f"{TOKEN_VARIABLE} and {USERNAME_VARIABLE} or {PASSWORD_VARIABLE} are set: keep one "
            "way to log in, and unset the other"
        )
        raise PublishError(msg)
    if token:
        return Login(portal_address(address), token=token.strip(), source=TOKEN_VARIABLE)
    missing_names = [name for name, value in values.items() if not value]
    if missing_names:
        msg = f"there is nothing to log in with ({' and '.join(missing_names)} not set)"
        remedy = (
            "name a profile of the arcgis package with {profile}, or set "
            f"{USERNAME_VARIABLE} and {PASSWORD_VARIABLE}, or {TOKEN_VARIABLE}"
        )
        raise PublishError(msg, parameter="profile", remedy=remedy)
    return Login(
        portal_address(address),
        username=values[USERNAME_VARIABLE],
        password=values[PASSWORD_VARIABLE],
        source=USERNAME_VARIABLE,
    )


def require_arcgis() -> None:
    """Refuse to start without the arcgis package, and say how to install it.

    Raises:
        PublishError: It is not installed.
    """
    if find_spec("arcgis") is None:
        msg = 'the arcgis package is missing: pip install "camp-detector[arcgis]"'
        raise PublishError(msg)


def _from_profile(name: str, portal: str | None) -> Login:
    """Read a profile.

    ``GIS(profile=...)`` would do so too, but it makes a profile of that name where there is none,
    writes the address into one that has another, and asks for a missing password.
    """
    from arcgis.gis import login_profiles

    profiles = login_profiles.list()
    if name not in profiles:
        available = (
            f"there are {', '.join(map(shown, profiles))}" if profiles else "there is none yet"
        )
        msg = (
            f"the arcgis package has no profile {shown(name)} ({available}): make it once in "
            "Python with arcgis.gis.GIS(url, username, profile=name), which asks for the password"
        )
        raise PublishError(msg)
    facts = login_profiles.get(name)
    unsupported = [k for k in ("client_id", "key_file", "cert_file") if facts.get(k)]
    if unsupported:
        msg = (
            f"the profile {shown(name)} logs in by {unsupported[0]}, where the arcgis package does "
            f"not check the portal's certificate or we have no test: use {TOKEN_VARIABLE} instead"
        )
        raise PublishError(msg)
    address = portal_address(facts.get("url") or portal or "https://www.arcgis.com")
    if portal is not None and portal_address(portal) != address:
        msg = f"the profile {shown(name)} is for {address}, not for {portal_address(portal)}"
        remedy = "leave {portal} out, or name another profile"
        raise PublishError(msg, parameter="portal", remedy=remedy)
    username = facts.get("username") or ""
    password = _stored_password(name) if username else ""
    if not username or not password:
        missing_fact = "password" if username else "username"
        msg = (
            f"the profile {shown(name)} holds no {missing_fact}, or the keyring of this machine "
            "cannot be "
            "read: make the profile again with arcgis.gis.GIS(url, username, profile=name), or "
            f"use {TOKEN_VARIABLE}"
        )
        raise PublishError(msg)
    return Login(address, username=username, password=password, source=f"profile {name}")


def _stored_password(profile: str) -> str:
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(_KEYRING_SERVICE, profile) or ""
    except KeyringError:
        return ""
