"""The process that stands in for ArcGIS Pro; started by `ArcGISHost` with the name of a job."""

from __future__ import annotations

import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def main(folder: Path) -> None:
    """Do the runs of a job and write down what came out."""
    sys.path[:] = [str(FOLDER.parent), *(p for p in sys.path if Path(p).resolve() != FOLDER)]
    import numpy as np
    from host.raster import HostRaster  # type: ignore[import-not-found]
    from host.session import Run, Session
    from host.surroundings import arrange

    sys.path.remove(str(FOLDER.parent))
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    with np.load(folder / "rasters.npz") as arrays:
        rasters = {
            name: HostRaster(arrays[f"{name} pixels"], arrays[f"{name} valid"], **place)
            for name, place in job["rasters"].items()
        }
    recorder = arrange(job["profile"], job["arcpy"])
    reports, arrays_by_name = [], {}
    for number, raw in enumerate(job["runs"]):
        session = Session(Run(**raw), rasters, recorder)
        session.go()
        reports.append({**session.report, "warnings": list(recorder.warnings)})
        recorder.warnings.clear()
        arrays_by_name.update({f"{number} {name}": array for name, array in session.arrays.items()})
    np.savez(folder / "found.npz", **arrays_by_name)
    answer = {"runs": reports, "started": recorder.started, "modules": sorted(sys.modules)}
    (folder / "told.json").write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
