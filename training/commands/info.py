"""``python -m training info``: what this machine is."""

from __future__ import annotations

import json

import click

from camp_detector_core.console import say


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
def info(*, as_json: bool) -> None:
    """Show the machine, and the versions of the libraries that training uses.

    Each run writes the same to its system.json. "precision" is the number format of training:
    bf16-mixed if the hardware multiplies it, else 32-true.

    \b
    Example:
      python -m training info --json > machine.json
    """  # noqa: D301 - click wants the control character
    from training.fit.system import get_system_info

    system = get_system_info()
    if as_json:
        say(json.dumps(system, indent=2))
        return
    packages = system.pop("packages")
    rows = {**system, "accelerators": ", ".join(system["accelerators"]) or "none", **packages}
    width = max(map(len, rows))
    for name, value in rows.items():
        say(f"{name:<{width}}  {value}")
