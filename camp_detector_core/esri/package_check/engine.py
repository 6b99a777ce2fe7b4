"""Copy of the engine in a package: its names and sources are read, nothing is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camp_detector_core.carry import digest_of
from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.engine.wording import shown
from camp_detector_core.esri.engine_copy import ENGINE_NAME, engine_copy
from camp_detector_core.model_file.zip_file import is_folder, open_zip, read_member

from .archive import REBUILD
from .function import parse_source

if TYPE_CHECKING:
    from camp_detector_core.model_file.package import Definition
    from camp_detector_core.stac.validation.findings import Findings

    from .archive import Package

_MAX_ENGINE, _MAX_SOURCES, _MAX_FILES = 8 << 20, 16 << 20, 500
_DIGITS = 8


def check_engine(package: Package, definition: Definition, copies: list[str]) -> None:
    """Check the zip file that the raster function imports from.

    Args:
        package: The members.
        definition: Names it as ``EngineFile``.
        copies: Files at the root that have the name of an engine.
    """
    findings = package.findings
    stated_name, place = (
        definition.fields.get("EngineFile"),
        findings.at(definition.name, "EngineFile"),
    )
    if len(copies) != 1:
        message = f"holds {len(copies)} copies of the engine at its root, and one is needed"
        findings.at("package").problem(message, REBUILD)
        return
    (name,) = copies
    if stated_name is not None and stated_name != name:
        place.problem(f"is {shown(stated_name)}, and the package holds {name}", REBUILD)
    data = package.read(name, _MAX_ENGINE)
    if data is None:
        return
    own_copy = engine_copy()
    if (name, data) == (own_copy.name, own_copy.data):
        findings.passed.append("engine of this release")
        return
    problem_count = findings.problems()
    sources = _sources(data, name, findings)
    if sources is not None:
        _check_sources(sources, name, findings)
    if findings.problems() == problem_count:
        message = f"is not the engine of this release ({own_copy.name})"
        findings.at(name).advice(message, "it is another release's, or it was made by others")


def _sources(data: bytes, name: str, findings: Findings) -> dict[str, bytes] | None:
    """Read the files of the one package inside, by path below it; None with a problem."""
    home = f"{name.removesuffix('.zip')}/"
    try:
        with open_zip(data, name) as archive:
            entries = [e for e in archive.infolist() if not is_folder(e)]
            if len(entries) > _MAX_FILES or sum(e.file_size for e in entries) > _MAX_SOURCES:
                findings.at(name).problem("unpacks to more than any engine", "reject the package")
                return None
            names = [e.filename for e in entries]
            wrong = [n for n in names if not n.startswith(home) or not n.endswith(".py")]
            if wrong:
                message = f"holds what is no source below {home} ({shown(wrong[0])})"
                findings.at(name).problem(message, REBUILD)
                return None
            sources = {
                n.removeprefix(home): read_member(archive, n, _MAX_SOURCES, name) for n in names
            }
    except PredictorError:
        message = "is no zip file that can be read, or a source in it is damaged"
        findings.at(name).problem(message, REBUILD)
        return None
    if "__init__.py" not in sources:
        findings.at(name).problem(f"holds no package {home.rstrip('/')} to import", REBUILD)
        return None
    return sources


def _check_sources(sources: dict[str, bytes], name: str, findings: Findings) -> None:
    match = ENGINE_NAME.fullmatch(name)
    if match and name.removesuffix(".zip")[-_DIGITS:] != digest_of(sources)[:_DIGITS]:
        findings.at(name).problem("has another content than its name says: it was changed", REBUILD)
    for path, source in sorted(sources.items()):
        tree = parse_source(source, path)
        if isinstance(tree, str):
            findings.at(name, path).problem(f"is no source of Python 3.9: {tree}", REBUILD)
