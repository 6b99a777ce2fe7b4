"""Rules for assets: roles, artifact types, and fields that do not belong to assets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from camp_detector_core.engine.wording import shown
from camp_detector_core.model_file.item import assets_of, is_onnx, properties_of, roles_of

if TYPE_CHECKING:
    from .findings import Findings, Place

_NOT_ON_ASSETS = ("mlm:name", "mlm:input", "mlm:output", "mlm:hyperparameters")
_ONLY_ON_ASSETS = ("mlm:artifact_type", "mlm:compile_method", "mlm:entrypoint")
_ROLES = {
    "mlm:model", "mlm:weights", "mlm:checkpoint", "mlm:compiled", "mlm:source_code",
    "mlm:container", "mlm:training", "mlm:inference", "mlm:training-runtime",
    "mlm:inference-runtime",
}  # fmt: skip
"""Roles of the MLM extension, v1.5."""
_WRONG_ARTIFACTS = {
    "torch.jit.trace": "torch.jit.save",
    "torch.jit.script": "torch.jit.save",
    "pytorch": "torch.save",
    "pytorch_lightning": "torch.save",
    "esri_dlpk": "esri.dlpk",
}
"""Wrong artifact types seen in practice, and the function that writes such a file."""
_PINNED = re.compile(
    r"/(?:tree|blob|commit|archive|releases|tags|-/tree|raw)/(?:[^/]+/)*[^/]+|@[^/]+$"
)
_MOVING = re.compile(r"/(?:tree|blob|archive|raw)/(?:refs/heads/)?(?:main|master|develop|HEAD)\b")


def check_assets(item: dict[str, Any], findings: Findings) -> None:
    """Note faults in the descriptions of the assets."""
    assets = assets_of(item)
    for field in _ONLY_ON_ASSETS:
        if field in properties_of(item):
            findings.at("properties", field).problem("belongs to assets", "move it to the asset")
    if not any("mlm:model" in roles_of(asset) for asset in assets.values()):
        findings.at("assets").problem("none has the role mlm:model", "give it to the model's asset")
    for key, asset in assets.items():
        place = findings.at("assets", key)
        for field in _NOT_ON_ASSETS:
            if field in asset:
                place.at(field).problem("is not allowed on assets", "leave it in properties")
        _check_roles(asset, place)
        _check_artifact(asset, place)
        _check_source(asset, place)


def _check_roles(asset: dict[str, Any], base: Place) -> None:
    roles, place = roles_of(asset), base.at("roles")
    if "roles" in asset and not isinstance(asset["roles"], list):
        place.problem(f"{shown(asset['roles'])!r} is no list", "write a list of roles")
    unknown = [r for r in roles if r.startswith("mlm:") and r not in _ROLES]
    if unknown:
        place.problem(f"{shown(unknown)} is not a role of MLM", f"use {', '.join(sorted(_ROLES))}")
    if "mlm:entrypoint" in asset and "code" not in roles:
        place.problem("has mlm:entrypoint and not the role code", "add code")
    if "mlm:model" not in roles:
        return
    if not {"mlm:weights", "mlm:compiled", "mlm:checkpoint"} & set(roles):
        message = "is a model with neither weights nor compiled graph"
        place.advice(message, "add mlm:weights or mlm:compiled")
    scripts = sorted({"mlm:inference", "mlm:training", "mlm:source_code"} & set(roles))
    if scripts:
        message = f"{', '.join(scripts)} is a role of code, and this is a model"
        place.problem(message, "give it to the script")


def _check_artifact(asset: dict[str, Any], base: Place) -> None:
    kind, place = asset.get("mlm:artifact_type"), base.at("mlm:artifact_type")
    is_model = "mlm:model" in roles_of(asset)
    if is_model and (not isinstance(kind, str) or not kind):
        remedy = "name the function that wrote it, such as torch.save; onnx"
        place.problem("is missing, and the role is mlm:model", remedy)
    if not is_model and kind is not None:
        place.problem("is there without the role mlm:model", "add the role, or take it out")
    if isinstance(kind, str) and kind in _WRONG_ARTIFACTS:
        place.problem(f"{kind} wrote no file", f"write {_WRONG_ARTIFACTS[kind]}")
    if "mlm:compile_method" in asset:
        _check_compiled(asset, base)


def _check_compiled(asset: dict[str, Any], base: Place) -> None:
    method, place = asset["mlm:compile_method"], base.at("mlm:compile_method")
    if method is None:
        place.problem("is null, which the schema rejects", "take it out")
    elif not isinstance(method, str) or method not in {"jit", "aot"}:
        place.problem(f"is {shown(method)!r}", "write jit or aot, or take it out")
    elif is_onnx(asset):
        place.problem(f"an ONNX file is not compiled ({method})", "take it out")


def _check_source(asset: dict[str, Any], place: Place) -> None:
    """Require that source code on the web has a fixed version."""
    href = asset.get("href")
    if "mlm:source_code" not in roles_of(asset) or not isinstance(href, str):
        return
    try:
        parts = urlsplit(href)
    except ValueError:
        return
    if parts.scheme in {"http", "https"} and (
        not _PINNED.search(parts.path) or _MOVING.search(parts.path)
    ):
        message = f"{shown(href)} leads to whatever is there today"
        place.at("href").advice(message, "lead it to a commit or a tag")
