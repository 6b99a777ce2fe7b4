"""Writes the results of a run so that they appear together when all is done, or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterable, Optional

from qgis.core import (
    QgsFeature,
    QgsFields,
    QgsProcessingException,
)

from camp_detector_core.engine.errors import CampDetectorError, OutputError
from camp_detector_core.outputs.output_set import OutputSet
from camp_detector_core.outputs.scratch import Workplace

from .. import compat
from ..i18n import tr
from ..words import sentence_of
from .converting import Changes, convert
from .counting import Stopped
from .places import SINK, Output, Place, outputs_of
from .sinks import Way, batches, load, redirected, source_of, way_of
from .tables import (
    Unwritable,
    drop_table,
    has_table,
    is_readable,
    names_in,
    put_table,
    shapes_in,
)
from .targets import is_folder
from .unwritten import cannot_write, not_whole

if TYPE_CHECKING:
    from qgis.core import (
        QgsCoordinateReferenceSystem,
        QgsProcessingAlgorithm,
        QgsProcessingContext,
        QgsProcessingFeedback,
    )


class Writing:
    """The results of one run, used with ``with``.

    Files are written into hidden folders beside their places, and moved at the end; an earlier
    result of the same name stays until then. What goes into memory or a database server is written
    there at once.
    """

    def __init__(
        self,
        algorithm: QgsProcessingAlgorithm,
        parameters: dict[str, object],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> None:
        """Nothing is written yet.

        Args:
            algorithm: That is run.
            parameters: As the user gave them.
            context: Of the run.
            feedback: Asked whether to stop.
        """
        self._algorithm, self._parameters = algorithm, parameters
        self._context, self._feedback = context, feedback
        self._files: dict[str, str] = {}
        self._sink: Optional[Output] = None
        for output in outputs_of(algorithm, parameters, context):
            if output.kind == SINK:
                self._sink = output
        for definition in algorithm.destinationParameterDefinitions():
            if definition.type() != SINK:
                take = (
                    algorithm.parameterAsFileOutput
                    if definition.type() == "fileDestination"
                    else algorithm.parameterAsOutputLayer
                )
                path = take(parameters, definition.name(), context)
                if path:
                    self._files[definition.name()] = path
        self._way = Way.DIRECT
        if self._sink is not None:
            self._way = way_of(parameters.get(self._sink.name), self._sink.place)
        self._outputs: Optional[OutputSet] = None
        self._room: Optional[Workplace] = None
        self._names: dict[str, str] = {}
        self._done = False
        self._part = ""
        self._shapes = 0
        self._written = self._crs = ""
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
            QgsProcessingException: One cannot be made.
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
            raise QgsProcessingException(sentence_of(error)) from error
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Take away what is not in its place.

        Raises:
            QgsProcessingException: The same, with the names that the user gave.
        """
        self._open.__exit__()
        if self._room is not None:
            self._room.remove()
        if not self._done:
            place = self._new_table
            if place is not None and place.table:
                drop_table(place.path, place.table)
            ours = set(self._files.values())
            left = self._context.layersToLoadOnCompletion()
            self._context.setLayersToLoadOnCompletion(
                {name: details for name, details in left.items() if name not in ours}
            )
        if isinstance(error, QgsProcessingException):
            sentence = self._named(str(error))
            if sentence != str(error):
                raise QgsProcessingException(sentence) from error

    def part(self, name: str) -> Optional[str]:
        """Path to write a raster or page to for now; None: it is not requested."""
        path = self._files.get(name)
        return None if path is None else str(self._open.target(Path(path)).temporary)

    def write(
        self,
        fields: QgsFields,
        kind: Any,
        crs: QgsCoordinateReferenceSystem,
        features: Iterable[QgsFeature],
    ) -> None:
        """Write features, until the user wants to stop.

        Args:
            fields: Of the features.
            kind: Of their shapes.
            crs: Of their shapes.
            features: One after another.

        Raises:
            QgsProcessingException: They cannot be written.
            Stopped: The user wants to.
        """
        name = self._sink_name()
        parameters = self._redirected(name)
        self._crs = crs.toWkt() if crs.isValid() else ""
        self._fields = fields.names()
        place = self._sink.place if self._sink is not None else None
        if place is not None and self._way is Way.DIRECT and place.table:
            is_old = has_table(place.path, place.table)  # such as one that is added to
            self._new_table = None if is_old else place
        sink, self._written = self._algorithm.parameterAsSink(
            parameters, name, self._context, fields, kind, crs
        )
        if sink is None:
            raise QgsProcessingException(self._algorithm.invalidSinkError(parameters, name))
        for batch in batches(features):
            if self._feedback.isCanceled():
                del sink
                raise Stopped
            self._shapes += sum(
                feature.hasGeometry() and not feature.geometry().isEmpty() for feature in batch
            )
            if not sink.addFeatures(batch, compat.FAST_INSERT):
                raise cannot_write(self._sink_path(), sink.lastError())
        del sink

    def finish(self) -> str:
        """Look at what was written and put all in place; gives where the features are.

        Raises:
            QgsProcessingException: It is not whole, or cannot be put in place.
            Stopped: The user wants to.
        """
        if self._way is not Way.DIRECT:
            self._verify(self._part, None)
        if self._feedback.isCanceled():
            raise Stopped
        if self._sink is not None and self._way is Way.PUT:
            self._put(self._sink.place)
        elif self._sink is not None and self._way is Way.CONVERTED:
            self._convert(self._sink.place)
        try:
            self._open.commit()
        except OutputError as error:
            raise QgsProcessingException(
                tr(
                    "The results cannot be put in place: close what has an earlier result of the "
                    "same name open, such as a layer of the project ({reason})",
                    reason=error,
                )
            ) from error
        self._done = True
        if self._sink is not None and is_folder(self._sink.place):
            self._tell_names(self._sink.place)
        return self._load()

    def _tell_names(self, place: Place) -> None:
        """Say which fields QGIS has called otherwise in a place that it wrote to itself."""
        there = names_in(place.path, place.table or Path(place.path).stem)
        names = zip(self._fields, there)
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
            QgsProcessingException: It cannot be.
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
            QgsProcessingException: They are not.
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
            return self._written
        place = self._sink.place
        if self._way is Way.PUT:
            final = f"{place.path}|layername={place.table}"
        elif self._way is Way.CONVERTED:
            final = place.path
        else:
            final = self._written.replace(self._part, place.path)
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
        return self._written if self._sink is None else self._sink.place.path

    def _named(self, text: str) -> str:
        """A sentence with the user's names of files."""
        for temporary, final in self._names.items():
            text = text.replace(temporary, final)
        return text
