"""The report of a summary, and what of the boundaries is kept, in a real QGIS."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.model_file import default_model_path, open_model
from tests.support.qgis_ground import box, polygon_file, rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.qgis.conftest import Qgis

SUMMARISE = "campdetector:summarisecamp"
ARABIC = {"LANG": "ar_EG.UTF-8", "LC_ALL": "ar_EG.UTF-8"}
EVIL = "<script>alert(1)</script>"
SPEC = open_model(default_model_path()).spec


class Page(HTMLParser):
    """The elements of a page, and its cells."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.names: list[str] = []
        self.html: dict[str, str | None] = {}
        self.cells: list[list[str]] = []
        self.numbers: dict[str, float] = {}
        self._open = ""
        self._size = 0.0
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        attributes = dict(attrs)
        if tag == "html":
            self.html = attributes
        if tag == "tr":
            self.cells.append([])
        if tag in {"td", "th"}:
            self.cells[-1].append("")
        if tag in {"td", "th", "text"}:
            self._open, self._size = tag, float(attributes.get("font-size") or 0)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._open:
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open == "text" and self._size:
            self.numbers[data] = self._size
        elif self._open in {"td", "th"}:
            self.cells[-1][-1] += data


@dataclass(frozen=True)
class Results:
    """Results of the steps, and the folder of the pages."""

    steps: dict[str, Any]
    folder: Path

    def page(self, name: str) -> Page:
        assert "error" not in self.steps[name], self.steps[name]
        return Page(self.folder / f"{name}.html")


def with_fields(path: Path, *fields: dict[str, Any]) -> Path:
    content = json.loads(path.read_text())
    for feature, values in zip(content["features"], fields, strict=True):
        feature["properties"] = values
    path.write_text(json.dumps(content))
    return path


def summary(folder: Path, name: str, **params: Any) -> dict[str, Any]:
    parameters = {"OUTPUT": "memory:", "REPORT": str(folder / f"{name}.html"), **params}
    return {"op": "run", "alg": SUMMARISE, "params": parameters}


@pytest.fixture(scope="module")
def results(qgis: Qgis, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """All steps in one QGIS, by their names, and one more in an Arabic one."""
    folder = tmp_path_factory.mktemp("report")
    late = folder / "late"
    late.mkdir()
    homes = [box(x, 8, x + 4, 4) for x in (2, 12, 22, 32, 52)]
    plain = polygon_file(folder / f"no model {EVIL.replace('/', '')}.geojson", *homes)
    models_of_rows = [{"model": SPEC.id}] * 3 + [{"model": EVIL}, {"model": None}]
    dwellings_file = with_fields(polygon_file(folder / "known.geojson", *homes), *models_of_rows)
    # The last one is empty, the one before it too small for a number.
    parts = box(0, 30, 20, 0), box(20, 30, 48, 0), box(50, 9, 50.3, 0), box(60, 30, 80, 0)
    blocks = with_fields(
        polygon_file(folder / "blocks.geojson", *parts),
        {"fid": 4, "Name": "North", "pcode": "NP01", "people": None, "Dwellings": 7, "share": 0.5},
        {"fid": 5, "Name": EVIL, "pcode": None, "people": 9_000_000_000, "Dwellings": None},
        {"fid": 6, "Name": "small", "pcode": "NP03", "tags": ["a", "b"], "geom": "x"},
        {"fid": 7, "Name": "empty"},
    )
    many = polygon_file(
        folder / "many.geojson",
        *(box(x / 2, y / 2 + 0.5, x / 2 + 0.5, y / 2) for x in range(80) for y in range(80)),
    )
    summary_parameters = {
        "INPUT": str(dwellings_file),
        "BOUNDARIES": str(blocks),
        "NAME_FIELD": "Name",
    }
    steps = {
        "blocks": summary(
            folder, "blocks", **summary_parameters, OUTPUT=str(folder / "blocks.gpkg")
        ),
        "hexagons": summary(folder, "hexagons", INPUT=str(plain), HEXAGON_WIDTH=20.0),
        "many": summary(folder, "many", INPUT=str(dwellings_file), BOUNDARIES=str(many)),
        "kept": summary(folder, "kept", **summary_parameters),
        "as a Shapefile": summary(
            folder, "shape", **summary_parameters, OUTPUT=str(folder / "blocks.shp")
        ),
    }
    answers = dict(zip(steps, qgis.python("steps.py", list(steps.values())), strict=True))
    step = summary(folder, "arabic", **summary_parameters)
    (answers["arabic"],) = qgis.python("steps.py", [step], **ARABIC)
    return Results(answers, folder)


def test_areas_have_the_numbers_of_the_table(results: Results) -> None:
    page = results.page("blocks")
    assert set(page.numbers) == {"1", "2", "4"}
    assert {size for size in page.numbers.values() if size < 17} == set()
    table = [row for row in page.cells if len(row) == 8]
    assert [row[0] for row in table] == ["No.", "", "", "1", "2", "3", "4"]
    assert [row[1] for row in table][3:] == ["North", EVIL, "small", "empty"]
    assert [row[2] for row in table] == ["Dwellings", "5", "1", "2", "2", "0", "0"]
    assert len(results.page("hexagons").numbers) == len(rows(results.steps["hexagons"]))


def test_areas_are_shaded_by_their_density(results: Results) -> None:
    page = results.page("blocks")
    assert page.text.count('<bdi dir="ltr">') == 5
    assert '<bdi dir="ltr">0</bdi>' in page.text
    # Hexagons without dwellings are not there at all.
    assert '<bdi dir="ltr">0</bdi>' not in results.page("hexagons").text
    assert all(row["dwellings"] for row in rows(results.steps["hexagons"]))


def test_a_page_says_what_it_is_made_of(results: Results) -> None:
    facts = dict(row for row in results.page("blocks").cells if len(row) == 2)
    assert date.fromisoformat(facts["Date of this page"])
    assert facts["Layer of dwellings"] == "known"
    assert facts["Counted in"] == "blocks"
    assert facts["Licence"] == SPEC.licence
    credited = [row[1] for row in results.page("blocks").cells if row[0] == "To be credited"]
    assert credited == [
        "".join(SPEC.attribution),
        "The model is not installed here: ask who made the layer.",
    ]
    models = [row[1] for row in results.page("blocks").cells if row[0] == "Model"]
    assert models == [f"{SPEC.id}, {EVIL}", SPEC.id, EVIL]
    assert "hexagons 20 m wide" in results.page("hexagons").text


def test_a_layer_without_models_has_a_report(results: Results) -> None:
    page = results.page("hexagons")
    assert not [row for row in page.cells if row and row[0] in {"Model", "To be credited"}]
    assert "no model &lt;script&gt;" in page.text


def test_nothing_of_strangers_is_html(results: Results) -> None:
    for name in ("blocks", "hexagons", "arabic"):
        page = results.page(name)
        assert set(page.names) <= {
            "html", "head", "meta", "title", "style", "body", "h1", "h2", "table", "thead", "tbody",
            "tr", "th", "td", "bdi", "br", "div", "b", "span", "p", "svg", "image", "g", "text",
            "path", "rect",
        }  # fmt: skip
        assert page.names.count("svg") - page.names.count("rect") == 1
        assert re.findall(r'(?:href|src)="(?!data:image/png;base64,)', page.text) == []


def test_numbers_are_left_out_where_areas_are_too_small(results: Results) -> None:
    page = results.page("many")
    assert len(page.numbers) < 100
    assert "And 4400 more, which are in the layer." in page.text


def test_a_page_runs_as_its_language_does(results: Results) -> None:
    assert results.page("blocks").html == {"lang": "en", "dir": "ltr"}
    assert results.page("arabic").html == {"lang": "ar", "dir": "rtl"}


def test_the_log_tells_totals_alone(results: Results) -> None:
    messages = [
        text for text in results.steps["hexagons"]["infos"] if not text.startswith("Results")
    ]
    assert messages == ["all dwellings: 5"]
    messages = [text for text in results.steps["kept"]["infos"] if not text.startswith("Results")]
    assert messages == ["all dwellings: 5", "outside of all areas: 1"]


def test_the_boundaries_own_fields_are_kept(results: Results) -> None:
    own_fields = ["name", "dwellings", "covered_m2", "mean_m2", "area_ha", "per_ha", "cover_pct"]
    boundary_fields = ["Name_2", "pcode", "people", "Dwelling_2", "share", "tags", "geom_2"]
    fields = results.steps["kept"]["results"]["OUTPUT"]
    assert fields["fields"] == own_fields + boundary_fields
    assert [row["people"] for row in fields["rows"]] == [None, 9_000_000_000, None, None]
    assert [row["pcode"] for row in fields["rows"]] == ["NP01", None, "NP03", None]
    assert [row["Dwelling_2"] for row in fields["rows"]] == [7, None, None, None]
    assert fields["rows"][2]["tags"] == '["a","b"]'
    with closing(sqlite3.connect(results.folder / "blocks.gpkg")) as file:
        types = {name: kind for _, name, kind, *_ in file.execute("PRAGMA table_info(blocks)")}
        values = file.execute("SELECT fid, people, share, pcode FROM blocks").fetchall()
    assert [types[n] for n in ("people", "Dwelling_2", "share")] == ["INTEGER", "MEDIUMINT", "REAL"]
    assert values[:2] == [(1, None, 0.5, "NP01"), (2, 9_000_000_000, None, None)]
    assert "error" not in results.steps["as a Shapefile"], results.steps["as a Shapefile"]
