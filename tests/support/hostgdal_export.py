"""Exports training data with the core's copy in a host's Python; prints a line of JSON.

``hostgdal_export.py HOST PACKAGE IMAGE LAYERS FOLDER``: LAYERS is JSON of a list with one or two
layers, each with ``name``, ``crs_wkt`` and ``geometries`` in hexadecimal.
"""

import importlib
import json
import sys


def main(host, package, image, layers, folder):
    """Run one export."""
    sys.path.insert(0, host)
    ports = importlib.import_module(f"{package}.training_data.ports")
    request = importlib.import_module(f"{package}.training_data.request")
    run = importlib.import_module(f"{package}.training_data.run")
    listener = importlib.import_module(f"{package}.detection.ports").Listener()
    library = importlib.import_module(f"{package}.hostgdal.run").GdalRun()
    writer = importlib.import_module(f"{package}.hostgdal.data_writer").GdalDataWriter()
    dwellings, area = (
        ports.FeatureLayer(
            layer["name"],
            [None if text is None else bytes.fromhex(text) for text in layer["geometries"]],
            layer["crs_wkt"],
            layer.get("classes"),
        )
        for layer in json.loads(layers)
    )
    wish = request.ExportRequest(
        images=(image,), dwellings=dwellings, area=area, folder=folder, margin=10.0
    )
    outcome = run.export_training_data(wish, library, writer, listener)
    print(
        json.dumps(
            {
                "counts": [outcome.inside, outcome.cut, outcome.beyond],
                "hectares": outcome.hectares,
                "warnings": [warning.sentence for warning in outcome.warnings],
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
