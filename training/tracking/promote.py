"""The human gate between a model that was trained and one that is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.tracking.options import PRODUCTION, TrackingError
from training.tracking.server import address, connect, reason, safe_uri, troubles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion

_FIGURE = "figure."
_COMPARED_TAGS = ("model", "run_id", "git_commit", "git_dirty", "stac_item_id")


@dataclass(frozen=True)
class Version:
    """A registered model, as far as the choice needs it."""

    version: str
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Choice:
    """Model version in production, and the candidate to replace it."""

    client: MlflowClient
    name: str
    candidate: Version
    current: Version | None

    @property
    def is_current(self) -> bool:
        """True if there is nothing to do."""
        return self.current is not None and self.current.version == self.candidate.version

    def lines(self) -> list[str]:
        """A table of both."""
        old = self.current.tags if self.current else {}
        new = self.candidate.tags
        keys = [k for k in _COMPARED_TAGS if k in old or k in new]
        keys += sorted(k for k in {*old, *new} if k.startswith(_FIGURE))
        head = ("", self.current.version if self.current else "none", self.candidate.version)
        rows = [
            ("", "production", "wanted"),
            ("version", *head[1:]),
            *((k.removeprefix(_FIGURE), old.get(k, "-"), new.get(k, "-")) for k in keys),
        ]
        widths = [max(len(row[i]) for row in rows) for i in range(3)]
        return [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]


def compare(name: str, *, version: int | None, alias: str) -> Choice:
    """Find the version that is meant, and the one in production.

    Raises:
        TrackingError: There is none, or MLflow cannot be used.
    """
    client = connect()

    def by_alias(alias_name: str) -> ModelVersion:
        return client.get_model_version_by_alias(name, alias_name)

    selector = f"version {version}" if version is not None else f"alias {alias}"
    if version is None:
        version_found = _find(lambda: by_alias(alias))
    else:
        version_found = _find(lambda: client.get_model_version(name, str(version)))
    if version_found is None:
        msg = f"MLflow at {safe_uri(address())} has no model {name} with {selector}"
        remedy = "python -m training log RUN_FOLDER {register=NAME} registers one"
        raise TrackingError(msg, remedy=remedy)
    return Choice(client, name, version_found, _find(lambda: by_alias(PRODUCTION)))


def put_into_production(choice: Choice) -> None:
    """Move the alias.

    Raises:
        TrackingError: MLflow does not do it.
    """
    try:
        choice.client.set_registered_model_alias(choice.name, PRODUCTION, choice.candidate.version)
    except troubles() as error:
        msg = f"MLflow at {safe_uri(address())} does not move the alias: {reason(error)}"
        raise TrackingError(msg) from error


def _find(ask: Callable[[], ModelVersion]) -> Version | None:
    """A version, None where there is none of the name, number or alias."""
    from mlflow.exceptions import MlflowException

    try:
        model_version = ask()
    except MlflowException as error:
        if error.error_code in {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}:
            return None
        msg = f"MLflow at {safe_uri(address())} cannot be asked: {reason(error)}"
        raise TrackingError(msg) from error
    return Version(str(model_version.version), dict(model_version.tags))
