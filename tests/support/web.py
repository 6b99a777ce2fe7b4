"""Serve a folder over HTTP with byte ranges, which Python's own server lacks.

usage: python web.py FOLDER. Prints its address and runs until it is stopped.
"""

from __future__ import annotations

import functools
import http.server
import sys
from pathlib import Path


class Handler(http.server.SimpleHTTPRequestHandler):
    """Answers GET and HEAD."""

    def do_GET(self) -> None:
        """Send a file, or the bytes of it that are asked for."""
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        start, stop = 0, len(data)
        byte_range = self.headers.get("Range")
        if byte_range:
            first, _, last = byte_range.removeprefix("bytes=").partition("-")
            start, stop = int(first), min(len(data), int(last or len(data) - 1) + 1)
        self.send_response(206 if byte_range else 200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(stop - start))
        if byte_range:
            self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{len(data)}")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data[start:stop])

    def do_HEAD(self) -> None:
        """Send the header alone."""
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main(folder: str) -> None:
    """Serve until stopped."""
    handler = functools.partial(Handler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
