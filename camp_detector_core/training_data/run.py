"""From imagery, dwellings and a reviewed area to a folder of training data: the one run."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Iterator

from ..detection.own_inputs import refuse_own_inputs, refuse_own_sources
from ..engine.errors import OutputError
from ..georaster.names import are_local
from ..outputs.output_set import OutputSet, cannot_write, output_errors, standing
from ..outputs.scratch import PREFIX
from ..outputs.side_files import family
from ..outputs.whole_file import new_folders
from .image import ImageCopy
from .ports import PolygonTable
from .request import AREA, FILES, IMAGE, LABELS, PLACES, README, ExportOutcome
from .review import refuse_blank, review
from .source import open_source
from .texts import command, places_text, readme_text
from .tools import Tools

if TYPE_CHECKING:
    from ..detection.ports import Listener, RunLibrary
    from .ports import DataWriter
    from .request import ExportRequest
    from .review import Review
    from .source import OpenSource


def export_training_data(
    request: ExportRequest, library: RunLibrary, writer: DataWriter, listener: Listener
) -> ExportOutcome:
    """Write a folder of training data, whole or not at all.

    Args:
        request: What to export, and where to.
        library: Reads the imagery.
        writer: Moves and mends polygons, and writes files.
        listener: Told of the stages and of progress, and asked whether to stop.

    Raises:
        CampDetectorError: With a sentence for the user; `Cancelled` if the listener asked for it.
    """
    files = _files_of(request)
    offline = are_local(request.images) and not request.source.external
    with library.session(offline=offline) as reader, open_source(request, reader) as imagery:
        refuse_own_sources(standing(files.values()), imagery.source.files, reader)
        tools = Tools(reader, writer, listener)
        tools.stage("open")
        reviewed = review(request, imagery, tools)
        for warning in reviewed.warnings:
            listener.warn(warning)
        with _outputs(files, request, listener) as outputs:
            export = _Export(request, imagery, reviewed, tools, outputs)
            outcome = export.write(files)
            outputs.commit(cancelled=listener.cancelled)
    return outcome


class _Export:
    """Writes the files of one export to where they wait."""

    def __init__(
        self,
        request: ExportRequest,
        imagery: OpenSource,
        reviewed: Review,
        tools: Tools,
        outputs: OutputSet,
    ) -> None:
        self._request, self._imagery, self._reviewed = request, imagery, reviewed
        self._tools, self._outputs = tools, outputs

    def write(self, files: dict[str, Path]) -> ExportOutcome:
        """Write all files.

        Raises:
            CampDetectorError: One cannot be written, or the image not be read.
        """
        imagery, reviewed, tools = self._imagery, self._reviewed, self._tools
        tools.stage("image")
        target = self._outputs.target(files[IMAGE])
        ImageCopy(imagery.source, imagery.style, target, tools).write(reviewed.ground)
        refuse_blank(reviewed, imagery)
        tools.stage("dwellings")
        outcome = self._outcome(files[IMAGE].parent)
        for name, table in self._tables().items():
            with output_errors(files[name], tools.writer.errors):
                temporary = self._outputs.target(files[name]).temporary
                stored = tools.writer.write_polygons(temporary, table)
            if stored != len(table.polygons):
                raise cannot_write(files[name], "what was written cannot be read back")
        texts = {
            PLACES: places_text(outcome.folder, self._request),
            README: readme_text(outcome),
        }
        for name, text in texts.items():
            with output_errors(files[name], tools.writer.errors):
                self._outputs.target(files[name]).temporary.write_bytes(text.encode())
        return outcome

    def _tables(self) -> dict[str, PolygonTable]:
        crs_wkt = str(self._imagery.source.grid.crs_wkt)
        dwellings, area = self._reviewed.dwellings, self._reviewed.area
        has_classes = self._request.dwellings.classes is not None
        kinds = [p.kind for p in dwellings] if has_classes else None
        return {
            LABELS: PolygonTable("dwellings", crs_wkt, [p.wkb for p in dwellings], kinds),
            AREA: PolygonTable("reviewed_area", crs_wkt, [p.wkb for p in area]),
        }

    def _outcome(self, folder: Path) -> ExportOutcome:
        reviewed = self._reviewed
        return ExportOutcome(
            folder=folder,
            command=command(folder, self._request.model),
            inside=reviewed.inside,
            cut=len(reviewed.dwellings) - reviewed.inside,
            beyond=reviewed.beyond,
            hectares=reviewed.ground.hectares,
            shape=self._imagery.source.grid.shape,
            warnings=reviewed.warnings,
        )


def _files_of(request: ExportRequest) -> dict[str, Path]:
    """The files of the folder by their names, checked before any work.

    Raises:
        OutputError: The folder holds what is no earlier export, or an input.
    """
    folder = Path(os.path.abspath(request.folder))  # noqa: PTH100 - keeps links
    files = {name: folder / name for name in FILES}
    _refuse_foreign(folder, files)
    layers = (request.dwellings, request.area)
    named = [layer.path for layer in layers if layer is not None and layer.path]
    refuse_own_inputs(standing(files.values()), [*request.images, *named])
    if not request.overwrite and standing(files.values()):
        msg = f"{folder} holds training data already"
        remedy = "give {overwrite} to replace it | choose another folder"
        raise OutputError(msg, parameter="overwrite", remedy=remedy)
    return files


def _refuse_foreign(folder: Path, files: dict[str, Path]) -> None:
    """Refuse a folder with anything but an earlier export in it.

    Raises:
        OutputError: The message names one of the things in it.
    """
    try:
        entries = {p for p in folder.iterdir() if not p.name.startswith(PREFIX)}
    except FileNotFoundError:
        return
    except OSError as error:
        msg = f"{folder} cannot be used as a folder: {error.strerror}"
        raise OutputError(msg) from error
    others = sorted(entries.difference(*(family(path) for path in files.values())))
    if others:
        msg = f"{folder} holds {others[0].name}, which is no training data: choose a new folder"
        raise OutputError(msg)


@contextmanager
def _outputs(
    files: dict[str, Path], request: ExportRequest, listener: Listener
) -> Iterator[OutputSet]:
    """Make the folder, and in it the place for files that are not finished.

    Raises:
        OutputError: It cannot be made.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(new_folders(files[IMAGE].parent))
        except OSError as error:
            msg = f"the folder {files[IMAGE].parent} cannot be made: {error.strerror}"
            raise OutputError(msg) from error
        paths = list(files.values())
        outputs = OutputSet(paths, overwrite=request.overwrite, warn=listener.notify)
        yield stack.enter_context(outputs)
