"""Checkpoints that know each other by name, so that no path of the machine is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lightning.pytorch.callbacks import ModelCheckpoint

_PATHS = ("best_model_path", "kth_best_model_path", "last_model_path")


class NamedCheckpoint(ModelCheckpoint):
    """Lightning's own, whose files hold the names of others in its folder, not their paths.

    So a run's folder may be moved and the training resumed there; Lightning would forget which
    checkpoint was the best. Files that Lightning's own wrote are read as well.
    """

    @property
    def state_key(self) -> str:
        """Key of the state in a checkpoint: the name that Lightning's own has."""
        return super().state_key.replace(type(self).__qualname__, ModelCheckpoint.__qualname__, 1)

    def state_dict(self) -> dict[str, Any]:
        """The state, with names."""
        state = super().state_dict()
        best = {Path(path).name: score for path, score in state["best_k_models"].items()}
        names = {key: Path(state[key]).name for key in _PATHS}
        return {**state, **names, "best_k_models": best, "dirpath": ""}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a state; names are of the folder that this one writes to."""
        best = {self._path(name): score for name, score in state_dict["best_k_models"].items()}
        paths = {key: self._path(state_dict[key]) for key in _PATHS}
        own = {**paths, "best_k_models": best, "dirpath": self.dirpath}
        super().load_state_dict({**state_dict, **own})

    def _path(self, name: str) -> str:
        """Return the path of the file of that name; empty for none."""
        return str(Path(self.dirpath or "", Path(name).name)) if name else ""
