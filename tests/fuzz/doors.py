"""The doors by which files of unknown origin come in, each with good files to change.

A door writes its good files into a folder, says which of them are changed, and goes through them
as the commands do. It may raise `CampDetectorError`; anything else is a fault.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.model_file.zip_file import open_zip
from tests.support import packages, stac_items
from tests.support.models import write_model
from tests.support.rasters import rgb_of, scene, write_raster

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from camp_detector_core.engine.messages import Message

_SIDE = 48


@dataclass(frozen=True)
class Door:
    """One way in."""

    make: Callable[[Path], list[Path]]
    """Write good files into a folder; gives those that are changed, one at a time."""
    enter: Callable[[Path], object]
    """Go through a folder of such files."""


def _picture() -> np.ndarray[Any, np.dtype[np.uint8]]:
    return rgb_of(scene(_SIDE, _SIDE))


def _model_files(folder: Path) -> list[Path]:
    return [write_model(folder / "model.onnx")]


def _open_model(name: str) -> Callable[[Path], object]:
    def enter(folder: Path) -> object:
        from camp_detector_core.engine.predictors.open import on_processor
        from camp_detector_core.model_file import open_model

        predictor = on_processor(open_model(folder / name), threads=1)
        bands = len(predictor.spec.bands)
        return predictor.predict(np.zeros((1, bands, 64, 64), np.float32))

    return enter


def _package_files(folder: Path) -> list[Path]:
    (folder / "made").mkdir()
    package = packages.make(folder / "made").rename(folder / "model.dlpk")
    shutil.rmtree(folder / "made")
    return [package]


def _check_package(folder: Path) -> object:
    from camp_detector_core.esri.package_check.check import check_package

    return check_package(folder / "model.dlpk").text(COMMAND, as_json=False)


def _install_check(folder: Path) -> object:
    """Look at a package as the ArcGIS toolbox does before it installs one."""
    from esri_toolbox.rcd_toolbox.package_check import describe, faults_of

    path = folder / "model.dlpk"
    faults = faults_of(path)
    if faults:
        raise PredictorError(faults[0])
    return list(describe(path))


def _definition_files(folder: Path) -> list[Path]:
    (package,) = _package_files(folder)
    with open_zip(package) as archive:
        data = {name: archive.read(name) for name in (f"{packages.STEM}.emd", "model.onnx")}
    package.unlink()
    (folder / "model.onnx").write_bytes(data["model.onnx"])
    (folder / "model.emd").write_bytes(data[f"{packages.STEM}.emd"])
    return [folder / "model.emd", folder / "model.onnx"]


def _open_definition(folder: Path) -> object:
    from camp_detector_core.model_file.package import open_definition
    from camp_detector_core.model_file.reader import model_of_definition

    return model_of_definition(open_definition(folder / "model.emd"))


def _item_files(folder: Path) -> list[Path]:
    return [stac_items.write(stac_items.good_item(folder), folder).rename(folder / "model.json")]


def _validate(folder: Path) -> object:
    from camp_detector_core.stac.validation import validate_item

    report = validate_item(folder / "model.json")
    return report.text(COMMAND, as_json=True) + report.text(COMMAND, as_json=False)


def _detect(name: str) -> Callable[[Path], object]:
    def enter(folder: Path) -> object:
        from camp_detector_core.detection.ports import Listener
        from camp_detector_core.detection.request import Outputs, Request
        from camp_detector_core.detection.run import detect
        from camp_detector_core.georaster.settings import Settings
        from camp_detector_core.products.rasterio_run import RasterioRun

        class Silent(Listener):
            def warn(self, message: Message) -> None:
                assert message.render(COMMAND).strip()

            def notify(self, message: str) -> None:
                assert message.strip()

        out = folder / "out"
        out.mkdir(exist_ok=True)
        request = Request(
            (str(folder / name),),
            folder / "model.onnx",
            Settings(device="cpu", threads=1),
            outputs=Outputs.of({"out": out / "dwellings.gpkg", "overwrite": True}),
        )
        return detect(request, RasterioRun(), Silent())

    return enter


def _tiff(folder: Path) -> list[Path]:
    _model_files(folder)
    return [write_raster(folder / "image.tif", _picture())]


def _virtual(folder: Path) -> list[Path]:
    _tiff(folder)
    bands = "".join(
        f'<VRTRasterBand dataType="Byte" band="{b}"><SimpleSource>'
        f'<SourceFilename relativeToVRT="1">image.tif</SourceFilename><SourceBand>{b}</SourceBand>'
        f'<SrcRect xOff="0" yOff="0" xSize="{_SIDE}" ySize="{_SIDE}"/>'
        f'<DstRect xOff="0" yOff="0" xSize="{_SIDE}" ySize="{_SIDE}"/>'
        "</SimpleSource></VRTRasterBand>"
        for b in (1, 2, 3)
    )
    path = folder / "image.vrt"
    path.write_text(
        f'<VRTDataset rasterXSize="{_SIDE}" rasterYSize="{_SIDE}"><SRS>EPSG:32645</SRS>'
        f"<GeoTransform>500000, 0.5, 0, 3053000, 0, -0.5</GeoTransform>{bands}</VRTDataset>"
    )
    return [path]


def _picture_files(folder: Path) -> list[Path]:
    import rasterio

    _model_files(folder)
    path = folder / "image.png"
    with rasterio.open(
        path, "w", driver="PNG", width=_SIDE, height=_SIDE, count=3, dtype="uint8",
        crs="EPSG:32645", transform=rasterio.Affine(0.5, 0, 500_000, 0, -0.5, 3_053_000),
    ) as out:  # fmt: skip
        out.write(_picture())
    world = folder / "image.pgw"
    world.write_text("0.5\n0\n0\n-0.5\n500000.25\n3052999.75\n")
    return [path, world, path.with_name("image.png.aux.xml")]


def _labels(suffix: str) -> Callable[[Path], list[Path]]:
    def make(folder: Path) -> list[Path]:
        from tests.support.datasets import write_polygons

        write_raster(folder / "chip.tif", _picture())
        boxes = [shapely.box(x, 3_052_980, x + 3, 3_052_985) for x in range(500_000, 500_020, 4)]
        path = write_polygons(folder / f"labels{suffix}", boxes, kind=["a"] * len(boxes))
        sides = sorted(p for p in folder.glob("labels.*") if p != path)
        return [path, *sides]

    return make


def _read_labels(suffix: str) -> Callable[[Path], object]:
    def enter(folder: Path) -> object:
        from camp_detector_core.engine.spec import ClassDef
        from training.data.chips import open_chip
        from training.data.labels import open_labels

        chip = open_chip(folder / "chip.tif")
        classes = (ClassDef(1, "dwelling", "#E31A1C"),)
        return open_labels(folder / f"labels{suffix}", classes).read(chip)

    return enter


def _mask_files(folder: Path) -> list[Path]:
    import rasterio

    write_raster(folder / "chip.tif", _picture())
    masks = folder / "masks"
    masks.mkdir()
    path = masks / "chip.png"
    with rasterio.open(
        path, "w", driver="PNG", width=_SIDE, height=_SIDE, count=1, dtype="uint8"
    ) as out:
        out.write(scene(_SIDE, _SIDE).astype(np.uint8) * 255, 1)
    return [path]


def _read_masks(folder: Path) -> object:
    from camp_detector_core.engine.spec import ClassDef
    from training.data.chips import open_chip
    from training.data.labels import open_labels

    chip = open_chip(folder / "chip.tif")
    return open_labels(folder / "masks", (ClassDef(1, "dwelling", "#E31A1C"),)).read(chip)


def _catalogue(folder: Path) -> list[Path]:
    from camp_detector_core.catalog.local_store import LocalStore
    from camp_detector_core.catalog.static import StaticCatalog
    from tests.support.catalogs import ready_model_of

    StaticCatalog(LocalStore(folder / "catalogue")).add(ready_model_of(folder / "run"))
    shutil.rmtree(folder / "run")
    return sorted((folder / "catalogue").rglob("*.json"))


def _look_up(folder: Path) -> object:
    from camp_detector_core.catalog import open_catalog
    from camp_detector_core.cli import catalog_text

    catalogue = open_catalog(str(folder / "catalogue"))
    return [catalog_text.details(catalogue.get(entry.id)) for entry in catalogue.items()]


def _records(folder: Path) -> list[Path]:
    from dataclasses import asdict

    from training.fit.options import DataOptions, TrainOptions

    split, options = folder / "split.json", folder / "options.json"
    split.write_text(json.dumps({"train": ["a", "b"], "val": ["c"], "test": ["d"]}))
    data = DataOptions(chips=folder / "chips", labels=folder / "labels")
    content = asdict(TrainOptions(data=data, out=folder / "run"))
    options.write_text(json.dumps(content, default=str))
    return [split, options]


def _read_records(folder: Path) -> object:
    from training.data.split import Split
    from training.fit.options_file import read_options

    return Split.read(folder / "split.json"), read_options(folder / "options.json")


def _places(folder: Path) -> list[Path]:
    """Write a file of places whose paths are there."""
    for name in ("labels.geojson", "mosaic.tif", "split.json"):
        (folder / name).touch()
    path = folder / "places.toml"
    path.write_text(
        '# Places.\n[a]\nchips = "mosaic.tif"\nlabels = "labels.geojson"\nshare = 0.5\n'
        'leave_out = {osm_id = [7, "b"]}\nshift = [1, -2.5]\nsplit = "split.json"\n'
        '[b]\nchips = "mosaic.tif"\nlabels = "labels.geojson"\nimagery_date = "2022-07-20"\n'
        'ignore_band = 0.3\nval_columns = ["3"]\nattribution = ["c"]\n',
        encoding="utf-8",
    )
    return [path]


def _read_places(folder: Path) -> object:
    from training.data.places_file import read_places

    return read_places(folder / "places.toml")


DOORS: dict[str, Door] = {
    "model.onnx": Door(_model_files, _open_model("model.onnx")),
    "model.dlpk": Door(_package_files, _open_model("model.dlpk")),
    "model.json": Door(_item_files, _open_model("model.json")),
    "model.emd": Door(_definition_files, _open_definition),
    "package check": Door(_package_files, _check_package),
    "install check": Door(_package_files, _install_check),
    "validate": Door(_item_files, _validate),
    "image.tif": Door(_tiff, _detect("image.tif")),
    "image.vrt": Door(_virtual, _detect("image.vrt")),
    "image.png": Door(_picture_files, _detect("image.png")),
    **{
        f"labels{s}": Door(_labels(s), _read_labels(s))
        for s in (".geojson", ".gpkg", ".fgb", ".shp")
    },
    "masks": Door(_mask_files, _read_masks),
    "catalogue": Door(_catalogue, _look_up),
    "records": Door(_records, _read_records),
    "places": Door(_places, _read_places),
}
"""All doors, by name."""
