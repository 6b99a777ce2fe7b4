"""Sources of packages for ArcGIS Pro: a model, its STAC item, and its TorchScript."""

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
    """Sources of packages, read once."""

    model: ModelFile
    item: dict[str, Any] = field(default_factory=dict)
    """STAC item; empty if there is none."""
    example: Path | None = None
    """Image for the thumbnail."""
    torchscript: bytes | None = None

    @property
    def spec(self) -> ModelSpec:
        """Description of the model."""
        return self.model.spec


def open_source(
    model: str | Path, *, item: str | Path | None = None, torchscript: str | Path | None = None
) -> PackageSource:
    """Read the sources; the arguments are those of `create_dlpk`.

    Raises:
        PredictorError: A file cannot be read, or is not what it should be.
        SpecError: Files describe different models.
    """
    model_file = open_model(model)
    if item is None and Path(model).suffix.lower() == ".json":
        item = model
    item_fields = {} if item is None else _read_item(Path(item), model_file.spec)
    script = None if torchscript is None else _read_script(Path(torchscript), model_file.spec)
    example = None if item is None else _example(item_fields, Path(item))
    return PackageSource(model_file, item_fields, example, script)


def _read_item(path: Path, spec: ModelSpec) -> dict[str, Any]:
    """Read the item, which must describe this model."""
    item = read_item(path)
    if spec_of(item, str(path)) != spec:
        msg = (
            f"{path} is not the STAC item of {spec.id} (its {SPEC_PROPERTY} differs): make it "
            "again with python -m training stac"
        )
        raise SpecError(msg)
    return item


def _example(item: dict[str, Any], path: Path) -> Path | None:
    """Find the item's example image, in the item's folder or below."""
    try:
        picture = file_of_href(assets_of(item).get("example-input", {}).get("href"), path)
        return picture if picture.is_file() else None
    except (HrefError, OSError):
        return None


def _read_script(path: Path, spec: ModelSpec) -> bytes:
    """Read a TorchScript file of the same model, without loading it."""
    data = read_file(path, MAX_NETWORK, what="TorchScript")
    spec_text = script_spec(data)
    if spec_text is None:
        msg = f"{path} is not TorchScript that training exported: name its best_model.pt"
        raise PredictorError(msg)
    if spec_text != spec.to_json():
        msg = f"{path} and the ONNX model describe different models: export both again"
        raise SpecError(msg)
    return data


def script_spec(data: bytes) -> str | None:
    """Read the description in a TorchScript file as text; None if there is none.

    Nothing is loaded: the file is a zip with code, and the description beside it.
    """
    try:
        with open_zip(data, zip64=True) as archive:
            names = archive.namelist()
            ending = f"/extra/{METADATA_KEY}"
            members = [n for n in names if n.endswith(ending) and n.count("/") == 2]  # noqa: PLR2004
            if len(members) != 1 or not any("/code/" in name for name in names):
                return None
            return read_member(archive, members[0], _MAX_SPEC, "TorchScript").decode()
    except (PredictorError, UnicodeDecodeError):
        return None
