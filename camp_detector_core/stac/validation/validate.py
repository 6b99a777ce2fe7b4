"""Validate one item: every check, one report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from camp_detector_core.model_file.json_values import texts

from .against_classes import check_classes
from .against_graph import check_onnx
from .against_schemas import check_schemas
from .code import check_code
from .files import check_files
from .findings import Findings
from .lint_assets import check_assets
from .lint_item import check_item, has_known_rules
from .lint_model import check_model
from .lint_place import check_place
from .reading import read_item
from .schemas import SchemaStore, schema_cache

if TYPE_CHECKING:
    from collections.abc import Callable

    from .findings import Report


def validate_item(
    path: str | Path,
    *,
    schemas: Path | None = None,
    fetch: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Report:
    """Check a STAC item of a model and report all findings.

    Nothing that the item names is run, and no href is followed out of its folder.

    Args:
        path: The item, a JSON file.
        schemas: A folder of extension schemas, looked at before the user's cache.
        fetch: True to download missing schemas into the cache; nothing else here
            uses the network.
        progress: Told what is being done, where that takes time.

    Raises:
        PredictorError: It cannot be read as a JSON object.
    """
    path = Path(path)
    item = read_item(path)
    findings = Findings()
    store = SchemaStore(tuple(p for p in (schemas, schema_cache()) if p is not None))
    if fetch:
        _fetch(texts(item.get("stac_extensions")), store, findings, progress)
    # First the rules, whose words are plainer than those of a schema about the same place.
    check_item(item, path.parent, findings)
    check_place(item, findings)
    # What a version asks for that has other rules is told as advice.
    with findings.as_advice(on=not has_known_rules(item)):
        check_model(item, findings)
        check_assets(item, findings)
    check_code(item, findings)
    progress("comparing files with the item")
    files = check_files(item, path, findings)
    check_onnx(item, files, findings)
    if not findings.problems():
        findings.passed.insert(0, "rules")
    check_schemas(item, store, findings)
    check_classes(item, findings)
    return findings.report(path)


def _fetch(
    uris: list[str], store: SchemaStore, findings: Findings, progress: Callable[[str], None]
) -> None:
    from .fetch import fetch_schemas

    progress("fetching schemas")
    fetched, errors = fetch_schemas(uris, store, schema_cache())
    for uri in fetched:
        progress(f"fetched {uri}")
    for error in errors:
        findings.at("stac_extensions").unchecked(error.sentence, error.remedy)
