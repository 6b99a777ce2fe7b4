"""Writes the results of a run so that they appear together when all is done, or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterable, Optional

from qgis.core import QgsFields, QgsProcessingException

from camp_detector_core.engine.errors import CampDetectorError, OutputError
from camp_detector_core.outputs.output_set import OutputSet
from camp_detector_core.outputs.scratch import Workplace

from .. import compat
from ..faults import Fault
from ..feedback import stop_if_asked, watched
from ..i18n import tr
from ..words import sentence_of
from .converting import Changes, convert
from .places import SINK, Output, Place, outputs_of
from .sinks import Row, Way, features_of, load, redirected, source_of, way_of
from .tables import (
    Unwritable,
    cannot_write,
    drop_table,
    has_table,
    is_readable,
    names_in,
    not_whole,
    put_table,
    shapes_in,
)
from .targets import is_folder

if TYPE_CHECKING:
    from qgis.core import QgsCoordinateReferenceSystem, QgsField, QgsProcessingFeedback

    from .entries import Entries


class Writing:
    """The results of one run, used with ``with``.

    Files are written into hidden folders beside their places, and moved at the end; an earlier
    result of the same name stays until then. What goes into memory or a database server is written
    there at once.
    """

    def __init__(self, entries: Entries, feedback: QgsProcessingFeedback) -> None:
        """Nothing is written yet.

        Args:
            entries: The parameters of the run.
            feedback: Asked whether to stop.
        """
        algorithm = entries.algorithm
        self._algorithm, self._parameters = algorithm, entries.parameters
        self._context, self._feedback = entries.context, feedback
        self._files: dict[str, str] = {}
        self._sink: Optional[Output] = None
        for output in outputs_of(entries):
            if output.kind == SINK:
                self._sink = output
        for definition in algorithm.destinationParameterDefinitions():
            name, kind = definition.name(), definition.type()
            is_page = kind == "fileDestination"
            take = algorithm.parameterAsFileOutput if is_page else algorithm.parameterAsOutputLayer
            path = "" if kind == SINK else take(entries.parameters, name, entries.context)
            if path:
                self._files[name] = path
        self._way = Way.DIRECT
        if self._sink is not None:
            self._way = way_of(entries.raw(self._sink.name), self._sink.place)
        self._outputs: Optional[OutputSet] = None
        self._room: Optional[Workplace] = None
        self._names: dict[str, str] = {}
        self._is_finished = False
        self._part = ""
        self._shapes = 0
        self._direct_place = self._crs = ""
        self._fields: list[str] = []
        self._new_table: Optional[Place] = None
        """That QGIS makes where it stays, for this run."""

    @property
    def _open(self) -> OutputSet:
        if self._outputs is None:
            msg = "not entered yet"
            raise RuntimeError(msg)
        return self._outputs

    @property
    def files(self) -> dict[str, str]:
        """Paths of rasters and pages, by their parameters."""
        return dict(self._files)

    def __enter__(self) -> Writing:  # noqa: PYI034 - Self is newer than Python 3.9
        """Make the hidden folders.

        Raises:
            CampDetectorError: One cannot be made.
        """
        finals = [Path(path) for path in self._files.values()]
        try:
            if self._sink is not None and self._way in {Way.MOVED, Way.CONVERTED}:
                finals.append(Path(self._sink.place.path))
            warn = self._feedback.pushWarning
            self._outputs = OutputSet(finals, overwrite=True, warn=warn)
            self._outputs.__enter__()
            for final in finals:
                self._names[str(self._open.target(final).temporary)] = str(final)
            if self._sink is not None and self._way is Way.PUT:
                parent = Path(os.path.abspath(self._sink.place.path)).parent  # noqa: PTH100
                self._room = Workplace(parent, warn=warn)
        except (OSError, CampDetectorError) as error:
            if self._outputs is not None:
                self._outputs.__exit__()
            if isinstance(error, CampDetectorError):
                raise
            raise Fault(sentence_of(error)) from error
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Take away what is not in its place.

        Raises:
            CampDetectorError: The same, with the names that the user gave.
        """
        self._open.__exit__()
        if self._room is not None:
            self._room.remove()
        if not self._is_finished:
            place = self._new_table
            if place is not None and place.table:
                drop_table(place.path, place.table)
            rasters = set(self._files.values())
            layers = self._context.layersToLoadOnCompletion()
            self._context.setLayersToLoadOnCompletion(
                {name: details for name, details in layers.items() if name not in rasters}
            )
        if isinstance(error, CampDetectorError):
            sentence = error.sentence
            for temporary, final in self._names.items():
                sentence = sentence.replace(temporary, final)
            if sentence != error.sentence:
                raise error.with_sentence(sentence) from error

    def part(self, name: str) -> Optional[str]:
        """Path to write a raster or page to for now; None: it is not requested."""
        path = self._files.get(name)
        return None if path is None else str(self._open.target(Path(path)).temporary)

    def write(
        self,
        fields: Iterable[QgsField],
        kind: Any,
        crs: QgsCoordinateReferenceSystem,
        rows: Iterable[Row],
    ) -> None:
        """Write features, until the user wants to stop.

        Args:
            fields: Of the features.
            kind: Of their shapes.
            crs: Of their shapes.
            rows: Shape and values of each feature.

        Raises:
            Fault: They cannot be written.
            Cancelled: The user wants to stop.
        """
        name = self._sink_name()
        parameters = self._redirected(name)
        self._crs = crs.toWkt() if crs.isValid() else ""
        own_fields = QgsFields()
        for field in fields:
            own_fields.append(field)
        self._fields = own_fields.names()
        place = self._sink.place if self._sink is not None else None
        if place is not None and self._way is Way.DIRECT and place.table:
            is_old = has_table(place.path, place.table)  # such as one that is added to
            self._new_table = None if is_old else place
        try:
            sink, self._direct_place = self._algorithm.parameterAsSink(
                parameters, name, self._context, own_fields, kind, crs
            )
        except QgsProcessingException as error:
            hidden = self._part or self._sink_path()
            raise Fault(str(error).replace(hidden, self._sink_path())) from error
        if sink is None:
            raise Fault(self._algorithm.invalidSinkError(parameters, name))
        try:
            for batch in watched(features_of(own_fields, kind, rows), self._feedback, every=1):
                self._shapes += sum(
                    feature.hasGeometry() and not feature.geometry().isEmpty() for feature in batch
                )
                if not sink.addFeatures(batch, compat.FAST_INSERT):
                    raise cannot_write(self._sink_path(), sink.lastError())
        finally:
            del sink  # closes the file

    def finish(self) -> str:
        """Look at what was written and put all in place; gives where the features are.

        Raises:
            Fault: It is not whole, or cannot be put in place.
            Cancelled: The user wants to stop.
        """
        if self._way is not Way.DIRECT:
            self._verify(self._part, None)
        stop_if_asked(self._feedback)
        if self._sink is not None and self._way is Way.PUT:
            self._put(self._sink.place)
        elif self._sink is not None and self._way is Way.CONVERTED:
            self._convert(self._sink.place)
        try:
            self._open.commit()
        except OutputError as error:
            raise Fault(
                tr(
                    "The results cannot be put in place: close what has an earlier result of the "
                    "same name open, such as a layer of the project ({reason})",
                    reason=error,
                )
            ) from error
        self._is_finished = True
        if self._sink is not None and is_folder(self._sink.place):
            self._tell_names(self._sink.place)
        return self._load()

    def _tell_names(self, place: Place) -> None:
        """Say which fields QGIS has called otherwise in a place that it wrote to itself."""
        names = zip(self._fields, names_in(place.path, place.table or Path(place.path).stem))
        renamed = {name: called for name, called in names if name != called}
        Changes(renamed, {}, []).tell(self._feedback, place.path)

    def _put(self, place: Place) -> None:
        """Make what was written a table of the file."""
        try:
            put_table(self._part, place.path, str(place.table), place.geometry or "geom")
        except Unwritable as error:
            raise cannot_write(place.path, str(error)) from error
        self._verify(place.path, place.table)

    def _convert(self, place: Place) -> None:
        """Bring what was written into the format of the file.

        Raises:
            Fault: It cannot be.
        """
        final = Path(place.path)
        temporary = self._open.target(final).temporary
        try:
            changes = convert(self._part, temporary, final.stem, place.format, self._crs)
        except Unwritable as error:
            raise cannot_write(place.path, str(error)) from error
        self._verify(str(temporary), None)
        changes.tell(self._feedback, place.path)

    def _verify(self, path: str, table: Optional[str]) -> None:
        """See that all shapes are there.

        Raises:
            Fault: They are not.
        """
        if is_readable(Place(path).driver):
            is_whole = shapes_in(path, table) == self._shapes
        else:
            is_whole = os.path.isfile(path) and os.path.getsize(path) > 0  # noqa: PTH113,PTH202
        if not is_whole:
            raise not_whole(self._sink_path())

    def _load(self) -> str:
        """Have QGIS load the features from their place, as it was asked to."""
        if self._sink is None or self._way is Way.DIRECT:
            return self._direct_place
        place = self._sink.place
        if self._way is Way.PUT:
            final = f"{place.path}|layername={place.table}"
        elif self._way is Way.CONVERTED:
            final = place.path
        else:
            final = self._direct_place.replace(self._part, place.path)
        name = self._sink.name
        definition = self._algorithm.parameterDefinition(name)
        load(self._parameters.get(name), final, definition, self._context)
        return final

    def _redirected(self, name: str) -> dict[str, object]:
        """The parameters with a place for features that is ours."""
        if self._sink is None or self._way is Way.DIRECT:
            return self._parameters
        place = self._sink.place
        if self._room is not None:
            self._part = to = str(self._room.scratch / "table.gpkg")
        elif self._way is Way.CONVERTED:
            scratch = self._open.target(Path(place.path)).scratch
            self._part = to = str(scratch / "table.gpkg")
        else:
            self._part = str(self._open.target(Path(place.path)).temporary)
            to = source_of(self._part, place)
        return {**self._parameters, name: redirected(self._parameters.get(name), to)}

    def _sink_name(self) -> str:
        kinds = self._algorithm.destinationParameterDefinitions()
        return str(next(d.name() for d in kinds if d.type() == SINK))

    def _sink_path(self) -> str:
        return self._direct_place if self._sink is None else self._sink.place.path
