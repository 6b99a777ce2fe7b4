"""What `mlflow models serve` answers is what ONNX Runtime says."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING

import numpy as np

from camp_detector_core.engine.ort import OnnxPredictor
from tests.support.mlflow_server import BIN, Server, free_port

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tracking.conftest import Tracked


def test_the_served_candidate_answers_as_the_onnx_file(tracked: Tracked, tmp_path: Path) -> None:
    port = free_port()
    words = [
        str(BIN / "mlflow"), "models", "serve", "-m", "models:/tiny-camp@candidate",
        "--env-manager", "local", "--port", str(port), "--host", "127.0.0.1", "--workers", "1",
    ]  # fmt: skip
    served = Server(words, tmp_path, port=port, path="/ping")
    runner = OnnxPredictor((tracked.folder / "meta/best_model.onnx").read_bytes(), threads=1)
    try:
        served.start(MLFLOW_TRACKING_URI=tracked.uri)
        for shape in ((1, 3, 64, 64), (2, 3, 96, 64)):
            batch = np.random.default_rng(2).standard_normal(shape).astype(np.float32)
            body = json.dumps({"inputs": batch.tolist()}).encode()
            asked = urllib.request.Request(  # noqa: S310 - of this machine
                f"{served.url}/invocations", body, {"Content-Type": "application/json"}
            )
            with urllib.request.urlopen(asked, timeout=120) as answer:  # noqa: S310
                given = np.array(json.load(answer)["predictions"])
            np.testing.assert_allclose(given, runner.predict(batch)[:, :1], atol=1e-4)
    finally:
        served.kill()
