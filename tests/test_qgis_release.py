"""`tools/qgis-release`: what it refuses, and what a run that is stopped leaves behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOL = ROOT / "tools/qgis-release"
HALF_MADE = """#!/bin/sh
for last; do before=$place; place=$root; root=$last; done  # ..., the folder, the mirror
mkdir -p "$place/etc"
mount -t tmpfs tmpfs "$place/etc" && touch "$place/etc/half"
echo started >"$STARTED"
sleep 300 & wait
"""
"""Stand-in of mmdebstrap that is stopped: it has mounted something and is not done."""


def may_make_namespaces() -> bool:
    """Return True if this user may do what the tool does."""
    command = ["unshare", "--mount", "--pid", "--ipc", "--net", "--fork", "true"]
    return (
        hasattr(os, "geteuid")
        and os.geteuid() == 0
        and shutil.which("apt-get") is not None
        and shutil.which("setpriv") is not None
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )


needs_namespaces = pytest.mark.skipif(
    not may_make_namespaces(), reason="only root on Debian can make and enter another system"
)


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The tool, to its end."""
    return subprocess.run(
        [TOOL, *words], capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, **environment},
    )  # fmt: skip


def command(folder: Path, name: str, text: str) -> None:
    """A command that is found before the machine's own."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    (folder / name).chmod(0o755)


def test_help_says_how_to_use_it_and_nothing_is_made(tmp_path: Path) -> None:
    help_run = run("--help", CAMP_DETECTOR_QGIS=str(tmp_path / "kept"))
    assert help_run.returncode == 0
    assert "usage: tools/qgis-release SUITE" in help_run.stdout
    assert "CAMP_DETECTOR_QGIS" in help_run.stdout
    assert not help_run.stderr
    for words in ((), ("../trixie",), ("-k",)):
        wrong = run(*words, CAMP_DETECTOR_QGIS=str(tmp_path / "kept"))
        assert wrong.returncode == 2, words
        assert "usage: tools/qgis-release SUITE" in wrong.stderr
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("id", "echo 1000", "only root can make and enter another system: use sudo"),
        ("unshare", "exit 1", "lets nobody make namespaces"),
    ],
)
@needs_namespaces
def test_a_machine_that_cannot_do_it_gets_one_sentence(
    tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    command(tmp_path / "bin", name, f"#!/bin/sh\n{text}\n")
    command(tmp_path / "bin", "mmdebstrap", "#!/bin/sh\nexit 1\n")
    refused = run(
        "trixie", CAMP_DETECTOR_QGIS=str(tmp_path / "kept"),
        PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}",
    )  # fmt: skip
    assert refused.returncode == 69
    assert sentence in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
@needs_namespaces
def test_a_stopped_run_leaves_no_process_no_mount_and_no_root(
    tmp_path: Path, number: signal.Signals
) -> None:
    """Stopped while the system is made; the next run begins anew."""
    command(tmp_path / "bin", "mmdebstrap", HALF_MADE)
    # No mirror is asked.
    command(tmp_path / "bin", "apt-get", "#!/bin/sh\n")
    started, roots = tmp_path / "started", tmp_path / "kept"
    environment = {
        **os.environ, "CAMP_DETECTOR_QGIS": str(roots), "STARTED": str(started),
        "CAMP_DETECTOR_QGIS_MIRROR": f"file://{mirror_of(tmp_path)}",
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
    }  # fmt: skip
    with subprocess.Popen(
        [TOOL, "trixie"], env=environment, stderr=subprocess.PIPE, text=True
    ) as running:
        for _ in range(200):
            if started.exists() or running.poll() is not None:
                break
            time.sleep(0.05)
        assert started.exists(), running.communicate()[1]
        assert "half" not in Path("/proc/self/mounts").read_text(encoding="utf-8")
        running.send_signal(number)
        assert running.wait(timeout=20) in {-number, 128 + number}
    for _ in range(100):
        if not (left := processes_that_name(roots)):
            break
        time.sleep(0.05)
    assert not left
    assert str(roots) not in Path("/proc/self/mounts").read_text(encoding="utf-8")
    folders = sorted(path.name for path in (roots / "trixie").iterdir() if path.is_dir())
    assert [name.split("-")[0] for name in folders if not name.endswith(".part")] == []
    # The next run neither takes what was left nor waits for the one that is gone.
    command(tmp_path / "bin", "mmdebstrap", '#!/bin/sh\nls -d "$KEPT"/trixie/*.part >&2\nexit 7\n')
    second_run = subprocess.run(
        [TOOL, "trixie"], env={**environment, "KEPT": str(roots)},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert second_run.returncode == 69, second_run.stderr
    assert "the system could not be made" in second_run.stderr
    assert "root-" not in second_run.stderr.split("(minutes)")[1]


def mirror_of(folder: Path) -> Path:
    """A folder with as much of a mirror as is looked at before a system is made."""
    (folder / "mirror/dists/trixie").mkdir(parents=True)
    (folder / "mirror/dists/trixie/InRelease").write_text("Suite: trixie\n", encoding="utf-8")
    return folder / "mirror"


def processes_that_name(folder: Path) -> list[str]:
    """Command lines with a folder in them."""
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(file.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return [line for line in lines if str(folder) in line and sys.executable not in line]
