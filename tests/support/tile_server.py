"""A server of map tiles on this machine, with the faults that real ones have.

usage: python tests/support/tile_server.py FOLDER [PORT]

FOLDER holds tiles whose names end in x-y-zoom, such as OAM-386693-220243-19.tif; other tiles do not
exist (404). Prints the template of its URLs and runs until it is stopped.
"""

from __future__ import annotations

import re
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

Place = tuple[int, int, int]
"""x, y from the north, zoom."""
_NAME = re.compile(r"(\d+)-(\d+)-(\d+)$")
_PATH = re.compile(r"(\d+)/(\d+)/(\d+)(?:\.\w+)?$")
_KINDS = ((b"\x89PNG", "image/png"), (b"\xff\xd8", "image/jpeg"), (b"RIFF", "image/webp"))


@dataclass(frozen=True)
class Reply:
    """One answer."""

    status: int = 200
    body: bytes = b""
    kind: str = "image/png"
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    """Bytes that are announced and do not come."""
    delay: float = 0.0
    """Seconds before it comes."""


class TileServer:
    """Serves tiles, and remembers what was asked; use it with ``with``."""

    def __init__(self, tiles: dict[Place, bytes], *, port: int = 0) -> None:
        """Listen, and answer from `__enter__` on.

        Args:
            tiles: Place to the bytes of a picture.
            port: 0: any that is free.
        """
        self.tiles = tiles
        self.requests: list[Place] = []
        """In the order of the requests."""
        self.moments: list[float] = []
        """When they came, seconds of a steady clock."""
        self.agents: set[str] = set()
        """User-Agent headers."""
        self.auth: set[str] = set()
        """Authorization headers."""
        self.referers: set[str] = set()
        """Referer headers."""
        self.queries: set[str] = set()
        """Query strings of the requests."""
        self.at_once = 0
        """Most requests at a time."""
        self.faults: dict[Place, list[Reply]] = {}
        """Answers that a tile gives before its own, in their order."""
        self.always: Callable[[Place], Reply | None] = lambda _place: None
        """An answer that a tile gives in place of its own."""
        self._active, self._lock = 0, threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            """Answers GET."""

            def do_GET(self) -> None:
                server._answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.http.daemon_threads = True
        self._thread = threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True)

    @classmethod
    def of_folder(cls, folder: Path, *, port: int = 0) -> Self:
        """A server of the tiles in a folder."""
        tiles = {}
        for path in sorted(folder.iterdir()):
            name = _NAME.search(path.stem)
            if name:
                x, y, zoom = map(int, name.groups())
                tiles[x, y, zoom] = path.read_bytes()
        return cls(tiles, port=port)

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.http.server_port}"

    @property
    def template(self) -> str:
        """Template of its URLs."""
        return f"http://{self.address}/tiles/{{z}}/{{x}}/{{y}}.png"

    @property
    def counts(self) -> Counter[Place]:
        """Number of requests for each tile."""
        return Counter(self.requests)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.shutdown()
        self.http.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        with self._lock:
            self._active += 1
            self.at_once = max(self.at_once, self._active)
        try:
            self._send(handler, self._choose(handler))
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client has gone
        finally:
            with self._lock:
                self._active -= 1

    def _choose(self, handler: BaseHTTPRequestHandler) -> Reply:
        url = urlsplit(handler.path)
        place = _place(url.path, parse_qs(url.query))
        if place is None:
            return Reply(404)
        with self._lock:
            self.requests.append(place)
            self.moments.append(time.monotonic())
            self.agents.add(handler.headers.get("User-Agent", ""))
            self.auth.add(handler.headers.get("Authorization", ""))
            self.referers.add(handler.headers.get("Referer", ""))
            self.queries.add(url.query)
            waiting = self.faults.get(place)
            if waiting:
                return waiting.pop(0)
        always = self.always(place)
        if always is not None:
            return always
        body = self.tiles.get(place)
        return Reply(404) if body is None else Reply(body=body, kind=_kind(body))

    @staticmethod
    def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        if reply.delay:
            time.sleep(reply.delay)
        handler.send_response(reply.status)
        handler.send_header("Content-Type", reply.kind)
        if reply.status != 204:
            handler.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(reply.body[: len(reply.body) - reply.cut])


def _place(path: str, query: dict[str, list[str]]) -> Place | None:
    """The tile that a URL names: zoom/x/y, or rows from the south below /tms/, or ?q=quadkey."""
    if "q" in query:
        key = query["q"][0]
        x = int("".join(str(int(digit) & 1) for digit in key), 2)
        y = int("".join(str(int(digit) >> 1) for digit in key), 2)
        return x, y, len(key)
    match = _PATH.search(path)
    if not match:
        return None
    zoom, x, y = map(int, match.groups())
    return x, (2**zoom - 1 - y if path.startswith("/tms/") else y), zoom


def _kind(body: bytes) -> str:
    return next((kind for magic, kind in _KINDS if body.startswith(magic)), "image/tiff")


def main(words: list[str]) -> None:
    """Serve until stopped."""
    if not 1 <= len(words) <= 2:
        sys.exit(__doc__)
    server: Any = TileServer.of_folder(Path(words[0]), port=int(words[1]) if words[1:] else 0)
    sys.stdout.write(f"{server.template}\n")
    sys.stdout.flush()
    server.http.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])
