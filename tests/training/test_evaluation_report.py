"""Files about an evaluation: one page, tables and layers that agree."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio.raw
import pytest
import rasterio
import shapely

from camp_detector_core.georaster.settings import Settings
from camp_detector_core.georaster.source import PlacedSource
from tests.support.datasets import GSD, HOUSES, house_polygon, place, write_picture, write_polygons
from tests.support.models import write_model
from tests.support.rasters import UTM, UTM_AREA, write_raster
from training.__main__ import run
from training.evaluation.compare import comparison_rows, comparison_table
from training.evaluation.files import FILES, write_files
from training.evaluation.maps import COLORS, draw_area, draw_block
from training.evaluation.measure import EvaluateOptions, evaluate_model
from training.evaluation.summary import to_table

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.datasets import Town
    from training.evaluation.measure import Evaluation

ABSENT = [(20 + 9 * i, 200, 26 + 9 * i, 208) for i in range(3)]
"""Labels without a house."""
UNLABELLED = 2
"""The first houses have no label."""
NAME = "<b>camp & 'co'.tif"


class Reader(HTMLParser):
    """All tags and all text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.tags if t == tag]


@pytest.fixture(scope="module")
def evaluation(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    """Three labels that are missed, two houses that have none, in a file with an odd name."""
    folder = tmp_path_factory.mktemp("odd")
    polygons = [house_polygon(h) for h in (*HOUSES[UNLABELLED:], *ABSENT)]
    return evaluate_model(
        EvaluateOptions(
            write_model(folder / "tiny.onnx", licence="<i>none</i>"),
            write_raster(folder / NAME, town.pixels, transform=place(0, 0)),
            write_polygons(folder / "labels.gpkg", polygons),
            settings=Settings(simplify=0),
            threads=1,
            block_metres=20,
        )
    )


@pytest.fixture(scope="module")
def folder(evaluation: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("written")
    write_files({n: out / n for n in FILES}, {"tiny": evaluation})
    return out


@pytest.fixture(scope="module")
def content_of(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "evaluation.json").read_text())
    return content


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def cells(page: str, row: str) -> list[str]:
    """The cells of the first row of this name."""
    line = re.search(rf'<tr><th scope="row">{re.escape(row)}</th>(.*?)</tr>', page)
    assert line, row
    return re.findall("<td>(.*?)</td>", line[1])


def test_all_files_are_written_and_the_page_says_what_the_json_says(
    folder: Path, content_of: dict[str, Any], page: str
) -> None:
    assert sorted(p.name for p in folder.iterdir()) == sorted(FILES)
    buildings = content_of["total"]["buildings"]
    right = len(HOUSES) - UNLABELLED
    assert buildings["predicted"] == len(HOUSES)
    assert buildings["matched"] == right
    assert buildings["labelled"] == right + len(ABSENT)
    assert (
        f"{buildings['labelled']} dwellings labelled, {buildings['predicted']} found, and "
        f"{buildings['matched']} of these the same"
    ) in page
    value, bounds, _ = cells(page, "Dwellings: F1 at IoU 0.5")
    assert value == f"{buildings['f1']:.3f}"
    low, high = content_of["total"]["intervals_95"]["f1"]
    assert bounds == f"{low:.3f} to {high:.3f}"
    assert low < buildings["f1"] < high
    iou, _, baseline = cells(page, "Pixels: IoU")
    assert iou == f"{content_of['total']['pixels']['iou']:.3f}"
    assert baseline == f"{content_of['total']['pixels']['all_ones_iou']:.3f}"
    for row in content_of["total"]["by_size"]:
        row_cells = cells(page, row["area_m2"])
        assert [row_cells[i] for i in (0, 1, 3, 4)] == [
            str(row[n]) for n in ("labelled", "labelled_found", "found", "found_right")
        ]


def test_names_from_outside_are_escaped(page: str) -> None:
    reader = Reader(page)
    assert not reader.of("b")
    assert not reader.of("i")
    words = "".join(reader.words)
    assert f"Area 1: {NAME.removesuffix('.tif')}" in words
    assert "<i>none</i>" in words


def test_the_page_needs_no_network_and_no_script(page: str) -> None:
    reader = Reader(page)
    assert not [t for t, _ in reader.tags if t in {"script", "link", "iframe", "object", "a"}]
    assert not re.search(r"url\(|@import|https?:|\son\w+=", page)
    images = reader.of("img")
    # The reliability diagram, the sweep, the area, and three or more blocks.
    assert len(images) >= 6
    for image in images:
        url = image["src"] or ""
        kind, data = re.fullmatch(r"data:image/(png|jpeg);base64,(.*)", url).groups()  # type: ignore[union-attr]
        with rasterio.open(io.BytesIO(base64.b64decode(data))) as picture:
            assert picture.driver == kind.upper()
            assert [str(picture.width), str(picture.height)] == [image["width"], image["height"]]


def test_the_page_can_be_read_aloud(page: str) -> None:
    reader = Reader(page)
    assert reader.of("html") == [{"lang": "en"}]
    assert len(reader.of("h1")) == 1
    assert len(reader.of("table")) == len(reader.of("caption")) >= 4
    assert all(image["alt"] for image in reader.of("img"))
    assert all(th["scope"] in {"row", "col"} for th in reader.of("th"))


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_tables_add_up_to_the_whole(folder: Path, content_of: dict[str, Any]) -> None:
    buildings, pixels = content_of["total"]["buildings"], content_of["total"]["pixels"]
    blocks = read_csv(folder / "blocks.csv")
    assert len(blocks) == content_of["total"]["blocks"] == 4 * 7
    sums = {n: sum(int(b[n]) for b in blocks) for n in ("labelled", "found", "misses", "pixels")}
    assert sums["labelled"] == buildings["labelled"]
    assert sums["found"] == buildings["predicted"]
    assert sums["misses"] == len(ABSENT)
    assert sum(int(b["false_alarms"]) for b in blocks) == UNLABELLED
    assert sums["pixels"] == sum(pixels[n] for n in ("tp", "fp", "fn", "tn"))
    corner = place(80, 40)[2], place(80, 40)[5]
    (second,) = (b for b in blocks if (b["row"], b["col"]) == ("3", "2"))
    assert (float(second["west"]), float(second["north"])) == corner
    sizes = read_csv(folder / "dwellings_by_size.csv")
    assert sum(int(s["labelled"]) for s in sizes) == buildings["labelled"]
    assert sum(int(s["found_right"]) for s in sizes) == buildings["matched"]
    bins = read_csv(folder / "reliability.csv")
    assert sum(int(b["pixels"]) for b in bins) == sums["pixels"]


def test_the_layer_shows_each_dwelling_where_it_is(folder: Path) -> None:
    meta, _, wkb, (results, areas) = pyogrio.raw.read(
        folder / "errors.gpkg", columns=["result", "area_m2"]
    )
    assert meta["crs"] == UTM
    polygons = shapely.from_wkb(wkb)
    assert areas == pytest.approx(shapely.area(polygons) / UTM_AREA)
    for result, houses in (
        ("hit", HOUSES[UNLABELLED:]),
        ("miss", ABSENT),
        ("false alarm", HOUSES[:UNLABELLED]),
    ):
        expected = shapely.union_all([house_polygon(h) for h in houses])
        polygon = shapely.union_all(polygons[results == result])
        assert shapely.area(shapely.symmetric_difference(expected, polygon)) < 1e-6


def shows(image: bytes, row: float, col: float, result: str) -> bool:
    """Return True if a picture has a colour within 2 pixels of a place, in shares of its sides."""
    with rasterio.open(io.BytesIO(image)) as picture:
        pixels = picture.read().astype(int)
    _, height, width = pixels.shape
    y, x = round(row * height), round(col * width)
    aim = np.frombuffer(bytes.fromhex(result[1:]), np.uint8)[:, None, None]
    return bool((np.abs(pixels[:, y - 2 : y + 3, x - 2 : x + 3] - aim).max(axis=0) < 90).any())


def test_maps_show_results_where_they_are(evaluation: Evaluation) -> None:
    """On the left edge of a house's outline lies the colour of what became of it."""
    (area,) = evaluation.areas
    whole = draw_area(area)
    # Twice as long as the model's raster, since small areas are enlarged.
    assert (whole.width, whole.height) == (640, 320)
    for house, kind in ((HOUSES[7], "hit"), (ABSENT[1], "miss")):
        at = (house[0] + 3.5) / 128, house[1] / 256
        kinds = [k for k in ("hit", "miss") if shows(whole.data, *at, COLORS[k])]
        assert kinds == [kind]
    # The block of rows 0 to 40 and columns 200 to 240 with its margin, and a label in it.
    block = draw_block(area, 0, 5)
    at = (ABSENT[0][0] + 3) / 46, (ABSENT[0][1] - 194) / 52
    assert [k for k in ("hit", "miss") if shows(block.data, *at, COLORS[k])] == ["miss"]


def test_a_large_block_is_read_in_few_pixels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = np.full((3, 1600, 1000), 20, np.uint8)
    house, absent = (400, 100, 480, 180), (1200, 700, 1280, 780)
    pixels[0, house[0] : house[2], house[1] : house[3]] = 255
    evaluation = evaluate_model(
        EvaluateOptions(
            write_model(tmp_path / "m.onnx"),
            write_raster(tmp_path / "c.tif", pixels, transform=place(0, 0)),
            write_polygons(tmp_path / "l.gpkg", [house_polygon(h) for h in (house, absent)]),
            threads=1,
            block_metres=5000,
        )
    )
    sizes = []
    real = PlacedSource.read

    def read(source: PlacedSource, *args: Any, **options: Any) -> Any:
        values, valid = real(source, *args, **options)
        sizes.append(values.shape)
        return values, valid

    monkeypatch.setattr(PlacedSource, "read", read)
    block = draw_block(evaluation.areas[0], 0, 0)
    assert sizes == [(3, 640, 400)]
    assert (block.height, block.width) == (640, 400)
    for spot, kind in ((house, "hit"), (absent, "miss")):
        at = (spot[0] + 40) / 1600, spot[1] / 1000
        assert [k for k in ("hit", "miss") if shows(block.data, *at, COLORS[k])] == [kind]
    with rasterio.open(io.BytesIO(block.data)) as picture:
        red = picture.read(1)
    assert red[176, 56] > 200
    assert red[300, 200] < 100


def test_without_a_place_there_is_no_layer_and_few_blocks_say_so(
    town: Town, tmp_path: Path
) -> None:
    model = write_model(tmp_path / "m.onnx")
    picture = write_picture(tmp_path / "a.png", town.pixels)
    mask = write_picture(tmp_path / "b.png", town.truth.astype(np.uint8)[None])
    out = tmp_path / "out"
    run(words(model, picture, mask, "--out", str(out), "--block-metres", "500"))
    assert sorted(p.name for p in out.iterdir()) == sorted(set(FILES) - {"errors.gpkg"})
    assert "no interval can be given" in (out / "report.html").read_text()
    assert json.loads((out / "evaluation.json").read_text())["total"]["intervals_95"] == {}


def words(model: Path, chips: Path, labels: Path, *more: str) -> list[str]:
    options = ["--model", str(model), "--chips", str(chips), "--labels", str(labels)]
    return ["evaluate", *options, "--threads", "1", *more]


def test_models_are_compared_on_the_same_blocks(evaluation: Evaluation, tmp_path: Path) -> None:
    options = evaluation.options
    blind = write_model(tmp_path / "blind.onnx", min_area=1000.0)
    other = evaluate_model(EvaluateOptions(blind, options.chips, options.labels, block_metres=20))
    first, same, worse = comparison_rows({"a": evaluation, "b": evaluation, "c": other})
    assert "difference_95" not in first
    assert same["difference_95"]["f1"] == [0, 0]
    assert worse["found"] == 0
    assert worse["difference_95"]["f1"][1] < 0
    assert worse["difference_95"]["pixel_iou"] == [0, 0]  # dropped after the pixels are counted
    assert "no interval" not in to_table(evaluation)
    lines = comparison_table([first, same, worse]).splitlines()
    assert len(lines) == 1 + 1 + 2 + 2


def test_models_of_other_pixels_are_compared_on_the_same_ground(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = write_picture(tmp_path / "a.png", town.pixels)
    mask = write_picture(tmp_path / "b.png", town.truth.astype(np.uint8)[None])
    model = write_model(tmp_path / "m.onnx")
    coarse = write_model(tmp_path / "coarse.onnx", gsd=2 * GSD)
    run([*words(model, picture, mask), "--compare", f"coarse={coarse}", "--block-metres", "16"])
    output = capsys.readouterr().out
    assert output.count("1 chip in 1 area, 0.82 ha") == 2
    assert "difference, 95 %" in output


def test_the_command_compares(
    evaluation: Evaluation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = evaluation.options
    arguments = words(options.model, options.chips, options.labels)
    out = tmp_path / "out"
    more = ["--no-separate", "--tta", "--square", "--simplify", "0", "--out", str(out), "--json"]
    run([*arguments, "--compare", f"<u>twin={options.model}", *more])
    content = json.loads(capsys.readouterr().out)
    settings = {
        n: content["settings"][n] for n in ("separation", "tta", "square", "simplify_metres")
    }
    assert settings == {"separation": None, "tta": True, "square": True, "simplify_metres": 0}
    assert [r["name"] for r in content["compared"]] == ["tiny", "<u>twin"]
    reader = Reader((out / "report.html").read_text())
    assert not reader.of("u")
    assert "Models compared" in reader.words
    for bad, message in (
        ("twin", "is not NAME=FILE"),
        (f"x={tmp_path / 'none.onnx'}", "there is no file"),
    ):
        with pytest.raises(SystemExit):
            run([*arguments, "--compare", bad])
        assert message in capsys.readouterr().err
