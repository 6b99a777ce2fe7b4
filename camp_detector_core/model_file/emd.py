"""Esri model definitions (.emd): written from a model's own description, and read back to it.

A definition is one JSON object. ArcGIS opens it with the encoding of the machine, so it is ASCII
without a byte order mark. The host reads a few keys, the raster function beside it the others; the
model's whole description is in it under `SPEC_KEY`, from which everything else is derived.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Mapping, Optional, get_args

from ..engine.emd_keys import SPEC_KEY, emd_keys
from ..engine.errors import PredictorError, SpecError
from .untrusted import parse_spec, read_json

if TYPE_CHECKING:
    from ..engine.spec import ModelSpec

Kind = Literal["classify", "detect"]
"""Use that ArcGIS makes of a model: the tool Classify Pixels, or Detect Objects."""
KINDS: tuple[Kind, ...] = get_args(Kind)
MODEL_TYPES: Mapping[Kind, str] = {"classify": "ImageClassification", "detect": "ObjectDetection"}
"""``ModelType`` of each kind."""
FUNCTION = "RefugeeCampDetector.py"
"""The raster function; its class has the name of the file."""
MODEL_MEMBER, TORCHSCRIPT_MEMBER = "model.onnx", "model.pt"
MAX_EMD = 1 << 20
"""Bytes; the largest description that was looked at has 10,000."""


@dataclass(frozen=True)
class EmdFiles:
    """The files that a definition names, as seen from its folder.

    Raises:
        SpecError: A name is not ASCII, or leads nowhere.
    """

    engine: str
    """The zip file with the engine."""
    model: str = MODEL_MEMBER
    torchscript: Optional[str] = None
    """The same model as TorchScript, where there is one."""
    function: str = FUNCTION

    def __post_init__(self) -> None:
        """Refuse names that a host cannot find."""
        for name in (self.engine, self.model, self.torchscript, self.function):
            if name is not None and (not name or not name.isascii() or not name.isprintable()):
                msg = f"a model definition names files by ASCII characters, not {name!a}: rename it"
                raise SpecError(msg)


def emd_of(spec: ModelSpec, kind: Kind, files: EmdFiles) -> dict[str, Any]:
    """The model definition of a model.

    Args:
        spec: The model.
        kind: What ArcGIS shall do with it.
        files: What lies beside the definition.

    Raises:
        SpecError: There is no such kind.
    """
    if kind not in KINDS:
        msg = f"a package is of the kind {' or '.join(KINDS)}, not {kind!r}"
        raise SpecError(msg)
    own = {
        "EngineFile": files.engine,
        "InferenceFunction": files.function,
        "ModelFile": files.model,
        "ModelType": MODEL_TYPES[kind],
        "TorchScriptFile": files.torchscript,
    }
    return {**emd_keys(spec), **{key: value for key, value in own.items() if value is not None}}


def emd_bytes(emd: Mapping[str, Any]) -> bytes:
    """The text of a definition: ASCII, keys sorted; the same definition gives the same bytes."""
    text = json.dumps(emd, indent=2, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return f"{text}\n".encode("ascii")


def parse_emd(data: bytes, origin: str) -> dict[str, Any]:
    """Return the object in an untrusted definition, which need not be one of ours.

    Args:
        data: The file.
        origin: Its name, for messages.

    Raises:
        PredictorError: It is too large, not strict JSON, or no object.
    """
    if len(data) > MAX_EMD:
        msg = f"{origin} is larger than {MAX_EMD >> 10} KiB, which no model definition is"
        raise PredictorError(msg)
    return read_json(data, origin)


def spec_of(emd: Mapping[str, Any], origin: str) -> Optional[ModelSpec]:
    """The model's description in a definition; None where the definition is none of ours.

    Args:
        emd: From `parse_emd`.
        origin: The definition's name, for messages.

    Raises:
        SpecError: The description is not sound.
    """
    if SPEC_KEY not in emd:
        return None
    return parse_spec(emd[SPEC_KEY], f"{origin}, {SPEC_KEY}")


def kind_of(emd: Mapping[str, Any]) -> Optional[Kind]:
    """Tool of ArcGIS that a definition is for; None where it is for neither of ours."""
    stated = emd.get("ModelType")
    return next((kind for kind, word in MODEL_TYPES.items() if word == stated), None)


def disagreements(
    emd: Mapping[str, Any], spec: ModelSpec, kind: Kind, *, stated_only: bool = False
) -> dict[str, Any]:
    """Keys whose value is not the one that the description makes, with the value that it makes.

    Args:
        emd: From `parse_emd`.
        spec: The model's description.
        kind: Of the definition.
        stated_only: Pass over keys that it lacks.
    """
    expected = {**emd_keys(spec), "ModelType": MODEL_TYPES[kind]}
    judged = (set(emd) if stated_only else set(expected)) - {SPEC_KEY}
    return {k: v for k, v in expected.items() if k in judged and not _same(emd.get(k), v)}


def _same(stated: object, expected: object) -> bool:
    """Compare two values of JSON, where true is no number."""
    return stated == expected and isinstance(stated, bool) == isinstance(expected, bool)
