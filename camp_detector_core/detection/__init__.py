"""One run of detection, whichever library reads the rasters and whichever host asks.

Hosts carry it; it needs Python 3.9, its standard library and numpy.
"""
