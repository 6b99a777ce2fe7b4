"""Run one tool in another Python: ``python run_tool.py JOB.json``; the result is JSON on stdout.

Standard library alone, so that it runs in any Python that a toolbox might meet.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.path[:0] = [str(FOLDER), str(FOLDER / "standin"), *job.get("path", [])]
    import arcpy
    from dialog import Dialog, load_pyt

    for name, value in job.get("state", {}).items():
        setattr(arcpy.state, name, value)
    for path, layer in job.get("layers", {}).items():
        reference = arcpy.SpatialReference(layer["code"]) if layer["code"] else None
        arcpy.state.tables[path] = table = arcpy.da.Table(reference or arcpy.SpatialReference())
        table.fields = dict.fromkeys(layer.get("fields", {}), ("TEXT", 50))
        for i, rings in enumerate(layer["shapes"]):
            shape = None if rings is None else arcpy.Polygon(rings, reference)
            values = {name: texts[i] for name, texts in layer.get("fields", {}).items()}
            table.rows.append({"SHAPE@": shape, **values})
    for name, value in job.get("environments", {}).items():
        is_code = name == "outputCoordinateSystem"
        setattr(arcpy.env, name, arcpy.SpatialReference(value) if is_code else value)
    dialog = Dialog(getattr(load_pyt(Path(job["toolbox"])), job["tool"])(), arcpy)
    error = None
    try:
        dialog.set(**job["values"])
        messages = [[p.name, p.severity, p.message] for p in dialog.parameters if p.severity]
        dialog.run()
    except arcpy.ExecuteError as failed:
        error = str(failed)
    tables = {
        path: [
            {n: v and v.rings if n == "SHAPE@" else v for n, v in row.items()}
            for row in getattr(table, "rows", table)
        ]
        for path, table in arcpy.state.tables.items()
        if not path.endswith("#colours")
    }
    print(
        json.dumps(
            {
                "said": messages,
                "messages": dialog.messages.lines,
                "error": error,
                "tables": tables,
                "count": next((p.value for p in dialog.parameters if p.name == "count"), None),
                "derived": {
                    p.name: p.value for p in dialog.parameters if p.parameterType == "Derived"
                },
                "progress": arcpy.state.progress,
                "calls": [name for name, *_ in arcpy.state.calls],
                "licences": arcpy.state.licences,
                "left": [p.name for p in Path(arcpy.state.scratch).iterdir()],
                "modules": sorted(sys.modules),
                "version": sys.version.split()[0],
            }
        )
    )


if __name__ == "__main__":
    main()
