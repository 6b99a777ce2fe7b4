"""Georeferenced rasters on the grid that the model is run on, by any reading library.

What is asked of the library stands in `ports`; `camp_detector_core.raster` satisfies it with
rasterio and `camp_detector_core.hostgdal` with GDAL's own Python bindings. So both give the same
grid, the same pixels and the same words. Like the engine, this folder imports nothing but the
standard library, numpy and the engine, names both only relatively, and runs on Python 3.9, since
hosts carry a copy of it.
"""
