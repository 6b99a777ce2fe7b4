"""The engine: tiling, blending, scores and polygons in numpy alone.

This folder is what other hosts carry with them as a copy, so it imports nothing but the standard
library and numpy, names itself only relatively, and runs on Python 3.9 and numpy 1.20.
"""
