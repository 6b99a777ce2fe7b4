"""Pieces of HTML. All text that is handed in is escaped here, so no caller can forget it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.evaluation.maps import Image

STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff;
  max-width: 62rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .5rem; border-bottom: 1px solid #ccc; }
p { max-width: 46rem; }
.table { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid #ddd; text-align: right; }
thead th { border-bottom: 2px solid #666; vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
tbody th { font-weight: 400; }
.text td { text-align: left; overflow-wrap: anywhere; }
.text th { white-space: nowrap; vertical-align: top; }
figure { margin: 1rem 0; }
img { max-width: 100%; height: auto; display: block; }
.map img { max-height: 1400px; width: auto; }
figcaption { font-size: .9rem; color: #444; max-width: 46rem; overflow-wrap: anywhere; }
.side { display: grid; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); gap: 1.2rem; }
.side figure { margin: 0; }
.key { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; }
.key span { display: inline-block; width: 1.5em; height: 1em; vertical-align: -.12em;
  margin-right: .4em; border: 3px solid; background: #555; box-sizing: border-box; }
@media print {
  body { max-width: none; padding: 0; font-size: 11px; }
  h2, caption { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  .map img { max-height: 22cm; }
  .table { overflow: visible; }
  .key span { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""


def page(title: str, parts: Sequence[str]) -> str:
    """A whole document; the parts are HTML already."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>\n" + "\n".join(parts) + "\n</main>\n</body>\n</html>\n"
    )


def section(title: str, *parts: str) -> str:
    """A part of the page under a heading; the parts are HTML already."""
    return f"<section>\n<h2>{escape(title)}</h2>\n" + "\n".join(parts) + "\n</section>"


def text(words: str) -> str:
    """A paragraph."""
    return f"<p>{escape(words)}</p>"


def table(
    caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, kind: str = "figures"
) -> str:
    """A table whose first column names its rows.

    Args:
        caption: What it shows.
        header: Names of the columns; empty for a table of names and values.
        rows: Cells.
        kind: ``figures``, or ``text`` for cells of words.
    """
    top = "".join(f'<th scope="col">{escape(h)}</th>' for h in header)
    head = f"<thead><tr>{top}</tr></thead>\n" if header else ""
    lines = "\n".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="table"><table class="{escape(kind)}">\n<caption>{escape(caption)}</caption>\n'
        f"{head}<tbody>\n{lines}\n</tbody>\n</table></div>"
    )


def figure(image: Image, *, alt: str, caption: str, kind: str = "chart") -> str:
    """A picture inside the page."""
    return (
        f'<figure class="{escape(kind)}"><img src="{image.url}" width="{image.width}" '
        f'height="{image.height}" alt="{escape(alt)}">\n'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def side_by_side(figures: Sequence[str]) -> str:
    """Figures, which are HTML already, next to each other where there is room."""
    return '<div class="side">\n' + "\n".join(figures) + "\n</div>"


def key(entries: Sequence[tuple[str, str]]) -> str:
    """Write the legend of the maps from pairs of the style of a border (CSS) and its meaning."""
    items = "".join(
        f'<li><span style="{escape(style)}"></span>{escape(words)}</li>' for style, words in entries
    )
    return f'<ul class="key">{items}</ul>'
