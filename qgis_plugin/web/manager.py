"""QGIS' network access of the thread that asks."""

from __future__ import annotations

import gc
from typing import Any

from qgis.core import QgsNetworkAccessManager
from qgis.PyQt import sip


def network_of_this_thread() -> Any:
    """The ``QgsNetworkAccessManager`` of the calling thread.

    QGIS deletes it with its thread, and the next thread's may lie at the same address. While
    anything in Python still holds the first, Python takes the second for it, and for deleted. So
    nobody keeps what is given here longer than a run, and what a cycle of references keeps is
    cleared away.
    """
    manager = QgsNetworkAccessManager.instance()
    if sip.isdeleted(manager):
        del manager
        gc.collect()
        manager = QgsNetworkAccessManager.instance()
    return manager
