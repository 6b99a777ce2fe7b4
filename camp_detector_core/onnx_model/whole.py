"""Complete ONNX file of a model whose weights lie beside it, without the onnx library.

The files that it names are read in its own folder and below, and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.engine.predictors.onnx_file import (
    MODEL,
    TENSOR,
    external_data,
    is_outside,
    onnx_facts,
    parts_of,
)
from camp_detector_core.engine.predictors.protobuf import bytes_field, located_fields
from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.hrefs import homes_of, is_inside
from camp_detector_core.model_file.members import member_of
from camp_detector_core.model_file.package import MAX_NETWORK
from camp_detector_core.model_file.untrusted import read_file, require_file

if TYPE_CHECKING:
    from pathlib import Path

_RAW_DATA, _EXTERNAL_DATA, _DATA_LOCATION = 9, 13, 14


def read_whole(path: Path) -> bytes:
    """Read an ONNX file with all of its weights in it.

    Args:
        path: The file; weights outside of it are looked for beside it.

    Raises:
        PredictorError: It is no ONNX model, its weights are missing, lie elsewhere than in its
            folder, or are too large.
    """
    data = read_file(path, MAX_NETWORK)
    if not onnx_facts(data, str(path)).outside:
        return data
    return _Copier(path).message(MODEL, memoryview(data)) or data


class _Copier:
    """Copier of messages that includes external weights."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._homes = homes_of(path)
        self._left = MAX_NETWORK

    def message(self, kind: str, message: memoryview) -> bytes | None:
        """Copy a message with its external weights; None if it stays unchanged."""
        if kind == TENSOR and is_outside(message):
            return self._tensor(message)
        parts = parts_of(kind)
        out: list[bytes | memoryview] = []
        is_changed = False
        for number, value, start, end in located_fields(message):
            new = None
            if number in parts and isinstance(value, memoryview):
                new = self.message(parts[number], value)
            is_changed = is_changed or new is not None
            out.append(message[start:end] if new is None else bytes_field(number, new))
        return b"".join(out) if is_changed else None

    def _tensor(self, tensor: memoryview) -> bytes:
        parts = [
            bytes(tensor[start:end])
            for number, _, start, end in located_fields(tensor)
            if number not in {_RAW_DATA, _EXTERNAL_DATA, _DATA_LOCATION}
        ]
        return b"".join([*parts, bytes_field(_RAW_DATA, self._weights(external_data(tensor)))])

    def _weights(self, location: dict[str, str]) -> bytes:
        """Read the numbers of one tensor."""
        path = self._file_at(location.get("location", ""))
        try:
            offset = int(location.get("offset") or 0)
            size = path.stat().st_size
            length = int(location["length"]) if location.get("length") else size - offset
        except (OSError, ValueError) as error:
            msg = f"{self._path} does not say where in {path} its weights lie: export it again"
            raise PredictorError(msg) from error
        if not (0 <= offset <= size and 0 <= length <= size - offset):
            msg = (
                f"{path} has {size} bytes, and {self._path} looks for {shown(length, 20)} at "
                f"{shown(offset, 20)}: it is another model's, or was cut; copy or download both "
                "again"
            )
            raise PredictorError(msg)
        self._left -= length
        if self._left < 0:
            msg = f"{self._path} has weights of more than {MAX_NETWORK >> 20} MiB, and is refused"
            raise PredictorError(msg)
        try:
            with path.open("rb") as stream:
                stream.seek(offset)
                data = stream.read(length)
        except OSError as error:
            msg = f"the weights {path} cannot be read: {error.strerror or error}"
            raise PredictorError(msg) from error
        if len(data) < length:
            msg = f"{path} became shorter while it was read: describe the model again"
            raise PredictorError(msg)
        return data

    def _file_at(self, location: str) -> Path:
        """Find the file of a location, in the model's folder or below."""
        name = member_of(location)
        path = self._path.parent / (name or "")
        if name is None or not is_inside(path, self._homes):
            msg = (
                f"{self._path} looks for weights at {shown(location) or 'no place'}, which is not "
                "in its folder: they are not read; export it as one file"
            )
            raise PredictorError(msg)
        require_file(path, what="file of weights")
        return path
