"""The texts in a folder of training data: its places file, and what to do with it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from .ports import CLASS
from .request import AREA, IMAGE, LABELS, PLACES

if TYPE_CHECKING:
    from pathlib import Path

    from .request import ExportOutcome, ExportRequest

_NO_NAME = re.compile(r"[^\w.-]+")
_PLAIN = re.compile(r"[\w@%+=:,./\\-]+", re.ASCII)
"""Words that shells of all systems take as they are."""


def place_name(folder: Path) -> str:
    """The name of the place in the places file, made of the folder's."""
    name = _NO_NAME.sub("-", folder.name).strip("-.")
    return name or "place"


def command(folder: Path, model: str) -> str:
    """The command that teaches a model with a folder, for a terminal of any system.

    Args:
        folder: The training data.
        model: The model; empty: the one that ships.
    """
    out = f"runs/{place_name(folder)}"
    words = ["--data", str(folder), "--out", out]
    if model:
        words = ["--model", model, *words]
    return " ".join(["python -m training adapt", *map(_word, words)])


def places_text(folder: Path, request: ExportRequest) -> str:
    """Write the places file with the one place."""
    lines = [
        "# Paths are relative to this file.",
        f"[{json.dumps(place_name(folder), ensure_ascii=False)}]",
        f'chips = "{IMAGE}"',
        f'labels = "{LABELS}"',
        f'area = "{AREA}"  # beyond it nothing is known, and nothing counts',
    ]
    if request.dwellings.classes is not None:
        lines.append(f'class_field = "{CLASS}"')
    if request.attribution:
        credit = ", ".join(json.dumps(text, ensure_ascii=False) for text in request.attribution)
        lines.append(f"attribution = [{credit}]")
    return "\n".join(lines) + "\n"


def readme_text(outcome: ExportOutcome) -> str:
    """Write what the folder holds, and what to do with it."""
    notes = "".join(f"- {message.sentence}\n" for message in outcome.warnings)
    return f"""Training data of Camp Detector

Teach a model this place, on a machine with the training extra
(pip install "camp-detector[training]"):

    {outcome.command}

After --data stands the place of this folder: change it if you copied the folder. --model names the
model to go on from, if it is another than the one that ships: a float32 .onnx, a .dlpk or a STAC
item; a model of 8 bits needs its float32 original beside it.

{IMAGE:<13} imagery of the reviewed area with a margin, without loss
{LABELS:<13} the dwellings in the area
{AREA:<13} the reviewed area: no dwelling is missing in it
{PLACES:<13} names the files, also for: python -m training train --places {PLACES}

{outcome.summary}
{notes}"""


def _word(text: str) -> str:
    """One word of a command line, in quotes where it needs them."""
    return text if _PLAIN.fullmatch(text) else '"' + text.replace('"', '\\"') + '"'
