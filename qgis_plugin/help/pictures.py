"""Make the pictures of the help and of the documentation small.

usage: python -m qgis_plugin.help.pictures FOLDER

The folder holds what the tests of the windows have taken in a real QGIS of generated scenes:
CAMP_DETECTOR_PICTURES=FOLDER pytest -n 0 tests/qgis/test_gui.py tests/qgis/test_adapting.py, then
this. It is the home of a user: QGIS' profile and what is opened lie in it as well, and some
windows show where, so that a name such as /home/ana reads well.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent / "images"
DOCS = HOME.parents[2] / "docs" / "pictures"
PICTURES = {
    HOME / "toolbox.png": ("en/finished.png", 600, 64),
    HOME / "preview.png": ("en/preview.png", 640, 64),
    HOME / "detect.png": ("en/detect.png", 600, 32),
    HOME / "models.png": ("en/models-starter.png", 600, 32),
    HOME / "runtime.png": ("en/runtime-ready.png", 600, 32),
    DOCS / "qgis-preview.png": ("en/preview.png", 960, 128),
    DOCS / "qgis-finished.png": ("en/finished.png", 960, 128),
    DOCS / "qgis-models.png": ("en/models-starter.png", 820, 128),
    DOCS / "qgis-catalogue.png": ("en/catalogue.png", 720, 128),
    DOCS / "qgis-runtime-missing.png": ("en/runtime-missing.png", 680, 128),
    DOCS / "qgis-runtime.png": ("en/runtime-ready.png", 680, 128),
    DOCS / "qgis-settings.png": ("adapting/settings-0.png", 820, 128),
    DOCS / "qgis-adapt.png": ("adapting/adaptmodel.png", 820, 128),
    DOCS / "qgis-arabic.png": ("ar/models.png", 820, 128),
}
"""Target of each picture: file, greatest width in pixels, number of colours. Those of the help
pages are in the zip file of the plugin, which is to stay below a megabyte."""
LARGEST = 150_000
"""Bytes: the plugin is fetched over slow networks."""

_log = logging.getLogger(__name__)


def main(folder: Path) -> None:
    """Write all pictures anew."""
    from PIL import Image

    for path, (source, width, colours) in PICTURES.items():
        path.parent.mkdir(exist_ok=True)
        with Image.open(folder / source) as picture:
            image = picture.convert("RGB")
        if image.width > width:
            size = (width, round(image.height * width / image.width))
            image = image.resize(size, Image.Resampling.LANCZOS)
        small = image.quantize(colours, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        small.save(path, optimize=True)
        size_now = path.stat().st_size
        _log.info("%s: %d bytes", path.name, size_now)
        if size_now > LARGEST:
            msg = f"{path} has more than {LARGEST} bytes: give it fewer colours or less width"
            raise SystemExit(msg)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main(Path(sys.argv[1]))
