"""Nothing but a command line spells options and commands of GDAL."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from camp_detector_core.cli import cli
from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.messages import TOOLS, names_in
from camp_detector_core.engine.parameters import PARAMETERS
from training.commands import main as training_cli

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("camp_detector_core", "training", "qgis_plugin", "esri_toolbox")
COMMANDS = (
    "cli/",
    "training/commands/",
    "demo.py",
    "__main__.py",
    "build.py",
    "camp_detector_core/stac/",
    "camp_detector_core/training_data/texts.py",
    "qgis_plugin/adapting/command.py",
)
"""Command lines, the scripts that lie beside the item of a model, which are some too, the command
to copy in a folder of training data, and the one that QGIS runs with it."""
OTHER_PROGRAMS = ("engine/predictors/runtime.py", "qgis_plugin/runtime/", "training/fit/commit.py")
"""Callers of programs of others: nvidia-smi, pip and git."""
SPELLED = re.compile(r"(?<![\w-])--[a-z][a-z-]+|\bgdal(_\w+\.py|_translate|warp|info|buildvrt)\b")
FILLED = "value"
"""Word in place of what an f-string fills in."""
REMEDIES = {
    "remedy",
    "_REMEDY",
    "_ASK",
    "_ALIEN",
    "_SPACE",
    "_RIGHTS",
    "_FETCH",
    "REPLACE",
    "NO_BUILDINGS",
}


def sources(*packages: str) -> Iterator[Path]:
    """Give the modules of packages that are no command line."""
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not any(part in name for part in (*COMMANDS, *OTHER_PROGRAMS)):
                yield path


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Give all texts of a module but docstrings, which are expressions of their own."""
    apart = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            apart.update(map(id, node.values))
        text = text_of(node)
        if isinstance(node, ast.expr) and text is not None and id(node) not in apart:
            yield node.lineno, text


def text_of(node: ast.AST | None) -> str | None:
    """Give the text of a literal, a word in place of what an f-string fills in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or FILLED for part in node.values)
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value if is_text else None


def spelled(code: str) -> list[str]:
    """Give the lines with texts that spell an option or a command."""
    return [f"{line}: {text}" for line, text in texts(ast.parse(code)) if SPELLED.search(text)]


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_else_spells_an_option(package: str) -> None:
    paths = list(sources(package))
    assert len(paths) > 3
    spellings = {
        path.relative_to(ROOT).as_posix(): lines
        for path in paths
        if (lines := spelled(path.read_text(encoding="utf-8")))
    }
    assert spellings == {}


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ('msg = f"{x} is odd: give --min-area"', 1),
        ('msg = "turn it with gdalwarp"', 1),
        ('msg = "cut it with gdal_translate -projwin"', 1),
        ('def f():\n    """Give --x."""\n', 0),
        ('x = 1\n"""See --x."""\n', 0),
        ('msg = "give {min_area} -- or not"', 0),
        ('msg = f"give --{name} with one"', 1),
        ('msg = f"{first}--{last}"', 0),
    ],
)
def test_what_is_spelled_is_seen(code: str, count: int) -> None:
    assert len(spelled(code)) == count


def remedies() -> Iterator[tuple[str, str]]:
    """Give each remedy that is written in the sources, with its file."""
    for path in sources(*PACKAGES):
        for remedy in remedies_in(path.read_text(encoding="utf-8")):
            yield path.relative_to(ROOT).as_posix(), remedy


def remedies_in(code: str) -> Iterator[str]:
    """Give the remedies of a module: by their names, and as the third argument of a message."""
    for node in ast.walk(ast.parse(code)):
        names: list[str | None] = [node.arg] if isinstance(node, ast.keyword) else []
        value = getattr(node, "value", None)
        if isinstance(node, ast.Assign):
            names = [name.id for name in node.targets if isinstance(name, ast.Name)]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "Message":
            names, value = ["remedy"], node.args[2] if len(node.args) > 2 else None
        if not REMEDIES.intersection(filter(None, names)):
            continue
        text = text_of(value)
        if text is not None:
            yield text


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ('remedy = "give {bands}"', "give {bands}"),
        ('remedy = f"give {{bands={example}}}"', "give {bands=value}"),
        ('E(msg, remedy=f"{{nodata={x}}} is it")', "{nodata=value} is it"),
        ('Message(sentence, "bands", "({bands} chooses)")', "({bands} chooses)"),
        ('Message(sentence, "bands", f"; {{bands={x}}} does")', "; {bands=value} does"),
    ],
)
def test_each_way_to_write_a_remedy_is_seen(code: str, remedy: str) -> None:
    assert list(remedies_in(code)) == [remedy]


def command_options() -> set[str]:
    """Give all options of the command lines."""

    def walk(command: click.Command) -> Iterator[str]:
        for parameter in command.params:
            yield from (*parameter.opts, *parameter.secondary_opts)
        for child in getattr(command, "commands", {}).values():
            yield from walk(child)

    return {*walk(cli), *walk(training_cli)}


def test_remedies_name_what_there_is() -> None:
    known, every = command_options(), list(remedies())
    assert len(every) > 30
    for place, remedy in every:
        for kind, name in names_in(remedy):
            if name == FILLED:
                continue
            if kind == "tool":
                assert name in TOOLS, place
            else:
                assert name in PARAMETERS or COMMAND.parameter(name, None) in known, place
