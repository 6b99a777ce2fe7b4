"""The metadata of an ONNX file, without a library that knows ONNX.

A file is one protocol buffer message, ModelProto (onnx/onnx.proto): field 7 is the graph, field 14
the metadata, each entry a message of key (1) and value (2). Only the outermost fields are looked
at, so the time does not depend on the size of the network. `onnx_model.graph` reads what goes in
and what comes out, `engine.predictors.onnx_file` looks through all of it.
"""

from __future__ import annotations

from ..engine.errors import PredictorError
from ..engine.predictors.protobuf import messages

_GRAPH, _METADATA = 7, 14
_KEY, _VALUE = 1, 2


def read_metadata(data: bytes, origin: str) -> dict[str, str]:
    """All metadata entries of a model.

    Args:
        data: The ONNX file.
        origin: Its name, for messages.

    Raises:
        PredictorError: The bytes are no ONNX model.
    """
    entries: dict[str, str] = {}
    has_graph = False
    try:
        for number, value in messages(memoryview(data), _GRAPH, _METADATA):
            if number == _METADATA:
                entry = {n: bytes(v).decode() for n, v in messages(value, _KEY, _VALUE)}
                entries[entry.get(_KEY, "")] = entry.get(_VALUE, "")
            else:
                has_graph = True
    except (ValueError, IndexError) as error:
        msg = f"{origin} is not an ONNX model, or it is damaged"
        raise PredictorError(msg) from error
    if not has_graph:
        msg = f"{origin} is not an ONNX model: it holds no network"
        raise PredictorError(msg)
    return entries
