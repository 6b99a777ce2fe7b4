"""The imagery of an export on its own pixels."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterator

from ..engine.errors import ParameterError, RasterError
from ..engine.messages import Message
from ..engine.spec import Band, ClassDef, ModelSpec
from ..georaster.ground import is_local
from ..georaster.inputs import read_layouts
from ..georaster.layout import ALPHA
from ..georaster.open import place_source
from ..georaster.options import SourceOptions
from .ports import ImageStyle

if TYPE_CHECKING:
    from ..georaster.layout import Layout
    from ..georaster.ports import Library
    from ..georaster.source import PlacedSource
    from .request import ExportRequest

_OF_MODELS = {"bands", "gsd", "pixel_size"}
"""Parameters of warnings that hold for a run of a model alone."""
_BYTES = "uint8"


@dataclass(frozen=True)
class OpenSource:
    """Open imagery, and how it is written."""

    source: PlacedSource
    style: ImageStyle
    warnings: tuple[Message, ...]

    @property
    def name(self) -> str:
        """Name of the imagery for messages."""
        return self.source.files[0]


@contextmanager
def open_source(request: ExportRequest, library: Library) -> Iterator[OpenSource]:
    """Open the imagery on its own grid, with the bands that are to be written.

    Raises:
        RasterError: It cannot be opened, or lies nowhere on the Earth.
        ParameterError: A band that it does not have.
    """
    options = request.source
    layout = read_layouts(request.images, library, external=options.external)[0]
    bands = options.bands or tuple(i for i, c in enumerate(layout.colors, 1) if c != ALPHA)
    _refuse_bands(bands, layout)
    own = SourceOptions(bands=bands, gsd="native", nodata=options.nodata, external=options.external)
    with place_source(request.images, _any_model(len(bands)), own, library) as source:
        _refuse_placeless(source)
        style = ImageStyle(
            dtype=source.dtype.name,
            colors=tuple(layout.colors[b - 1] for b in bands),
            descriptions=tuple(layout.descriptions[b - 1] for b in bands),
        )
        warnings = [w for w in source.warnings if w.parameter not in _OF_MODELS]
        if style.dtype != _BYTES:
            warnings.append(_stretched(source, style))
        yield OpenSource(source, style, tuple(warnings))


def _any_model(bands: int) -> ModelSpec:
    """A description that asks for so many bands, whatever they show."""
    return ModelSpec(
        name="export",
        version="1",
        bands=tuple(Band(f"band {i + 1}", 1.0, 0.0, 1.0) for i in range(bands)),
        classes=(ClassDef(1, "dwelling", "#FF0000"),),
        gsd=1.0,
    )


def _refuse_bands(bands: tuple[int, ...], layout: Layout) -> None:
    count = len(layout.colors)
    wrong = [b for b in bands if not 1 <= b <= count]
    if wrong or not bands:
        msg = f"asks for band {wrong[0] if wrong else 'none'}, but {layout.label} has {count}"
        raise ParameterError(msg, parameter="bands")


def _refuse_placeless(source: PlacedSource) -> None:
    name = source.files[0]
    if source.crs is None:
        msg = f"{name} has no coordinate system, so that dwellings cannot be laid over it"
        raise RasterError(msg, remedy="assign one with {tool:assign_crs}")
    if is_local(source.crs):
        msg = f"{name} has a local coordinate system, which leads to no place on the Earth"
        raise RasterError(msg, remedy="assign the right one with {tool:assign_crs}")


def _stretched(source: PlacedSource, style: ImageStyle) -> Message:
    return Message(
        f"{source.files[0]} has pixels of {style.dtype}: a model that was trained on 8 bits sees "
        "them stretched, by the percentiles of the exported part where it is taught, and of the "
        "whole raster where it detects. Imagery of 8 bits is the same in both"
    )
