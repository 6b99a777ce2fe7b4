"""Polygons: connected regions, outlines, simplifying, linking across blocks."""
