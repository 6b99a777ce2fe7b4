"""Code that runs inside ArcGIS Pro; packages and the toolbox carry it."""
