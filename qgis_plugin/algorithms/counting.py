"""Dwellings, and the areas that they are counted in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsPointXY,
)

from camp_detector_core.engine import areas
from camp_detector_core.engine.areas import FIELDS, Dwelling, tally
from camp_detector_core.engine.polygons.surfaces import Surfaces
from camp_detector_core.georaster.ground import metres_per_unit
from camp_detector_core.hostgdal.library import GdalCrs

from .. import compat
from ..i18n import tr
from .base import CampAlgorithm, Fault
from .dwellings import Dwellings
from .features import Features, placed_source
from .keeping import KeptField, kept_fields
from .outlines import area_of, ground_of, joined, placed, rings_of

if TYPE_CHECKING:
    from qgis.core import QgsField, QgsProcessingContext, QgsProcessingFeedback

    from camp_detector_core.engine.areas import Tally


INPUT, BOUNDARIES, NAME_FIELD, WIDTH = "INPUT", "BOUNDARIES", "NAME_FIELD", "HEXAGON_WIDTH"
_LOOK = 1000
"""Dwellings between two looks at whether the user wants to stop."""
_LONGEST = 254
_MODEL = "model"
"""The field in which Detect dwellings says what found a dwelling."""
_MODELS = 100
"""Names of models that are remembered: a stranger's field of that name may hold anything."""


class Stopped(Exception):  # noqa: N818 - what the user asked for
    """The user wants to stop."""


@dataclass(frozen=True)
class Area:
    """An area with what was counted in it."""

    name: str
    geometry: QgsGeometry
    square_metres: float
    tally: Tally
    boundary_values: list[object] = field(default_factory=list)
    """Values of the boundary's own fields."""

    @staticmethod
    def fields() -> list[QgsField]:
        """Fields of the output, before those of the boundaries."""
        return compat.fields(FIELDS)

    def values(self) -> list[object]:
        """Values of the fields of the output."""
        return [*self.tally.values(self.name, self.square_metres), *self.boundary_values]


@dataclass(frozen=True)
class Opened:
    """The layers to count, taken from the parameters in the main thread."""

    dwellings: Features
    boundaries: Optional[Features]
    """None: hexagons."""
    named: str
    """The boundaries' field with their names, empty: there is none."""
    width: float
    """Width of the hexagons, metres."""

    @classmethod
    def of(
        cls, algorithm: CampAlgorithm, parameters: dict[str, object], context: QgsProcessingContext
    ) -> Opened:
        """Open the layers.

        Raises:
            Fault: One is gone, cannot be read, or has no coordinate system.
        """
        dwellings = placed_source(algorithm, parameters, INPUT, context)
        boundaries = placed_source(algorithm, parameters, BOUNDARIES, context, optional=True)
        model = dwellings.fields().lookupField(_MODEL)
        named = compat.chosen_fields(algorithm, parameters, NAME_FIELD, context)
        return cls(
            Features(dwellings, context, attributes=[model] if model >= 0 else []),
            None
            if boundaries is None
            else Features(boundaries, context, into=dwellings.sourceCrs()),
            named[0] if named else "",
            algorithm.parameterAsDouble(parameters, WIDTH, context),
        )


class Counting:
    """The dwellings, and the areas that they are counted in."""

    def __init__(
        self, opened: Opened, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        """Read the dwellings.

        Raises:
            Fault: All lie nowhere on the Earth, or no feature is a dwelling.
            Stopped: The user wants to.
        """
        self._opened, self._feedback = opened, feedback
        self.crs: QgsCoordinateReferenceSystem = opened.dwellings.crs
        self.title = opened.dwellings.name
        self._ground = ground_of(self.crs, context)
        self.shapes: list[QgsGeometry] = []
        self.dwellings: list[areas.Dwelling] = []
        self.models: Counter[str] = Counter()
        """Number of dwellings of each model, as far as the layer names models."""
        self.boundary_fields: list[KeptField] = []
        """Fields of the boundaries that are kept."""
        self.counted_in = ""
        """Name of the areas for readers."""
        total = max(opened.dwellings.count, 1)
        made, each = Dwelling, Dwellings(self.title)
        nowhere: Optional[Fault] = None
        model = opened.dwellings.fields.lookupField(_MODEL)
        for i, feature in enumerate(opened.dwellings):
            if i % _LOOK == 0:
                self.look()
                feedback.setProgress(100.0 * i / total)
            for shape in each.of(feature.geometry()):
                try:
                    dwelling = made(*placed(shape, self._ground, self.title))
                except Fault as error:
                    each.misplaced()
                    nowhere = error
                    continue
                if model >= 0:
                    self._remember(feature[model])
                self.shapes.append(shape)
                self.dwellings.append(dwelling)
        if nowhere is not None and not self.dwellings:
            raise nowhere
        if each.left_out and not each.count:
            raise Fault(
                tr(
                    "{layer} holds {count} features, and none is a polygon or a point: choose the "
                    "layer of the dwellings.",
                    layer=self.title,
                    count=f"{each.left_out:,}",
                )
            )
        each.tell(feedback)

    @property
    def metres(self) -> tuple[float, float]:
        """Metres on the ground of a unit of the CRS along x and y, where the dwellings lie."""
        import numpy as np

        x, y = self._middle()
        crs = GdalCrs.from_text(self.crs.toWkt())
        mx, my = metres_per_unit(crs, np.array([x]), np.array([y]))
        return float(mx[0]), float(my[0])

    def areas(self) -> tuple[list[Area], Optional[Tally]]:
        """Each area with its count, and what lies outside of all, None for hexagons.

        Raises:
            Fault: There is none, or one lies nowhere on the Earth.
            Stopped: The user wants to.
        """
        boundaries = self._opened.boundaries
        if boundaries is None:
            return self._hexagons(), None
        named = self._opened.named
        self.counted_in = boundaries.name
        self.boundary_fields = kept_fields(boundaries.fields, (f.name() for f in Area.fields()))
        areas_read: list[tuple[str, QgsGeometry, list[object]]] = []
        skipped, surfaces = 0, Surfaces(skip_repeated=False)
        for feature in sorted(boundaries, key=lambda f: f.id()):
            self.look()
            geometry = feature.geometry()
            shape = None if geometry.isEmpty() else joined(surfaces.take(bytes(geometry.asWkb())))
            if shape is None:
                skipped += 1
                continue
            name, values = feature[named] if named else None, feature.attributes()
            areas_read.append(
                (_name(name, feature.id()), shape, [k.value(values) for k in self.boundary_fields])
            )
        boundaries.tell(self._feedback)
        if skipped:
            self._feedback.pushWarning(
                tr(
                    "Features of {layer} that are no polygon with an area and are left out: "
                    "{count}",
                    layer=boundaries.name,
                    count=f"{skipped:,}",
                )
            )
        if not areas_read:
            raise Fault(tr("The boundaries hold no polygon: choose another layer, or none."))
        rings = [rings_of(shape) for _, shape, _ in areas_read]
        tallies, outside = tally(self.dwellings, rings, self.look)
        return [
            Area(name, shape, area_of(shape, self._ground, boundaries.name), tally, values)
            for (name, shape, values), tally in zip(areas_read, tallies)
        ], outside

    def _hexagons(self) -> list[Area]:
        if not self.dwellings:
            return []
        width = self._opened.width
        self.counted_in = tr("hexagons {metres} m wide", metres=f"{width:,g}")
        grid = areas.HexagonGrid(self._middle(), self.metres, width)
        out = []
        cells = areas.tally_cells(self.dwellings, grid)
        for number, (cell, cell_tally) in enumerate(cells.items(), 1):
            if number % _LOOK == 0:
                self.look()
            ring = [QgsPointXY(x, y) for x, y in grid.ring(cell)]
            shape = QgsGeometry.fromPolygonXY([ring])
            name = tr("hexagon {number}", number=number)
            out.append(Area(name, shape, self._ground.measureArea(shape), cell_tally))
        return out

    def _middle(self) -> tuple[float, float]:
        xs, ys = [d.at[0] for d in self.dwellings], [d.at[1] for d in self.dwellings]
        return ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2) if xs else (0.0, 0.0)

    def _remember(self, model: object) -> None:
        text = text_of(model)
        if text and (text in self.models or len(self.models) < _MODELS):
            self.models[text] += 1

    def look(self) -> None:
        """See whether the user wants to stop.

        Raises:
            Stopped: So it is.
        """
        if self._feedback.isCanceled():
            raise Stopped


def text_of(value: object) -> str:
    """A value of a field as text, empty for none."""
    text = "" if value is None else str(value).strip()
    return "" if text == "NULL" else text[:_LONGEST]


def _name(value: object, number: int) -> str:
    return text_of(value) or tr("area {number}", number=number)
