"""Map tiles pixel by pixel, as the layer names them.

QGIS draws tiles at whatever scale a map has, and each release of it chooses the zoom and resamples
in its own way. A model wants the tiles' own pixels, and a run must know what became of each.
"""
