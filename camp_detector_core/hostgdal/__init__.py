"""The engine over GDAL's own Python bindings, for hosts without rasterio.

ArcGIS Pro's base Python and QGIS are such hosts. They carry a copy of it (`carry.py`)
under a name of their own; so, like the engine, these modules name each other only
relatively and run on Python 3.9 and numpy 1.20, with GDAL 3.4 or newer. Nothing of GDAL's state
that the host sees is changed.
"""
