"""A server of OGC's older services (WMS, WCS) on this machine."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit


class Answer(NamedTuple):
    """To one request."""

    kind: str
    body: bytes
    status: int = 200


class OwsServer(ABC):
    """Answers what a subclass says; use it with ``with``."""

    service = ""
    """Last part of the address."""

    def __init__(self) -> None:
        """Listen."""
        self.requests: list[dict[str, str]] = []
        """The words of each request for pixels."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            """Answers GET."""

            def do_GET(self) -> None:
                server._answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self._thread = threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True)

    @property
    def address(self) -> str:
        """Address of the service."""
        return f"http://127.0.0.1:{self.http.server_port}/{self.service}"

    def __enter__(self) -> Self:
        """Answer from now on."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.http.shutdown()
        self.http.server_close()

    @abstractmethod
    def reply(self, words: dict[str, str]) -> Answer:
        """Answer a request; its parameters have names in capitals."""

    def _answer(self, handler: Any) -> None:
        words = {k.upper(): v[0] for k, v in parse_qs(urlsplit(handler.path).query).items()}
        answer = self.reply(words)
        handler.send_response(answer.status)
        handler.send_header("Content-Type", answer.kind)
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body)
