"""Layers of vector files, read and written under exactly the names that their users gave them.

pyogrio looks for URLs in names: of ``o/x!y.gpkg`` it makes ``y.gpkg``, of ``a;b.gpkg`` ``a``. Here
a path is a path. No other module imports pyogrio.
"""

from __future__ import annotations

import os
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from camp_detector_core.engine.errors import VectorError

from .whole import refuse_damaged, refuse_fewer, refuse_layerless

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True)
class VectorLayer:
    """Features of one layer; element ``i`` of each array belongs to feature ``i``."""

    geometries: NDArray[np.object_]
    """(n,) well-known binary, in CRS units; None where a feature has no geometry."""
    fields: Mapping[str, NDArray[Any]]
    """(n,) values by the name of their field."""
    crs: str | None
    """An authority's code or WKT, or None."""
    geometry_type: str | None
    """Such as ``Polygon``; ``Unknown`` for a mixture, None for a table without geometry."""


@dataclass(frozen=True)
class LayerName:
    """A layer in the list of a file's layers."""

    name: str
    geometry_type: str | None
    """As in `VectorLayer`."""


def list_layers(path: Path) -> list[LayerName]:
    """The layers of a vector file, plain tables among them.

    Args:
        path: A file, a folder that is one data set (``.gdb``), or a zip file with either.

    Raises:
        VectorError: It cannot be read.
    """
    with _library_errors(path, "read as a vector file"), _nothing_beside(path):
        refuse_damaged(path)
        layers = [
            LayerName(str(name), None if kind is None else str(kind))
            for name, kind in _pyogrio().list_layers(_readable(path))
        ]
    refuse_layerless(path, len(layers))
    return layers


def read_layer(
    path: Path, *, layer: str | None = None, columns: Sequence[str] | None = None
) -> VectorLayer:
    """Read one layer whole, without heights.

    Args:
        path: As `list_layers` takes it.
        layer: Its name; the first one where None.
        columns: The fields to read, of which those that are missing are left out; all where None.

    Raises:
        VectorError: It cannot be read or is not whole, or there is no such layer.
    """
    with _library_errors(path, "read as a vector file"), _nothing_beside(path):
        refuse_damaged(path)
        meta, _, geometries, values = _pyogrio().raw.read(
            _readable(path), layer=layer, columns=columns, force_2d=True
        )
        names = [str(name) for name in meta["fields"]]
        fields = dict(zip(names, values, strict=True))
        count = _pyogrio().read_info(_readable(path), layer=layer)["features"]
    refuse_fewer(path, len(geometries), int(count))
    return VectorLayer(geometries, fields, meta["crs"], meta["geometry_type"])


def write_layer(
    path: Path, layer: VectorLayer, *, name: str, driver: str, options: Mapping[str, str]
) -> None:
    """Write a layer into a file that is new, or, of a GeoPackage, beside the layers in it.

    Args:
        path: The file.
        layer: Its features.
        name: Of the layer.
        driver: GDAL's name of the format.
        options: How GDAL creates the layer.

    Raises:
        VectorError: It cannot be written.
    """
    with _library_errors(path, "written"), warnings.catch_warnings():
        # A missing CRS is reported where the input is opened.
        warnings.filterwarnings("ignore", message="'crs' was not provided")
        _pyogrio().raw.write(
            _Name(_literal(path)),
            geometry=layer.geometries,
            field_data=list(layer.fields.values()),
            fields=np.array(list(layer.fields), object),
            layer=name,
            driver=driver,
            geometry_type=layer.geometry_type,
            crs=layer.crs,
            encoding="UTF-8",
            layer_options=dict(options),
        )


class _Name:
    """A name that GDAL gets as it is.

    It is no text, so that a release of pyogrio that would parse it fails instead of opening
    another file.
    """

    def __init__(self, text: str) -> None:
        self.text = text


@cache
def _pyogrio() -> Any:  # noqa: ANN401 - a module
    """The library, its parser of URLs taught to let a `_Name` pass."""
    import pyogrio.core
    import pyogrio.raw

    def let_pass(module: Any, parser: str) -> None:  # noqa: ANN401 - a module
        parse = getattr(module, parser)
        setattr(module, parser, lambda name: name.text if type(name) is _Name else parse(name))

    let_pass(pyogrio.core, "get_vsi_path_or_buffer")
    let_pass(pyogrio.raw, "get_vsi_path_or_buffer")
    let_pass(pyogrio.raw, "vsi_path")
    return pyogrio


def _literal(path: Path) -> str:
    """The name under which GDAL finds a file and nothing else.

    GDAL reads relative names as drivers' prefixes (``GPKG:x``) and looks into absolute ones for
    those of its virtual disks alone.

    Raises:
        ValueError: No library takes such a name.
    """
    name = os.path.abspath(path)  # noqa: PTH100 - keeps links
    if "\0" in name:
        msg = "its name holds a zero byte"
        raise ValueError(msg)
    try:
        name.encode()
    except UnicodeEncodeError as error:
        msg = "its name is not UTF-8: rename it, or the folder that is not"
        raise ValueError(msg) from error
    return "/" + name if name.startswith("/vsi") else name


def _readable(path: Path) -> _Name:
    """A file by its name, or what lies in a zip file."""
    name = _literal(path)
    if path.suffix.lower() != ".zip" or not path.is_file():
        return _Name(name)
    # Braces say where the archive's name ends, unless it holds some itself.
    return _Name(f"/vsizip/{name}" if set(name) & set("{}") else f"/vsizip/{{{name}}}")


@contextmanager
def _nothing_beside(path: Path) -> Iterator[None]:
    """Take away the description that GDAL leaves beside a GML file when it reads it."""
    left = path.with_suffix(".gfs")
    before = path.suffix.lower() != ".gml" or left.exists()
    try:
        yield
    finally:
        if not before:
            left.unlink(missing_ok=True)


@contextmanager
def _library_errors(path: Path, action: str) -> Iterator[None]:
    """Turn what pyogrio and numpy raise into the error for the user.

    Raises:
        VectorError: Something was raised.
    """
    try:
        with warnings.catch_warnings():
            # Readers of the features count what is open, damaged or of no known type.
            warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"pyogrio\b")
            yield
    except UnboundLocalError as error:  # how pyogrio stumbles over a CRS that is not UTF-8
        msg = f"{path} cannot be {action}: its CRS is damaged, give it the right one"
        raise VectorError(msg) from error
    except (RuntimeError, ValueError, LookupError, OSError) as error:
        msg = f"{path} cannot be {action}: {_reason(error, path)}"
        raise VectorError(msg) from error


def _reason(error: Exception, path: Path) -> str:
    """A library's reason, without the name again and without advice that holds for URLs alone."""
    text = str(error).partition("; It might help to specify the correct driver")[0]
    if isinstance(error, UnicodeDecodeError):
        return "a text in it is not UTF-8, it is damaged or of another encoding"
    if "sqlite3_" in text:  # the query, and whatever bytes were in its way
        return "its database is damaged: copy or download it again"
    text = text.replace(f"'{os.path.abspath(path)}' ", "")  # noqa: PTH100 - as GDAL got it
    return " ".join(text.split()).rstrip(".") or type(error).__name__
