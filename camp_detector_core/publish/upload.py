"""Carry out a plan; a failure is undone, or the error says what is left and where."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import CampDetectorError, Cancelled
from camp_detector_core.model_file.untrusted import checksum_of

from .errors import PublishError
from .listing import ITEM_TYPE, identity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camp_detector_core.engine.ports import Progress

    from .plan import Plan
    from .portal import Portal, PortalItem
    from .rest import File

_LOG = logging.getLogger(__name__)
PART = 8 << 20
"""Bytes of a part and of the largest file sent at once; portals take parts of 5 MB or more."""
_WAIT = 600
"""Seconds that a portal may take to join the parts."""
_MEDIA = "application/octet-stream"


def publish(plan: Plan, portal: Portal, progress: Progress) -> str:
    """Add or update the item, then share it.

    Returns:
        The id of the item.

    Raises:
        Cancelled: The user stopped it, and nothing was changed.
        PublishError: It failed; the message says what is left, if anything.
    """
    return _Publisher(plan, portal, progress).run()


class _Publisher:
    """One publication."""

    def __init__(self, plan: Plan, portal: Portal, progress: Progress) -> None:
        self._plan, self._portal, self._progress = plan, portal, progress
        self._api = portal.api
        self._home = f"content/users/{portal.username}"

    def run(self) -> str:
        plan = self._plan
        self._ask()
        self._require_same_file()
        folder = self._folder()
        if plan.item is None:
            item = self._add(folder)
        else:
            item = self._update(plan.item)
            if folder:
                self._api.post(
                    f"{self._url(plan.item)}/move", {"folder": folder}, action="move the item"
                )
        try:
            self._share(item)
        except PublishError as error:
            outcome = "added" if plan.item is None else "updated"
            msg = (
                f"the item is {outcome} ({self._portal.page(item)}) and not shared as asked: "
                f"{error.sentence}; run the command again to share it"
            )
            raise _failure(msg, error) from error
        return item

    def _ask(self) -> None:
        """Raise if the user has cancelled."""
        if self._progress.cancelled():
            msg = "stopped"
            raise Cancelled(msg)

    def _require_same_file(self) -> None:
        """Refuse a file that has changed since it was checked.

        Raises:
            PublishError: The file was changed since.
        """
        package = self._plan.package
        if checksum_of(package.path)[0] != package.sha256:
            msg = f"{package.path} was changed since it was checked: run the command again"
            raise PublishError(msg)

    def _url(self, item: PortalItem) -> str:
        folder = f"/{item.folder.id}" if item.folder.id else ""
        return f"{self._home}{folder}/items/{item.id}"

    def _folder(self) -> str:
        """Id of the target folder, made if need be; empty means the root."""
        folder = self._plan.folder
        if folder is None or folder.id:
            return "" if folder is None else folder.id
        answer = self._api.post(
            f"{self._home}/createFolder", {"title": folder.title}, action="make the folder"
        )
        fields = self._api.field(answer, "folder", action="make the folder")
        return str(self._api.field(fields, "id", action="make the folder"))

    # A new item.

    def _add(self, folder: str) -> str:
        home = f"{self._home}/{folder}" if folder else self._home
        new_ids: list[str] = []
        try:
            return self._add_item(home, new_ids)
        except BaseException as error:
            self._take_back(home, new_ids, error)
            raise

    def _add_item(self, home: str, new_ids: list[str]) -> str:
        plan, action = self._plan, "add the item"
        fields = {"type": ITEM_TYPE, **plan.listing.fields()}
        if plan.package.size <= PART:
            answer = self._api.post(
                f"{home}/addItem", fields, action=action, files=self._pictures() | self._file()
            )
            new_ids.append(str(self._api.field(answer, "id", action=action)))
            self._progress.update(plan.package.size, plan.package.size)
            self._ask()
            return new_ids[0]
        # The type keyword of the content comes last: it says that the file is whole.
        first = {**fields, "multipart": "true", "fileName": plan.package.path.name}
        answer = self._api.post(f"{home}/addItem", first, action=action)
        new_ids.append(str(self._api.field(answer, "id", action=action)))
        item_url = f"{home}/items/{new_ids[0]}"
        self._send_parts(item_url, {"type": ITEM_TYPE})
        self._describe(item_url, plan.listing.fields())
        return new_ids[0]

    def _take_back(self, home: str, new_ids: list[str], error: BaseException) -> None:
        """Delete the item that was started.

        Raises:
            PublishError: It cannot be deleted; says what is left.
        """
        try:
            left = new_ids or self._new_items()
            for item in left:
                self._api.post(
                    f"{home}/items/{item}/delete", {"permanentDelete": "true"}, action="delete it"
                )
        except CampDetectorError as second:
            leftover = (
                f"the half-made item {new_ids[0]}"
                if new_ids
                else "an item that may have been begun"
            )
            msg = (
                f"{_sentence(error)}; {leftover} may be left ({second.sentence}): look under "
                f"Content, My content, for {self._plan.listing.title!r}, and delete it"
            )
            raise _failure(msg, error, second) from error
        if left:
            _LOG.info("the half-made item was deleted")

    def _new_items(self) -> list[str]:
        """Find items of this model that did not exist before."""
        keyword = identity(self._plan.package)
        return [i.id for i in self._portal.content()[1] if keyword in i.keywords]

    # One that is there.

    def _update(self, item: PortalItem) -> str:
        plan, item_url = self._plan, self._url(item)
        fields = plan.listing.fields(item.keywords)
        if plan.sends_file and plan.package.size > PART:
            self._replace(item_url, item)
        sends_at_once = plan.sends_file and plan.package.size <= PART
        try:
            self._describe(item_url, fields, file=self._file() if sends_at_once else {})
        except PublishError as error:
            if not plan.sends_file or sends_at_once:
                raise
            msg = (
                f"the file of the item {item.id} is replaced and its description is not: "
                f"{error.sentence}; run the command again"
            )
            raise _failure(msg, error) from error
        return item.id

    def _replace(self, item_url: str, item: PortalItem) -> None:
        """Replace the item's file in parts; the item keeps the old file until the last step."""
        begin = {"multipart": "true", "fileName": self._plan.package.path.name}
        try:
            self._api.post(f"{item_url}/update", begin, action="update the item")
            self._send_parts(item_url, {"type": ITEM_TYPE})
        except BaseException as error:
            try:
                self._api.post(f"{item_url}/cancel", {}, action="cancel the upload")
            except CampDetectorError as second:
                msg = (
                    f"{_sentence(error)}; the upload to the item {item.id} could not be cancelled "
                    f"({second.sentence}): run the command again, so that its file is whole"
                )
                raise _failure(msg, error, second) from error
            raise

    # Both.

    def _describe(
        self, item_url: str, fields: dict[str, str], file: dict[str, File] | None = None
    ) -> None:
        self._api.post(
            f"{item_url}/update",
            fields,
            action="update the item",
            files=self._pictures() | (file or {}),
        )

    def _pictures(self) -> dict[str, File]:
        picture = self._plan.package.thumbnail
        return {"thumbnail": ("thumbnail.png", picture, "image/png")} if picture else {}

    def _file(self) -> dict[str, File]:
        path = self._plan.package.path
        return {"file": (path.name, path.read_bytes(), _MEDIA)}

    def _send_parts(self, item_url: str, committed: dict[str, str]) -> None:
        total, bytes_sent = self._plan.package.size, 0
        for number, part in enumerate(self._parts(), start=1):
            self._ask()
            self._api.post(
                f"{item_url}/addPart",
                {"partNum": str(number)},
                action=f"send part {number} of the file",
                files={"file": (f"part{number}", part, _MEDIA)},
            )
            bytes_sent += len(part)
            self._progress.update(bytes_sent, total)
        self._ask()
        self._api.post(f"{item_url}/commit", committed, action="put the parts of the file together")
        self._wait(item_url)

    def _parts(self) -> Iterator[bytes]:
        with self._plan.package.path.open("rb") as stream:
            while part := stream.read(PART):
                yield part

    def _wait(self, item_url: str) -> None:
        """Wait until the portal has joined the parts."""
        action, pause, end = "see whether the file is whole", 0.2, time.monotonic() + _WAIT
        while True:
            answer = self._api.get(f"{item_url}/status", {}, action=action)
            state = answer.get("status")
            if state == "completed":
                return
            if state not in {"processing", "partial"} or time.monotonic() > end:
                message = answer.get("statusMessage") or state
                msg = (
                    f"the portal could not put the parts of the file together: {message}; try again"
                )
                raise PublishError(msg)
            self._ask()
            time.sleep(pause)
            pause = min(10, pause * 2)

    def _share(self, item: str) -> None:
        plan = self._plan
        if not plan.shares:
            return
        group_ids = [*plan.shared, *(g.id for g in plan.groups)]
        action = "share the item"
        answer = self._api.post(
            f"{self._home}/shareItems",
            {
                "items": item,
                "groups": ",".join(group_ids),
                "org": "true" if plan.access == "org" else "false",
                "everyone": "true" if plan.access == "public" else "false",
                "confirmItemControl": "true",
            },
            action=action,
        )
        rows = answer.get("results") or [answer]
        refusing_groups = {g for row in rows for g in row.get("notSharedWith") or ()}
        titles = [g.title for g in plan.groups if g.id in refusing_groups]
        if titles or any(row.get("success") is False for row in rows):
            groups_text = f" with {', '.join(titles)}" if titles else ""
            msg = f"the portal did not share the item{groups_text}: ask the owner of the group"
            raise PublishError(msg)


def _sentence(error: BaseException) -> str:
    return error.sentence if isinstance(error, PublishError) else "stopped"


def _failure(sentence: str, *errors: BaseException) -> PublishError:
    """Make an error around others, with the first of their remedies."""
    remedies = (e.remedy for e in errors if isinstance(e, CampDetectorError) and e.remedy)
    remedy = next(remedies, "")
    return PublishError(sentence, remedy=remedy and f"; {remedy}")
