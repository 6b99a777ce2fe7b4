"""Pictures of the imagery with what was found, missed and made up, for the report."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from camp_detector_core.engine.grid import Window
from training.evaluation.artefacts import new_figure
from training.evaluation.tables import FALSE_ALARM, HIT, MISS, Marked

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from camp_detector_core.engine.prepare import Stretch
    from camp_detector_core.engine.spec import ModelSpec
    from training.evaluation.area import AreaScore

COLORS = {HIT: "#56B4E9", MISS: "#F0E442", FALSE_ALARM: "#D55E00"}
"""Colours that any colour vision tells apart, and that differ in brightness: sky blue, yellow
and vermilion of M. Okabe and K. Ito, "Color universal design", 2008
(https://jfly.uni-koeln.de/color/)."""
LONGEST, ZOOMED = 1600, 640
"""Longest side in pixels of the picture of an area and of a block."""
_DPI = 100
_MARGIN = 0.15
"""Margin shown around a block, as a share of its side."""
_QUALITY = 85
_NODATA = 0.63
"""Grey of places without pixels."""
_RGB = ("red", "green", "blue")


@dataclass(frozen=True)
class Image:
    """An encoded picture."""

    data: bytes
    kind: str
    """``jpeg`` or ``png``."""
    width: int
    height: int

    @classmethod
    def of(cls, figure: Figure, kind: str, *, dpi: int, **options: Any) -> Image:  # noqa: ANN401 - matplotlib's own
        """Encode a figure."""
        data = io.BytesIO()
        figure.savefig(data, format=kind, dpi=dpi, **options)
        width, height = (round(n * dpi) for n in figure.get_size_inches())
        return cls(data.getvalue(), kind, width, height)

    @property
    def url(self) -> str:
        """The picture as a ``data:`` URL."""
        return f"data:image/{self.kind};base64,{base64.b64encode(self.data).decode()}"


def draw_area(area: AreaScore) -> Image:
    """A whole area, decimated where it is large.

    Raises:
        RasterError: The images cannot be read.
    """
    with area.imagery.open() as source:
        picture = source.picture(LONGEST)
    pixels = _colours(picture.pixels, picture.valid, area.imagery.spec, area.stretch)
    down, across = picture.scale
    height, width = pixels.shape[0] / down, pixels.shape[1] / across
    extent = (0.0, width, height, 0.0)
    return _draw(pixels, extent, Marked.of(area), area, line=1.3)


def draw_block(area: AreaScore, row: int, col: int) -> Image:
    """Draw one block of ground, enlarged if it is small and decimated if it is large.

    Args:
        area: Where it lies.
        row: Of the block, from 0.
        col: Of the block, from 0.

    Raises:
        RasterError: The images cannot be read.
    """
    rows, cols = area.squares.rows_and_cols()
    shape = area.squares.grid.shape
    top, bottom = _around(rows.tolist(), row, shape[0])
    left, right = _around(cols.tolist(), col, shape[1])
    window = Window(top, left, bottom - top, right - left)
    # Blocks may be as large as the user likes, and the picture is not.
    part = min(1.0, ZOOMED / max(window.shape))
    few = max(1, round(window.height * part)), max(1, round(window.width * part))
    with area.imagery.open() as source:
        values, valid = source.read(window, shape=few)
    pixels = _colours(values, valid, area.imagery.spec, area.stretch)
    extent = (float(left), float(right), float(bottom), float(top))
    stops = [*cols.tolist(), shape[1]][col + 1], [*rows.tolist(), shape[0]][row + 1]
    frame = shapely.box(cols[col], rows[row], *stops)
    return _draw(pixels, extent, Marked.of(area), area, line=2.2, frame=frame)


def _around(starts: list[int], number: int, end: int) -> tuple[int, int]:
    """Return the first and last pixel of a block and its margin, along one axis."""
    first, stop = starts[number], [*starts, end][number + 1]
    margin = round((stop - first) * _MARGIN)
    return max(0, first - margin), min(end, stop + margin)


def _colours(
    values: NDArray[np.generic],
    valid: NDArray[np.bool_],
    spec: ModelSpec,
    stretch: Stretch | None,
) -> NDArray[np.float32]:
    """(height, width, 3) in [0, 1] as a person would want to see the raster."""
    names = [b.name.lower() for b in spec.bands]
    channels = [names.index(c) for c in _RGB] if set(_RGB) <= set(names) else [0, 0, 0]
    layers = []
    for band in channels:
        layer = values[band].astype(np.float32)
        if stretch is None:
            layer *= np.float32(spec.bands[band].scale)
        else:
            low, high = stretch.low[band], stretch.high[band]
            layer = (layer - low) / (high - low)
        layers.append(np.where(valid, layer, np.float32(_NODATA)))
    out: NDArray[np.float32] = np.clip(np.stack(layers, axis=-1), 0, 1)
    return out


def _draw(  # noqa: PLR0913 - what is drawn, where, and how
    pixels: NDArray[np.float32],
    extent: tuple[float, float, float, float],
    marked: Marked,
    area: AreaScore,
    *,
    line: float,
    frame: shapely.Geometry | None = None,
) -> Image:
    """A JPEG of the imagery with outlines over it.

    Args:
        pixels: (height, width, 3) in [0, 1].
        extent: Left, right, bottom and top of the picture in pixels of the area's grid.
        marked: What became of each dwelling.
        area: Its labelled dwellings are drawn in white.
        line: Width of the lines in pixels of the picture.
        frame: A polygon to draw dashed, such as the border of a block.
    """
    left, right, bottom, top = extent
    longest = max(right - left, bottom - top)
    target = ZOOMED if frame is not None else min(LONGEST, max(longest, ZOOMED))
    width, height = (max(1, round(n * target / longest)) for n in (right - left, bottom - top))
    figure = new_figure(width / _DPI, height / _DPI)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.imshow(pixels, extent=extent, aspect="auto", interpolation="nearest")
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    view = shapely.box(left, top, right, bottom)
    labelled = [m.labelled for m in area.matchings.values()]
    points = line * 72 / _DPI
    _outline(axes, np.concatenate(labelled), view, color="white", linewidth=points * 0.6)
    for kind, color in COLORS.items():
        # Apart also without colours: misses are filled, false alarms dashed.
        line_style: dict[str, Any] = {"linestyle": (0, (3, 1.5))} if kind == FALSE_ALARM else {}
        if kind == MISS:
            line_style["facecolor"] = (color, 0.2)
        _outline(axes, marked.of_result(kind), view, color=color, linewidth=points, **line_style)
    if frame is not None:
        dashed = np.array([frame], object)
        _outline(axes, dashed, view, color="white", linewidth=points / 2, linestyle="--")
    return Image.of(figure, "jpeg", dpi=_DPI, pil_kwargs={"quality": _QUALITY})


def _outline(
    axes: Axes,
    polygons: NDArray[np.object_],
    view: shapely.Geometry,
    *,
    color: str,
    **line_style: Any,  # noqa: ANN401 - matplotlib's own
) -> None:
    """Draw those polygons that are seen, holes and all."""
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path

    paths = []
    for polygon in polygons[shapely.intersects(polygons, view)]:
        rings = [polygon.exterior, *polygon.interiors]
        paths.append(
            Path.make_compound_path(*(Path(np.asarray(r.coords), closed=True) for r in rings))
        )
    line_style.setdefault("facecolor", "none")
    axes.add_collection(PathCollection(paths, edgecolor=color, **line_style), autolim=False)
