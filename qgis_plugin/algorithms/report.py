"""Pages in one file that need nothing else, and the summary of a camp as such a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Optional, Sequence

from camp_detector_core.outputs.whole_file import write_whole

from ..faults import Fault
from ..i18n import LANGUAGES, right_to_left, tr
from .report_picture import DWELLING, OPAQUE, Picture

if TYPE_CHECKING:
    from camp_detector_core.engine.areas import Tally

    from .crediting import Credit

MOST_LINES = 2000
"""Most lines of the table."""
_MOST_MODELS = 20
STYLE = (
    "body{font:14px/1.4 sans-serif;margin:2em auto;max-width:60em;padding:0 1em;color:#222;"
    "background:#fff}h1{font-size:1.7em;margin:0 0 .2em}h2{font-size:1.15em;margin:1.6em 0 .4em}"
    "table{border-collapse:collapse;width:100%}td,th{padding:.3em .6em;border-bottom:1px solid "
    "#ddd;text-align:start;vertical-align:top}"
    ".names th{width:14em;font-weight:normal;color:#555}"
    ".areas td,.areas th{text-align:end}.areas th{border-bottom:2px solid #888}"
    ".areas .name{text-align:start;overflow-wrap:anywhere}.areas .sum td{font-weight:bold}"
    "tr{break-inside:avoid}thead{display:table-header-group}"
    "p.note{color:#555}.figures{display:flex;flex-wrap:wrap;gap:.6em;margin:1em 0}"
    ".figures div{border:1px solid #bbb;border-radius:4px;padding:.4em 1em;flex:1}"
    ".figures b{display:block;font-size:1.7em}"
    "svg.map{display:block;width:100%;max-height:24cm;border:1px solid #bbb;direction:ltr}"
    "svg.map text{font-family:sans-serif;font-weight:bold;fill:#111}"
    ".numbers text{text-anchor:middle;dominant-baseline:central;stroke:#fff;stroke-width:5;"
    "stroke-linejoin:round;paint-order:stroke}"
    "svg.map text.bar{font-size:30px}path.bar{fill:none;stroke:#222;stroke-width:5}"
    "path.arrow{fill:#222}"
    ".legend{display:flex;flex-wrap:wrap;gap:.3em 1.1em;margin:.5em 0;align-items:center}"
    ".legend svg{vertical-align:-.15em;margin-inline-end:.4em}"
    "@page{margin:15mm}@media print{body{margin:0;max-width:none;padding:0}.legend,.figures,"
    "svg.map{break-inside:avoid}svg.map{max-height:16.5cm}}"
)


class Line(NamedTuple):
    """A line of the table."""

    name: str
    tally: Tally
    """The count."""
    square_metres: Optional[float]
    """Size of the area; None where it is none."""


@dataclass(frozen=True)
class Report:
    """Content of the report on a camp; names are untrusted texts."""

    layer: str
    """With the dwellings."""
    counted_in: str
    """Name of the areas."""
    sums: Sequence[Line]
    """All dwellings, and those outside of all areas where there are areas."""
    areas: Sequence[Line]
    """As they are numbered."""
    picture: Picture
    credits: Sequence[Credit]
    """Credits of the models behind the dwellings, as far as the layer names models."""


def page(title: str, body: str) -> str:
    """A whole page; ``title`` is text, ``body`` is HTML."""
    from qgis.core import QgsApplication

    language = QgsApplication.locale().replace("-", "_").split("_")[0]
    language = language if language in LANGUAGES else "en"
    side = "rtl" if language != "en" and right_to_left() else "ltr"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}" dir="{side}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>\n"
    )


def write_page(path: str, text: str) -> None:
    """Put a page in its place when it is whole.

    Raises:
        Fault: It cannot be written.
    """
    try:
        write_whole(Path(path), text.encode(errors="replace"))
    except OSError as error:
        raise Fault(
            tr("{path} cannot be written: {reason}", path=path, reason=error.strerror)
        ) from error


def write_report(path: str, report: Report) -> None:
    """Write the summary of a camp.

    Raises:
        Fault: It cannot be written.
    """
    body = _facts(report) + _figures(report.sums[0].tally)
    if report.picture.svg:
        note = tr("North is up; the bar is {metres} m long.", metres=f"{report.picture.bar:,g}")
        body += report.picture.svg + _legend(report.picture)
        if report.areas:
            note += " " + tr("The numbers are those of the table; small areas show none.")
        body += f'<p class="note">{escape(note)}</p>'
    body += _table(report)
    if len(report.areas) > MOST_LINES:
        more = tr("And {count} more, which are in the layer.", count=len(report.areas) - MOST_LINES)
        body += f'<p class="note">{escape(more)}</p>'
    rule = tr("A dwelling belongs to the area that holds its centre, and to one alone.")
    body += f'<p class="note">{escape(rule)}</p>' + _credits(report.credits)
    write_page(path, page(tr("Summary of a camp"), body))


def _facts(report: Report) -> str:
    rows = [
        (tr("Date of this page"), date.today().isoformat()),  # noqa: DTZ011 - the user's day
        (tr("Layer of dwellings"), report.layer),
        (tr("Counted in"), report.counted_in),
        (tr("Model"), ", ".join(c.model for c in report.credits[:_MOST_MODELS])),
    ]
    return _names([(name, [value]) for name, value in rows if value])


def _names(rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    """A table of what and which; each value stands as its own letters run."""
    body = ""
    for name, values in rows:
        text = "<br>".join(f"<bdi>{escape(value)}</bdi>" for value in values)
        body += f"<tr><th>{escape(name)}</th><td>{text}</td></tr>"
    return f'<table class="names">{body}</table>'


def _figures(tally: Any) -> str:
    pairs = [(f"{tally.dwellings:,}", tr("Number of dwellings"))]
    if tally.covered is not None:
        pairs.append((f"{tally.covered:,.0f}", tr("Covered square metres")))
    if tally.mean is not None:
        pairs.append((f"{tally.mean:,.1f}", tr("Mean m²")))
    boxes = "".join(f"<div><b>{value}</b>{escape(label)}</div>" for value, label in pairs)
    return f'<div class="figures">{boxes}</div>'


def _legend(picture: Picture) -> str:
    parts = [f"<span>{_swatch(DWELLING, OPAQUE)}{escape(tr('Dwellings'))}</span>"]
    if picture.steps:
        parts.append(f"<b>{escape(tr('Dwellings a hectare'))}</b>")
    for step in picture.steps:
        text = f"{_short(step.least)} - {_short(step.most)}" if step.most > 0 else "0"
        parts.append(f'<span>{_swatch(step.color)}<bdi dir="ltr">{text}</bdi></span>')
    return f'<div class="legend">{"".join(parts)}</div>'


def _short(density: float) -> str:
    return f"{density:,.0f}" if density >= 100 else f"{density:.3g}"  # noqa: PLR2004 - three digits


def _swatch(color: str, opacity: float = 1.0) -> str:
    """Drawn, as browsers print no backgrounds."""
    return (
        '<svg width="22" height="14"><rect x=".5" y=".5" width="21" height="13" '
        f'fill="{color}" fill-opacity="{opacity:g}" stroke="#183468"/></svg>'
    )


def _table(report: Report) -> str:
    heads = (
        tr("No."), tr("Area"), tr("Dwellings"), tr("Covered m²"), tr("Mean m²"), tr("Hectares"),
        tr("Per hectare"), tr("Covered %"),
    )  # fmt: skip
    head = "".join(
        f'<th class="name">{escape(h)}</th>' if i == 1 else f"<th>{escape(h)}</th>"
        for i, h in enumerate(heads)
    )
    sums = "".join(f'<tr class="sum">{_cells("", line)}</tr>' for line in report.sums)
    rows = "".join(
        f"<tr>{_cells(str(number), line)}</tr>"
        for number, line in enumerate(report.areas[:MOST_LINES], 1)
    )
    return f'<table class="areas"><thead><tr>{head}</tr></thead><tbody>{sums}{rows}</tbody></table>'


def _cells(number: str, line: Line) -> str:
    name, tally, size = line
    cells = [f"{tally.dwellings:,}", _number(tally.covered, 0), _number(tally.mean, 1)]
    if size:
        cells += [
            f"{size / 1e4:,.2f}",
            f"{tally.density(size):,.1f}",
            _number(tally.share(size), 1),
        ]
    else:
        cells += [""] * 3
    values = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<td>{number}</td><td class="name"><bdi>{escape(name)}</bdi></td>{values}'


def _number(value: Optional[float], digits: int) -> str:
    """A figure, or nothing where it is not known."""
    return "" if value is None else f"{value:,.{digits}f}"


def _credits(credit_list: Sequence[Credit]) -> str:
    """Credits that must be shown."""
    if not credit_list:
        return ""
    body = f"<h2>{escape(tr('To be named where these figures are published'))}</h2>"
    for credit in credit_list[:_MOST_MODELS]:
        if credit.is_known:
            licence = credit.licence or tr("not stated")
            rows = [
                (tr("Model"), [credit.model]),
                (tr("Licence"), [licence]),
                (tr("To be credited"), list(credit.attribution) or [tr("nobody")]),
            ]
        else:
            missing = tr("The model is not installed here: ask who made the layer.")
            rows = [(tr("Model"), [credit.model]), (tr("To be credited"), [missing])]
        body += _names(rows)
    return body
