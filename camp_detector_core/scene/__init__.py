"""Seeded, generated scenes of a camp: imagery with exact labels, for demo, tests and training."""

from __future__ import annotations

from .files import Place, write_scene
from .generate import Label, Scene, generate_scene
from .objects import KINDS, Kind
from .options import Ground, Layout, SceneError, SceneOptions, demo_options, random_options

__all__ = [
    "KINDS",
    "Ground",
    "Kind",
    "Label",
    "Layout",
    "Place",
    "Scene",
    "SceneError",
    "SceneOptions",
    "demo_options",
    "generate_scene",
    "random_options",
    "write_scene",
]
