"""Fetch schemas into the user's cache; the only part of validation that uses the network."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from camp_detector_core import __version__
from camp_detector_core.whole_file import whole_file

from .schemas import MAX_BYTES, SchemaError, SchemaStore, as_schema, names_of, references

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

HOSTS = ("stac-extensions.github.io", "schemas.stacspec.org", "geojson.org")
"""Where schemas are fetched from: an item of a stranger must not choose whom this computer asks."""
_TIMEOUT = 20.0
"""Seconds without an answer."""
_MAX_SCHEMAS = 40


class _SameHosts(urllib.request.HTTPRedirectHandler):
    """Follows redirections to the same hosts alone."""

    def redirect_request(self, *args: Any) -> urllib.request.Request | None:  # noqa: ANN401 - passed on
        """The request that follows, if it may.

        Raises:
            SchemaError: It leads elsewhere.
        """
        require_host(str(args[-1]))
        return super().redirect_request(*args)


def require_host(uri: str) -> None:
    """Refuse what is not fetched.

    Raises:
        SchemaError: It is not https, or not one of `HOSTS`.
    """
    try:
        parts = urlsplit(uri)
        allowed = parts.scheme == "https" and parts.netloc in HOSTS
    except ValueError:
        allowed = False
    if not allowed or not names_of(uri):
        msg = (
            f"{uri[:200]!a} is not fetched: schemas come over https from {', '.join(HOSTS)}; put "
            "others into a folder and name it with --schemas"
        )
        raise SchemaError(msg)


def download(uri: str) -> bytes:
    """The text of a schema.

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
        msg = f"{uri} cannot be fetched: {reason}; connect to the internet, or name --schemas"
        raise SchemaError(msg) from error
    if len(data) > MAX_BYTES:
        msg = f"{uri} is larger than {MAX_BYTES >> 20} MiB, which no schema is"
        raise SchemaError(msg)
    return data


def fetch_schemas(
    uris: Iterable[str],
    store: SchemaStore,
    cache: Path,
    *,
    get: Callable[[str], bytes] = download,
) -> tuple[list[str], list[SchemaError]]:
    """Fill the cache with schemas and with those that they refer to.

    Args:
        uris: Of the schemas that an item names.
        store: Those that it has are not fetched.
        cache: Where they are kept.
        get: How one is fetched.

    Returns:
        The URIs that were fetched, and an error for each that was not.
    """
    fetched: list[str] = []
    errors: list[SchemaError] = []
    wanted = list(uris)
    seen: set[str] = set()
    while wanted and len(seen) < _MAX_SCHEMAS:
        uri = wanted.pop(0)
        if uri in seen:
            continue
        seen.add(uri)
        try:
            schema = store.load(uri)
            if schema is None:
                data = get(uri)
                schema = as_schema(data, uri, uri)
                _keep(data, cache / names_of(uri)[0])
                fetched.append(uri)
        except SchemaError as error:
            errors.append(error)
            continue
        wanted += references(schema, uri)
    return fetched, errors


def _keep(data: bytes, path: Path) -> None:
    """Write beside the target and rename, so that no half schema is ever read."""
    try:
        with whole_file(path) as temporary:
            temporary.write_bytes(data)
    except OSError as error:
        msg = f"the cache {path.parent} cannot be written: {error.strerror or error}"
        raise SchemaError(msg) from error
