"""The models of a run in a folder of a fixed name, as ``meta/`` beside ``checkpoints/``."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import OutputError
from camp_detector_core.outputs.output_set import OutputSet, cannot_write

if TYPE_CHECKING:
    from pathlib import Path

_BEST = "checkpoints/best.ckpt"


def check_publish(run: Path, folder: Path) -> None:
    """Refuse, before the work, a place where the run itself lies.

    Raises:
        OutputError: It is the run's own folder.
    """
    if run.resolve() == folder.resolve():
        msg = f"{folder} is the folder of the run, and its models would be copied onto themselves"
        raise OutputError(msg, remedy="leave out {publish}")


def publish_run(run: Path, folder: Path) -> list[Path]:
    """Copy ``meta/`` and the best checkpoint; all files change at once, or none.

    They keep their places to each other, so what the STAC item refers to is found.

    Returns:
        The copies.

    Raises:
        OutputError: The folder cannot be written.
    """
    from training.artefacts.esri_files import NAMES as ESRI_NAMES
    from training.artefacts.esri_files import engines_in
    from training.artefacts.exports import NAMES

    sources = [p for p in sorted((run / "meta").rglob("*")) if p.is_file()]
    sources += [p for p in [run / _BEST] if p.is_file()]
    copies = {folder / p.relative_to(run): p for p in sources}
    try:
        for part in {copy.parent for copy in copies}:
            part.mkdir(parents=True, exist_ok=True)
        with OutputSet(list(copies), overwrite=True) as outputs:
            for final, source in copies.items():
                shutil.copyfile(source, outputs.target(final).temporary)
            outputs.commit()
        # What this training did not make is of another model.
        meta = folder / "meta"
        for path in (*(meta / name for name in (*NAMES, *ESRI_NAMES)), *engines_in(meta)):
            if path not in copies:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return list(copies)
