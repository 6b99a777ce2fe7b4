<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name>CampDetector</name>
    <message>
        <location filename="../actions.py"/>
        <source>Detect dwellings…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Preview on the map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Models…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Runtime…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Settings…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>ONNX Runtime is not ready.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>The folder {folder} does not exist: make it first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Nothing may be written to {folder}: choose another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Another model file (.onnx, STAC item .json, .dlpk)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>There is no model {name}: choose one of the list, or add it under Plugins &gt; Camp Detector &gt; Models.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>No model is installed: add one under Plugins &gt; Camp Detector &gt; Models.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>Classify camp pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>Writes the class of each pixel (0 is background, 255 is no image) and, if wanted, its probability (0 to 254, with a scale of 1/254) as Cloud-Optimized GeoTIFF.

Use Detect dwellings to get polygons.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>camp,refugee,tent,shelter,segmentation,deep learning,onnx</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>Class raster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>Probability raster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>Say where the class raster goes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>Classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>Probability</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Compare two dates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Holds the dwellings of two dates against each other. Two are the same where the ground that both cover is at least the given part of the ground that either covers; each dwelling is matched once, the best pairs first. The others of the later date appeared, those of the earlier date vanished.

Imagery of two dates is often shifted by some metres: line it up first (Georeferencer), or give a lower part.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>{appeared} appeared, {vanished} vanished, {unchanged} stayed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Changes ({counts})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>camp,refugee,change,difference,damage,growth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Dwellings of the earlier date</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Dwellings of the later date</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Least common part of two dwellings (0 to 1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Number that appeared</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Number that vanished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Number that stayed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>The changes cannot be written: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Detect dwellings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Finds the dwellings in drone or satellite imagery and writes them as polygons with their class, their mean probability and their area in square metres.

Choose the imagery and press Run. Map services (WMS, XYZ tiles) need an extent. A higher threshold gives fewer dwellings that are surer. Class and probability rasters are Cloud-Optimized GeoTIFF.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Dwellings ({count})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Minimum area in square metres (default: the model's)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Straighten outlines by at most metres (default: one pixel; 0: not at all)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>{count} dwellings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>camp,refugee,tent,shelter,building,footprint,deep learning,onnx</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Square corners</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Dwellings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Number of dwellings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Covered square metres</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>The dwellings cannot be written: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Model information</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Says what a model is made for: bands, resolution, classes, accuracy, licence, and who must be named when results are published. Nothing is run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Purpose</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Bands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Resolution</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>{gsd} m a pixel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Threshold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Minimum area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Tiles, overlap</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Touching dwellings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Licence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>To be named</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Checksum</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Name and version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Metres a pixel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>parted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>not told apart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>{path} cannot be written: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>{count} dwellings cover {covered} m².</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>A dwelling belongs to the area that holds its centre, and to one alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>North is up; the bar is {metres} m long.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>And {count} more, which are in the layer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Covered m²</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Mean m²</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Hectares</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Per hectare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Covered %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Summary of a camp</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Dwellings from {layer}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Threshold (0 to 1, default: the model's)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Resolution in metres a pixel (default: what fits model and imagery)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Tile overlap in pixels (default: the model's)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Tile size in pixels (default: what fits best)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Value that means no image (default: the layer's)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>{tiles} tiles of {width} x {height} pixels of {gsd} m, {skipped} left out as empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Stretch must be LOW,HIGH or percentile, got {x}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>The algorithm was not prepared: run it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Imagery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Extent (default: all)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Only inside of these polygons</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Bands in the model's order, such as 4,3,2 (default: by colour)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Stretch: LOW,HIGH or percentile (default: none for 8 bits)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Part dwellings that touch, where the model can</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Look at each tile 8 times, turned and flipped (slow)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Model {id} on {where}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Some of the imagery could not be fetched, and no dwelling is found there: {reasons}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>There is no valid pixel where dwellings were looked for.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>The layer of polygons is empty: choose another one, or none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>The extent is empty: choose another one, or leave it out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Stopped; nothing was written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Bands must be numbers between commas such as 4,3,2, got {x}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>{layer} has no coordinate system, so that areas on the ground are unknown: set it in the layer's properties.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Summarise camp</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Counts dwellings, the ground that they cover, their mean size and their density, in each polygon of a layer or, without one, in hexagons. A dwelling belongs to the area that holds its centre, and to one alone, so totals add up. The report is a page with a picture and a table.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Summary ({count})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>area {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>hexagon {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>camp,refugee,statistics,density,count,report,hexagon</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Boundaries (default: hexagons)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Field with the name of each boundary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Width of the hexagons in metres</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Summary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>all dwellings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>The boundaries hold no polygon: choose another layer, or none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>outside of all areas</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>The summary cannot be written: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../feedback.py"/>
        <source>Tile {done} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>{count} models.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Camp Detector: models of a catalogue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>STAC catalogue: a file, or https://…/catalog.json</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>File…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>The network is used only when you press Open or Download.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Download and add</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>{count} left out: {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>{name} was added; its checksum was verified.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>A STAC catalogue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>STAC catalogue (*.json)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Reading the catalogue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Downloading {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>in the folder {place}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Accuracy, test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Accuracy, validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>dwellings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Training area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Origin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Smallest dwelling</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>To be credited</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>came with the plugin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>added from {place}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>shown on the map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>are told apart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>are joined</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>not stated</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>nobody</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Models (*.onnx *.dlpk *.json)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Camp Detector: models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Add a file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Add a folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>From a catalogue…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Use by default</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Zoom to training area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Add a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>A folder with models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Remove {name} from this computer?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>{name} (default)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>There is no model yet: add a file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/options.py"/>
        <source>Default model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/options.py"/>
        <source>Folders with models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/preview.py"/>
        <source>{layer} is not on the map: zoom to the layer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/preview.py"/>
        <source>The map shows {million} million pixels of the model, too many for a preview (at most {most}): zoom in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/preview.py"/>
        <source>The map shows no place that {layer} knows: zoom to the layer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Camp Detector: preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Preview the visible map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Clear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Detect in the whole layer…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Layer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Previewing {layer}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>{count} dwellings on the visible map at threshold {threshold}, covering {area} m².</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Choose a raster layer and a model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Drawing dwellings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>Preview: probability</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>Preview: dwellings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>Preview: {count} dwellings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>below {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>from {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>near 1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Remove Camp Detector's ONNX Runtime?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>I agree that it is fetched from the Python Package Index (about 20 MB) and installed for Camp Detector alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Download and install</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Install from a wheel file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>It goes into a folder of your QGIS profile. QGIS' own Python and its numpy are left as they are, and it counts only after it has worked beside them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Install</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>ONNX Runtime {version} is ready.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>numpy of QGIS: {version}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Installing ONNX Runtime</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>A wheel of ONNX Runtime</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Python wheel (*.whl)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Camp Detector: runtime</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Camp Detector's own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>of QGIS' Python</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Loaded from: {folder} ({where})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Processors: {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>ONNX Runtime {version} is installed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Processor (CPU); works everywhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Any GPU of Windows (DirectML)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>NVIDIA GPU; needs CUDA and cuDNN (about 200 MB)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Stopped; nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Removed; what is loaded goes on until QGIS is closed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Start QGIS again to use it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../gui/work.py"/>
        <source>Something unexpected went wrong ({kind}); the log messages panel, tab Camp Detector, holds the details.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} is no STAC catalogue, collection or item.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} leads to {href}, which does not lie in the catalogue.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>The catalogue gives no SHA-256 for {name}, so it cannot be told whether the file is whole: ask its publisher.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} is not the file that the catalogue describes (its checksum differs): it was not added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} and its catalogue describe different models.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} is no model of Camp Detector.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../models/installed.py"/>
        <source>{path} has changed since it was added (its checksum differs): remove the model and add it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>There is no model {name} (there are: {known}): add it under Plugins &gt; Camp Detector &gt; Models, or give the path of a model file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>{name} was not added here, so it is not removed here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>The model could not be stored in {folder}: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>{name} could not be removed: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../models/network.py"/>
        <source>stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../models/network.py"/>
        <source>{url} is larger than {limit} MiB and was refused.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../models/network.py"/>
        <source>{url} could not be fetched: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../provider.py"/>
        <source>Camp Detector: dwellings in drone and satellite imagery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>ONNX Runtime was fetched but does not work with this QGIS: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>This would put numpy {other} in the place of QGIS' numpy {own}, so it was not installed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>ONNX Runtime could not be tried out: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>it gave a wrong result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>{device} cannot be used ({reason}), so the model runs on the processor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>Automatic: a GPU where there is one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>Processor (CPU)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>NVIDIA GPU (CUDA)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>GPU through DirectML</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>Apple GPU (Core ML)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>its driver or a library is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>this ONNX Runtime is not made for it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>ONNX Runtime wants the Python package {name}, which this QGIS lacks: install another version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>Trying it out beside QGIS' numpy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>Fetching {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>Unpacking {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>{folder} cannot be written: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>What was fetched brings {name}, which belongs to QGIS, so it was not installed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/loading.py"/>
        <source>ONNX Runtime, which runs the models, is not installed: install it under Plugins &gt; Camp Detector &gt; Runtime.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/loading.py"/>
        <source>ONNX Runtime, which runs the models, cannot be loaded ({reason}): install it anew under Plugins &gt; Camp Detector &gt; Runtime.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/pip.py"/>
        <source>QGIS' Python has no pip to fetch {what} with: choose a wheel file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/pip.py"/>
        <source>{what} could not be fetched; pip says: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/pip.py"/>
        <source>QGIS' Python could not be started: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/pip.py"/>
        <source>The installation was stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/python.py"/>
        <source>The Python program of this QGIS was not found beside it: install onnxruntime for QGIS' Python with the installer of QGIS, or from its wheel file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>{path} is damaged, or no wheel: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>{path} is no wheel of ONNX Runtime: choose a file onnxruntime-….whl</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>it unpacks to too much</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>a file in it leads out of its folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>it holds a link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../sources.py"/>
        <source>the layer {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../sources.py"/>
        <source>{layer} would have {width} x {height} pixels: choose an extent that holds the camp.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../sources.py"/>
        <source>{layer} does not say where it ends: choose an extent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../sources.py"/>
        <source>The raster layer cannot be read: load it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../sources.py"/>
        <source>{name} cannot be opened: load the layer again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>appeared</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>vanished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>unchanged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>background</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../text.py"/>
        <source>Value that means no image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../text.py"/>
        <source>Part dwellings that touch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../text.py"/>
        <source>Straighten outlines by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../text.py"/>
        <source>Stretch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../text.py"/>
        <source>Tile size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../text.py"/>
        <source>Tile overlap</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
