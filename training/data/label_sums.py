"""Checksums of the labels of places, by which a run notices that others lie there by now."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import RasterError
from camp_detector_core.model_file.untrusted import checksum_of
from camp_detector_core.vector.files import list_layers, read_layer
from training.data.chips import SUFFIXES
from training.data.labels import VECTORS
from training.data.polygons import NO_LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from training.fit.place_options import PlaceOptions


def label_sums(places: Iterable[PlaceOptions]) -> dict[str, str]:
    """Checksum of the labels of each place, with their area, by the name of the place.

    Of vector files the features count and not the bytes, which change in a GeoPackage that is only
    looked at.

    Raises:
        CampDetectorError: Labels cannot be read.
    """
    return {place.name: _sum_of(place) for place in places}


def _sum_of(place: PlaceOptions) -> str:
    digest = hashlib.sha256()
    for path in (place.labels, place.changes.area):
        for data in () if path is None else _contents(path):
            digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()


def _contents(path: Path) -> Iterator[bytes]:
    """Yield the meaning of labels, piece by piece."""
    if path.is_dir() and path.suffix.lower() != ".gdb":
        for file in sorted(path.iterdir()):
            if file.suffix.lower() in SUFFIXES or file.suffix.lower() in VECTORS:
                yield file.name.encode()
                yield from _contents(file)
    elif path.suffix.lower() in SUFFIXES:
        try:
            yield checksum_of(path)[0].encode()
        except OSError as error:
            msg = f"{path} cannot be read: {error.strerror}"
            raise RasterError(msg) from error
    else:
        yield from _features(path)


def _features(path: Path) -> Iterator[bytes]:
    for layer in list_layers(path):
        if layer.name in NO_LABELS or layer.geometry_type is None:
            continue
        table = read_layer(path, layer=layer.name)
        yield repr((layer.name, table.crs)).encode()
        yield from (wkb or b"" for wkb in table.geometries)
        for name, values in sorted(table.fields.items()):
            yield repr((name, values.tolist())).encode()
