"""Packages of tiny models, and the host that runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.esri.dlpk import create_dlpk
from tests.esri.host.arcgis import ArcGISHost, OpenPackage, open_package
from tests.support.models import tiny_onnx, tiny_spec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., OpenPackage]:
    """Make a package of a tiny model and unpack it; each model once."""
    packages_opened: dict[str, OpenPackage] = {}

    def make(
        kind: str = "detect", *, server: bool = False, torchscript: Path | None = None, **spec: Any
    ) -> OpenPackage:
        key = repr((kind, server, torchscript, sorted(spec.items())))
        if key not in packages_opened:
            home = tmp_path_factory.mktemp("package")
            side = spec.pop("side", None)
            model = home / "tiny.onnx"
            model.write_bytes(tiny_onnx(tiny_spec(**spec), side=side))
            path = create_dlpk(
                model, home / f"tiny-{kind}.dlpk", kind=kind, torchscript=torchscript
            )
            packages_opened[key] = open_package(path, home, server=server)
        return packages_opened[key]

    return make


@pytest.fixture
def host(tmp_path: Path) -> Callable[..., ArcGISHost]:
    """A host in a folder of its own."""

    def make(**choices: Any) -> ArcGISHost:
        return ArcGISHost(tmp_path, **choices)

    return make
