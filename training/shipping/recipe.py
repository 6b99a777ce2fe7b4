"""The options of the trainings and measurements that make the model that ships."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from camp_detector_core.cli.words import option_of
from camp_detector_core.engine.errors import CampDetectorError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PARTS = ("train", "unseen", "quantise", "evaluate")
"""Tables of a recipe: options of ``train``; of ``leave-one-out``, beside those of ``train``; of
``quantise``; and of ``evaluate``."""
FAST = "fast"
"""Table of a recipe that holds such tables, whose options replace those for a trial."""


class ShippingError(CampDetectorError):
    """The model cannot be made."""


@dataclass(frozen=True)
class Recipe:
    """Options by command, as the command line names them without the dashes before them."""

    tables: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, path: Path, *, fast: bool = False) -> Recipe:
        """Read a recipe.

        Args:
            path: A TOML file with the tables `PARTS`, and `FAST` with further ones.
            fast: True for a trial of the whole chain.

        Raises:
            ShippingError: It is none.
        """
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            msg = f"{path} cannot be read: {error}"
            raise ShippingError(msg) from error
        quick = raw.pop(FAST, {})
        if not isinstance(quick, dict):
            msg = f"{path}: {FAST} holds tables of options, such as [{FAST}.train], not {quick!r}"
            raise ShippingError(msg)
        for name, table in (*raw.items(), *quick.items()):
            if name not in PARTS or not isinstance(table, dict):
                msg = f"{path}: a recipe has the tables {', '.join(PARTS)} and {FAST}, not {name}"
                raise ShippingError(msg)
        recipe = cls(
            {part: {**raw.get(part, {}), **(quick.get(part, {}) if fast else {})} for part in PARTS}
        )
        if not recipe.tables["train"].get("name"):
            msg = f"{path}: the table train names no model"
            raise ShippingError(msg)
        return recipe

    @property
    def name(self) -> str:
        """Name of the model, and stem of its files."""
        return str(self.tables["train"]["name"])

    def words(self, *parts: str) -> list[str]:
        """Options of some parts as words of a command line; later parts replace earlier ones."""
        options: dict[str, Any] = {}
        for part in parts:
            options |= self.tables[part]
        return words_of(**options)


def words_of(**options: Any) -> list[str]:  # noqa: ANN401 - whatever TOML holds
    """Options and their values as words of a command line; of a list, each value by itself."""
    return [word for name, value in options.items() for word in _words(name, value)]


def _words(name: str, value: Any) -> list[str]:  # noqa: ANN401 - whatever TOML holds
    option = option_of(name)
    if isinstance(value, bool):
        return [option] if value else []
    values = value if isinstance(value, list) else [value]
    return [word for each in values for word in (option, str(each))]
