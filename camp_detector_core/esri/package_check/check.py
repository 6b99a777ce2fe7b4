"""Check one package: every check, one report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from camp_detector_core.engine.emd_keys import SPEC_KEY
from camp_detector_core.esri.engine_copy import ENGINE_NAME
from camp_detector_core.model_file.emd import FUNCTION
from camp_detector_core.model_file.untrusted import require_file
from camp_detector_core.model_file.zip_file import open_zip
from camp_detector_core.stac.validation.findings import Findings

from .archive import Package
from .definition import check_definition
from .engine import check_engine
from .function import check_function
from .info import check_info
from .network import check_network

if TYPE_CHECKING:
    from camp_detector_core.model_file.package import Definition
    from camp_detector_core.stac.validation.findings import Report


def check_package(path: str | Path) -> Report:
    """Note all that ArcGIS Pro, or a reader, would miss in a package.

    Nothing in it is run, imported, unpickled or extracted, and a member is never read beyond a
    limit. Packages of other makers are judged by what ArcGIS asks of all, ours by what we promise.

    Args:
        path: A ``.dlpk``.

    Raises:
        PredictorError: The file is not a readable zip file, or far too large.
    """
    path = Path(path)
    findings = Findings()
    require_file(path, what="package")
    with open_zip(path) as archive:
        package = Package(archive, findings)
        definition = check_definition(package, path)
        if definition is not None:
            _check_parts(package, definition)
        check_info(package, is_ours=definition is not None and definition.is_ours)
    return findings.report(path, "package")


def _check_parts(package: Package, definition: Definition) -> None:
    """Check the files that a definition names."""
    check_function(package, definition)
    check_network(package, definition)
    engines = [n for n in package.names if "/" not in n and ENGINE_NAME.fullmatch(n)]
    if definition.is_ours or engines:
        check_engine(package, definition, engines)
    if not definition.is_ours and FUNCTION in package.names:
        package.findings.at(definition.name, SPEC_KEY).advice(
            f"is missing, and {FUNCTION} is here: this is a package of an earlier system",
            "build it with camp-detector package build",
        )
