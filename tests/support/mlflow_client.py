"""A client of the tracking server, as a program: logs a run, or reads one back.

usage: python mlflow_client.py log NAME FOLDER [MODEL.onnx]
       python mlflow_client.py read RUN_ID

Both print one line of JSON: the run with checksums of all its files. The address of the server and
the password come from the environment, as with any client.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path

STEPS = 5


def checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of every file by its path in the folder."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def log(name: str, folder: str, model: str | None) -> dict[str, object]:
    """Log parameters, metrics by step, a folder of files and a model."""
    import mlflow

    mlflow.set_experiment(f"experiment of {name}")
    with mlflow.start_run(run_name=name) as run:
        mlflow.log_params({"lr": 0.001, "note": f"{name} Übung"})
        for step in range(STEPS):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_artifacts(folder, "files")
        logged = {}
        if model is not None:
            import onnx

            info = mlflow.onnx.log_model(
                onnx.load(model), name="model", save_as_external_data=False, pip_requirements=[]
            )
            logged = {"model_uri": info.model_uri}
    return {"run_id": run.info.run_id, **logged}


def read(run_id: str) -> dict[str, object]:
    """Read everything of a run."""
    import mlflow

    client = mlflow.MlflowClient()
    run = client.get_run(run_id)
    content = {
        "name": run.info.run_name,
        "status": run.info.status,
        "params": run.data.params,
        "loss": [[m.step, m.value] for m in client.get_metric_history(run_id, "loss")],
        "models": {},
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mlflow.artifacts.download_artifacts(run_id=run_id, dst_path=str(folder / "run"))
        content["files"] = checksums(folder / "run")
        for output in run.outputs.model_outputs if run.outputs else []:
            model_folder = folder / output.model_id
            mlflow.artifacts.download_artifacts(
                f"models:/{output.model_id}", dst_path=str(model_folder)
            )
            content["models"][output.model_id] = checksums(model_folder)
    return content


def main(arguments: list[str]) -> None:
    """Do what is asked; on failure say so in one line, without a traceback."""
    from mlflow.exceptions import MlflowException

    command, *parameters = arguments
    try:
        if command == "log":
            logged = log(
                parameters[0], parameters[1], parameters[2] if len(parameters) > 2 else None
            )
        else:
            logged = read(parameters[0])
    except MlflowException as error:
        sys.exit(str(error))
    sys.stdout.write("\n" + json.dumps(logged) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
