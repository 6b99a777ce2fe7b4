"""Sources of credentials, and the places that they do not reach."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.publish.errors import PublishError
from camp_detector_core.publish.login import Login, find_login, portal_address
from camp_detector_core.publish.scrub import HIDDEN, Secrets, without_secrets

URL = "https://example.org/portal"
NAME, WORD, TOKEN = (f"CAMP_DETECTOR_ARCGIS_{w}" for w in ("USERNAME", "PASSWORD", "TOKEN"))


@pytest.mark.parametrize(
    ("address_typed", "address"),
    [
        ("https://www.arcgis.com", "https://www.arcgis.com"),
        ("https://Example.org/portal/home/", URL),
        ("https://example.org/portal/sharing/rest", URL),
        ("https://example.org:7443/arcgis/", "https://example.org:7443/arcgis"),
    ],
)
def test_an_address_is_the_home_of_the_portal(address_typed: str, address: str) -> None:
    assert portal_address(address_typed) == address


@pytest.mark.parametrize(
    "address",
    ["http://example.org/portal", "example.org", "", "https://", f"{URL}?token=abcd", "https://[x"],
)
def test_what_is_no_address_or_would_not_be_encrypted_is_refused(address: str) -> None:
    with pytest.raises(PublishError, match="is not the address of a portal"):
        portal_address(address)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(PublishError) as error:
        portal_address("https://me:hunter22@example.org/portal")
    assert "hunter22" not in str(error.value)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "there is nothing to log in with"),
        ({NAME: "me"}, f"{WORD} not set"),
        ({NAME: "me", WORD: "x", TOKEN: "y"}, "keep one way to log in"),
    ],
)
def test_credentials_that_are_missing_or_double_are_named(
    variables: dict[str, str], message: str
) -> None:
    with pytest.raises(PublishError, match=message):
        find_login(URL, None, variables)


def test_without_a_portal_every_way_to_name_one_is_said() -> None:
    with pytest.raises(PublishError, match="profile=NAME or portal=URL, or set CAMP") as error:
        find_login(None, None, {})
    assert "--profile NAME or --portal URL, or set CAMP" in error.value.render(COMMAND)


def test_a_login_does_not_show_its_secrets() -> None:
    login = Login(URL, "me", "hunter22", "a-token")
    assert "hunter22" not in repr(login)
    assert "a-token" not in repr(login)


def test_the_environment_is_read() -> None:
    variables = {"CAMP_DETECTOR_ARCGIS_PORTAL": URL, NAME: "me", WORD: "hunter22"}
    login = find_login(None, None, variables)
    assert (login.portal, login.username, login.password) == (URL, "me", "hunter22")


@given(st.text(min_size=4, max_size=40), st.text(max_size=20))
def test_no_exception_and_no_print_of_a_library_holds_a_secret(secret: str, around: str) -> None:
    secrets, tracebacks = Secrets(), list[str]()
    secrets.add(secret)
    with pytest.raises(RuntimeError) as raised, without_secrets(secrets, tracebacks):
        raise ValueError(around + secret)
    assert str(raised.value) == secrets.hide(f"ValueError: {around}{secret}")
    assert HIDDEN in str(raised.value)
    assert raised.value.__cause__ is raised.value.__context__ is None
    with pytest.raises(CampDetectorError) as reported, without_secrets(secrets, tracebacks):
        raise CampDetectorError(secret)
    assert str(reported.value) == HIDDEN


def test_libraries_neither_print_nor_log_while_credentials_are_used(
    capfd: pytest.CaptureFixture[str],
) -> None:
    import logging

    with without_secrets(Secrets(), []):
        print("a token")  # noqa: T201 - as the library does
        own = logging.getLogger("urllib3.connectionpool")
        handler = logging.StreamHandler()
        own.addHandler(handler)
        own.warning("a token")
        own.removeHandler(handler)
    assert "a token" not in "".join(capfd.readouterr())


def test_the_command_says_how_to_get_the_library() -> None:
    code = (
        "import sys; from importlib import util; seen = util.find_spec\n"
        "util.find_spec = lambda n, p=None: None if n == 'arcgis' else seen(n, p)\n"
        "from camp_detector_core.publish.login import find_login\n"
        "try:\n    find_login('https://example.org', None, {})\n"
        "except Exception as error:\n    print(error)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert 'pip install "camp-detector[arcgis]"' in result.stdout
