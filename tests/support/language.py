"""The rules for names and docstrings, and a count of what breaks them.

``python -m tests.support.language [FOLDER ...]`` prints for each package the bindings, the vague
ones among 1,000, the docstrings and the headless ones; ``--list`` prints every place instead.
The glossary of CONTRIBUTING.md says which words to use.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]

FORBIDDEN = frozenset(
    ("found", "told", "said", "wanted", "heeded", "given", "taken", "kept", "asked")
)
"""Participles that no binding may have as its whole name, underscores aside."""
_VAGUE = """
seen known made held named stated shown drawn placed chosen opened done got caught used loaded
counted noted written sent tried thought lost meant begun ended gone
what where how why who whose which here there again elsewhere now then ahead along apart
ours theirs mine others both nothing something anything everything rest
"""
VAGUE = FORBIDDEN.union(_VAGUE.split())
"""Participles, adverbs and pronouns that say nothing of the thing; counted, and to be few."""
HEADLESS = re.compile(r"\W*(What|Whatever|Whether|Where|Which|Who|Whose|Why|How|Those|Of)\b")
"""First words of a docstring that has no subject."""

_NAME_ATTRIBUTE: dict[type[ast.AST], str] = {
    ast.FunctionDef: "name",
    ast.AsyncFunctionDef: "name",
    ast.ClassDef: "name",
    ast.arg: "arg",
    ast.Name: "id",
    ast.Attribute: "attr",
    ast.ExceptHandler: "name",
    ast.alias: "asname",
    ast.MatchAs: "name",
    ast.MatchStar: "name",
    ast.MatchMapping: "rest",
}
"""Nodes that may bind a name, and the attribute that holds it."""


class Place(NamedTuple):
    """A binding or a docstring in a file."""

    path: str
    """Path below the repository's root, with forward slashes."""
    line: int
    text: str
    """The bound name, or the docstring."""


def source_files() -> list[Path]:
    """Every Python file that git tracks and that exists, the ArcGIS toolbox included."""
    listing = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "*.py", "*.pyt"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    files = [ROOT / name for name in listing.stdout.split("\0") if name]
    return [file for file in files if file.is_file() and "typings" not in file.parts]


def bindings(tree: ast.AST, path: str) -> Iterator[Place]:
    """Yield every name that a file binds: functions, classes, parameters, variables, attributes."""
    for node in ast.walk(tree):
        for name in _bound(node):
            yield Place(path, getattr(node, "lineno", 0), name)


def _bound(node: ast.AST) -> list[str]:
    if isinstance(node, (ast.Name, ast.Attribute)) and not isinstance(node.ctx, ast.Store):
        return []
    attribute = _NAME_ATTRIBUTE.get(type(node))
    name = getattr(node, attribute) if attribute else None
    return [name] if name else []


def docstrings(tree: ast.AST, path: str) -> Iterator[Place]:
    """Yield every docstring of a file, with the strings under fields and constants."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else []:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                text = statement.value.value
                if isinstance(text, str):
                    yield Place(path, statement.lineno, text)


def is_among(name: str, words: frozenset[str]) -> bool:
    """Return True where a name, without underscores around it and in lower case, is a word."""
    return name.strip("_").lower() in words


class Language(NamedTuple):
    """The bindings and docstrings of some files."""

    bindings: list[Place]
    docstrings: list[Place]

    @property
    def forbidden(self) -> list[Place]:
        """Bindings that the rule refuses."""
        return [place for place in self.bindings if is_among(place.text, FORBIDDEN)]

    @property
    def vague(self) -> list[Place]:
        """Bindings whose name says nothing of the thing; the forbidden ones are among them."""
        return [place for place in self.bindings if is_among(place.text, VAGUE)]

    @property
    def headless(self) -> list[Place]:
        """Docstrings without a subject."""
        return [place for place in self.docstrings if HEADLESS.match(place.text)]


def language_of(files: list[Path]) -> Language:
    """Parse files and collect their bindings and docstrings."""
    language = Language([], [])
    for file in files:
        path = file.relative_to(ROOT).as_posix()
        tree = ast.parse(file.read_text(encoding="utf-8"))
        language.bindings.extend(bindings(tree, path))
        language.docstrings.extend(docstrings(tree, path))
    return language


def _table(language: Language) -> Iterator[str]:
    def by_package(places: list[Place]) -> Counter[str]:
        return Counter(place.path.split("/")[0] for place in places)

    names, vague = by_package(language.bindings), by_package(language.vague)
    texts, headless = by_package(language.docstrings), by_package(language.headless)
    forbidden = by_package(language.forbidden)
    yield (
        f"{'package':<20}{'names':>8}{'vague/1000':>12}{'forbidden':>11}"
        f"{'docstrings':>12}{'headless':>10}"
    )
    for package in [*sorted(names), "total"]:
        n, v, f, t, h = (
            sum(counts.values()) if package == "total" else counts[package]
            for counts in (names, vague, forbidden, texts, headless)
        )
        yield f"{package:<20}{n:>8}{1000 * v / max(n, 1):>12.1f}{f:>11}{t:>12}{h:>10}"


def main() -> None:
    """Print the figures of the folders named, or of the whole repository."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="*", help="paths below the repository's root")
    parser.add_argument("--list", action="store_true", help="print every place, not the figures")
    options = parser.parse_args()
    files = [
        file
        for file in source_files()
        if not options.folders
        or any(file.relative_to(ROOT).is_relative_to(folder) for folder in options.folders)
    ]
    language = language_of(files)
    if options.list:
        for place in sorted(language.vague + language.headless):
            sys.stdout.write(f"{place.path}:{place.line}: {place.text.splitlines()[0]}\n")
        return
    sys.stdout.write("\n".join(_table(language)) + "\n")


if __name__ == "__main__":
    main()
