"""Plan of a publication, decided from the portal's content before any change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from camp_detector_core.engine.wording import shown

from .errors import PublishError
from .listing import ITEM_TYPE, Listing, content_of, identity, listing_of, version_of
from .portal import Folder, group_named

if TYPE_CHECKING:
    from .package import Package
    from .portal import Group, Portal, PortalItem

Audience = Literal["org", "everyone"]
"""Audience of an item besides its owner and its groups."""
_ACCESS = {"org": "org", "everyone": "public"}
_WORDS = {"private": "its owner alone", "org": "the whole organization", "public": "everyone"}


@dataclass(frozen=True)
class PublishRequest:
    """Request of the user to publish."""

    groups: tuple[str, ...] = ()
    """Titles or ids."""
    folder: str | None = None
    """Folder title; None means the root for a new item and no move for an existing one."""
    audience: Audience | None = None
    """None keeps an existing item's audience and makes a new item private."""


@dataclass(frozen=True)
class Plan:
    """Steps of a publication."""

    package: Package
    listing: Listing
    item: PortalItem | None
    """Item to update; None adds a new one."""
    folder: Folder | None
    """Target folder; None means the root, or no move. One without an id is made first."""
    groups: tuple[Group, ...]
    """Groups to share with that do not have the item yet."""
    shared: tuple[str, ...]
    """Ids of the groups that the item is already shared with."""
    access: str
    """Final access in the portal's words, groups aside."""

    @property
    def sends_file(self) -> bool:
        """Test if the portal lacks this version of the file."""
        return self.item is None or content_of(self.item.keywords) != self.package.sha256[:16]

    @property
    def shares(self) -> bool:
        """Test if publishing shows the item to more people than now."""
        current_access = "private" if self.item is None else self.item.access
        return bool(self.groups) or _open_to(current_access) != _open_to(self.access)


def _open_to(access: str) -> str:
    return access if access in {"org", "public"} else "private"


def make_plan(portal: Portal, package: Package, wish: PublishRequest) -> Plan:
    """Decide the steps of a publication.

    Raises:
        PublishError: It cannot be done: a group is missing, a privilege, or storage.
    """
    portal.require("portal:user:createItem", "add items")
    listing = listing_of(package)
    folders, items = portal.content()
    item = _same_model(items, package)
    current_groups = portal.groups_of(item.id) if item else ()
    groups_by_id = {g.id: g for g in (group_named(portal, name) for name in wish.groups)}
    groups = tuple(g for g in groups_by_id.values() if g.id not in current_groups)
    if groups:
        portal.require("portal:user:shareToGroup", "share items with groups")
    if wish.audience == "org":
        portal.require("portal:user:shareToOrg", "share items with the organization")
    if wish.audience == "everyone":
        portal.require("portal:user:shareToPublic", "share items with everyone")
    current_access = item.access if item else "private"
    plan = Plan(
        package, listing, item, _folder(folders, item, wish.folder), groups, current_groups,
        _ACCESS[wish.audience] if wish.audience else current_access,
    )  # fmt: skip
    if plan.sends_file and portal.free is not None and package.size > portal.free:
        msg = (
            f"{portal.username} may store {portal.free:,} more bytes in {portal.name} and "
            f"{package.path.name} has {package.size:,}: delete what is not needed, or ask an "
            "administrator of the portal for more storage"
        )
        raise PublishError(msg)
    return plan


def _same_model(items: tuple[PortalItem, ...], package: Package) -> PortalItem | None:
    keyword = identity(package)
    hits = [i for i in items if keyword in i.keywords]
    if len(hits) > 1:
        ids = ", ".join(i.id for i in hits)
        msg = f"{len(hits)} items hold {keyword} ({ids}): delete all but one in the portal"
        raise PublishError(msg)
    return hits[0] if hits else None


def _folder(
    folders: tuple[Folder, ...], item: PortalItem | None, name: str | None
) -> Folder | None:
    """Find the target folder if the item must move."""
    if name is None:
        return None
    if not name.strip() or any(c in name for c in '/\\"<>'):
        msg = f"{shown(name)!r} is not a name of a folder: it may hold neither slashes nor brackets"
        raise PublishError(msg)
    hits = [f for f in folders if name == f.title] or [
        f for f in folders if name.lower() == f.title.lower()
    ]
    folder = hits[0] if hits else Folder("", name)
    return None if item is not None and folder.id and folder == item.folder else folder


def plan_lines(plan: Plan, portal: Portal) -> list[str]:
    """Describe the plan to people, one line per step and field."""
    listing, package = plan.listing, plan.package
    size = f"{package.size / 1e6:.1f} MB"
    lines = [f"portal: {portal.name} ({portal.address}), as {portal.username}"]
    if plan.item is None:
        lines.append(f'add an item "{ITEM_TYPE}" with {package.path.name} ({size})')
    else:
        lines.append(f"update the item {plan.item.id}: {shown(plan.item.title)}")
        old_version, new_version = version_of(plan.item.keywords), version_of(listing.keywords)
        lines.append(
            f"  version: {new_version} (as before)"
            if old_version == new_version
            else f"  version: {old_version} -> {new_version}"
        )
        new_file = f"replaced by {package.path.name} ({size})"
        lines.append(f"  file: {new_file if plan.sends_file else 'the same, not sent again'}")
    lines += [
        f"  title: {listing.title}",
        f"  summary: {listing.snippet}",
        f"  tags: {', '.join(listing.tags)}",
        f"  description: {listing.description}",
        f"  terms of use: {listing.licence}",
        f"  credits: {listing.credits or '(none)'}",
        f"  thumbnail: {'from the package' if package.thumbnail else '(none)'}",
    ]
    if plan.folder is not None:
        note = "" if plan.folder.id else " (is made)"
        lines.append(f"put it into the folder {shown(plan.folder.title)}{note}")
    lines += [f"share it with the group {shown(g.title)} ({g.id})" for g in plan.groups]
    old_access = "private" if plan.item is None else plan.item.access
    changed = _open_to(old_access) != _open_to(plan.access)
    same = "visible to" if plan.item is None else "stays visible to"
    verb = "make it visible to" if changed else same
    audience = _WORDS[_open_to(plan.access)]
    if _open_to(plan.access) == "private" and (plan.groups or plan.shared):
        audience = "its owner and its groups"
    lines.append(f"{verb} {audience}")
    return lines
