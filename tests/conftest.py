"""Settings of all tests."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.support.models import write_model

if TYPE_CHECKING:
    from collections.abc import Callable

# No deadline: the machine may be busy. In CI the examples are the same on every run, so that a
# failure is about the change and can be repeated; elsewhere they vary and find more.
settings.register_profile("here", deadline=None, print_blob=True)
settings.register_profile("ci", parent=settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

# What starts the tests may ignore signals (nohup, a job in the background of a script), and so
# would every process that they start; the tests of stopping need them heeded.
if threading.current_thread() is threading.main_thread():
    for _name, _handler in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
        _number = getattr(signal, _name, None)
        if _number is not None and signal.getsignal(_number) is signal.SIG_IGN:
            signal.signal(_number, _handler)


@pytest.fixture(scope="session")
def banepa() -> Path:
    """Real tiles of a town, which lie beside the checkout where they are at hand."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data" / "banepa"
    if not (folder / "predict").is_dir():
        pytest.skip("the tiles of Banepa are not at hand")
    return folder


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A tiny model that marks what `tests.support.rasters.rgb_of` draws."""
    return write_model(tmp_path / "tiny.onnx")


@pytest.fixture
def camp(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run the command in this process; gives exit code, stdout and stderr."""
    from camp_detector_core.cli import main

    def run(*args: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as exit_:
            main([str(a) for a in args])
        out, err = capsys.readouterr()
        assert isinstance(exit_.value.code, int)
        return exit_.value.code, out, err

    return run
