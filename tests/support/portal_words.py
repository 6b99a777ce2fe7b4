"""Texts of requests to the stand-in of a portal, checked as a portal would."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

_PLAIN = {"title": 256, "snippet": 2048, "tags": 16_000, "accessInformation": 64_000,
          "typeKeywords": 16_000}  # fmt: skip
"""Characters that fields of plain text take."""
_RICH = {"description": 64_000, "licenseInfo": 64_000}
"""Bytes that fields of HTML take."""
_WORDS = {*_PLAIN, *_RICH, "type", "f"}
_FIELDS = {
    "generateToken": {"f", "username", "password", "client", "referer", "expiration"},
    "mapper": {"f", "types", "num", "start"},
    "groups": {"f"},
    "createFolder": {"f", "title"},
    "addItem": {*_WORDS, "multipart", "fileName"},
    "update": {*_WORDS, "multipart", "fileName"},
    "addPart": {"f", "partNum"},
    "commit": {"f", "type"},
    "cancel": {"f"},
    "delete": {"f", "permanentDelete"},
    "move": {"f", "folder"},
    "status": {"f"},
    "shareItems": {"f", "items", "groups", "org", "everyone", "confirmItemControl"},
}
"""Fields of each call, by the last word of its path."""
_FILES = {"addItem": {"file", "thumbnail"}, "update": {"file", "thumbnail"}, "addPart": {"file"}}


@dataclass(frozen=True)
class Call:
    """One request."""

    verb: str
    path: str
    fields: dict[str, str]
    files: dict[str, tuple[str, bytes]]
    """Name and content, by field."""

    @property
    def word(self) -> str:
        """The last word of the path."""
        folderless = re.sub(r"/f{32}$", "", self.path)
        return folderless.rpartition("/")[2]


def read_call(handler: BaseHTTPRequestHandler) -> Call:
    """Read a request whole."""
    url = urlsplit(handler.path)
    fields = dict(parse_qsl(url.query, keep_blank_values=True))
    files: dict[str, tuple[str, bytes]] = {}
    body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    kind = handler.headers.get("Content-Type", "")
    if kind.startswith("multipart/form-data"):
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
            name = str(part.get_param("name", header="content-disposition"))
            data = part.get_payload(decode=True)
            filename = part.get_filename()
            if filename is None:
                fields[name] = data.decode()
            else:
                files[name] = (filename, data)
    else:
        fields |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    return Call(handler.command, unquote(url.path).strip("/"), fields, files)


def wrong_words(call: Call) -> str:
    """Describe the texts that a portal would refuse or show wrongly; empty if there are none."""
    fields, picture = call.fields, call.files.get("thumbnail")
    strange = set(fields) - _FIELDS.get(call.word, set(fields))
    strange |= set(call.files) - _FILES.get(call.word, set())
    checks = {
        f"unknown fields of {call.word}: {sorted(strange)}": bool(strange),
        "an item needs a title, a type and tags": call.word == "addItem"
        and not {"title", "type", "tags"} <= set(fields),
        "the thumbnail is no PNG": picture is not None and not picture[1].startswith(b"\x89PNG"),
        **{f"{n} is too long or not plain text": not _is_plain(fields.get(n, ""), most)
           for n, most in _PLAIN.items()},
        **{f"{n} is too long or no plain HTML": not _is_plain_html(fields.get(n, ""), most)
           for n, most in _RICH.items()},
    }  # fmt: skip
    return next((fault for fault, is_so in checks.items() if is_so), "")


def _is_plain(text: str, most: int) -> bool:
    return len(text) <= most and text.isprintable() and not set("<>") & set(text)


class _Tags(HTMLParser):
    """Follows the tags."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.is_plain = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_plain &= tag in {"p", "ul", "li"} and not attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.is_plain &= bool(self.open) and self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        self.is_plain = False

    handle_decl = handle_pi = unknown_decl = handle_comment


def _is_plain_html(text: str, most: int) -> bool:
    """Return True if HTML is well-formed and made of paragraphs and lists without attributes."""
    tags = _Tags()
    tags.feed(text)
    tags.close()
    return len(text.encode()) <= most and tags.is_plain and not tags.open
