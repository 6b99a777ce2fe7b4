"""Download of schemas into the user's cache, the only validation step that uses the network."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from camp_detector_core import __version__
from camp_detector_core.outputs.whole_file import write_whole

from .schemas import MAX_BYTES, SchemaError, SchemaStore, as_schema, names_of, references

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

HOSTS = ("stac-extensions.github.io", "schemas.stacspec.org", "geojson.org")
"""Allowed hosts of schemas: an untrusted item must not choose whom this computer asks."""
_TIMEOUT = 20.0
"""Timeout of a connection in seconds."""
_MAX_SCHEMAS = 40


class _SameHosts(urllib.request.HTTPRedirectHandler):
    """Follow redirections to the allowed hosts only."""

    def redirect_request(self, *args: Any) -> urllib.request.Request | None:  # noqa: ANN401 - passed on
        """Make the next request if its host is allowed.

        Raises:
            SchemaError: It leads elsewhere.
        """
        require_host(str(args[-1]))
        return super().redirect_request(*args)


def require_host(uri: str) -> None:
    """Refuse addresses of other hosts.

    Raises:
        SchemaError: It is not https, or not one of `HOSTS`.
    """
    try:
        parts = urlsplit(uri)
        is_allowed = parts.scheme == "https" and parts.netloc in HOSTS
    except ValueError:
        is_allowed = False
    if not is_allowed or not names_of(uri):
        msg = f"{uri[:200]!a} is not fetched: schemas come over https from {', '.join(HOSTS)}"
        remedy = "; put others into a folder and name it with {schemas}"
        raise SchemaError(msg, parameter="schemas", remedy=remedy)


def download(uri: str) -> bytes:
    """Download the text of a schema.

    Raises:
        SchemaError: It cannot be had.
    """
    require_host(uri)
    agent = {"User-Agent": f"camp-detector/{__version__}", "Accept": "application/json"}
    request = urllib.request.Request(uri, headers=agent)  # noqa: S310 - https was required
    try:
        with urllib.request.build_opener(_SameHosts).open(request, timeout=_TIMEOUT) as answer:
            data: bytes = answer.read(MAX_BYTES + 1)
    except urllib.error.HTTPError as error:
        msg = f"{uri} cannot be fetched: the server answers {error.code}; check the version"
        raise SchemaError(msg) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        msg = f"{uri} cannot be fetched: {reason}"
        remedy = "; connect to the internet | name {schemas}"
        raise SchemaError(msg, parameter="schemas", remedy=remedy) from error
    if len(data) > MAX_BYTES:
        msg = f"{uri} is larger than {MAX_BYTES >> 20} MiB, which no schema is"
        raise SchemaError(msg)
    return data


def fetch_schemas(
    uris: Iterable[str], store: SchemaStore, cache: Path, *, get: Callable[[str], bytes] = download
) -> tuple[list[str], list[SchemaError]]:
    """Fill the cache with schemas and the schemas that they refer to.

    Args:
        uris: Schemas that an item names.
        store: Those that it has are not fetched.
        cache: Folder of the schemas.
        get: Function that downloads one.

    Returns:
        The URIs that were fetched, and an error for each that was not.
    """
    fetched: list[str] = []
    errors: list[SchemaError] = []
    queue = list(uris)
    done_uris: set[str] = set()
    while queue and len(done_uris) < _MAX_SCHEMAS:
        uri = queue.pop(0)
        if uri in done_uris:
            continue
        done_uris.add(uri)
        try:
            schema = store.load(uri)
            if schema is None:
                data = get(uri)
                schema = as_schema(data, uri, uri)
                _write(data, cache / names_of(uri)[0])
                fetched.append(uri)
        except SchemaError as error:
            errors.append(error)
            continue
        queue += references(schema, uri)
    return fetched, errors


def _write(data: bytes, path: Path) -> None:
    """Write a schema that is never read before it is complete."""
    try:
        write_whole(path, data, make_folder=True)
    except OSError as error:
        msg = f"the cache {path.parent} cannot be written: {error.strerror or error}"
        raise SchemaError(msg) from error
