"""The command line, the documentation and the MLflow project agree with the table of parameters."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from camp_detector_core.cli import reference
from camp_detector_core.cli.detect import detect
from camp_detector_core.cli.words import option_of
from camp_detector_core.engine.parameter import Kind, Parameter
from camp_detector_core.engine.parameters import CLI, IMAGES, MLFLOW, PARAMETERS, shown_in
from training.commands.inference import inference

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs").glob("*.md"))
OWN_OF_CLI = {"quiet", "verbose"}
"""Options of the command line that are none of detection."""
OWN_OF_INFERENCE = {
    "allow_external_sources", "bands", "gsd", "nodata", "overwrite", "pixel_size", "stretch",
}  # fmt: skip
"""Options of ``python -m training inference`` that the MLflow project leaves out."""


def options_of(command: click.Command) -> dict[str, click.Option]:
    """Give the options of a command by name."""
    return {p.name: p for p in command.params if isinstance(p, click.Option) and p.name}


@pytest.mark.parametrize("parameter", shown_in(CLI), ids=lambda p: p.name)
def test_each_parameter_is_an_option_of_the_command_line(parameter: Parameter) -> None:
    if parameter is IMAGES:
        assert any(isinstance(p, click.Argument) and p.name == "images" for p in detect.params)
        return
    option = options_of(detect)[parameter.name]
    assert option_of(parameter.name) in option.opts
    assert option.required == parameter.required
    assert parameter.required or option.default == parameter.default
    assert option.required is parameter.required
    assert option.is_flag is (parameter.kind is Kind.FLAG)
    assert (option.help or "").startswith(parameter.help.removesuffix("."))
    assert parameter.unset in (option.help or "")


def test_the_command_line_has_no_other_options() -> None:
    assert set(options_of(detect)) - OWN_OF_CLI == {p.name for p in shown_in(CLI)} - {"images"}


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda page: page.name)
def test_tables_of_the_documentation_are_those_of_the_parameters(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert reference.filled(text) == text, (
        f"run python -m camp_detector_core.cli.reference {page.relative_to(ROOT)}"
    )


def test_every_host_has_its_table_in_the_documentation() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    marks = set(re.findall(r"<!-- parameters: (\w+) -->", text))
    assert marks == {reference.ALL, *reference.HOSTS} - {CLI}
    for parameter in PARAMETERS.values():
        assert f"| {parameter.label} | " in text


def test_the_inference_of_the_mlflow_project_is_that_of_the_table() -> None:
    project: dict[str, Any] = yaml.safe_load((ROOT / "MLproject").read_text(encoding="utf-8"))
    entry = project["entry_points"]["inference"]
    names = {p.hosts[MLFLOW] for p in shown_in(MLFLOW)} | {"mlflow_tracking"}
    assert set(entry["parameters"]) == names - OWN_OF_INFERENCE
    command = entry["command"].split()
    options = {name.replace("_", "-") for name in entry["parameters"]} | {"overwrite"}
    assert set(re.findall(r"--([a-z-]+)", entry["command"])) == options
    for name in entry["parameters"]:
        assert command[command.index(f"--{name.replace('_', '-')}") + 1] == f"{{{name}}}"
    required = {p.hosts[MLFLOW] for p in shown_in(MLFLOW) if p.required} - {"output_dir"}
    assert {n for n, p in entry["parameters"].items() if "default" not in p} == required


@pytest.mark.parametrize("parameter", shown_in(MLFLOW), ids=lambda p: p.name)
def test_each_parameter_of_inference_is_an_option_of_it(parameter: Parameter) -> None:
    name = parameter.hosts[MLFLOW]
    option = options_of(inference).get(name) or options_of(inference)[parameter.name]
    assert f"--{name.replace('_', '-')}" in option.opts


def test_inference_has_no_option_of_the_table_that_is_for_other_hosts() -> None:
    names = options_of(inference).keys() & PARAMETERS.keys()
    assert {"bands", "gsd", "overwrite"} <= names
    assert names <= {parameter.name for parameter in shown_in(MLFLOW)}
