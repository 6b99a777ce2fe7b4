"""Does PROJ place anything? Runs on the system's Python.

usage: python hostgdal_blind.py FOLDER PACKAGE, where FOLDER holds a copy of what a host carries
under the name PACKAGE.
"""

from __future__ import annotations

import importlib
import sys


def main():
    folder, package = sys.argv[1:]
    sys.path.insert(0, folder)
    proj = importlib.import_module(f"{package}.georaster.proj")
    library = importlib.import_module(f"{package}.hostgdal.library").Gdal()
    errors = importlib.import_module(f"{package}.engine.errors")
    try:
        proj.refuse_without_database(library)
    except errors.RasterError as error:
        print(error)
    else:
        print("fine")


main()
