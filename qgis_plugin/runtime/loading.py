"""State and loading of ONNX Runtime."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

from ..faults import Fault
from ..i18n import tr
from . import places

if TYPE_CHECKING:
    from types import ModuleType


_NAME = "onnxruntime"
_USE = "_camp_detector_in_use"


@dataclass(frozen=True)
class State:
    """State of ONNX Runtime in this QGIS."""

    version: str = ""
    """Empty where it cannot be used."""
    origin: str = ""
    """The folder that it is loaded from."""
    private: bool = False
    """True if that is the plugin's own folder."""
    providers: tuple[str, ...] = ()
    reason: str = ""
    """Reason why it cannot be used; empty where it is simply not there."""


def problem() -> Optional[str]:
    """Say in a sentence why models cannot be run, with the remedy; None where they can."""
    current_state = state()
    if current_state.version:
        return None
    if current_state.reason:
        return tr(
            "ONNX Runtime, which runs the models, cannot be loaded ({reason}): install it anew "
            "under Plugins > Camp Detector > Runtime.",
            reason=current_state.reason,
        )
    return tr(
        "ONNX Runtime, which runs the models, is not installed: install it under Plugins > "
        "Camp Detector > Runtime."
    )


def is_there() -> bool:
    """True if ONNX Runtime is installed; it is not loaded for it, which takes a while."""
    if _NAME in sys.modules or places.current() is not None:
        return True
    try:
        return importlib.util.find_spec(_NAME) is not None
    except (ImportError, ValueError):
        return False


def require() -> None:
    """Load ONNX Runtime.

    Raises:
        Fault: It cannot be used; one sentence.
    """
    fault = problem()
    if fault:
        raise Fault(fault)


def state() -> State:
    """Look for ONNX Runtime; loads it where it is there."""
    module, reason = _load()
    if module is None:
        return State(reason=reason)
    origin = str(getattr(module, "__file__", "") or "")
    return State(
        version=str(module.__version__),
        origin=origin.rpartition("onnxruntime")[0].rstrip("/\\"),
        private=str(places.base()) in origin,
        providers=tuple(module.get_available_providers()),
    )


def _load() -> tuple[Optional[ModuleType], str]:
    """The module, or None and why not.

    The private folder comes first while ONNX Runtime is imported and last afterwards, so that
    nothing in it ever stands before a package of QGIS.
    """
    if _works(sys.modules.get(_NAME)):
        return sys.modules[_NAME], ""
    import numpy as np  # noqa: F401 - QGIS' own is loaded before the search path changes

    installed = places.current()
    folder = str(installed.folder) if installed else ""
    in_use = places.use(installed.folder) if installed else None
    before = list(sys.path)
    if folder:
        sys.path.insert(0, folder)
    importlib.invalidate_caches()
    try:
        module = importlib.import_module(_NAME)
    except ModuleNotFoundError as error:
        return None, "" if error.name == _NAME else str(error)
    except Exception as error:  # noqa: BLE001 - a library of somebody else's is loaded here
        return None, " ".join(f"{type(error).__name__}: {error}".split())[:200]
    finally:
        sys.path[:] = before
        if _NAME in sys.modules:
            # The lock hangs on the module, which outlives the plugin where that is loaded anew.
            setattr(sys.modules[_NAME], _USE, in_use)
            if folder and folder not in sys.path:
                sys.path.append(folder)
        elif in_use is not None:
            in_use.end()
    if not _works(module):
        return None, ""
    # Its releases for Windows tell Windows of what they do, unless they are asked not to.
    getattr(module, "disable_telemetry_events", lambda: None)()
    return module, ""


def _works(module: Optional[ModuleType]) -> bool:
    return hasattr(module, "InferenceSession") and hasattr(module, "__version__")
