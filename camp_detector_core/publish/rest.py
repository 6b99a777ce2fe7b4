"""Requests to a portal's REST API, over the session of the arcgis package.

Uploads and updates are sent from here rather than by the library's `Folder.add` and `Item.update`
(2.4.4), because those repeat a failed upload up to five times, which can make five items; ask for
the state of an item "None" where the portal refused one, without telling why; send any property
whose text happens to name a file on this machine as that file; and cannot be cancelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from camp_detector_core.engine.wording import shown

from .errors import PublishError, RefusedError, UnansweredError, broken, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATIENCE = (30, 600)
"""Timeouts in seconds, to connect and for an answer: a portal stores a file before it answers."""
_PATIENCE_AT_FIRST = (10, 15)
"""Timeouts of the first request, which asks for very little."""
_REDIRECT, _USER_FAULT, _SERVER_FAULT = 300, 400, 500
File = tuple[str, bytes, str]
"""File name, content and media type."""


class RestApi:
    """The REST API of one portal, as one user."""

    def __init__(self, session: Any, portal: str) -> None:  # noqa: ANN401 - an EsriSession
        """Take over a session of the arcgis package.

        Args:
            session: Session of the arcgis package; it adds the token to each request.
            portal: Address of the portal, without what follows its home.
        """
        self._session = session
        self._root = f"{portal}/sharing/rest"
        self.host = urlsplit(portal).netloc
        self._send_once()

    def _send_once(self) -> None:
        """Send some requests at most once.

        Those to content, because a repeated upload would make a second item; and the first one,
        so that it soon fails.
        """
        from requests.adapters import Retry

        adapter = self._session.adapters["https://"]
        single_try = type(adapter)(
            assert_hostname=adapter.assert_hostname,
            verify=adapter.verify,
            additional_certs=adapter.additional_certs,
            max_retries=Retry(0, read=False),
        )
        for part in ("content/", "info"):
            self._session.mount(f"{self._root}/{part}", single_try)

    def reach(self, *, action: str) -> None:
        """Test the connection within seconds instead of the library's minutes.

        Args:
            action: Action for error messages.

        Raises:
            UnansweredError: Nobody does; what the answer says does not matter.
        """
        import requests

        try:
            self._session.get(
                f"{self._root}/info",
                params={"f": "json"},
                timeout=_PATIENCE_AT_FIRST,
                allow_redirects=False,
            )
        except requests.exceptions.RequestException as error:
            raise broken(error, action, self.host) from error

    def get(self, path: str, parameters: Mapping[str, str], *, action: str) -> dict[str, Any]:
        """Send a GET request.

        Args:
            path: Below ``/sharing/rest``.
            parameters: Parameters of the query.
            action: Action for error messages.

        Raises:
            PublishError: The portal refuses, or does not answer.
        """
        return self._request("get", path, action, params={"f": "json", **parameters})

    def post(
        self,
        path: str,
        parameters: Mapping[str, str],
        *,
        action: str,
        files: Mapping[str, File] | None = None,
    ) -> dict[str, Any]:
        """Send a POST request.

        Args:
            path: Below ``/sharing/rest``.
            parameters: Fields of the form.
            action: Action for error messages.
            files: Files of the form, by field.

        Raises:
            RefusedError: The portal will not.
            UnansweredError: It may or may not have done so.
            PublishError: The answer cannot be understood.
        """
        answer = self._request(
            "post", path, action, data={"f": "json", **parameters}, files=files or None
        )
        if answer.get("success", True) is False:
            raise RefusedError(str(refusal({"message": "it says that it failed"}, action)))
        return answer

    def _request(self, verb: str, path: str, action: str, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401
        import requests

        send = getattr(self._session, verb)
        try:
            # What is sent may be a password or a package, and goes nowhere else.
            answer = send(
                f"{self._root}/{path}", timeout=_PATIENCE, allow_redirects=False, **arguments
            )
        except requests.exceptions.RequestException as error:
            raise broken(error, action, self.host) from error
        if _REDIRECT <= answer.status_code < _USER_FAULT:
            target = urlsplit(answer.headers.get("Location", ""))
            msg = (
                f"cannot {action}: {shown(self.host)} sends it on to "
                f"{shown(f'{target.scheme}://{target.netloc}')}, and nothing was sent there"
            )
            remedy = "give the address of the portal itself as {portal}, if you trust it"
            raise RefusedError(msg, parameter="portal", remedy=remedy)
        if answer.status_code >= _SERVER_FAULT:
            msg = (
                f"cannot {action}: {self.host} answers with an internal error "
                f"({answer.status_code}): run the command again later"
            )
            raise UnansweredError(msg)
        try:
            content = answer.json()
        except ValueError as error:
            raise self._not_rest(answer.status_code, action) from error
        if not isinstance(content, dict):
            raise self._not_rest(answer.status_code, action)
        fault = content.get("error")
        if fault is not None:
            raise refusal(fault if isinstance(fault, dict) else {"message": fault}, action)
        return content

    def field(self, answer: Mapping[str, Any], key: str, *, action: str) -> Any:  # noqa: ANN401
        """Return a required field of an answer.

        Raises:
            PublishError: It does not.
        """
        if key not in answer:
            msg = (
                f"cannot {action}: the answer of {shown(self.host)} has no {key!r}, which every "
                "portal gives: look at the address of the portal"
            )
            raise PublishError(msg)
        return answer[key]

    def _not_rest(self, status: int, action: str) -> PublishError:
        return PublishError(
            f"cannot {action}: {shown(self.host)} answers (status {status}) with something that is "
            "not the REST API of a portal: look at the address of the portal"
        )
