"""What publishing would do: decided from what the portal holds, before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from camp_detector_core.engine.wording import shown

from .errors import PublishError
from .listing import ITEM_TYPE, Listing, content_of, identity, listing_of, version_of
from .portal import Folder, group_named

if TYPE_CHECKING:
    from .package import Package
    from .portal import Group, Item, Portal

Audience = Literal["org", "everyone"]
"""Who may see an item beside its owner and its groups."""
_ACCESS = {"org": "org", "everyone": "public"}
_WORDS = {
    "private": "its owner alone",
    "org": "the whole organization",
    "public": "everyone",
}


@dataclass(frozen=True)
class Wish:
    """What the user asks for."""

    groups: tuple[str, ...] = ()
    """Titles or ids."""
    folder: str | None = None
    """Title; None: the root for a new item, where it is for one that is there."""
    audience: Audience | None = None
    """None: a new item is private, one that is there stays as it is."""


@dataclass(frozen=True)
class Plan:
    """What will be done."""

    package: Package
    listing: Listing
    item: Item | None
    """The item to update; None: a new one is added."""
    folder: Folder | None
    """Where it goes; None: the root, or where it is. Without an id it is made first."""
    groups: tuple[Group, ...]
    """Those that it is not shared with yet."""
    shared: tuple[str, ...]
    """Ids of the groups that it is shared with."""
    access: str
    """Who sees it afterwards, groups aside, in the portal's words."""

    @property
    def sends_file(self) -> bool:
        """Whether the portal does not hold this very file yet."""
        return self.item is None or content_of(self.item.keywords) != self.package.sha256[:16]

    @property
    def shares(self) -> bool:
        """Whether somebody sees the item who does not now."""
        before = "private" if self.item is None else self.item.access
        return bool(self.groups) or _open_to(before) != _open_to(self.access)


def _open_to(access: str) -> str:
    return access if access in {"org", "public"} else "private"


def make_plan(portal: Portal, package: Package, wish: Wish) -> Plan:
    """Decide what to do.

    Raises:
        PublishError: It cannot be done: a group is missing, a privilege, or storage.
    """
    portal.require("portal:user:createItem", "add items")
    listing = listing_of(package)
    folders, items = portal.content()
    item = _same_model(items, package)
    shared = portal.groups_of(item.id) if item else ()
    named = {g.id: g for g in (group_named(portal, name) for name in wish.groups)}
    groups = tuple(g for g in named.values() if g.id not in shared)
    if groups:
        portal.require("portal:user:shareToGroup", "share items with groups")
    if wish.audience == "org":
        portal.require("portal:user:shareToOrg", "share items with the organization")
    if wish.audience == "everyone":
        portal.require("portal:user:shareToPublic", "share items with everyone")
    before = item.access if item else "private"
    plan = Plan(
        package, listing, item, _folder(folders, item, wish.folder), groups, shared,
        _ACCESS[wish.audience] if wish.audience else before,
    )  # fmt: skip
    if plan.sends_file and portal.free is not None and package.size > portal.free:
        msg = (
            f"{portal.username} may store {portal.free:,} more bytes in {portal.name} and "
            f"{package.path.name} has {package.size:,}: delete what is not needed, or ask an "
            "administrator of the portal for more storage"
        )
        raise PublishError(msg)
    return plan


def _same_model(items: tuple[Item, ...], package: Package) -> Item | None:
    wanted = identity(package)
    hits = [i for i in items if wanted in i.keywords]
    if len(hits) > 1:
        ids = ", ".join(i.id for i in hits)
        msg = f"{len(hits)} items hold {wanted} ({ids}): delete all but one in the portal"
        raise PublishError(msg)
    return hits[0] if hits else None


def _folder(folders: tuple[Folder, ...], item: Item | None, name: str | None) -> Folder | None:
    """Where the item goes, if that is not where it is."""
    if name is None:
        return None
    if not name.strip() or any(c in name for c in '/\\"<>'):
        msg = f"{shown(name)!r} is no name of a folder: it may hold neither slashes nor brackets"
        raise PublishError(msg)
    hits = [f for f in folders if name == f.title] or [
        f for f in folders if name.lower() == f.title.lower()
    ]
    folder = hits[0] if hits else Folder("", name)
    return None if item is not None and folder.id and folder == item.folder else folder


def plan_lines(plan: Plan, portal: Portal) -> list[str]:
    """The plan for people, a line for each step and each field."""
    listing, package = plan.listing, plan.package
    size = f"{package.size / 1e6:.1f} MB"
    lines = [f"portal: {portal.name} ({portal.address}), as {portal.username}"]
    if plan.item is None:
        lines.append(f'add an item "{ITEM_TYPE}" with {package.path.name} ({size})')
    else:
        lines.append(f"update the item {plan.item.id}: {shown(plan.item.title)}")
        before, now = version_of(plan.item.keywords), version_of(listing.keywords)
        lines.append(
            f"  version: {now} (as before)" if before == now else f"  version: {before} -> {now}"
        )
        sent = f"replaced by {package.path.name} ({size})"
        lines.append(f"  file: {sent if plan.sends_file else 'the same, not sent again'}")
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
        made = "" if plan.folder.id else " (is made)"
        lines.append(f"put it into the folder {shown(plan.folder.title)}{made}")
    lines += [f"share it with the group {shown(g.title)} ({g.id})" for g in plan.groups]
    before = "private" if plan.item is None else plan.item.access
    changed = _open_to(before) != _open_to(plan.access)
    same = "visible to" if plan.item is None else "stays visible to"
    verb = "make it visible to" if changed else same
    who = _WORDS[_open_to(plan.access)]
    if _open_to(plan.access) == "private" and (plan.groups or plan.shared):
        who = "its owner and its groups"
    lines.append(f"{verb} {who}")
    return lines
