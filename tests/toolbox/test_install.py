"""Install Model Package: what is refused, what is said, what is copied."""

from __future__ import annotations

import json
import os
import signal
import stat
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from esri_toolbox.build import model_files
from tests.support.models import write_model
from tests.toolbox.conftest import unpack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.toolbox.dialog import Dialog


@pytest.fixture
def package(packages: Path) -> Path:
    return packages / "tiny-detect.dlpk"


@pytest.fixture
def install(dialog: Callable[[str], Dialog]) -> Dialog:
    return dialog("InstallModelPackage")


def changed(package: Path, out: Path, change: Callable[[dict[str, bytes]], Any]) -> Path:
    """A package with other members."""
    with zipfile.ZipFile(package) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out


def refused(install: Dialog, path: Path) -> str:
    """All that is said of a package that is refused; nothing of it is left behind."""
    with pytest.raises(install.arcpy.ExecuteError):
        install.set(in_package=str(path)).run()
    folder = path.parent.parent / "models"
    assert not folder.exists() or list(folder.iterdir()) == []
    return " ".join(text for _, text in install.messages.lines)


def test_a_package_is_explained_and_installed(
    install: Dialog, package: Path, tmp_path: Path
) -> None:
    messages = install.set(in_package=str(package)).run()
    target = tmp_path / "models/tiny-detect.dlpk"
    assert target.read_bytes() == package.read_bytes()
    assert install["installed"].valueAsText == str(target)
    text = "\n".join(messages.of("message"))
    for words in (
        "tiny-1.0, which finds objects", "Classes: dwelling (1, ", "green, blue (uint8)",
        "Resolution: 0.5 m a pixel", "Threshold: 0.4", "Smallest dwelling: 3 m²",
        "Tiles, overlap: 64 px", "Licence: CC0-1.0",
        "To be credited: made by a test", f"Installed as {target}", "MODEL_CARD.md",
    ):  # fmt: skip
        assert words in text
    assert messages.of("warning") == messages.of("error") == []
    assert [p.name for p in target.parent.iterdir()] == [target.name]


def test_only_checking_copies_nothing(install: Dialog, package: Path, tmp_path: Path) -> None:
    install.set(in_package=str(package), check_only=True).run()
    assert not (tmp_path / "models").exists()
    assert install["installed"].value is None


def test_the_same_package_again_is_no_fault(install: Dialog, package: Path) -> None:
    install.set(in_package=str(package)).run()
    install.run()
    assert "installed already" in " ".join(install.messages.of("message"))


def test_another_package_of_this_name_is_kept_unless_asked(
    install: Dialog, package: Path, tmp_path: Path
) -> None:
    install.set(in_package=str(package)).run()
    target = tmp_path / "models/tiny-detect.dlpk"
    model = write_model(tmp_path / "new.onnx", version="2.0")
    newer = unpack(tmp_path / "new", model_files(model)) / "tiny-detect.dlpk"
    with pytest.raises(install.arcpy.ExecuteError, match="tick Replace"):
        install.set(in_package=str(newer)).run()
    assert target.read_bytes() == package.read_bytes()
    install.set(replace=True).run()
    assert target.read_bytes() == newer.read_bytes()
    assert [p.name for p in target.parent.iterdir()] == [target.name]


def test_a_copy_that_was_killed_is_no_package_and_is_cleared_away_by_the_next(
    install: Dialog, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = os.fork()
    if child == 0:
        monkeypatch.setattr("shutil.copyfile", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        install.set(in_package=str(package)).run()
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    (left,) = (tmp_path / "models").iterdir()
    assert left.suffix != ".dlpk"
    install.set(in_package=str(package)).run()
    assert [p.name for p in (tmp_path / "models").iterdir()] == ["tiny-detect.dlpk"]


def test_code_of_a_package_is_never_run(install: Dialog, package: Path, tmp_path: Path) -> None:
    trap = tmp_path / "ran"

    def plant(members: dict[str, bytes]) -> None:
        code = f"open({str(trap)!r}, 'w')\nclass RefugeeCampDetector: pass\n"
        members["RefugeeCampDetector.py"] = code.encode()

    (tmp_path / "in").mkdir()
    path = changed(package, tmp_path / "in/tiny-detect.dlpk", plant)
    install.set(in_package=str(path)).run()
    assert not trap.exists()


def emd_with(**changes: Any) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        fields = json.loads(members["tiny-detect.emd"])
        for name, value in changes.items():
            if value is None:
                del fields[name]
            else:
                fields[name] = value
        members["tiny-detect.emd"] = json.dumps(fields).encode()

    return change


def spec_with(**changes: Any) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        fields = json.loads(members["tiny-detect.emd"])
        fields["CampDetector"].update(changes)
        members["tiny-detect.emd"] = json.dumps(fields).encode()

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: m.update({"../x.txt": b""}), "leads out of the package"),
        (lambda m: m.update({"/etc/x": b""}), "leads out of the package"),
        (lambda m: m.update({"C:x": b""}), "leads out of the package"),
        (lambda m: m.update({"a\\b": b""}), "is not a valid file name on Windows"),
        (lambda m: m.update({"MODEL.onnx": b""}), "occurs twice"),
        (lambda m: m.update({"zelt-\u00e4.txt": b""}), "not plain ASCII"),
        (lambda m: m.update({"second.emd": b"{}"}), "has 2 model definitions"),
        (lambda m: m.pop("tiny-detect.emd"), "has 0 model definitions"),
        (lambda m: m.pop("model.onnx"), "as ModelFile, which the package does not hold"),
        (lambda m: m.update({"tiny-detect.emd": b"{]"}), "is not JSON"),
        (lambda m: m.update({"tiny-detect.emd": b'{"a": NaN}'}), "is not JSON"),
        (lambda m: m.update({"tiny-detect.emd": b"[" * 100_000}), "is not JSON"),
        (lambda m: m.update({"RefugeeCampDetector.py": b"class X:"}), "is not Python"),
        (lambda m: m.update({"RefugeeCampDetector.py": b"x = 1"}), "has no class"),
        (lambda m: m.update({"RefugeeCampDetector.py": b"#" * 300_000}), "more than 256 KiB"),
        (emd_with(CampDetector=None), "is no model of Camp Detector"),
        (emd_with(Classes=None, Framework=None), "lacks Classes, Framework"),
        (emd_with(ImageWidth=-1), "ImageWidth is -1"),
        (emd_with(ExtractBands=[1, 2, 3]), "ExtractBands is [1, 2, 3]"),
        (emd_with(Threshold=0.9), "Threshold is 0.9, and the model's description makes it 0.4"),
        (emd_with(MinArea=0), "MinArea is 0, and"),
        (emd_with(Padding=9), "Padding is 9, and"),
        (emd_with(Classes=[]), "Classes is [], and"),
        (emd_with(ModelType="Other"), "ModelType Other"),
        (emd_with(ModelFile="../../model.onnx"), "which the package does not hold"),
        (spec_with(threshold=7), "threshold must be above 0"),
        (spec_with(bands=[]), "at least one band is needed"),
        (spec_with(extra=1), "unknown fields"),
    ],
)
def test_faults_are_told_and_nothing_is_installed(
    change: Any, words: str, install: Dialog, package: Path, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    path = changed(package, tmp_path / "in/tiny-detect.dlpk", change)
    assert words in refused(install, path)


def test_keys_that_change_no_dwelling_may_be_edited(
    install: Dialog, package: Path, tmp_path: Path
) -> None:
    edits = emd_with(
        ModelName="Camp of May", BatchSize=4, MinCellSize=0.1, MaxCellSize=1, Version="2026.5"
    )
    (tmp_path / "in").mkdir()
    path = changed(package, tmp_path / "in/tiny-detect.dlpk", edits)
    install.set(in_package=str(path)).run()
    assert (tmp_path / "models/tiny-detect.dlpk").read_bytes() == path.read_bytes()


def test_a_copy_that_a_browser_renamed_gets_its_name_back(
    install: Dialog, package: Path, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    path = changed(package, tmp_path / "in/tiny-detect (1).dlpk", lambda _: None)
    install.set(in_package=str(path)).run()
    (installed,) = (tmp_path / "models").iterdir()
    assert installed.name == "tiny-detect.dlpk"
    assert installed.read_bytes() == path.read_bytes()


def test_a_definition_whose_name_no_folder_could_take_is_told(
    install: Dialog, package: Path, tmp_path: Path
) -> None:
    def rename(members: dict[str, bytes]) -> None:
        members["a$b.emd"] = members.pop("tiny-detect.emd")

    (tmp_path / "in").mkdir()
    path = changed(package, tmp_path / "in/tiny-detect.dlpk", rename)
    assert "a name that no package can be installed under" in refused(install, path)


def test_links_and_damage_are_told(install: Dialog, package: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = changed(package, tmp_path / "in/tiny-detect.dlpk", lambda _: None)
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert "link is a link" in refused(install, path)
    data = bytearray(package.read_bytes())
    data[data.index(b"class RefugeeCampDetector") + 3] ^= 1
    path.write_bytes(data)
    assert "RefugeeCampDetector.py is damaged" in refused(install, path)
    path.write_bytes(package.read_bytes()[:1000])
    assert "is not a deep learning package (a zip file), or its end" in refused(install, path)


def test_a_bomb_is_refused_by_its_size_alone(
    install: Dialog, package: Path, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    path = changed(package, tmp_path / "in/tiny-detect.dlpk", lambda _: None)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("bomb", "w", force_zip64=True) as stream,
    ):
        for _ in range(1100):
            stream.write(bytes(1 << 20))
    assert "bomb unpacks to more than 1024 MiB" in refused(install, path)


def test_members_that_are_locked_or_too_many_are_told(
    install: Dialog, package: Path, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    path = changed(package, tmp_path / "in/tiny-detect.dlpk", lambda _: None)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("secret", b"x")
        archive.getinfo("secret").flag_bits |= 1
    assert "secret is encrypted" in refused(install, path)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(10_001):
            archive.writestr(f"{number:05d}", b"")
    assert "holds more than 10000 files" in refused(install, path)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(70):
            archive.writestr(f"{number:02d}" + "n" * 60_000, b"")
    assert "a table of contents that no package has" in refused(install, path)


def test_a_folder_that_is_a_file_is_told(install: Dialog, package: Path, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("not a folder", encoding="utf-8")
    with pytest.raises(install.arcpy.ExecuteError, match="cannot be installed in"):
        install.set(in_package=str(package)).run()


def test_a_file_that_is_no_package_is_said_in_the_dialog(install: Dialog, tmp_path: Path) -> None:
    path = tmp_path / "notes.dlpk"
    path.write_text("not a zip", encoding="utf-8")
    messages = install.set(in_package=str(path)).remarks(2)["in_package"]
    assert "not a deep learning package" in messages
