"""Qt as QGIS gives it, whichever its release."""
