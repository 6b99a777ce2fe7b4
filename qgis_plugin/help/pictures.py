"""Make the pictures of the help pages small.

usage: python -m qgis_plugin.help.pictures FOLDER

The folder holds what the test of the windows has taken in a real QGIS of a generated scene:
CAMP_DETECTOR_PICTURES=shots pytest tests/qgis/test_gui.py, then this with ``shots``.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent / "images"
PICTURES = {
    "toolbox": ("en/finished.png", 880, 80),
    "preview": ("en/preview.png", 880, 80),
    "detect": ("en/detect.png", 688, 64),
    "models": ("en/models-starter.png", 720, 64),
    "catalogue": ("en/catalogue.png", 640, 64),
    "runtime-missing": ("en/runtime-missing.png", 640, 64),
    "runtime-ready": ("en/runtime-ready.png", 640, 64),
    "settings": ("en/settings.png", 720, 64),
    "arabic": ("ar/models.png", 640, 64),
}
"""File, greatest width in pixels, and number of colours."""
_DIALOG = 800
LARGEST = 150_000
"""Bytes: the plugin is fetched over slow networks."""

_log = logging.getLogger(__name__)


def main(folder: Path) -> None:
    """Write all pictures anew."""
    from PIL import Image

    HOME.mkdir(exist_ok=True)
    for name, (source, width, colours) in PICTURES.items():
        with Image.open(folder / source) as picture:
            shown = picture.convert("RGB")
        if shown.width > width:
            size = (width, round(shown.height * width / shown.width))
            shown = shown.resize(size, Image.Resampling.LANCZOS)
        # Dialogs keep their few strong colours; imagery keeps its many alike.
        method = Image.Quantize.MEDIANCUT if width > _DIALOG else Image.Quantize.MAXCOVERAGE
        small = shown.quantize(colours, method, dither=Image.Dither.NONE)
        path = HOME / f"{name}.png"
        small.save(path, optimize=True)
        _log.info("%s: %d bytes", path.name, path.stat().st_size)
        if path.stat().st_size > LARGEST:
            msg = f"{path} has more than {LARGEST} bytes: give it fewer colours or less width"
            raise SystemExit(msg)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main(Path(sys.argv[1]))
