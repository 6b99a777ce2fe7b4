"""What packages for ArcGIS Pro are made of: a model, its STAC item, and its TorchScript."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.errors import PredictorError, SpecError
from camp_detector_core.engine.spec import METADATA_KEY
from camp_detector_core.model_file import ModelFile, open_model
from camp_detector_core.model_file.hrefs import HrefError, file_of_href
from camp_detector_core.model_file.item import SPEC_PROPERTY, assets_of, read_item, spec_of
from camp_detector_core.model_file.package import MAX_NETWORK
from camp_detector_core.model_file.untrusted import read_file
from camp_detector_core.model_file.zip_file import open_zip, read_member

if TYPE_CHECKING:
    from camp_detector_core.engine.spec import ModelSpec

_MAX_SPEC = 1 << 20


@dataclass(frozen=True)
class PackageSource:
    """What packages are made of, read once."""

    model: ModelFile
    item: dict[str, Any] = field(default_factory=dict)
    """The STAC item; empty where there is none."""
    example: Path | None = None
    """A picture for the thumbnail."""
    torchscript: bytes | None = None

    @property
    def spec(self) -> ModelSpec:
        """The model's description."""
        return self.model.spec


def open_source(
    model: str | Path,
    *,
    item: str | Path | None = None,
    torchscript: str | Path | None = None,
) -> PackageSource:
    """Read what packages are made of; the arguments are those of `create_dlpk`.

    Raises:
        PredictorError: A file cannot be read, or is not what it should be.
        SpecError: Files describe different models.
    """
    opened = open_model(model)
    if item is None and Path(model).suffix.lower() == ".json":
        item = model
    told = {} if item is None else _read_item(Path(item), opened.spec)
    script = None if torchscript is None else _read_script(Path(torchscript), opened.spec)
    example = None if item is None else _example(told, Path(item))
    return PackageSource(opened, told, example, script)


def _read_item(path: Path, spec: ModelSpec) -> dict[str, Any]:
    """The item, which must be of this model."""
    item = read_item(path)
    if spec_of(item, str(path)) != spec:
        msg = (
            f"{path} is not the STAC item of {spec.id} (its {SPEC_PROPERTY} differs): make it "
            "again with python -m training stac"
        )
        raise SpecError(msg)
    return item


def _example(item: dict[str, Any], path: Path) -> Path | None:
    """The item's example picture, where it lies in the item's folder or below."""
    try:
        picture = file_of_href(assets_of(item).get("example-input", {}).get("href"), path)
        return picture if picture.is_file() else None
    except (HrefError, OSError):
        return None


def _read_script(path: Path, spec: ModelSpec) -> bytes:
    """A TorchScript file of the same model; it is not loaded."""
    data = read_file(path, MAX_NETWORK, what="TorchScript")
    told = script_spec(data)
    if told is None:
        msg = f"{path} is not TorchScript that training exported: name its best_model.pt"
        raise PredictorError(msg)
    if told != spec.to_json():
        msg = f"{path} and the ONNX model describe different models: export both again"
        raise SpecError(msg)
    return data


def script_spec(data: bytes) -> str | None:
    """The description in a TorchScript file, as text; None where it holds none.

    Nothing is loaded: the file is a zip with code, and the description beside it.
    """
    try:
        with open_zip(data, zip64=True) as archive:
            names = archive.namelist()
            found = [n for n in names if n.endswith(f"/extra/{METADATA_KEY}") and n.count("/") == 2]  # noqa: PLR2004
            if len(found) != 1 or not any("/code/" in name for name in names):
                return None
            return read_member(archive, found[0], _MAX_SPEC, "TorchScript").decode()
    except (PredictorError, UnicodeDecodeError):
        return None
