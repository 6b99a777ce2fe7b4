"""A stand-in of an ArcGIS Enterprise portal: logging in, a user's content, and sharing.

It is an HTTPS server with a certificate of its own authority, and strict: a call or a field that it
does not know is answered by 400 and kept in `Portal.strange`, as is what a real portal would not
take or would show wrongly: tags that are not ours, angle brackets in plain text, small parts.
Answers follow the reference of Esri's REST API (Users, groups, and items; Portal).
"""

from __future__ import annotations

import json
import re
import secrets
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from tests.support.authority import server_certificate
from tests.support.portal_words import Call, read_call, wrong_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

USER, PASSWORD = "mapper", "correct horse & 'battery' staple"
FOLDER, GROUP, OTHER_GROUP = "f" * 32, "1" * 32, "5" * 32
_LEAST_PART = 5 << 20
_HARMLESS = {"generateToken", "self", "groups", "status", USER, "info", "rest"}
_ITEM = r"content/users/mapper(?:/f{32})?/items/(\w{32})"
Answer = dict[str, Any]


@dataclass
class Stored:
    """An item."""

    id: str
    folder: str
    words: dict[str, str] = field(default_factory=dict)
    file: bytes | None = None
    thumbnail: bytes | None = None
    parts: dict[int, bytes] | None = None
    """Parts of an upload that was begun and not committed."""
    access: str = "private"
    groups: list[str] = field(default_factory=list)

    def answer(self) -> Answer:
        return {
            "id": self.id, "owner": USER, "title": self.words["title"], "type": self.words["type"],
            "typeKeywords": ["Model", *self.words["typeKeywords"].split(",")],
            "access": self.access,
        }  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """An answer in place of the right one."""

    status: int = 200
    error: Answer | None = None
    hang_up: bool = False
    """Close the connection without an answer."""
    after: bool = False
    """Do first what was asked for."""
    location: str = ""
    """Address of a redirection."""


class Portal:
    """Serves one organization with one user; use it with ``with``."""

    def __init__(self, folder: Path) -> None:
        """Listen.

        Args:
            folder: Receives the certificates.
        """
        self.authority, certificate = server_certificate(folder)
        self.items: dict[str, Stored] = {}
        self.folders = {FOLDER: "Models"}
        self.groups = [
            _group(GROUP, "Shelter mapping"), _group("2" * 32, "Twins"), _group("3" * 32, "Twins"),
            _group("4" * 32, "Read only", view=True), _group(OTHER_GROUP, "Field & <b>office</b>"),
        ]  # fmt: skip
        self.privileges = [
            f"portal:user:{p}"
            for p in ("createItem", "shareToGroup", "shareToOrg", "shareToPublic")
        ]
        self.quota = 1 << 40
        self.tokens = {secrets.token_urlsafe(40)}
        self.calls: list[Call] = []
        self.strange: list[str] = []
        """Requests that no portal would take, or that this stand-in does not know."""
        self.faults: dict[str, list[Fault]] = {}
        """By the last word of a path, in the order of the requests."""
        self.watch: Callable[[Call], None] = lambda _call: None
        """Told of each call before it is answered."""
        self._lock = threading.Lock()
        self.http = self._server(certificate)
        self._thread = threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True)

    def _server(self, certificate: Path) -> ThreadingHTTPServer:
        portal = self

        class Handler(BaseHTTPRequestHandler):
            """Answers GET and POST."""

            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with suppress(OSError):  # a client that was stopped has gone
                    portal.answer(self)

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def finish_request(self, request: Any, client_address: Any) -> None:
                with suppress(OSError):  # clients that do not trust the certificate hang up
                    super().finish_request(
                        context.wrap_socket(request, server_side=True), client_address
                    )

        return Server(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.http.server_port}/portal"

    @property
    def words(self) -> list[str]:
        """Last words of all paths that were asked for."""
        return [c.word for c in self.calls]

    @property
    def writes(self) -> list[str]:
        """Return the calls that change something."""
        return [c.word for c in self.calls if c.verb == "POST" and c.word not in _HARMLESS]

    @property
    def only_item(self) -> Stored:
        (item,) = self.items.values()
        return item

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.shutdown()
        self.http.server_close()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        call = read_call(handler)
        token = handler.headers.get("X-Esri-Authorization", "").removeprefix("Bearer ")
        with self._lock:
            self.calls.append(call)
            waiting = self.faults.get(call.word)
            fault = waiting.pop(0) if waiting else None
        self.watch(call)
        status, body = 200, {}
        if fault is None or fault.after:
            with self._lock:
                status, body = self._result(call, token)
        if fault is not None:
            if fault.hang_up:
                handler.close_connection = True
                return
            status, body = fault.status, {"error": fault.error} if fault.error else body
        data = json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        if fault is not None and fault.location:
            handler.send_header("Location", fault.location)
        handler.end_headers()
        handler.wfile.write(data)

    def _result(self, call: Call, token: str) -> tuple[int, Answer]:
        if call.path in {"portal/info", "portal/rest/info", "portal/rest/services"}:
            return 404, {}  # the library looks there for other products and other ways to log in
        operation = call.path.removeprefix("portal/sharing/rest").removeprefix("/")
        for needs_token, verbs, pattern, work in self._routes():
            match = re.fullmatch(pattern, operation)
            if not match or call.verb not in verbs:
                continue
            if needs_token and token not in self.tokens:
                error = ("Invalid token.", 498) if token else ("Token Required", 499)
                return 200, _error(error[1], error[0])
            wrong = wrong_words(call)
            if wrong:
                break
            return 200, work(call, *match.groups())
        else:
            wrong = f"unknown call {call.verb} {call.path}"
        self.strange.append(wrong)
        return 400, _error(400, f"strange: {wrong}")

    def _routes(self) -> list[tuple[bool, str, str, Callable[..., Answer]]]:
        home = r"content/users/mapper(?:/(f{32}))?"
        return [
            (False, "GET", "", lambda _c: {"currentVersion": "2025.1"}),
            (False, "GET", "info", self._info),
            (False, "POST", "generateToken", self._generate_token),
            (True, "GET POST", "portals/self", self._self),
            (True, "GET POST", "community/self|community/users/mapper", lambda _c: self._user()),
            (True, "GET", home, self._content),
            (True, "GET", r"content/items/(\w{32})/groups", self._groups_of),
            (True, "POST", "content/users/mapper/createFolder", self._create_folder),
            (True, "POST", f"{home}/addItem", self._add),
            (True, "POST", f"{_ITEM}/addPart", self._add_part),
            (True, "POST", f"{_ITEM}/commit", self._commit),
            (True, "POST", f"{_ITEM}/cancel", self._cancel),
            (True, "POST", f"{_ITEM}/update", self._update),
            (True, "POST", f"{_ITEM}/delete", self._delete),
            (True, "POST", f"{_ITEM}/move", self._move),
            (True, "GET", f"{_ITEM}/status", self._status),
            (True, "POST", "content/users/mapper/shareItems", self._share),
        ]

    # Logging in.

    def _info(self, _call: Call) -> Answer:
        url = f"{self.url}/sharing/rest/generateToken"
        return {"authInfo": {"isTokenBasedSecurity": True, "tokenServicesUrl": url}}

    def _generate_token(self, call: Call) -> Answer:
        if (call.fields.get("username"), call.fields.get("password")) != (USER, PASSWORD):
            reason = ["Invalid username or password."]
            return _error(400, "Unable to generate token.", reason)
        (token, *_) = self.tokens
        return {"token": token, "expires": int((time.time() + 3600) * 1000), "ssl": True}

    def _user(self) -> Answer:
        bytes_used = sum(len(i.file or b"") for i in self.items.values())
        return {
            "username": USER, "fullName": "Mapper", "role": "org_publisher", "level": "2",
            "privileges": self.privileges, "storageUsage": bytes_used, "storageQuota": self.quota,
            "groups": self.groups, "orgId": "0123456789ABCDEF", "access": "org",
        }  # fmt: skip

    def _self(self, _call: Call) -> Answer:
        user = {k: v for k, v in self._user().items() if k not in {"groups", "storageUsage"}}
        return {
            "id": "0123456789ABCDEF", "name": "Relief maps", "isPortal": True, "allSSL": True,
            "portalHostname": self.url.removeprefix("https://"), "portalMode": "singletenant",
            "currentVersion": "2025.1", "user": user, "supportsHostedServices": True,
            "portalName": "Relief maps", "access": "private", "urlKey": None, "helperServices": {},
        }  # fmt: skip

    # Content.

    def _content(self, call: Call, folder: str | None) -> Answer:
        inside = [i.answer() for i in self.items.values() if i.folder == (folder or "")]
        type_names = call.fields.get("types")
        inside = [i for i in inside if type_names in (None, i["type"])]
        start, number = (int(call.fields[k]) for k in ("start", "num"))
        page, after = inside[start - 1 :][:number], start + number
        folders = [{"id": k, "title": v, "username": USER} for k, v in self.folders.items()]
        return {
            "username": USER, "total": len(inside), "start": start, "num": number, "items": page,
            "nextStart": after if after <= len(inside) else -1,
            **({} if folder else {"folders": folders}),
        }  # fmt: skip

    def _groups_of(self, _call: Call, item: str) -> Answer:
        shared = self.items[item].groups
        return {"admin": [], "other": [], "member": [g for g in self.groups if g["id"] in shared]}

    def _create_folder(self, call: Call) -> Answer:
        if call.fields["title"] in self.folders.values():
            return _error(400, "Folder title not available.")
        self.folders[FOLDER] = call.fields["title"]
        folder = {"id": FOLDER, "title": call.fields["title"], "username": USER}
        return {"success": True, "folder": folder}

    def _add(self, call: Call, folder: str | None) -> Answer:
        item = Stored(secrets.token_hex(16), folder or "")
        self._store(item, call)
        if "multipart" in call.fields:
            item.parts = {}
        elif item.file is None:
            self.strange.append("an item without a file")
        self.items[item.id] = item
        return {"success": True, "id": item.id, "folder": folder}

    @staticmethod
    def _store(item: Stored, call: Call) -> None:
        controls = {"f", "multipart", "fileName", "async"}
        item.words |= {k: v for k, v in call.fields.items() if k not in controls}
        if "file" in call.files:
            item.file = call.files["file"][1]
        if "thumbnail" in call.files:
            item.thumbnail = call.files["thumbnail"][1]

    def _add_part(self, call: Call, item: str) -> Answer:
        stored = self.items[item]
        if stored.parts is None:
            return _error(400, "No upload was begun.")
        stored.parts[int(call.fields["partNum"])] = call.files["file"][1]
        return {"success": True, "id": item}

    def _commit(self, _call: Call, item: str) -> Answer:
        stored = self.items[item]
        parts = [part for _, part in sorted((stored.parts or {}).items())]
        if not parts or any(len(p) < _LEAST_PART for p in parts[:-1]):
            self.strange.append("parts that are missing or too small")
            return _error(400, "Parts are missing.")
        stored.file, stored.parts = b"".join(parts), None
        return {"success": True, "id": item}

    def _cancel(self, _call: Call, item: str) -> Answer:
        self.items[item].parts = None
        return {"success": True, "id": item}

    def _update(self, call: Call, item: str) -> Answer:
        if item not in self.items:
            return _error(400, "Item does not exist or is inaccessible.")
        self._store(self.items[item], call)
        if "multipart" in call.fields:
            self.items[item].parts = {}
        return {"success": True, "id": item}

    def _delete(self, _call: Call, item: str) -> Answer:
        del self.items[item]
        return {"success": True, "itemId": item}

    def _move(self, call: Call, item: str) -> Answer:
        self.items[item].folder = call.fields["folder"]
        return {"success": True, "itemId": item, "owner": USER, "folder": call.fields["folder"]}

    def _status(self, _call: Call, item: str) -> Answer:
        partial = self.items[item].parts is not None
        return {"itemId": item, "status": "partial" if partial else "completed"}

    def _share(self, call: Call) -> Answer:
        item = self.items[call.fields["items"]]
        group_ids = {g["id"] for g in self.groups}
        requested_ids = [g for g in call.fields["groups"].split(",") if g]
        item.groups = [g for g in requested_ids if g in group_ids]
        org, everyone = (call.fields[k] == "true" for k in ("org", "everyone"))
        item.access = (
            "public" if everyone else "org" if org else "shared" if item.groups else "private"
        )
        refused = [g for g in requested_ids if g not in group_ids]
        return {"results": [{"itemId": item.id, "success": not refused, "notSharedWith": refused}]}


def _group(number: str, title: str, *, view: bool = False) -> Answer:
    member = {"username": USER, "memberType": "member"}
    return {
        "id": number, "title": title, "owner": "chief", "isViewOnly": view,
        "userMembership": member,
    }  # fmt: skip


def _error(code: int, message: str, details: list[str] | None = None) -> Answer:
    return {"error": {"code": code, "message": message, "details": details or []}}
