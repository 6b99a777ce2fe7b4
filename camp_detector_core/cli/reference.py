"""Reference tables and lists of parameters in the documentation, from the table of the engine.

``python -m camp_detector_core.cli.reference README.md docs/*.md`` writes them between their marks:
a table between ``<!-- parameters: qgis -->`` and ``<!-- end of parameters -->``, and a list where
names of parameters follow the host, as in ``<!-- parameters: cli threshold tta -->``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from camp_detector_core.console import say
from camp_detector_core.engine.parameter import Kind
from camp_detector_core.engine.parameters import (
    ARCGIS,
    CLI,
    FUNCTION,
    PARAMETERS,
    QGIS,
    shown_in,
)

from .words import COMMAND

if TYPE_CHECKING:
    from collections.abc import Iterable

    from camp_detector_core.engine.parameter import Parameter

HOSTS = {CLI: "command line", QGIS: "QGIS", ARCGIS: "ArcGIS", FUNCTION: "raster function"}
ALL = "all"
"""In place of a host: every parameter, with its name in each."""
OWN_WORDS = {
    QGIS: {"images", "out", "probability", "mask", "model", "gsd"},
    ARCGIS: {"images", "out", "mask", "model", "extent", "tile_size"},
    FUNCTION: {"tile_size"},
}
"""Parameters that a host's dialogs describe otherwise, as its data and values are its own; the
text around its table does so, too."""
_END = "<!-- end of parameters -->"
_MARKED = re.compile(rf"(<!-- parameters: (\w+)((?: \w+)*) -->\n).*?({re.escape(_END)})", re.DOTALL)


def filled(text: str) -> str:
    """Give a page of the documentation with its tables and lists written anew."""

    def fill(mark: re.Match[str]) -> str:
        start, host, names, end = mark.groups()
        content = list_of(host, names.split()) if names else table_of(host)
        return f"{start}\n{content}\n\n{end}"

    return _MARKED.sub(fill, text)


def list_of(host: str, names: Iterable[str]) -> str:
    """Give a list in Markdown of some parameters of a host, each with its meaning and default."""
    return "\n".join(_item(PARAMETERS[name], host) for name in names)


def _item(parameter: Parameter, host: str) -> str:
    form = f" {parameter.form}" if host == CLI and parameter.form else ""
    text = f"- {_name(parameter, host)[:-1]}{form}`: {_meaning(parameter)}"
    has_default = parameter.unset or parameter.kind is not Kind.FLAG
    return f"{text} Default: {_default(parameter)}." if has_default else text


def table_of(host: str) -> str:
    """Give the table of the parameters of a host, or of `ALL`, in Markdown."""
    if host == ALL:
        head = ("parameter", "values", "default", *HOSTS.values(), "meaning")
        rows = [
            (p.label, _values(p), _default(p), *(_name(p, h) for h in HOSTS), _meaning(p))
            for p in PARAMETERS.values()
        ]
    else:
        head = ("parameter", "name", "values", "default", "meaning")
        parameters = [p for p in shown_in(host) if p.name not in OWN_WORDS.get(host, ())]
        rows = [(p.label, _name(p, host), _values(p), _default(p), _meaning(p)) for p in parameters]
    return "\n".join(map(_row, [head, ["---"] * len(head), *rows]))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |".replace("  ", " ")


def _name(parameter: Parameter, host: str) -> str:
    if host not in parameter.hosts:
        return ""
    name = parameter.hosts[host]
    return f"`{COMMAND.parameter(parameter.name, None) if host == CLI else name}`"


def _values(parameter: Parameter) -> str:
    return "" if parameter.kind is Kind.FLAG else parameter.requirement()


def _default(parameter: Parameter) -> str:
    if parameter.required:
        return "must be given"
    return parameter.unset if parameter.default is None else f"`{parameter.default}`"


def _meaning(parameter: Parameter) -> str:
    words = (f"`{word}`: {text}." for word, text in parameter.choices.items() if text)
    return " ".join([parameter.help, *words])


def main(pages: Iterable[str]) -> None:
    """Write the tables of some pages anew."""
    for page in map(Path, pages):
        old = page.read_text(encoding="utf-8")
        new = filled(old)
        if new != old:
            page.write_text(new, encoding="utf-8")
            say(f"{page}: tables of parameters written")


if __name__ == "__main__":
    main(sys.argv[1:])
