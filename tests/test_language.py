"""Names and docstrings keep to the rules of `tests.support.language`."""

from __future__ import annotations

import ast
import itertools
import re
from collections import Counter

import pytest

from tests.support.language import (
    ROOT,
    Language,
    Place,
    bindings,
    docstrings,
    language_of,
    source_files,
)

MOST_VAGUE = 6
"""Vague names among 1,000 bindings of a package. The number may only shrink."""


@pytest.fixture(scope="module")
def language() -> Language:
    """The bindings and docstrings of every source file."""
    return language_of(source_files())


def lines_of(places: list[Place]) -> list[str]:
    """Return places as lines of text."""
    return [f"{place.path}:{place.line}: {place.text.splitlines()[0]}" for place in places]


def test_no_name_is_a_bare_participle(language: Language) -> None:
    assert language.bindings
    assert lines_of(language.forbidden) == []


def test_few_names_say_nothing_of_the_thing(language: Language) -> None:
    names, vague = (
        Counter(place.path.partition("/")[0] for place in places)
        for places in (language.bindings, language.vague)
    )
    assert names.keys() > {"camp_detector_core", "qgis_plugin", "training"}
    shares = {package: 1000 * vague[package] / count for package, count in names.items()}
    assert {p: share for p, share in shares.items() if share >= MOST_VAGUE} == {}


def test_every_docstring_begins_with_a_subject_or_a_verb(language: Language) -> None:
    assert language.docstrings
    assert lines_of(language.headless) == []


def glossary() -> list[list[str]]:
    """Return the rows of the glossary in CONTRIBUTING.md: term, meaning, not, owner."""
    lines = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("| term |"))
    rows = itertools.takewhile(lambda line: line.startswith("|"), lines[start + 2 :])
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_each_term_of_the_glossary_has_one_row() -> None:
    terms = [row[0] for row in glossary()]
    assert len(terms) > 30
    assert sorted(set(terms)) == sorted(terms)


def test_the_owners_of_terms_exist() -> None:
    owners = [(row[0], path) for row in glossary() for path in re.findall(r"`([^`]+)`", row[3])]
    folders = (ROOT, ROOT / "camp_detector_core")
    assert len(owners) >= len(glossary())
    assert [o for o in owners if not any((f / o[1]).exists() for f in folders)] == []


@pytest.mark.parametrize(
    "source",
    [
        "found = 1",
        "self.told = 1",
        "def wanted(): ...",
        "def f(*, said): ...",
        "for _kept in (): ...",
        "class Found: ...",
        "import numpy as given",
        "[asked for asked in ()]",
        "try: ...\nexcept OSError as taken: ...",
        "with f() as heeded: ...",
        "(found := 1)",
        "class C:\n    found: int",
        "match x:\n    case [1, found]: ...",
        "match x:\n    case [1, *found]: ...",
        "match x:\n    case {**found}: ...",
        "match x:\n    case {1: int() as found}: ...",
    ],
)
def test_a_participle_is_noticed_wherever_it_is_bound(source: str) -> None:
    tree = ast.parse(source)
    assert len(Language(list(bindings(tree, "x.py")), []).forbidden) == 1


@pytest.mark.parametrize("name", ["is_kept", "kept_tiles", "founder", "foundation"])
def test_a_participle_within_a_longer_name_may_stay(name: str) -> None:
    tree = ast.parse(f"{name} = 1\nprint(found)")
    assert Language(list(bindings(tree, "x.py")), []).forbidden == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('"""What it is."""', 1),
        ('x = 1\n"""Whether it is."""', 1),
        ('class C:\n    x: int\n    """Of neighbours."""', 1),
        ('def f():\n    """Where it lies."""', 1),
        ('"""Offsets of rows."""', 0),
        ('"""True where the band has pixels."""', 0),
        ('x = "What it is."', 0),
    ],
)
def test_a_headless_docstring_is_noticed(source: str, count: int) -> None:
    tree = ast.parse(source)
    assert len(Language([], list(docstrings(tree, "x.py"))).headless) == count
