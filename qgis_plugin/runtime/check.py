"""Prove in a process of its own that an installation works beside QGIS' numpy."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Optional

from ..faults import Fault
from ..i18n import tr
from .process import ask

_TIMEOUT = 120

# A model of one node, Identity, of two numbers: field numbers are those of onnx/onnx.proto.
_VALUE = b"\x0a\x01%s\x12\x0a\x0a\x08\x08\x01\x12\x04\x0a\x02\x08\x02"
_GRAPH = (
    b"\x0a\x10\x0a\x01x\x12\x01y\x22\x08Identity\x12\x01g"
     b"\x5a\x0f" + _VALUE % b"x" + b"\x62\x0f" + _VALUE % b"y"
)  # fmt: skip
IDENTITY = b"\x08\x08\x42\x02\x10\x0d\x3a" + bytes([len(_GRAPH)]) + _GRAPH

_SCRIPT = """
import json, sys
asked = json.loads(sys.stdin.read())
sys.path += [p for p in asked["path"] if p not in sys.path]
if asked["numpy"] not in sys.path:
    sys.path.insert(0, asked["numpy"])
out = {}
try:
    import numpy
    out["numpy"] = [numpy.__version__, numpy.__file__]
    sys.path.insert(0, asked["folder"])
    import onnxruntime
    sys.path.remove(asked["folder"])
    out["origin"] = onnxruntime.__file__
    out["version"] = onnxruntime.__version__
    out["providers"] = onnxruntime.get_available_providers()
    session = onnxruntime.InferenceSession(
        bytes.fromhex(asked["model"]), providers=["CPUExecutionProvider"]
    )
    given = session.run(None, {"x": numpy.array([1.5, -2.0], numpy.float32)})[0]
    out["works"] = given.tolist() == [1.5, -2.0]
except ModuleNotFoundError as error:
    out["missing"] = error.name or str(error)
except BaseException as error:
    out["error"] = f"{type(error).__name__}: {error}"
print(json.dumps(out))
"""


@dataclass(frozen=True)
class Checked:
    """Output of the process."""

    version: str = ""
    providers: tuple[str, ...] = ()
    missing: Optional[str] = None
    """A module that ONNX Runtime wants and nobody has; else it works."""


def check(python: str, folder: Path, cancelled: Callable[[], bool] = lambda: False) -> Checked:
    """Import ONNX Runtime from a folder, with the search path of this QGIS, and run a model.

    Args:
        python: The Python program of this QGIS.
        folder: Holds ``onnxruntime``.
        cancelled: Whether the user wants to stop.

    Raises:
        Cancelled: The user wants to.
        Fault: It does not work, or another numpy would be loaded.
    """
    import numpy as np

    # QGIS adds folders whose modules are named like Python's own: those come last here, since
    # Python's own are loaded long before in QGIS.
    environment = {
        "path": [p for p in sys.path if p],
        "numpy": str(Path(np.__file__).parent.parent),
        "folder": str(folder.absolute()),
        "model": IDENTITY.hex(),
    }
    try:
        process = ask(
            [python, "-c", _SCRIPT],
            stdin=json.dumps(environment),
            seconds=_TIMEOUT,
            cancelled=cancelled,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Fault(tr("ONNX Runtime could not be tried out: {reason}", reason=error)) from error
    lines = process.out.strip().splitlines()
    try:
        answer: dict[str, Any] = json.loads(lines[-1])
    except (IndexError, ValueError):
        answer = {"error": " ".join(process.err.split())[-300:] or f"exit {process.code}"}
    missing = str(answer.get("missing", "")).partition(".")[0]
    if missing == "onnxruntime":
        answer["error"] = tr("parts of it are missing")
    elif missing:
        return Checked(missing=missing)
    if answer.get("error") or not answer.get("works"):
        raise Fault(
            tr(
                "ONNX Runtime was fetched but does not work with this QGIS: {reason}",
                reason=answer.get("error") or tr("it gave a wrong result"),
            )
        )
    version, origin = answer["numpy"]
    if version != np.__version__ or Path(origin).resolve() != Path(np.__file__).resolve():
        raise Fault(
            tr(
                "This would put numpy {other} in the place of QGIS' numpy {own}, so it was not "
                "installed.",
                other=version,
                own=np.__version__,
            )
        )
    return Checked(str(answer["version"]), tuple(answer["providers"]))
