"""JSON schemas of STAC extensions: cache, lookup and references.

A schema is known by the URI that its file stands for, never by its ``$id``: that of processing
v1.1.0 says v1.0.0, and others end in ``#``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin, urlsplit

from camp_detector_core.engine.errors import CampDetectorError, PredictorError
from camp_detector_core.model_file.untrusted import read_json
from camp_detector_core.user_folders import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MAX_BYTES = 4 << 20
_EXTENSION = re.compile(
    r"https://stac-extensions\.github\.io/([a-z0-9-]+)/(v[0-9]+\.[0-9]+\.[0-9]+)/schema\.json"
)
_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")


class SchemaError(CampDetectorError):
    """A schema is missing or not valid."""


def schema_cache() -> Path:
    """The user's folder of downloaded schemas, in the platform's cache."""
    return cache_folder() / "schemas"


def names_of(uri: str) -> list[str]:
    """List possible file names of a schema: ``mlm-v1.5.2.json``, or the path of its URI.

    Nothing for a URI whose path could lead out of a folder.
    """
    parts = urlsplit(uri)
    steps = [parts.netloc, *parts.path.strip("/").split("/")]
    if parts.scheme != "https" or not all(_SEGMENT.fullmatch(step) for step in steps):
        return []
    short = _EXTENSION.fullmatch(uri)
    first = [f"{short[1]}-{short[2]}.json"] if short else []
    return [*first, "/".join(steps), "/".join(steps[1:])]


@dataclass(frozen=True)
class SchemaStore:
    """Folders of schemas; the first that has a schema counts."""

    folders: tuple[Path, ...]

    def load(self, uri: str) -> dict[str, Any] | None:
        """Load a schema under the URI of the request; None if it is missing.

        Raises:
            SchemaError: The file that should hold it does not.
        """
        for folder in self.folders:
            for name in names_of(uri):
                path = folder / name
                if path.is_file():
                    return _read(path, uri)
        return None

    def gather(
        self, uri: str, local_schemas: Mapping[str, Any]
    ) -> tuple[dict[str, Any], list[str]]:
        """Load a schema and all schemas that it refers to.

        Args:
            uri: URI of the schema.
            local_schemas: Schemas that are there already, by URI.

        Returns:
            Schemas by URI, and the URIs of those that are not at hand.

        Raises:
            SchemaError: A file that should hold one does not.
        """
        schemas: dict[str, Any] = {}
        missing_uris: list[str] = []
        queue = [uri]
        while queue:
            next_uri = queue.pop()
            if next_uri in local_schemas or next_uri in schemas or next_uri in missing_uris:
                continue
            schema = self.load(next_uri)
            if schema is None:
                missing_uris.append(next_uri)
                continue
            schemas[next_uri] = schema
            queue += references(schema, next_uri)
        return schemas, missing_uris


def _read(path: Path, uri: str) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            return as_schema(stream.read(MAX_BYTES + 1), uri, str(path))
    except OSError as error:
        msg = f"the schema {path} cannot be read: {error.strerror or error}"
        raise SchemaError(msg) from error


def as_schema(data: bytes, uri: str, origin: str) -> dict[str, Any]:
    """Parse a schema and set its URI as ``$id``, so that references to it resolve.

    Raises:
        SchemaError: The text is not a schema.
    """
    try:
        schema = read_json(data, origin) if len(data) <= MAX_BYTES else None
    except PredictorError as error:
        raise SchemaError(str(error)) from error
    if schema is None or "$schema" not in schema:
        msg = f"{origin} is not a JSON schema"
        remedy = "delete it, and fetch it with {fetch_schemas}"
        raise SchemaError(msg, parameter="schemas", remedy=remedy)
    return {**schema, "$id": uri}


def references(schema: dict[str, Any], uri: str) -> Iterator[str]:
    """List the URIs of other schemas that a schema refers to."""
    queue: list[Any] = [schema]
    while queue:
        value = queue.pop()
        if isinstance(value, dict):
            target = value.get("$ref")
            if isinstance(target, str):
                absolute = urldefrag(urljoin(uri, target)).url
                if absolute not in {uri, "http://json-schema.org/draft-07/schema"}:
                    yield absolute
            queue += value.values()
        elif isinstance(value, list):
            queue += value
