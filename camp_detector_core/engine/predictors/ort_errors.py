"""Errors of ONNX Runtime as sentences with a remedy.

Its own messages begin with the place in its sources, which may be longer than the reason.
"""

from __future__ import annotations

import re
from typing import Optional

from ..errors import PredictorError
from ..wording import shown

_CODE = re.compile(r"\[ONNXRuntimeError\] : \d+ : [A-Z_]+ : ")
_PLACE = re.compile(r"\S+\.(?:cc|cpp|cu|cuh|h|hpp):\d+ ")
_SIGNATURE = re.compile(r"(?:[\w:<>~*&, ]*::)?[\w~]+(?:<[^()]*>)?\(")
_IR = re.compile(r"IR version: (\d+), max supported IR version: (\d+)")
_OPSET = re.compile(r"Opset (\d+) is under .* domain (\S+) is till opset (\d+)")
_OPERATOR = re.compile(
    r"Fatal error: (?:(?P<domain>[^\s:]+):)?(?P<name>\w+)\([-\d]+\) is not a registered"
    r"|\(\"[^\"]*\", (?P<old>\w+), \"(?P<home>[^\"]*)\".* No Op registered for"
)
_KERNEL = re.compile(r"Could not find an implementation for (?:the node )?\S*?(\w+)\(\d+\)")
_MEMORY = re.compile(
    r"bad_alloc|bad allocation|[Ff]ailed to allocate|not enough memory|out of memory", re.IGNORECASE
)
_MAX_LENGTH = 300
_FIRST_IR = {9: "1.16", 10: "1.18"}
_FIRST_OPSET = {18: "1.14", 19: "1.15", 20: "1.17", 21: "1.18"}
"""First release of ONNX Runtime that reads each version (onnxruntime.ai, page of compatibility)."""
_EVERY_OPSET, _EVERY_IR = 17, 8
"""Opset and IR version that every supported ONNX Runtime reads."""


def reason_of(error: BaseException) -> str:
    """Shorten a message of ONNX Runtime to one line without the places in its sources."""
    return shown(_without_places(error), _MAX_LENGTH)


def _without_places(error: BaseException) -> str:
    """Remove the places in the sources from a message."""
    text = _CODE.sub("", " ".join(str(error).split()))
    while True:
        place = _PLACE.search(text)
        if place is None:
            return text or type(error).__name__
        text = text[: place.start()] + _without_signature(text[place.end() :])


def _without_signature(text: str) -> str:
    """Remove the C++ signature at the start of a text."""
    start = _SIGNATURE.match(text)
    if start is None:
        return text
    depth, position = 1, start.end()
    while depth and position < len(text):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        position += 1
    return text[position:].lstrip().removeprefix("const ")


def is_memory(error: BaseException) -> bool:
    """Test if an error means that memory ran out."""
    return isinstance(error, MemoryError) or _MEMORY.search(str(error)) is not None


def load_failure(error: BaseException, origin: str, release: str) -> PredictorError:
    """Explain why a model cannot be loaded.

    Args:
        error: Exception of ONNX Runtime.
        origin: The model's name.
        release: Release of the installed ONNX Runtime.
    """
    if is_memory(error):
        return PredictorError(
            f"there is not enough memory to load {origin}: close other programs, or take a smaller "
            "model"
        )
    reason, full_message = reason_of(error), _without_places(error)
    sentence = _version(full_message, release) or _operator(full_message, release)
    if sentence is None and "protobuf parsing failed" in reason:
        sentence = "is not an ONNX model, or it is damaged: copy, download or export it again"
    if sentence is None:
        sentence = (
            f"is not a model that ONNX Runtime {release} can load: {reason.rstrip('.')}; export it "
            "again, or take another model"
        )
    return PredictorError(f"{origin} {sentence}")


def _version(reason: str, release: str) -> Optional[str]:
    """Explain a file of a newer format or with newer operators."""
    ir, opset = _IR.search(reason), _OPSET.search(reason)
    if ir:
        version, latest = map(int, ir.groups())
        return (
            f"has the ONNX IR version {version}, and ONNX Runtime {release}, which is at hand, "
            f"reads up to {latest}: reinstall onnxruntime ({_newer(_FIRST_IR.get(version))}), "
            f"or export the model again for opset {_EVERY_OPSET} with IR version {_EVERY_IR}"
        )
    if opset:
        version, latest = int(opset[1]), int(opset[3])
        return (
            f"uses opset {version} of {opset[2]}, and ONNX Runtime {release}, which is at hand, "
            f"knows up to {latest}: reinstall onnxruntime "
            f"({_newer(_FIRST_OPSET.get(version))}), "
            f"export the model again for opset {min(_EVERY_OPSET, latest)}, or convert it with "
            f"onnx.version_converter.convert_version(model, {min(_EVERY_OPSET, latest)})"
        )
    return None


def _newer(first: Optional[str]) -> str:
    return f"{first} or newer" if first else "if a newer release reads it"


def _operator(reason: str, release: str) -> Optional[str]:
    """Explain an unknown operator, or one that lacks the model's types."""
    match, kernel = _OPERATOR.search(reason), _KERNEL.search(reason)
    if match:
        name, domain = match["name"] or match["old"], match["domain"] or match["home"]
        domain_text = f"the domain {domain}" if domain else "the standard operators"
        return (
            f"uses the operator {name} of {domain_text}, which ONNX Runtime {release}, which is at "
            "hand, "
            "does not have: export the model again with standard operators, or update onnxruntime"
        )
    if kernel:
        return (
            f"uses the operator {kernel[1]} in a way that ONNX Runtime {release} has no "
            f"implementation of on this processor ({shown(reason.rstrip('.'))}): export it again "
            "in float32"
        )
    return None


def run_failure(error: BaseException, origin: str, shape: tuple[int, ...]) -> PredictorError:
    """Explain why a model cannot be run.

    Args:
        error: Exception of ONNX Runtime.
        origin: The model's name.
        shape: Shape of the chips.
    """
    if is_memory(error):
        return PredictorError(
            f"there is not enough memory to run {origin} on chips of {shape}",
            parameter="tile_size",
            remedy="give smaller tiles ({tile_size}) | fewer threads ({threads})",
        )
    return PredictorError(
        f"{origin} cannot be run on chips of {shape}: {reason_of(error).rstrip('.')}; another tile "
        "size may do, else export the model again"
    )
