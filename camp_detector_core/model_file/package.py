"""Model definitions in packages (.dlpk) and beside models (.emd), and the networks they name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Optional

from ..engine.emd_keys import SPEC_KEY
from ..engine.errors import PredictorError
from ..engine.wording import shown
from .emd import MAX_EMD, Kind, kind_of, parse_emd, spec_of
from .members import member_of
from .untrusted import read_file, require_file
from .zip_file import open_zip, read_member

if TYPE_CHECKING:
    from zipfile import ZipFile

    from ..engine.spec import ModelSpec

MAX_NETWORK = 1 << 30
"""Bytes of the largest network that is read."""
_EMD = ".emd"


@dataclass(frozen=True)
class Definition:
    """A model definition, whose network is not read yet."""

    path: Path
    """The package or the definition that the user named."""
    name: str
    """The definition's own file name."""
    fields: Mapping[str, Any]
    spec: Optional[ModelSpec]
    """The model's description; None where the definition is none of ours."""

    @property
    def is_ours(self) -> bool:
        """True if it claims to be of a model of this project."""
        return SPEC_KEY in self.fields

    @property
    def origin(self) -> str:
        """Name for messages."""
        return str(self.path) if _is_emd(self.path) else f"{self.path}, {self.name}"

    @property
    def kind(self) -> Optional[Kind]:
        """Tool of ArcGIS that it is for; None where it is for neither of ours."""
        return kind_of(self.fields)

    def network(self) -> tuple[str, bytes]:
        """Read the network: its name as seen from the definition, and its bytes.

        Raises:
            PredictorError: It is no ONNX file, lies elsewhere, is missing, too large or damaged.
        """
        name = self._network_name()
        if _is_emd(self.path):
            return name, read_file(self._beside(name), MAX_NETWORK)
        with open_zip(self.path) as package:
            if name not in package.namelist():
                msg = (
                    f"{self.path} does not hold the ModelFile {shown(name)} that its definition "
                    "names"
                )
                raise PredictorError(msg)
            return name, read_member(package, name, MAX_NETWORK, str(self.path))

    def _network_name(self) -> str:
        stated = self.fields.get("ModelFile")
        if not isinstance(stated, str) or not stated:
            msg = f"{self.path}: its model definition names no ModelFile"
            raise PredictorError(msg)
        name = member_of(stated)
        if name is None:
            raise self._outside(stated)
        last = PurePosixPath(name)
        if last.suffix.lower() != ".onnx":
            msg = (
                f"{self.path}: its model is {shown(last.name)}, and only ONNX models can be run "
                "here: take a package of Camp Detector, or export the model to ONNX"
            )
            raise PredictorError(msg)
        return name

    def _beside(self, name: str) -> Path:
        """The network of a definition that lies in no package."""
        path = self.path.parent / name
        if self.path.parent.resolve() not in path.resolve().parents:
            raise self._outside(name)
        return path

    def _outside(self, stated: str) -> PredictorError:
        home = "its folder" if _is_emd(self.path) else "the package"
        return PredictorError(f"{self.path}: the ModelFile {shown(stated)} does not lie in {home}")


def open_definition(path: Path) -> Definition:
    """Read the model definition in a package, or in a file of its own.

    Args:
        path: ``.dlpk`` or ``.emd``.

    Raises:
        PredictorError: It cannot be read, or is no definition.
        SpecError: The description in it is not sound.
    """
    require_file(path)
    if _is_emd(path):
        return _definition(path, path.name, read_file(path, MAX_EMD, what="model definition"))
    with open_zip(path) as package:
        name = root_emd(package, str(path))
        return _definition(path, name, read_member(package, name, MAX_EMD, str(path)))


def definitions_among(names: Iterable[str]) -> list[str]:
    """Model definitions at the root of a package, of which there must be one."""
    return [n for n in names if n.lower().endswith(_EMD) and "/" not in n]


def root_emd(package: ZipFile, origin: str) -> str:
    """Name of the one model definition at the root of a package.

    Args:
        package: From `open_zip`.
        origin: Its name, for messages.

    Raises:
        PredictorError: There is none, or more than one.
    """
    names = definitions_among(package.namelist())
    if len(names) != 1:
        msg = (
            f"{origin} has {len(names)} model definitions (.emd) at its root, and one is needed: "
            "get or build the package again"
        )
        raise PredictorError(msg)
    return names[0]


def _definition(path: Path, name: str, data: bytes) -> Definition:
    origin = str(path) if _is_emd(path) else f"{path}, {name}"
    fields = parse_emd(data, origin)
    return Definition(path, name, fields, spec_of(fields, origin))


def _is_emd(path: Path) -> bool:
    return path.suffix.lower() == _EMD
