"""The figures as CSV tables, and as layers to look at in a GIS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from camp_detector_core.engine.errors import VectorError
from camp_detector_core.outputs.output_set import cannot_write
from camp_detector_core.vector.files import VectorLayer, write_layer
from training.evaluation.blocks import buildings_of, confusion_of, figures_of, right_in
from training.evaluation.matching import ground_areas
from training.evaluation.score import plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from training.evaluation.area import AreaScore
    from training.evaluation.blocks import Squares
    from training.evaluation.measure import Evaluation

HIT, MISS, FALSE_ALARM = "hit", "miss", "false alarm"
"""Found and labelled; labelled and not found; found and not labelled."""


def block_rows(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Make one row for each block of ground, all classes together, in reading order.

    ``pixels`` are those of the ground, whatever the number of classes. ``west`` and ``north`` are
    its first corner in the CRS of the images, None without one; the figures are None where there
    is nothing to count.
    """
    blocks = evaluation.total.blocks
    classes = len(evaluation.spec.classes)  # each counts all pixels
    rows = []
    for place, counts in zip(blocks.places.tolist(), blocks.counts, strict=True):
        pixels, buildings = confusion_of(counts), buildings_of(counts)
        right, recalled = (int(n) for n in right_in(counts))
        figures = {n: float(v) for n, v in figures_of(counts).items()}
        west, north = _corner(evaluation.areas[place[0]].squares, *place[1:])
        rows.append(
            {
                "area": place[0] + 1,
                "row": place[1] + 1,
                "col": place[2] + 1,
                "west": west,
                "north": north,
                "labelled": buildings.labelled,
                "labelled_found": recalled,
                "misses": buildings.labelled - recalled,
                "found": buildings.predicted,
                "found_right": right,
                "false_alarms": buildings.predicted - right,
                "f1": plain(figures["f1"]) if buildings.labelled + buildings.predicted else None,
                "pixel_iou": plain(pixels.iou) if pixels.tp + pixels.fp + pixels.fn else None,
                "pixels": (pixels.tp + pixels.fp + pixels.fn + pixels.tn) // classes,
            }
        )
    return rows


def worst_first(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Blocks with the most misses and false alarms first."""
    return sorted(rows, key=lambda r: -(r["misses"] + r["false_alarms"]))


def _corner(squares: Squares, row: int, col: int) -> tuple[float | None, float | None]:
    if squares.grid.crs_wkt is None:
        return None, None
    rows, cols = squares.rows_and_cols()
    x, y = squares.grid.transform.apply(np.array([[cols[col], rows[row]]], np.float64))[0]
    return round(float(x), 6), round(float(y), 6)


@dataclass(frozen=True)
class Marked:
    """Dwellings of an area with what became of them."""

    polygons: NDArray[np.object_]
    """(n,) in pixels: the found one of a hit and of a false alarm, the labelled one of a miss."""
    results: NDArray[np.object_]
    """(n,) `HIT`, `MISS` or `FALSE_ALARM`."""
    classes: NDArray[np.object_]
    """(n,) names."""

    @classmethod
    def of(cls, area: AreaScore) -> Marked:
        """Mark the polygons of all classes of an area."""
        polygons: list[NDArray[np.object_]] = [np.empty(0, object)]
        results, classes = polygons.copy(), polygons.copy()
        for name, matching in area.matchings.items():
            predicted, labelled = matching.right
            for kind, some in (
                (HIT, matching.predicted[predicted]),
                (FALSE_ALARM, matching.predicted[~predicted]),
                (MISS, matching.labelled[~labelled]),
            ):
                polygons.append(some)
                results.append(np.full(len(some), kind, object))
                classes.append(np.full(len(some), name, object))
        return cls(np.concatenate(polygons), np.concatenate(results), np.concatenate(classes))

    def of_result(self, result: str) -> NDArray[np.object_]:
        """The polygons of one result."""
        out: NDArray[np.object_] = self.polygons[self.results == result]
        return out


def write_errors(path: Path, areas: Sequence[AreaScore]) -> None:
    """A GeoPackage of hits, misses and false alarms, told apart by the attribute ``result``.

    Areas of one CRS are one layer; areas without one are left out, and without any there is no
    file.

    Raises:
        OutputError: It cannot be written.
    """
    families: dict[str, list[AreaScore]] = {}
    for area in areas:
        if area.squares.grid.crs_wkt is not None:
            families.setdefault(area.squares.grid.crs_wkt, []).append(area)
    for number, (crs, family) in enumerate(families.items(), 1):
        layer = "errors" if number == 1 else f"errors_{number}"
        try:
            _write_layer(path, layer, crs, family)
        except VectorError as error:
            raise cannot_write(path, error) from error


def _write_layer(path: Path, layer: str, crs: str, areas: Sequence[AreaScore]) -> None:
    marked = [Marked.of(a) for a in areas]
    grids = [a.squares.grid for a in areas]
    polygons_in_crs = [
        shapely.transform(m.polygons, g.transform.apply) for m, g in zip(marked, grids, strict=True)
    ]
    sizes = [ground_areas(m.polygons, g) for m, g in zip(marked, grids, strict=True)]
    fields = {
        "result": np.concatenate([m.results for m in marked]),
        "class": np.concatenate([m.classes for m in marked]),
        "area_m2": np.concatenate(sizes),
    }
    geometries = shapely.to_wkb(np.concatenate(polygons_in_crs))
    rows = VectorLayer(geometries, fields, crs, "Polygon")
    write_layer(path, rows, name=layer, driver="GPKG", options={})
