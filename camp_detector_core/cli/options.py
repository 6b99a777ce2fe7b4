"""Options of ``camp-detector detect`` and of other commands."""

from __future__ import annotations

import click

from camp_detector_core.engine import parameters

from .parameters import option, options

DETECT = options(*(p for p in parameters.shown_in(parameters.CLI) if p is not parameters.IMAGES))
"""All options of the table."""
CATALOG = option(parameters.CATALOG)
VERBOSE = click.option(
    "-v", "--verbose", is_flag=True, help="Show tracebacks and what libraries say."
)
