"""Refusals of `deploy/native`: one sentence each, before anything is started."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from deploy.stack import process
from deploy.stack.cli import nothing_left
from deploy.stack.settings import GRPC, Ports, StackError
from tests.support.mlflow_stack import native

if TYPE_CHECKING:
    from pathlib import Path


def one_error(*arguments: object) -> str:
    result = native(*arguments, check=False)
    assert result.returncode == 2
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.mark.parametrize("option", ["--mlflow-port", "--postgres-port", "--s3-port"])
def test_a_port_of_another_program_is_named_and_nothing_is_started(
    tmp_path: Path, option: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        # SeaweedFS takes ports above its first as well.
        port_option = port - 1 if option == "--s3-port" else port
        if option == "--s3-port" and port_option + GRPC > 65000:
            port_option = port - GRPC - 1
        error = one_error("start", tmp_path / "stack", option, port_option)
    assert f"Port {port} " in error
    assert "taken by another program" in error
    assert option in error
    assert not list(tmp_path.iterdir()), "neither folder nor secrets are left"


def test_what_a_service_keeps_is_never_taken_away_and_nor_is_an_empty_folder(
    tmp_path: Path,
) -> None:
    """The secrets belong to the data that were made with them."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        one_error("start", tmp_path, "--mlflow-port", other.getsockname()[1])
    assert not list(tmp_path.iterdir())

    def refuse() -> None:
        (tmp_path / "secrets.json").write_text("{}")
        (tmp_path / "log").mkdir()
        (tmp_path / "postgres").mkdir()
        (tmp_path / "postgres" / "data").touch()
        raise StackError("PostgreSQL does not start")

    with pytest.raises(StackError), nothing_left(tmp_path, []):
        refuse()
    assert {path.name for path in tmp_path.iterdir()} == {"secrets.json", "postgres"}


def test_a_folder_with_other_files_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    assert "holds other files" in one_error("start", tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("command", ["stop", "status", "env"])
def test_a_folder_without_services_is_said_to_be_one(tmp_path: Path, command: str) -> None:
    assert "There are no services in" in one_error(command, tmp_path)
    assert not list(tmp_path.iterdir())


def test_damaged_secrets_are_not_replaced_by_new_ones(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{")
    assert "restore it from a backup" in one_error("start", tmp_path)
    assert (tmp_path / "secrets.json").read_text() == "{"


@pytest.mark.parametrize(
    ("ports", "fault"),
    [
        ({"mlflow": 80}, "--mlflow-port 80"),
        ({"postgres": 70000}, "--postgres-port 70000"),
        ({"s3": 60000}, "--s3-port 60000"),
        ({"mlflow": 18335}, "Port 18335 would be used twice"),
        ({"postgres": 28334}, "Port 28334 would be used twice"),
    ],
)
def test_ports_that_cannot_be_are_refused(ports: dict[str, int], fault: str) -> None:
    with pytest.raises(StackError, match=fault):
        Ports(**ports)


@pytest.mark.parametrize(
    "url", ["mlflow.example.org", "https://a,b", "https://x@y", "https://a/b", "ftp://a"]
)
def test_an_address_of_a_proxy_that_cannot_be_is_refused(tmp_path: Path, url: str) -> None:
    error = one_error("start", tmp_path / "stack", "--public-url", url)
    assert f"{url} is not an address such as" in error
    assert not (tmp_path / "stack" / "secrets.json").exists()


def test_help_shows_the_four_commands_by_example() -> None:
    text = native("--help").stdout
    for command in ("start", "stop", "status", "env"):
        assert f"deploy/native {command}" in text


def test_the_first_process_is_found_where_numbers_began_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parents = {32760: 1, 301: 32760, 302: 301}
    monkeypatch.setattr(process, "_parent", lambda pid: parents[pid])
    assert process.leaders(sorted(parents)) == [32760]
