"""Content and permissions of a portal, read without changing anything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from camp_detector_core.engine.wording import shown

from .errors import PublishError, broken, refusal_of_text
from .listing import ITEM_TYPE
from .rest import RestApi

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .login import Login
    from .scrub import Secrets

_PAGE = 100
_CODE = re.compile(r"Error Code: (\d+)")
_REFERER = "http"
"""Referer that the arcgis package sends, to which the token is bound."""
_MINUTES = 120
"""Lifetime of the token in minutes."""
_LOGGING_IN = "log in"
_MAX_NAMES = 12
"""Number of names that a message lists."""


@dataclass(frozen=True)
class Group:
    """A group that the user is a member of."""

    id: str
    title: str
    owner: str
    may_add: bool
    """True if members may add items."""


@dataclass(frozen=True)
class Folder:
    """Folder of the user; an empty id is the root or a folder that does not exist yet."""

    id: str
    title: str


@dataclass(frozen=True)
class PortalItem:
    """An item of the user."""

    id: str
    title: str
    access: str
    """``private``, ``shared``, ``org`` or ``public``."""
    keywords: tuple[str, ...]
    folder: Folder


@dataclass(frozen=True)
class Portal:
    """A portal with a logged-in user."""

    api: RestApi
    address: str
    name: str
    username: str
    privileges: frozenset[str] | None
    """Privileges of the user; None if the portal does not state them."""
    free: int | None
    """Free storage of the user in bytes; None if the portal does not state it."""
    groups: tuple[Group, ...]

    def page(self, item: str) -> str:
        """Address of an item's page."""
        return f"{self.address}/home/item.html?id={item}"

    def require(self, privilege: str, action: str) -> None:
        """Refuse a user who lacks a privilege.

        Raises:
            PublishError: As said.
        """
        if self.privileges is not None and privilege not in self.privileges:
            msg = (
                f"{self.username} may not {action} in {self.name} (no privilege {privilege}): ask "
                "an administrator of the portal for a role that may"
            )
            raise PublishError(msg)

    def content(self) -> tuple[tuple[Folder, ...], tuple[PortalItem, ...]]:
        """List the folders of the user, and all deep learning packages in them.

        The user's content is listed rather than searched: a search knows new items only after a
        while, and a second run would add the item again.

        Raises:
            PublishError: The portal does not answer.
        """
        root = Folder("", "the root folder")
        folders, items = self._list_folder(root)
        for folder in folders:
            items += self._list_folder(folder)[1]
        return tuple(folders), tuple(items)

    def _list_folder(self, folder: Folder) -> tuple[list[Folder], list[PortalItem]]:
        path = f"content/users/{self.username}" + (f"/{folder.id}" if folder.id else "")
        folders: list[Folder] = []
        items: list[PortalItem] = []
        start = 1
        while start > 0:
            action = f"list the content of {self.username}"
            query = {"types": ITEM_TYPE, "num": str(_PAGE), "start": str(start)}
            page = self.api.get(path, query, action=action)
            if start == 1:
                folders = [Folder(f["id"], f["title"]) for f in page.get("folders") or ()]
            items += [
                _item(i, folder)
                for i in self.api.field(page, "items", action=action)
                if i.get("type") == ITEM_TYPE
            ]
            next_start = page.get("nextStart", -1)
            start = next_start if next_start > start else -1
        return folders, items

    def groups_of(self, item: str) -> tuple[str, ...]:
        """List the ids of the groups that an item is shared with."""
        answer = self.api.get(f"content/items/{item}/groups", {}, action="see the item's groups")
        kinds = ("admin", "member", "other")
        return tuple(g["id"] for kind in kinds for g in answer.get(kind) or ())


def _item(fields: Mapping[str, Any], folder: Folder) -> PortalItem:
    return PortalItem(
        fields["id"],
        str(fields.get("title") or ""),
        str(fields.get("access") or "private"),
        tuple(map(str, fields.get("typeKeywords") or ())),
        folder,
    )


def connect(login: Login, *, authorities: Path | None, secrets: Secrets) -> Portal:
    """Log in.

    Args:
        login: Where, and as whom.
        authorities: Certificates (PEM) of authorities to trust beside those of the machine.
        secrets: Receives the token that the portal gives.

    Raises:
        PublishError: The portal cannot be reached or refuses, or nobody is logged in.
    """
    from arcgis.auth import EsriSession
    from arcgis.gis import GIS
    from requests.exceptions import RequestException

    certificates = {"ca_bundles": [str(_authorities(authorities))]} if authorities else {}
    first = RestApi(EsriSession(referer=_REFERER, **certificates), login.portal)
    first.reach(action=f"{_LOGGING_IN} at {login.portal}")
    token = login.token or _new_token(login, first)
    secrets.add(token)
    try:
        gis = GIS(login.portal, token=token, set_active=False, timeout=60, **certificates)
        user = gis.users.me
        properties = dict(gis.properties)
    except RequestException as error:
        raise broken(error, f"{_LOGGING_IN} at {login.portal}", _host(login)) from error
    except Exception as error:  # the library raises plain Exception for what the portal says
        raise _error_of(error, login) from error
    if user is None:
        msg = (
            f"{login.portal} knows no user by what {login.source} holds: it may be an API key "
            "without a user, or expired; make a token of a user"
        )
        raise PublishError(msg)
    return _portal(RestApi(gis.session, login.portal), login, dict(user), properties)


def _authorities(path: Path) -> Path:
    """Check that the file of certificates is valid.

    Raises:
        PublishError: It is not.
    """
    import ssl

    try:
        ssl.create_default_context().load_verify_locations(cafile=path)
    except (OSError, ValueError) as error:
        msg = f"{path} holds no certificates (PEM) that can be read"
        remedy = "give a file with {ca_bundle}"
        raise PublishError(msg, parameter="ca_bundle", remedy=remedy) from error
    return path


def _new_token(login: Login, api: RestApi) -> str:
    """Request a token for a name and a password.

    The library would try a wrong password twice, and portals lock accounts after five attempts.

    Raises:
        PublishError: The portal gives none.
    """
    answer = api.post(
        "generateToken",
        {
            "username": login.username,
            "password": login.password,
            "client": "referer",
            "referer": _REFERER,
            "expiration": str(_MINUTES),
        },
        action=f"{_LOGGING_IN} with {login.source} at {login.portal}",
    )
    return str(api.field(answer, "token", action=f"{_LOGGING_IN} at {login.portal}"))


def _host(login: Login) -> str:
    return urlsplit(login.portal).netloc


def _error_of(error: Exception, login: Login) -> PublishError:
    """Make the error from an exception of the library, whose text repeats the portal's answer."""
    code = _CODE.search(str(error))
    message = " ".join(str(error).split())
    action = f"{_LOGGING_IN} with {login.source} at {login.portal}"
    return refusal_of_text(shown(message), int(code.group(1)) if code else None, action)


def _portal(
    api: RestApi, login: Login, user: Mapping[str, Any], properties: Mapping[str, Any]
) -> Portal:
    privileges = user.get("privileges")
    quota, usage = user.get("storageQuota"), user.get("storageUsage")
    free = (
        quota - usage if isinstance(quota, int) and isinstance(usage, int) and quota > 0 else None
    )
    return Portal(
        api,
        login.portal,
        str(properties.get("name") or login.portal),
        str(user["username"]),
        frozenset(map(str, privileges)) if isinstance(privileges, list) else None,
        free,
        tuple(_group(g, str(user["username"])) for g in user.get("groups") or ()),
    )


def _group(fields: Mapping[str, Any], username: str) -> Group:
    member = (fields.get("userMembership") or {}).get("memberType")
    is_leader = fields.get("owner") == username or member in {"owner", "admin"}
    return Group(
        str(fields["id"]),
        str(fields.get("title") or ""),
        str(fields.get("owner") or ""),
        may_add=is_leader or not fields.get("isViewOnly"),
    )


def group_named(portal: Portal, name: str) -> Group:
    """Find the one group of the user with a title or an id.

    Raises:
        PublishError: No group or several have this name, or members may not add to it.
    """
    exact = [g for g in portal.groups if name in (g.id, g.title)]
    hits = exact or [g for g in portal.groups if g.title.lower() == name.lower()]
    if not hits:
        titles = ", ".join(shown(g.title) for g in portal.groups[:_MAX_NAMES]) or "none"
        msg = (
            f"{portal.username} is in no group {shown(name)} of {portal.name} (groups: {titles}): "
            "look at the title, or ask the owner of the group to be invited"
        )
        raise PublishError(msg)
    if len(hits) > 1:
        ids = ", ".join(f"{g.id} of {shown(g.owner)}" for g in hits)
        msg = f"{len(hits)} groups are called {shown(name)} ({ids}): give the id of one"
        raise PublishError(msg)
    if not hits[0].may_add:
        msg = (
            f"members of the group {shown(hits[0].title)} may not add to it: ask its owner "
            f"{shown(hits[0].owner)} to share the item, or for the right to add"
        )
        raise PublishError(msg)
    return hits[0]
