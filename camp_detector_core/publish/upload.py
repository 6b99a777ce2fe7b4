"""Carry a plan out. What fails half way is taken back, or it is said what is left and where."""

from __future__ import annotations

import hashlib
import logging
import time
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import CampDetectorError, Cancelled

from .errors import PublishError
from .listing import ITEM_TYPE, identity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camp_detector_core.engine.ports import Progress

    from .plan import Plan
    from .portal import Item, Portal
    from .rest import File

_LOG = logging.getLogger(__name__)
PART = 8 << 20
"""Bytes of a part, and of the largest file that is sent whole; portals take parts from 5 MB on."""
_WAIT = 600
"""Seconds that a portal may take to put the parts together."""
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
    """One run."""

    def __init__(self, plan: Plan, portal: Portal, progress: Progress) -> None:
        self._plan, self._portal, self._progress = plan, portal, progress
        self._rest = portal.rest
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
                self._rest.post(
                    f"{self._at(plan.item)}/move", {"folder": folder}, doing="move the item"
                )
        try:
            self._share(item)
        except PublishError as error:
            done = "added" if plan.item is None else "updated"
            msg = (
                f"the item is {done} ({self._portal.page(item)}) and not shared as asked: {error}; "
                "run the command again to share it"
            )
            raise PublishError(msg) from error
        return item

    def _ask(self) -> None:
        """Stop here if the user wants to."""
        if self._progress.cancelled():
            msg = "stopped"
            raise Cancelled(msg)

    def _require_same_file(self) -> None:
        """Send only what was checked.

        Raises:
            PublishError: The file was changed since.
        """
        package = self._plan.package
        with package.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if digest != package.sha256:
            msg = f"{package.path} was changed since it was checked: run the command again"
            raise PublishError(msg)

    def _at(self, item: Item) -> str:
        folder = f"/{item.folder.id}" if item.folder.id else ""
        return f"{self._home}{folder}/items/{item.id}"

    def _folder(self) -> str:
        """Id of the folder that the item goes into, made if need be; empty: the root."""
        folder = self._plan.folder
        if folder is None or folder.id:
            return "" if folder is None else folder.id
        answer = self._rest.post(
            f"{self._home}/createFolder", {"title": folder.title}, doing="make the folder"
        )
        made = self._rest.field(answer, "folder", doing="make the folder")
        return str(self._rest.field(made, "id", doing="make the folder"))

    # A new item.

    def _add(self, folder: str) -> str:
        home = f"{self._home}/{folder}" if folder else self._home
        made: list[str] = []
        try:
            return self._added(home, made)
        except BaseException as error:
            self._take_back(home, made, error)
            raise

    def _added(self, home: str, made: list[str]) -> str:
        plan, doing = self._plan, "add the item"
        fields = {"type": ITEM_TYPE, **plan.listing.fields()}
        if plan.package.size <= PART:
            answer = self._rest.post(
                f"{home}/addItem", fields, doing=doing, files=self._pictures() | self._file()
            )
            made.append(str(self._rest.field(answer, "id", doing=doing)))
            self._progress.update(plan.package.size, plan.package.size)
            self._ask()
            return made[0]
        # The type keyword of the content comes last: it says that the file is whole.
        first = {**fields, "multipart": "true", "fileName": plan.package.path.name}
        answer = self._rest.post(f"{home}/addItem", first, doing=doing)
        made.append(str(self._rest.field(answer, "id", doing=doing)))
        at = f"{home}/items/{made[0]}"
        self._send_parts(at, {"type": ITEM_TYPE})
        self._describe(at, plan.listing.fields())
        return made[0]

    def _take_back(self, home: str, made: list[str], error: BaseException) -> None:
        """Delete the item that was begun.

        Raises:
            PublishError: It cannot be deleted; says what is left.
        """
        try:
            left = made or self._begun()
            for item in left:
                self._rest.post(
                    f"{home}/items/{item}/delete", {"permanentDelete": "true"}, doing="delete it"
                )
        except CampDetectorError as second:
            what = f"the half-made item {made[0]}" if made else "an item that may have been begun"
            msg = (
                f"{_sentence(error)}; {what} may be left ({second}): look under Content, My "
                f"content, for {self._plan.listing.title!r}, and delete it"
            )
            raise PublishError(msg) from error
        if left:
            _LOG.info("the half-made item was deleted")

    def _begun(self) -> list[str]:
        """Ids of items of this model, of which there was none before."""
        wanted = identity(self._plan.package)
        return [i.id for i in self._portal.content()[1] if wanted in i.keywords]

    # One that is there.

    def _update(self, item: Item) -> str:
        plan, at = self._plan, self._at(item)
        fields = plan.listing.fields(item.keywords)
        if plan.sends_file and plan.package.size > PART:
            self._replace(at, item)
        whole = plan.sends_file and plan.package.size <= PART
        try:
            self._describe(at, fields, file=self._file() if whole else {})
        except PublishError as error:
            if not plan.sends_file or whole:
                raise
            msg = (
                f"the file of the item {item.id} is replaced and its description is not: {error}; "
                "run the command again"
            )
            raise PublishError(msg) from error
        return item.id

    def _replace(self, at: str, item: Item) -> None:
        """Send another file for an item, in parts; until the last step it keeps the one it has."""
        begin = {"multipart": "true", "fileName": self._plan.package.path.name}
        try:
            self._rest.post(f"{at}/update", begin, doing="update the item")
            self._send_parts(at, {"type": ITEM_TYPE})
        except BaseException as error:
            try:
                self._rest.post(f"{at}/cancel", {}, doing="cancel the upload")
            except CampDetectorError as second:
                msg = (
                    f"{_sentence(error)}; the upload to the item {item.id} could not be cancelled "
                    f"({second}): run the command again, so that its file is whole"
                )
                raise PublishError(msg) from error
            raise

    # Both.

    def _describe(
        self, at: str, fields: dict[str, str], file: dict[str, File] | None = None
    ) -> None:
        self._rest.post(
            f"{at}/update", fields, doing="update the item", files=self._pictures() | (file or {})
        )

    def _pictures(self) -> dict[str, File]:
        picture = self._plan.package.thumbnail
        return {"thumbnail": ("thumbnail.png", picture, "image/png")} if picture else {}

    def _file(self) -> dict[str, File]:
        path = self._plan.package.path
        return {"file": (path.name, path.read_bytes(), _MEDIA)}

    def _send_parts(self, at: str, committed: dict[str, str]) -> None:
        total, done = self._plan.package.size, 0
        for number, part in enumerate(self._parts(), start=1):
            self._ask()
            self._rest.post(
                f"{at}/addPart",
                {"partNum": str(number)},
                doing=f"send part {number} of the file",
                files={"file": (f"part{number}", part, _MEDIA)},
            )
            done += len(part)
            self._progress.update(done, total)
        self._ask()
        self._rest.post(f"{at}/commit", committed, doing="put the parts of the file together")
        self._wait(at)

    def _parts(self) -> Iterator[bytes]:
        with self._plan.package.path.open("rb") as stream:
            while part := stream.read(PART):
                yield part

    def _wait(self, at: str) -> None:
        """Wait until the portal has put the parts together."""
        doing, pause, end = "see whether the file is whole", 0.2, time.monotonic() + _WAIT
        while True:
            answer = self._rest.get(f"{at}/status", {}, doing=doing)
            state = answer.get("status")
            if state == "completed":
                return
            if state not in {"processing", "partial"} or time.monotonic() > end:
                said = answer.get("statusMessage") or state
                msg = f"the portal could not put the parts of the file together: {said}; try again"
                raise PublishError(msg)
            self._ask()
            time.sleep(pause)
            pause = min(10, pause * 2)

    def _share(self, item: str) -> None:
        plan = self._plan
        if not plan.shares:
            return
        wanted = [*plan.shared, *(g.id for g in plan.groups)]
        doing = "share the item"
        answer = self._rest.post(
            f"{self._home}/shareItems",
            {
                "items": item,
                "groups": ",".join(wanted),
                "org": "true" if plan.access == "org" else "false",
                "everyone": "true" if plan.access == "public" else "false",
                "confirmItemControl": "true",
            },
            doing=doing,
        )
        rows = answer.get("results") or [answer]
        refused = {g for row in rows for g in row.get("notSharedWith") or ()}
        titles = [g.title for g in plan.groups if g.id in refused]
        if titles or any(row.get("success") is False for row in rows):
            where = f" with {', '.join(titles)}" if titles else ""
            msg = f"the portal did not share the item{where}: ask the owner of the group"
            raise PublishError(msg)


def _sentence(error: BaseException) -> str:
    return str(error) if isinstance(error, PublishError) else "stopped"
