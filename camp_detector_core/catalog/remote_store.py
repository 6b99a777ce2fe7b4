"""A catalogue's files in an S3 bucket, or read-only on a web server, by obstore."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from camp_detector_core.engine.wording import shown

from .errors import CatalogError, ConflictError, UnknownModelError, UnreachableError, extra
from .stores import ABSENT, CHUNK, MAX_TEXT, Blob

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import IO

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "MLFLOW_S3_ENDPOINT_URL")
"""Environment variables of an S3 service other than Amazon's; the first that is set counts."""
_RETRY: Any = {"max_retries": 4, "retry_timeout": timedelta(seconds=30)}

_USER = re.compile(r"//[^/@\s]*@")
"""User and password in an address."""
_QUERY = re.compile(r"\?[^\s,)]*")
"""Query of an address, such as a key. Errors of obstore repeat whole addresses, so
that none of them is left as the cause of ours: a traceback would show it."""


def open_remote(location: str) -> RemoteStore:
    """Open the store at ``s3://bucket/prefix`` or ``https://...``.

    Raises:
        CatalogError: obstore is not installed, or the address is none.
    """
    extra("obstore")
    from obstore.store import HTTPStore, S3Store

    parts = urlsplit(location)
    try:
        if parts.scheme == "s3":
            endpoint = next((os.environ[n] for n in _ENDPOINTS if os.environ.get(n)), None)
            options: dict[str, Any] = {"endpoint": endpoint} if endpoint else {}
            if not any(os.environ.get(n) for n in ("AWS_REGION", "AWS_DEFAULT_REGION")):
                options["region"] = "us-east-1"
            is_http = (endpoint or "").startswith("http://")
            store: Any = S3Store(
                parts.netloc,
                prefix=parts.path.strip("/") or None,
                client_options={"allow_http": is_http, "connect_timeout": "10s", "timeout": "300s"},
                retry_config=_RETRY,
                **options,
            )
            return RemoteStore(store, _without_secrets(location).rstrip("/"), writable=True)
        store = HTTPStore.from_url(
            location.rstrip("/").removesuffix("/catalog.json"),
            client_options={
                "allow_http": parts.scheme == "http",
                "connect_timeout": "10s",
                "timeout": "300s",
            },
            retry_config=_RETRY,
        )
    except _obstore_errors() as error:
        msg = (
            f"{shown(_without_secrets(location))} is not the address of a catalogue: "
            f"{_reason(error)}"
        )
        raise CatalogError(msg) from None
    host = parts.netloc.rpartition("@")[2]
    plain_url = f"{parts.scheme}://{host}{parts.path}".rstrip("/").removesuffix("/catalog.json")
    return RemoteStore(store, plain_url, writable=False)


class RemoteStore:
    """Objects below one prefix."""

    def __init__(self, store: Any, location: str, *, writable: bool) -> None:  # noqa: ANN401 - obstore's
        """Wrap an obstore store.

        Args:
            store: One of ``obstore.store``.
            location: Its address without secrets.
            writable: True if it may be changed.
        """
        self._store = store
        self.location = location
        self._writable = writable

    def url(self, path: str) -> str:
        """The absolute href of an object."""
        return f"{self.location}/{quote(path)}"

    def read(self, path: str, limit: int = MAX_TEXT) -> Blob:
        """Read a small object."""
        import obstore

        with self._errors("read", path), suppress(FileNotFoundError):
            response = obstore.get(self._store, path)
            if response.meta["size"] > limit:
                raise self._too_large(path, limit)
            data = b""
            for piece in response.stream(min_chunk_size=CHUNK):
                data += bytes(piece)
                if len(data) > limit:  # a server may lie about the size
                    raise self._too_large(path, limit)
            return Blob(data, str(response.meta["e_tag"] or response.meta["last_modified"]))
        return Blob(b"", ABSENT)

    def _too_large(self, path: str, limit: int) -> CatalogError:
        return CatalogError(f"{self.url(path)} is larger than {limit >> 20} MiB and is not read")

    def chunks(self, path: str) -> Iterator[bytes]:
        """Read an object in chunks."""
        import obstore

        with self._errors("read", path):
            try:
                for piece in obstore.get(self._store, path).stream(min_chunk_size=CHUNK):
                    yield bytes(piece)
            except FileNotFoundError:
                url = self.url(path)
                msg = f"{url} is missing: the catalogue is incomplete, add the model again"
                raise UnknownModelError(msg) from None

    def put(self, path: str, data: bytes, *, expected: str | None = None) -> None:
        """Write a small object if its version is as expected."""
        import obstore

        mode: Any = {None: "overwrite", ABSENT: "create"}.get(expected, {"e_tag": expected})
        with self._errors("write", path):
            obstore.put(self._store, path, data, mode=mode, use_multipart=False)

    def put_file(self, path: str, source: Path, step: Callable[[int], None]) -> None:
        """Upload a file; S3 shows it once it is complete."""
        import obstore

        with self._errors("write", path), source.open("rb") as stream:
            obstore.put(self._store, path, _pieces(stream, step), mode="overwrite")

    def delete(self, path: str) -> None:
        """Delete an object."""
        import obstore

        with self._errors("delete", path), suppress(FileNotFoundError):
            obstore.delete(self._store, path)

    def names(self, folder: str) -> list[str]:
        """Paths of all objects below a folder, which a web server does not list."""
        import obstore

        self._check_writable()
        with self._errors("list", folder):
            return sorted(o["path"] for page in obstore.list(self._store, folder) for o in page)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Refuse a web server; there is no lock, as conditional writes prevent lost changes."""
        self._check_writable()
        yield

    def _check_writable(self) -> None:
        if not self._writable:
            msg = (
                f"{self.location} is a web server, which can only be read: name its folder or "
                "bucket"
            )
            raise CatalogError(msg)

    @contextmanager
    def _errors(self, action: str, path: str) -> Iterator[None]:
        """Turn errors of obstore into sentences, without the addresses that they repeat.

        Raises:
            CatalogError: One was raised.
        """
        try:
            yield
        except _obstore_errors() as error:
            raise self._error_of(error, action, path) from None

    def _error_of(self, error: Exception, action: str, path: str) -> CatalogError:
        """Turn an error of obstore into a sentence."""
        from obstore import exceptions

        url = self.url(path)
        if isinstance(error, (exceptions.PreconditionError, exceptions.AlreadyExistsError)):
            return ConflictError(f"{url} was changed by somebody else meanwhile: try again")
        if isinstance(error, (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError)):
            hint = (
                "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
                if self._writable
                else "the server asks for a permission that you do not have"
            )
            return CatalogError(f"cannot {action} {url}: access is denied; {hint}")
        if isinstance(error, exceptions.GenericError):
            hint = "check the address and the network"
            if self._writable and not os.environ.get("AWS_ACCESS_KEY_ID"):
                hint = f"set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or {hint}"
            return UnreachableError(
                f"cannot {action} {url}: the service does not answer as it should "
                f"({_reason(error)}); {hint}"
            )
        return CatalogError(f"cannot {action} {url}: {_reason(error)}")


def _pieces(stream: IO[bytes], step: Callable[[int], None]) -> Iterator[bytes]:
    while piece := stream.read(CHUNK):
        yield piece
        step(len(piece))


def _obstore_errors() -> tuple[type[Exception], ...]:
    """Exceptions that obstore raises, its own and Python's."""
    from obstore.exceptions import BaseError

    return (BaseError, OSError, ValueError)


def _reason(error: Exception) -> str:
    """First line of obstore's message without secrets; the rest is for its developers."""
    first = (str(error).splitlines() or [type(error).__name__])[0]
    return shown(_without_secrets(" ".join(first.split())))


def _without_secrets(text: str) -> str:
    return _QUERY.sub("", _USER.sub("//", text))
