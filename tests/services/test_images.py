"""Promises of compose file and images, read from the files: no container runs for this."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SECRETS = {
    "POSTGRES_PASSWORD",
    "MLFLOW_DB_PASSWORD",
    "S3_ACCESS_KEY",
    "S3_SECRET_KEY",
    "MLFLOW_ADMIN_PASSWORD",
    "MLFLOW_SESSION_KEY",
}
OPTIONS = {"MLFLOW_PORT", "MLFLOW_ALLOWED_HOSTS", "MLFLOW_ALLOWED_ORIGINS"}
PINNED = re.compile(r"[\w./-]+:(?:\d+\.\d+(?:\.\d+)?(?:-[\w.-]+)?|RELEASE\.[\dTZ-]+)")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return services


def dockerfile(path: Path) -> list[tuple[str, str]]:
    """Instructions of a Dockerfile, with continued lines joined."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [
        (word, value.strip())
        for word, _, value in (line.partition(" ") for line in joined.splitlines() if line.strip())
    ]


def test_every_image_has_a_version_and_every_service_a_health_check(
    compose: dict[str, Any],
) -> None:
    assert set(compose["services"]) == {"postgres", "minio", "mlflow"}
    for service in compose["services"].values():
        assert PINNED.fullmatch(service["image"])
        assert service["healthcheck"]["test"][0] == "CMD"
        assert service["healthcheck"]["retries"] >= 3
        assert service["restart"] == "unless-stopped"


def test_only_mlflow_has_a_port_and_only_on_this_machine(compose: dict[str, Any]) -> None:
    ports = {name: service.get("ports", []) for name, service in compose["services"].items()}
    assert ports == {
        "postgres": [],
        "minio": [],
        "mlflow": ["127.0.0.1:${MLFLOW_PORT:-5000}:5000"],
    }
    assert compose["networks"]["inside"]["internal"] is True
    for name in ("postgres", "minio"):
        assert compose["services"][name]["networks"] == ["inside"]
    for service in compose["services"].values():
        assert service.get("network_mode") is None


def test_no_service_has_more_rights_than_it_needs(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert not service.get("privileged")
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        assert not any("docker.sock" in str(volume) for volume in service.get("volumes", []))
    assert compose["services"]["mlflow"]["read_only"] is True


def test_mlflow_waits_for_both_and_data_lie_in_volumes(compose: dict[str, Any]) -> None:
    waits = compose["services"]["mlflow"]["depends_on"]
    assert {name: wait["condition"] for name, wait in waits.items()} == {
        "postgres": "service_healthy",
        "minio": "service_healthy",
    }
    assert set(compose["volumes"]) == {"postgres", "minio"}
    assert "postgres:/var/lib/postgresql/data" in compose["services"]["postgres"]["volumes"]
    assert "minio:/data" in compose["services"]["minio"]["volumes"]


def test_every_secret_must_be_set_and_none_has_a_default(compose: dict[str, Any]) -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    variables = re.findall(r"\$\{(\w+)(:[?-])", text)
    assert {name for name, kind in variables if kind == ":?"} == SECRETS
    assert {name for name, kind in variables if kind == ":-"} == OPTIONS
    assert len(variables) == text.count("${")
    for service in compose["services"].values():
        for name, value in service["environment"].items():
            if re.search("PASSWORD|SECRET|ACCESS_KEY|ROOT_USER", name):
                assert value.startswith("${"), name


def test_the_example_explains_every_variable_and_holds_no_secret() -> None:
    text = (DEPLOY / ".env.example").read_text(encoding="utf-8")
    values = dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))
    assert set(values) == SECRETS | OPTIONS
    assert all(values[name] == "" for name in SECRETS)
    variables = re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    assert set(values) == set(variables)
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "/deploy/.env" in ignored
    assert "deploy/.env" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def test_compose_itself_accepts_the_file_where_it_is_installed(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if (
        docker is None
        or subprocess.run(
            [docker, "compose", "version"], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("docker compose is not installed")
    env = tmp_path / "env"
    env.write_text("".join(f"{name}=secret{name.lower()}\n" for name in SECRETS))
    command = [docker, "compose", "--file", str(DEPLOY / "compose.yaml")]
    clean = {name: value for name, value in os.environ.items() if name not in SECRETS}
    good = subprocess.run(
        [*command, "--env-file", str(env), "config", "--format", "json"],
        capture_output=True, text=True, check=False, env=clean,
    )  # fmt: skip
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout)["services"]["mlflow"]["ports"][0]["host_ip"] == "127.0.0.1"
    empty = subprocess.run(
        [*command, "--env-file", os.devnull, "config"],
        capture_output=True, text=True, check=False, env=clean,
    )  # fmt: skip
    assert empty.returncode != 0
    assert "set it in deploy/.env" in empty.stderr


@pytest.mark.parametrize("path", [ROOT / "Dockerfile", DEPLOY / "mlflow.Dockerfile"])
def test_images_are_pinned_and_do_not_run_as_root(path: Path) -> None:
    steps = dockerfile(path)
    for image in [value.split()[0] for word, value in steps if word == "FROM"]:
        assert PINNED.fullmatch(image)
    users = [value for word, value in steps if word == "USER"]
    assert users == ["10001"]
    last = [word for word, _ in steps]
    assert last.index("USER") < last.index("CMD")
    (command,) = [json.loads(value) for word, value in steps if word == "CMD"]
    assert isinstance(command, list)
    assert "ADD" not in last
    installs = [value for word, value in steps if word == "RUN" and "pip install" in value]
    assert installs
    assert all("--constraint" in value for value in installs)
    for value in [value for word, value in steps if word == "RUN" and "apt-get install" in value]:
        assert "--no-install-recommends" in value
        assert "rm -rf /var/lib/apt/lists/*" in value


def copied(path: Path) -> list[str]:
    """List the files that a Dockerfile copies from the repository."""
    sources = []
    for word, value in dockerfile(path):
        if word == "COPY" and "--from=" not in value:
            sources += [part for part in shlex.split(value) if part[:2] != "--"][:-1]
    return sources


@pytest.mark.parametrize("path", [ROOT / "Dockerfile", DEPLOY / "mlflow.Dockerfile"])
def test_what_images_are_made_from_exists_and_is_not_ignored(path: Path) -> None:
    exceptions = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line[:1] == "!"
    }
    for name in copied(path):
        if name != ".":
            assert (ROOT / name).is_file()
            assert name in exceptions or name.split("/")[0] in exceptions
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    needed = {*wheel, project["project"]["readme"], *project["project"]["license-files"]}
    assert needed | {"pyproject.toml", "constraints.txt"} <= exceptions


def test_packages_of_the_images_are_the_extras_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    default = [value for word, value in dockerfile(ROOT / "Dockerfile") if word == "ARG"]
    assert default == ["EXTRAS=training"]
    assert "training" in extras

    (install,) = [
        value
        for word, value in dockerfile(DEPLOY / "mlflow.Dockerfile")
        if word == "RUN" and "pip install" in value
    ]
    words = shlex.split(install.split("&&")[0])
    packages = set(words[words.index("--constraint") + 2 :])
    package_names = {
        re.split(r"[<>=~]", need)[0].strip() for need in extras["server"] + extras["tracking"]
    }
    assert packages == {"mlflow[auth]", "psycopg2-binary", "boto3"}
    assert packages <= package_names
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    (version,) = re.findall(r"^mlflow==(.+)$", pins, re.MULTILINE)
    compose = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert f"camp-detector-mlflow:{version}" in compose


@pytest.mark.parametrize("name", ["native", "mlflow-start.sh", "postgres-init.sh"])
def test_scripts_are_sound_and_executable(name: str) -> None:
    assert os.access(DEPLOY / name, os.X_OK)
    result = subprocess.run(["sh", "-n", str(DEPLOY / name)], capture_output=True, check=False)
    assert result.returncode == 0, result.stderr
