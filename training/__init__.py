"""Training of the models: data, network, fit, evaluation and export.

The names below are loaded when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from camp_detector_core.esri.dlpk import create_dlpk
    from camp_detector_core.stac import create_stac_mlm_item
    from training.data.datamodule import CampDataModule
    from training.data.statistics import calculate_dataset_statistics
    from training.fit.system import get_system_info
    from training.fit.task import LitRefugeeCamp
    from training.train import train_model

__all__ = [
    "CampDataModule",
    "LitRefugeeCamp",
    "calculate_dataset_statistics",
    "create_dlpk",
    "create_stac_mlm_item",
    "get_system_info",
    "train_model",
]

_HOMES = {
    "CampDataModule": "training.data.datamodule",
    "LitRefugeeCamp": "training.fit.task",
    "calculate_dataset_statistics": "training.data.statistics",
    "create_dlpk": "camp_detector_core.esri.dlpk",
    "create_stac_mlm_item": "camp_detector_core.stac",
    "get_system_info": "training.fit.system",
    "train_model": "training.train",
}


def __getattr__(name: str) -> object:
    """Load a public name from its module (PEP 562)."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted({*globals(), *__all__})
