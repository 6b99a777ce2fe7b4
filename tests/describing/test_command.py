"""``camp-detector describe`` on the shipped model, as Deepness would have it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import onnx
import pytest

from camp_detector_core.cli import main
from camp_detector_core.model_file import default_model_path, open_model
from camp_detector_core.onnx_model.metadata import deepness_metadata
from camp_detector_core.scene import SceneOptions, generate_scene, write_scene
from tests.support.models import tiny_onnx, tiny_spec

if TYPE_CHECKING:
    from pathlib import Path


def run(capsys: pytest.CaptureFixture[str], *args: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as error:
        main([str(a) for a in args])
    out, err = capsys.readouterr()
    return int(error.value.code or 0), out, err


def as_deepness_has_it(path: Path) -> Path:
    """The model that ships, with Deepness' keys in place of our description."""
    model = onnx.load(default_model_path())
    onnx.helper.set_model_props(model, deepness_metadata(open_model(default_model_path()).spec))
    path.write_bytes(model.SerializeToString())
    return path


def test_a_model_of_deepness_finds_the_same_dwellings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = as_deepness_has_it(tmp_path / "roofs.onnx")
    scene = generate_scene(SceneOptions(seed=5, height=384, width=384))
    image = tmp_path / "scene.tif"
    write_scene(scene, image)
    code, _, err = run(capsys, "inspect", model)
    assert code == 2
    assert "describe it with camp-detector describe" in err
    own = open_model(default_model_path()).spec
    separation = own.separation
    assert separation is not None
    parting = f"{separation.method},{separation.threshold},{separation.reach},{separation.min_seed}"
    code, out, err = run(
        capsys, "describe", model, "--overlap", own.overlap, "--min-area", own.min_area,
        "--separation", parting, "--try", image,
    )  # fmt: skip
    assert (code, err) == (0, "")
    for words in ("red, green, blue (assumed", "0.2 m (Deepness' metadata)", "tried on"):
        assert words in out
    copy = tmp_path / "roofs_described.onnx"
    assert run(capsys, "inspect", copy)[0] == 0
    counts = []
    for name, model_words in (("a", []), ("b", ["--model", copy])):
        code, out, _ = run(capsys, "detect", image, "-o", tmp_path / f"{name}.gpkg", *model_words)
        counts.append(out.split("\n")[0])
    assert counts[0] == counts[1]
    assert int(counts[0].split(" ")[0]) > 10
    code, out, err = run(capsys, "package", "build", copy, "-o", tmp_path / "packages")
    assert code == 0
    for package in (tmp_path / "packages").glob("*.dlpk"):
        assert run(capsys, "package", "check", package)[0] == 0


def test_nothing_is_replaced_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "m.onnx"
    model.write_bytes(tiny_onnx(tiny_spec(), stored=""))
    copy = tmp_path / "m_described.onnx"
    copy.write_bytes(b"mine")
    arguments = ["--bands", "red,green,blue", "--gsd", "0.5", "--tile-size", "64"]
    code, _, err = run(capsys, "describe", model, *arguments)
    assert (code, copy.read_bytes()) == (2, b"mine")
    assert "--overwrite" in err
    assert run(capsys, "describe", model, *arguments, "--overwrite")[0] == 0
    assert open_model(copy).spec.gsd == 0.5
    code, _, err = run(capsys, "describe", model, *arguments, "-o", model, "--overwrite")
    assert code == 2
    assert "stays as it is" in err
    code, _, err = run(capsys, "describe", model, *arguments, "-o", tmp_path / "m.txt")
    assert code == 2
    assert "must end in .onnx" in err
    left = sorted(p.name for p in tmp_path.iterdir())
    assert left == ["m.onnx", "m_described.onnx"]


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--mean", "a,b"], "is not a number"),
        (["--scale", "1/0"], "is not a number"),
        (["--separation", "core,2"], "METHOD,THRESHOLD,REACH,MIN_SEED"),
        (["--separation", "core,2,1,1"], "threshold must be above 0 and below 1"),
        (["--gsd", "nan"], "--gsd must be a number above 0 metres"),
        (["--classes", "a b"], "must be made of letters"),
        (["--threshold", "7"], "threshold must be above 0"),
        (["--overlap", "64"], "overlap 64 must be less than half"),
        (["--try", "no.tif"], "no.tif"),
    ],
)
def test_options_that_cannot_be_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: list[str], words: str
) -> None:
    model = tmp_path / "m.onnx"
    model.write_bytes(tiny_onnx(tiny_spec(), stored=""))
    arguments = ["--bands", "red,green,blue", "--gsd", "0.5", "--tile-size", "64"]
    code, out, err = run(capsys, "describe", model, *arguments, *option)
    assert (code, out) == (2, "")
    assert words in err
    assert not list(tmp_path.glob("*_described.onnx"))


def test_fractions_are_understood(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "m.onnx"
    model.write_bytes(tiny_onnx(tiny_spec(), stored=""))
    code, _, _ = run(
        capsys, "describe", model, "--bands", "red,green,nir", "--gsd", 1, "--dtype", "uint16",
        "--scale", "1/10000", "--mean", "0.1,0.2,0.3", "--tile-size", 64, "--name", "veg",
        "--version", "2.1", "--attribution", "A", "--attribution", "B", "--licence", "MIT",
    )  # fmt: skip
    spec = open_model(tmp_path / "m_described.onnx").spec
    assert code == 0
    assert spec.to_dict()["bands"][1] == json.loads(
        '{"name": "green", "scale": 0.0001, "mean": 0.2, "std": 1.0}'
    )
    assert (spec.id, spec.licence, spec.attribution) == ("veg-2.1", "MIT", ("A", "B"))
