"""Requests through QGIS' own network access: its proxy, certificates, log-ins and cache."""
