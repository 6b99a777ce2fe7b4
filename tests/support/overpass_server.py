"""A server on this machine that answers for buildings as Overpass does, with its faults.

usage: python tests/support/overpass_server.py FILE.geojson [PORT]

FILE holds polygons in longitude and latitude with ``osm_id`` and tags as properties. Polygons with
holes are given as multipolygon relations. Prints its address and runs until it is stopped. The
shapes of the answers are those of https://wiki.openstreetmap.org/wiki/Overpass_API
"""

from __future__ import annotations

import json
import re
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs

STATE = "2026-11-20T11:22:33Z"
"""Date of the data, as the server gives it."""
HTML = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">
<html><head><title>OSM3S Response</title></head><body>
<p><strong style="color:#FF0000">Error</strong>: runtime error: open64: 0 Success /osm3s_osm_base
Dispatcher_Client::request_read_and_idx::timeout. The server is probably too busy.</p>
</body></html>
"""
"""Answer of Overpass when it is overloaded."""


@dataclass(frozen=True)
class Fault:
    """An answer that is none."""

    status: int = 200
    body: bytes = HTML
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    """Bytes that are announced and do not come."""


class OverpassServer:
    """Answers queries for buildings, and remembers them; use it with ``with``."""

    def __init__(self, elements: list[dict[str, Any]], *, port: int = 0) -> None:
        """Listen, and answer from `__enter__` on.

        Args:
            elements: Nodes, ways and relations; all of them come with every answer.
            port: 0: any that is free.
        """
        self.elements = elements
        self.queries: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.faults: list[Fault] = []
        """Given before true answers, in their order."""
        self.remark: str | None = None
        """Beside the elements, as Overpass tells of errors while it runs."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            """Answers POST to /api/interpreter."""

            def do_POST(self) -> None:
                server._answer(self)

            def do_GET(self) -> None:
                server.paths.append(self.path)
                self.send_error(404)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.http.daemon_threads = True
        self._thread = threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True)

    @classmethod
    def of_file(cls, path: Path, *, port: int = 0) -> Self:
        """A server of the polygons in a GeoJSON file."""
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return cls(elements_of(features), port=port)

    @property
    def url(self) -> str:
        """To give as ``--overpass-url``."""
        return f"http://127.0.0.1:{self.http.server_port}/api"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.shutdown()
        self.http.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"])).decode()
        query = parse_qs(body).get("data", [""])[0]
        self.queries.append(query)
        self.headers.append(dict(handler.headers))
        self.paths.append(handler.path)
        fault = self.faults.pop(0) if self.faults else None
        if fault is None and handler.path != "/api/interpreter":
            fault = Fault(404, b"not found")
        if fault is None and not re.search(r"\[out:json\].*\['building'\]\(poly:", query):
            fault = Fault(400, b"parse error")
        if fault is None:
            fault = Fault(200, self._data(query), "application/json")
        try:
            handler.send_response(fault.status)
            handler.send_header("Content-Type", fault.kind)
            handler.send_header("Content-Length", str(len(fault.body)))
            for name, value in fault.headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(fault.body[: len(fault.body) - fault.cut])
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client has gone

    def _data(self, query: str) -> bytes:
        value: dict[str, Any] = {
            "version": 0.6,
            "generator": "Overpass API 0.7.62.4 2390de5a",
            "osm3s": {
                "timestamp_osm_base": STATE,
                "copyright": "The data included in this document is from www.openstreetmap.org. "
                "The data is made available under ODbL.",
            },
            "elements": self._inside(query),
        }
        if self.remark:
            value["remark"] = self.remark
        return json.dumps(value).encode()

    def _inside(self, query: str) -> list[dict[str, Any]]:
        """Nodes, ways and relations with a node in the box of the query, and what they consist of.

        As ``(._;>;)`` asks: an object that is partly inside comes whole.
        """
        match = re.search(r"\(poly:'([^']*)'", query)
        values = [float(v) for v in match[1].split()] if match else []
        south, north = min(values[::2]), max(values[::2])
        west, east = min(values[1::2]), max(values[1::2])
        kinds: dict[str, dict[int, Any]] = {"node": {}, "way": {}, "relation": {}}
        for element in self.elements:
            kinds[element["type"]][element["id"]] = element
        near = {
            n["id"] for n in kinds["node"].values()
            if south <= n["lat"] <= north and west <= n["lon"] <= east
        }  # fmt: skip
        ways = {w["id"] for w in kinds["way"].values() if near & set(w["nodes"])}
        relations, tagged = (
            set(),
            {w for w in ways if "building" in kinds["way"][w].get("tags", {})},
        )
        for relation in kinds["relation"].values():
            members = {m["ref"] for m in relation["members"]}
            if members & ways:
                relations.add(relation["id"])
                tagged |= members & set(kinds["way"])
        nodes = {n for w in tagged for n in kinds["way"][w]["nodes"]}
        ids = {"node": nodes, "way": tagged, "relation": relations}
        return [e for e in self.elements if e["id"] in ids[e["type"]]]


def elements_of(features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """OpenStreetMap's nodes, ways and relations of GeoJSON polygons."""
    numbers = count(1)
    nodes: dict[tuple[float, float], int] = {}
    ways: list[dict[str, Any]] = []
    relations: list[dict[str, Any]] = []

    def way(ring: list[list[float]], tags: dict[str, str], number: int | None = None) -> int:
        for lon, lat in ring:
            nodes.setdefault((lon, lat), next(numbers))
        number = number or next(numbers)
        refs = [nodes[lon, lat] for lon, lat in ring]
        ways.append({"type": "way", "id": number, "nodes": refs, "tags": tags})
        return number

    for feature in features:
        outer, *inner = feature["geometry"]["coordinates"]
        tags = {k: v for k, v in feature["properties"].items() if isinstance(v, str)}
        tags.pop("osm_type", None)
        tags.setdefault("building", "yes")
        number = feature["properties"].get("osm_id")
        if not inner:
            way(outer, tags, number)
            continue
        members = [{"type": "way", "ref": way(outer, {}), "role": "outer"}]
        members += [{"type": "way", "ref": way(ring, {}), "role": "inner"} for ring in inner]
        relations.append(
            {
                "type": "relation",
                "id": number or next(numbers),
                "members": members,
                "tags": {"type": "multipolygon", **tags},
            }
        )
    points = [{"type": "node", "id": n, "lat": at[1], "lon": at[0]} for at, n in nodes.items()]
    return [*points, *ways, *relations]


def main(words: list[str]) -> None:
    """Serve until stopped."""
    if not 1 <= len(words) <= 2:
        sys.exit(__doc__)
    server = OverpassServer.of_file(Path(words[0]), port=int(words[1]) if words[1:] else 0)
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    server.http.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])
