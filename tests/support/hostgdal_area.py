"""Measure square units of some CRSs with a host's GDAL; runs on the system's Python.

usage: python hostgdal_area.py FOLDER PACKAGE JOBS, where FOLDER holds a copy of what a host carries
under the name PACKAGE, and JOBS is a JSON list of {"crs", "x", "y"}. Prints a JSON list of m2.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import numpy as np


def main():
    folder, package, jobs = sys.argv[1:]
    sys.path.insert(0, folder)
    library = importlib.import_module(f"{package}.hostgdal.library")
    ground = importlib.import_module(f"{package}.georaster.ground")
    areas = []
    for job in json.loads(Path(jobs).read_text(encoding="utf-8")):
        x, y = np.array([job["x"]]), np.array([job["y"]])
        crs = library.GdalCrs.from_text(job["crs"])
        areas.append(float(ground.ground_scale(crs, x, y).area[0]))
    print(json.dumps(areas))


main()
