"""Errors of catalogues, and the import of optional libraries."""

from __future__ import annotations

import importlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.errors import CampDetectorError, PredictorError

if TYPE_CHECKING:
    from collections.abc import Iterator


class CatalogError(CampDetectorError):
    """A catalogue cannot be read or changed, or lacks the requested model."""


class UnknownModelError(CatalogError):
    """A catalogue has no model of that id."""


class UnreachableError(CatalogError):
    """A catalogue's service does not answer, so that a cached download may be used."""


class ConflictError(CatalogError):
    """Somebody else has changed the same object in the meantime."""


@contextmanager
def catalog_errors() -> Iterator[None]:
    """Raise errors of reading models as errors of the catalogue.

    Raises:
        CatalogError: A `PredictorError` was raised inside.
    """
    try:
        yield
    except PredictorError as error:
        raise CatalogError(str(error)) from error


def extra(module: str, name: str = "stac") -> Any:  # noqa: ANN401 - whatever library it is
    """Import a library of an optional extra.

    Args:
        module: Its import name.
        name: The extra that brings it.

    Raises:
        CatalogError: It is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        library = module.partition(".")[0]
        msg = f'this needs {library}, which is not installed: pip install "camp-detector[{name}]"'
        raise CatalogError(msg) from error
