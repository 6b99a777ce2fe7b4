"""The options of ``camp-detector detect``, and the request that they make."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from camp_detector_core.detection.request import Outputs, Request
from camp_detector_core.engine import parameters
from camp_detector_core.georaster.options import SourceOptions
from camp_detector_core.georaster.settings import Settings

from .parameters import option, options, values_of

DETECT = options(*(p for p in parameters.shown_in(parameters.CLI) if p is not parameters.IMAGES))
"""All options of the table."""
CATALOG = option(parameters.CATALOG)
VERBOSE = click.option(
    "-v", "--verbose", is_flag=True, help="Show tracebacks and what libraries say."
)
_FILES = ("probability", "mask", "overlay", "report")


def request_of(images: tuple[str, ...], given: dict[str, Any]) -> Request:
    """Make one value of all options."""
    files = {name: given[name] or given["all_outputs"] for name in _FILES}
    outputs = Outputs.beside(given["out"], overwrite=given["overwrite"], **files)
    return Request(
        images=images,
        model=given["model"],
        settings=Settings(**values_of(Settings, given)),
        source=SourceOptions(**values_of(SourceOptions, given)),
        outputs=replace(outputs, overlay_size=given["overlay_size"], grid=given["grid"]),
    )
