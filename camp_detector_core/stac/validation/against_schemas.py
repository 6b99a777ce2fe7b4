"""Checks of an item by the core schema of STAC and the schemas of its extensions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.json_values import as_dict, as_list, texts

from .schemas import SchemaError, SchemaStore

if TYPE_CHECKING:
    from .findings import Findings

_CORE = "https://schemas.stacspec.org/v{}/item-spec/json-schema/item.json"
_FETCH = "fetch it with {fetch_schemas} | name a folder that has it with {schemas}"
_MAX_ERRORS = 50
"""Number of errors of one schema that are noted."""
_SHORT = 60
"""Length of a value that a message may repeat."""


def check_schemas(item: dict[str, Any], store: SchemaStore, findings: Findings) -> None:
    """Note all objections of the schemas, and each schema that is missing."""
    extensions = list(dict.fromkeys(texts(item.get("stac_extensions"))))
    try:
        from pystac.validation.local_validator import get_local_schema_cache
    except ModuleNotFoundError as error:
        for name in ("the core schema of STAC", *map(shown, extensions)):
            message = f"{name}: {error.name} is missing"
            findings.at("stac_version").unchecked(message, 'pip install "camp-detector[stac]"')
        return
    local_schemas: dict[str, Any] = get_local_schema_cache()
    version = item.get("stac_version")
    core = _CORE.format(version)
    if core in local_schemas:
        _hold(item, core, f"STAC core {version}", local_schemas, findings)
    else:
        uri = next(uri for uri in local_schemas if uri.endswith("/item.json"))
        own_version = uri.split("/v")[1].split("/")[0]
        message = f"the core schema of STAC {shown(version)} is not at hand"
        findings.at("stac_version").unchecked(f"{message}, that of {own_version} is")
    for uri in extensions:
        _extension(item, uri, store, local_schemas, findings)


def _extension(
    item: dict[str, Any], uri: str, store: SchemaStore, local: dict[str, Any], findings: Findings
) -> None:
    place = findings.at("stac_extensions")
    try:
        schemas, missing_uris = store.gather(uri, local)
    except (SchemaError, ValueError, RecursionError) as error:
        place.unchecked(f"{shown(uri)}: {shown(error)}", _FETCH)
        return
    if missing_uris:
        others = ", ".join(map(shown, missing_uris))
        needs = "" if missing_uris == [uri] else f" (it needs {others})"
        place.unchecked(f"{shown(uri)}: the schema is not at hand{needs}", _FETCH)
        return
    _hold(item, uri, _short(uri), local | schemas, findings)


def _short(uri: str) -> str:
    parts = uri.rstrip("/").split("/")
    return " ".join(parts[-3:-1]) if len(parts) > 4 else uri  # noqa: PLR2004 - https://host/a/v1/schema.json


def _hold(
    item: dict[str, Any], uri: str, name: str, schemas: dict[str, Any], findings: Findings
) -> None:
    """Check an item by one schema, with all other schemas that it needs."""
    from itertools import islice

    from jsonschema.exceptions import SchemaError as NoSchema
    from jsonschema.validators import validator_for
    from referencing import Registry, Resource
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT7

    # A registry that fetches nothing: what it does not hold is an error, not a download.
    registry: Any = Registry().with_resources(
        [(key, Resource.from_contents(s, DRAFT7)) for key, s in schemas.items()]
    )
    try:
        kind = validator_for(schemas[uri])
        kind.check_schema(schemas[uri])
        errors = list(islice(kind(schemas[uri], registry=registry).iter_errors(item), _MAX_ERRORS))
    except (NoSchema, Unresolvable, RecursionError) as error:
        message = f"{shown(uri)}: the schema cannot be used: {shown(type(error).__name__)}"
        findings.at("stac_extensions").unchecked(message, _FETCH)
        return
    for objection in errors:
        cause = _deepest(objection)
        place = findings.at(*cause.absolute_path)
        if not place.is_faulty():
            place.problem(f"{name}: {_words(cause)}", _remedy(cause))
    if not errors:
        findings.passed.append(name)


def _deepest(error: Any) -> Any:  # noqa: ANN401 - jsonschema has no types
    """Find the cause deepest inside of the item, which says most."""
    while error.context:
        best = max(error.context, key=lambda e: (len(e.absolute_path), e.validator != "const"))
        if len(best.absolute_path) <= len(error.absolute_path) and error.validator != "anyOf":
            break
        error = best
    return error


def _words(error: Any) -> str:  # noqa: ANN401 - jsonschema has no types
    """Write the error in few words; the library's text repeats the whole value."""
    value, rule, kind = error.instance, error.validator_value, error.validator
    sentences: dict[str, str] = {
        "enum": f"{shown(value)!r} is none of {_list(rule)}",
        "const": f"{shown(value)!r} is not {shown(rule)!r}",
        "type": f"{shown(value)!r} is not of type {_list(rule)}",
        "pattern": f"{shown(value)!r} does not match {shown(rule)}",
        "minItems": f"has less than {shown(rule)} entries",
        "minProperties": "is empty",
        "maxItems": f"has more than {shown(rule)} entries",
        "minLength": "is a text that is empty or too short",
        "maxLength": f"is longer than {shown(rule)} characters",
        "minimum": f"{shown(value)} is below {shown(rule)}",
        "maximum": f"{shown(value)} is above {shown(rule)}",
        "exclusiveMinimum": f"{shown(value)} is not above {shown(rule)}",
        "exclusiveMaximum": f"{shown(value)} is not below {shown(rule)}",
        "format": f"{shown(value)!r} is no {shown(rule)}",
        "anyOf": "fits none of the forms that are allowed here",
        "oneOf": "fits none of the forms that are allowed here, or several at once",
        "uniqueItems": "holds an entry twice",
        "contains": f"lacks an entry {shown(_content(rule))}",
        "not": f"holds what is not allowed here ({_forbidden(rule, value)})",
    }
    if kind in sentences:
        return sentences[kind]
    if kind in {"additionalProperties", "patternProperties", "unevaluatedProperties"}:
        return f"has fields that are not allowed here: {_extra(error.schema, as_dict(value))}"
    if kind == "required":
        absent = [name for name in as_list(rule) if name not in as_dict(value)]
        return f"lacks {_list(absent)}"
    if kind is None:  # a schema that is false; jsonschema then drops the name of the field
        return f"has a field that is not allowed here: {shown(value)}"
    suffix = "" if isinstance(rule, dict | list) else f" {shown(rule)}"
    value_text = f"{shown(value)!r}" if len(repr(value)) <= _SHORT else "the value"
    return f"{value_text} does not keep the rule {shown(kind)}{suffix}"


def _remedy(error: Any) -> str:  # noqa: ANN401 - jsonschema has no types
    if error.validator == "required":
        return "add it"
    return "write it as the extension's description says"


def _list(rule: Any) -> str:  # noqa: ANN401 - whatever the schema holds
    return ", ".join(map(shown, rule)) if isinstance(rule, list) else shown(rule)


def _content(rule: Any) -> Any:  # noqa: ANN401 - whatever the schema holds
    return rule.get("const", rule) if isinstance(rule, dict) else rule


def _extra(schema: Any, value: dict[str, Any]) -> str:  # noqa: ANN401 - whatever the schema holds
    """List the fields of a value that a schema neither names nor has a pattern for."""
    properties = as_dict(as_dict(schema).get("properties"))
    shapes = list(as_dict(as_dict(schema).get("patternProperties")))
    names = [n for n in value if n not in properties and not any(re.search(s, n) for s in shapes)]
    return ", ".join(map(shown, names)) or "some"


def _forbidden(rule: Any, value: Any) -> str:  # noqa: ANN401 - whatever the schema and item hold
    """List the fields of a value that a ``not: anyOf: required`` forbids."""
    names = [
        name
        for part in (rule.get("anyOf", [rule]) if isinstance(rule, dict) else [])
        if isinstance(part, dict)
        for name in part.get("required", [])
        if isinstance(value, dict) and name in value
    ]
    return ", ".join(map(shown, names)) or shown(rule)
