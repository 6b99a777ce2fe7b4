"""Dwellings, and the areas that they are counted in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Optional

from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsPointXY

from camp_detector_core.engine import areas
from camp_detector_core.engine.areas import FIELDS, CountedDwelling, tally
from camp_detector_core.engine.polygons.surfaces import Surfaces

from ..faults import Fault
from ..feedback import stop_if_asked, watched
from ..i18n import tr
from ..layers import metres_at
from .dwellings import Dwellings
from .features import Features, placed_source
from .keeping import KeptField, kept_fields
from .outlines import area_of, centre_of, ground_of, joined, rings_of

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from camp_detector_core.engine.areas import Tally

    from .entries import Entries


INPUT, BOUNDARIES, NAME_FIELD, WIDTH = "INPUT", "BOUNDARIES", "NAME_FIELD", "HEXAGON_WIDTH"
_LONGEST = 254
_MODEL = "model"
"""The field in which Detect dwellings says what found a dwelling."""
_MODELS = 100
"""Names of models that are remembered: an untrusted field of that name may hold anything."""


@dataclass(frozen=True)
class Area:
    """An area with what was counted in it."""

    name: str
    geometry: QgsGeometry
    square_metres: float
    tally: Tally
    boundary_values: list[object] = field(default_factory=list)
    """Values of the boundary's own fields."""

    @property
    def density(self) -> float:
        """Dwellings a hectare."""
        return self.tally.density(self.square_metres) or 0.0

    def values(self) -> list[object]:
        """Values of the fields of the output."""
        return [*self.tally.values(self.name, self.square_metres), *self.boundary_values]


@dataclass(frozen=True)
class Layers:
    """The layers to count, taken from the parameters in the main thread."""

    dwellings: Features
    boundaries: Optional[Features]
    """None: hexagons."""
    name_field: str
    """The boundaries' field with their names, empty: there is none."""
    width: float
    """Width of the hexagons, metres."""

    @classmethod
    def of(cls, entries: Entries) -> Layers:
        """Open the layers.

        Raises:
            Fault: One is gone, cannot be read, or has no coordinate system.
        """
        dwellings = placed_source(entries, INPUT)
        boundaries = placed_source(entries, BOUNDARIES, optional=True)
        model = dwellings.fields().lookupField(_MODEL)
        context, crs = entries.context, dwellings.sourceCrs()
        return cls(
            Features(dwellings, context, attributes=[model] if model >= 0 else []),
            None if boundaries is None else Features(boundaries, context, into=crs),
            next(iter(entries.fields(NAME_FIELD)), ""),
            entries.number(WIDTH),
        )


class Counting:
    """The dwellings, and the areas that they are counted in."""

    def __init__(
        self, layers: Layers, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        """Read the dwellings.

        Raises:
            Fault: All lie nowhere on the Earth, or no feature is a dwelling.
            Cancelled: The user wants to stop.
        """
        self._layers, self.feedback = layers, feedback
        self.crs: QgsCoordinateReferenceSystem = layers.dwellings.crs
        self.title = layers.dwellings.name
        self._ground = ground_of(self.crs, context)
        self.shapes: list[QgsGeometry] = []
        self.dwellings: list[CountedDwelling] = []
        self.models: Counter[str] = Counter()
        """Number of dwellings of each model, as far as the layer names models."""
        self.boundary_fields: list[KeptField] = []
        """Fields of the boundaries that are kept."""
        self.counted_in = ""
        """Name of the areas for readers."""
        each, model = Dwellings(self.title), layers.dwellings.fields.lookupField(_MODEL)
        for feature, shape, area in each.read(
            layers.dwellings, self._ground, feedback, percent=(0, 100)
        ):
            if model >= 0:
                self._remember(feature[model])
            self.shapes.append(shape)
            self.dwellings.append(CountedDwelling(centre_of(shape), area))
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
        return metres_at(self.crs, *self._middle())

    def areas(self) -> tuple[list[Area], Optional[Tally]]:
        """Each area with its count, and what lies outside of all, None for hexagons.

        Raises:
            Fault: There is none, or one lies nowhere on the Earth.
            Cancelled: The user wants to stop.
        """
        boundaries = self._layers.boundaries
        if boundaries is None:
            return self._hexagons(), None
        name_field = self._layers.name_field
        self.counted_in = boundaries.name
        self.boundary_fields = kept_fields(boundaries.fields, FIELDS)
        areas_read: list[tuple[str, QgsGeometry, list[object]]] = []
        skipped, surfaces = 0, Surfaces(skip_repeated=False)
        in_order = sorted(boundaries, key=lambda f: f.id())
        for feature in watched(in_order, self.feedback, every=1):
            geometry = feature.geometry()
            shape = None if geometry.isEmpty() else joined(surfaces.take(bytes(geometry.asWkb())))
            if shape is None:
                skipped += 1
                continue
            name, values = feature[name_field] if name_field else None, feature.attributes()
            areas_read.append(
                (_name(name, feature.id()), shape, [k.value(values) for k in self.boundary_fields])
            )
        boundaries.tell(self.feedback)
        if skipped:
            self.feedback.pushWarning(
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
        width = self._layers.width
        self.counted_in = tr("hexagons {metres} m wide", metres=f"{width:,g}")
        grid = areas.HexagonGrid(self._middle(), self.metres, width)
        out = []
        cells = areas.tally_cells(self.dwellings, grid)
        for number, (cell, cell_tally) in enumerate(watched(cells.items(), self.feedback), 1):
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
        """See whether the user wants to stop; raises `Cancelled`."""
        stop_if_asked(self.feedback)


def text_of(value: object) -> str:
    """A value of a field as text, empty for none."""
    text = "" if value is None else str(value).strip()
    return "" if text == "NULL" else text[:_LONGEST]


def _name(value: object, number: int) -> str:
    return text_of(value) or tr("area {number}", number=number)
