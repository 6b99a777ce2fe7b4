"""Run Deepness once in QGIS' own Python without windows; `deepness.py` starts and measures it.

It is a file of its own and takes its folder off the path: here ``qgis`` and ``deepness`` are QGIS
and the plugin, not the scripts beside it, and QGIS is asked for by name so that no reader mixes
them up. The layers that Deepness makes are in memory, as in its dock; a last line of JSON says how
many dwellings they hold.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path
from unittest.mock import MagicMock

if sys.path and Path(sys.path[0]).resolve() == Path(__file__).resolve().parent:
    del sys.path[0]

import cv2  # noqa: F401  # so that the start without a run loads what a run loads
import numpy as np
import onnxruntime  # noqa: F401
from deepness.common.channels_mapping import ChannelsMapping, ImageChannelStandaloneBand
from deepness.common.processing_overlap import ProcessingOverlap, ProcessingOverlapOptions
from deepness.common.processing_parameters.map_processing_parameters import ProcessedAreaType
from deepness.common.processing_parameters.segmentation_parameters import SegmentationParameters
from deepness.processing.map_processor.map_processor_segmentation import MapProcessorSegmentation
from deepness.processing.models.segmentor import Segmentor

core = importlib.import_module("qgis.core")


def bands(number: int) -> ChannelsMapping:
    """The first bands of the layer, in their order."""
    mapping = ChannelsMapping()
    mapping.set_image_channels(
        [ImageChannelStandaloneBand(band_number=i + 1, name=str(i)) for i in range(number)]
    )
    mapping.set_number_of_model_inputs_same_as_image_channels()
    return mapping


def overlap(pixels: int | None, percent: int) -> ProcessingOverlap:
    """Return Deepness' setting for the overlap of tiles, in pixels where they are set."""
    if pixels is None:
        return ProcessingOverlap(ProcessingOverlapOptions.OVERLAP_IN_PERCENT, percentage=percent)
    return ProcessingOverlap(ProcessingOverlapOptions.OVERLAP_IN_PIXELS, overlap_px=pixels)


def detect(options: argparse.Namespace) -> int:
    """Run the model over the whole raster at its own resolution; the number of dwellings."""
    layer = core.QgsRasterLayer(str(options.scene), "scene")
    if not layer.isValid():
        sys.exit(f"QGIS cannot open {options.scene}")
    core.QgsProject.instance().addMapLayer(layer)
    model = Segmentor(str(options.model))
    model.check_loaded_model_outputs()
    processor = MapProcessorSegmentation(
        rlayer=layer,
        vlayer_mask=None,
        map_canvas=MagicMock(),
        params=SegmentationParameters(
            resolution_cm_per_px=layer.rasterUnitsPerPixelX() * 100,
            processed_area_type=ProcessedAreaType.ENTIRE_LAYER,
            tile_size_px=model.get_input_size_in_pixels()[0],
            batch_size=options.batch,
            local_cache=options.cache,
            input_layer_id=layer.id(),
            mask_layer_id=None,
            processing_overlap=overlap(options.overlap, options.percent),
            input_channels_mapping=bands(model.get_number_of_channels()),
            postprocessing_dilate_erode_size=options.small,
            model=model,
            pixel_classification__probability_threshold=(
                model.get_metadata_segmentation_threshold()
            ),
        ),
    )
    outcome: list = []
    processor.finished_signal.connect(outcome.append)
    # QGIS' task manager does these two: the second adds the layers to the project.
    processor.run()
    processor.finished(result=True)
    if outcome[0].gui_delegate is None:
        sys.exit(f"Deepness failed: {outcome[0].message} {getattr(outcome[0], 'exception', '')}")
    # The background is a layer, too; classes are in the order of the model's names.
    output_layer = core.QgsProject.instance().mapLayersByName(model.get_channel_name(0, 1))[0]
    if options.keep:
        keep(output_layer, processor, options.keep)
    return int(output_layer.featureCount())


def keep(layer: object, processor: MapProcessorSegmentation, folder: Path) -> None:
    """Write polygons and mask to look at; not part of what is measured."""
    settings = core.QgsVectorFileWriter.SaveVectorOptions()
    settings.driverName = "GPKG"
    context = core.QgsProject.instance().transformContext()
    target = str(folder / "deepness.gpkg")
    outcome = core.QgsVectorFileWriter.writeAsVectorFormatV3(layer, target, context, settings)
    if outcome[0]:
        sys.exit(f"QGIS cannot write the polygons: {outcome[1]}")
    np.save(folder / "deepness.npy", processor.get_result_img()[0])


def main() -> None:
    """Start QGIS, run, say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scene", type=Path, help="without it QGIS and Deepness are only loaded")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--overlap", type=int, help="in pixels")
    parser.add_argument("--percent", type=int, default=15, help="without --overlap")
    parser.add_argument("--small", type=int, default=9, help="pixels of the median filter; 0: none")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--cache", action="store_true")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    application = core.QgsApplication([], GUIenabled=False)
    application.initQgis()
    dwellings = detect(options) if options.scene else 0
    print(json.dumps({"dwellings": dwellings}), flush=True)
    core.QgsProject.instance().clear()
    application.exitQgis()


if __name__ == "__main__":
    main()
