"""Settings of a model as a file, which a training takes in place of its own choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.json_text import parse_json
from training.fit.decoding import Decoding
from training.fit.options_file import typed_value
from training.fit.place_options import OptionsError

if TYPE_CHECKING:
    from pathlib import Path


def read_decoding(path: Path) -> Decoding:
    """Read a file of `Decoding.to_dict`.

    Raises:
        OptionsError: Not such a file.
    """
    try:
        settings: Decoding = typed_value(Decoding, parse_json(path.read_bytes()), "settings")
    except CampDetectorError as error:
        msg = f"{path}: {error.sentence}"
        raise OptionsError(msg, remedy=error.remedy) from error
    except (OSError, ValueError, TypeError) as error:
        msg = f"{path} does not hold settings of a model: {error}"
        raise OptionsError(msg) from error
    return settings
