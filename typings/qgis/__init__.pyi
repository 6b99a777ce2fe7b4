"""What the published types of QGIS leave out."""
