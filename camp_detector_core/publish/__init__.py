"""Publish a deep learning package as an item of ArcGIS Online or of an ArcGIS Enterprise portal.

The library ``arcgis`` logs in and carries the session; it is imported inside functions alone,
because that takes seconds and most users never need it.
"""

from __future__ import annotations
