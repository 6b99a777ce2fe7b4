"""Faults between a package and a portal: one sentence, nothing half-made, no secret."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from camp_detector_core.publish.errors import UnansweredError
from camp_detector_core.publish.login import Login
from camp_detector_core.publish.portal import connect
from camp_detector_core.publish.scrub import Secrets
from tests.publish.conftest import (
    BY_PASSWORD,
    Command,
    error_of,
    large_package,
    make_package,
)
from tests.support.mlflow_server import free_port
from tests.support.portal import USER, Fault, Portal, Stored

if TYPE_CHECKING:
    from pathlib import Path

QUOTA = Fault(error={"code": 400, "message": "User has exceeded the storage quota.", "details": []})


def test_a_wrong_password_is_tried_once_and_never_shown(
    publish: Command, portal: Portal, package: Path
) -> None:
    wrong = BY_PASSWORD | {"CAMP_DETECTOR_ARCGIS_PASSWORD": "wrong & secret 'pass'"}
    publish.secrets.add("wrong & secret 'pass'")
    finished = publish(package, "--verbose", login=wrong)
    assert finished.returncode == 2
    assert "Traceback" in finished.stderr
    assert "Invalid username or password (code 400); check username" in finished.stderr
    # Portals lock an account after a few attempts.
    assert portal.words.count("generateToken") == 1


@pytest.mark.parametrize("word", ["generateToken", "addItem"])
def test_nothing_follows_a_redirection_to_another_place(
    publish: Command, portal: Portal, package: Path, word: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        place = f"http://127.0.0.1:{listener.getsockname()[1]}"
        portal.faults[word] = [Fault(status=307, location=f"{place}/elsewhere")]
        finished = publish(package, "--yes", login=BY_PASSWORD)
        assert finished.returncode == 2
        assert f"sends it on to {place}, and nothing was sent there" in error_of(finished)
        listener.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_a_portal_that_does_not_answer_is_left_after_one_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("camp_detector_core.publish.rest._PATIENCE_AT_FIRST", (0.5, 0.5))
    with socket.create_server(("127.0.0.1", 0)) as server:
        login = Login(f"https://127.0.0.1:{server.getsockname()[1]}", token="a-token")  # noqa: S106 - none
        with pytest.raises(UnansweredError, match="does not answer in time: look at the network"):
            connect(login, authorities=None, secrets=Secrets())
        server.settimeout(1)
        server.accept()[0].close()
        with pytest.raises(TimeoutError):
            server.accept()


def test_ctrl_c_does_not_wait_for_a_silent_portal(publish: Command, package: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        silent = f"https://127.0.0.1:{server.getsockname()[1]}"
        finished = publish.stopped_when(package, "--portal", silent, reached=server.accept)
    assert (finished.returncode, finished.stdout) == (130, "")
    assert finished.stderr == "error: stopped; nothing was written\n"


def test_an_expired_token_says_so(publish: Command, package: Path) -> None:
    publish.secrets.add("an-expired-token")
    finished = publish(package, login={"CAMP_DETECTOR_ARCGIS_TOKEN": "an-expired-token"})
    assert "the token has expired or is not of this portal" in error_of(finished)


def test_a_token_that_expires_half_way_leaves_nothing(
    publish: Command, portal: Portal, tmp_path: Path
) -> None:
    portal.faults["addPart"] = [Fault(error={"code": 498, "message": "Invalid token."})]
    finished = publish(large_package(tmp_path / "camp-detect.dlpk"), "--yes")
    assert "the token has expired" in error_of(finished)
    assert not portal.items


def test_a_token_logs_in(publish: Command, portal: Portal, package: Path) -> None:
    (token,) = portal.tokens
    finished = publish(package, "--yes", login={"CAMP_DETECTOR_ARCGIS_TOKEN": token})
    assert finished.returncode == 0, finished.stderr
    assert portal.only_item.file == package.read_bytes()


def test_a_profile_logs_in_and_is_left_as_it_is(
    publish: Command, portal: Portal, package: Path, profile: dict[str, str]
) -> None:
    before = (publish.home / ".arcgisprofile").read_text()
    finished = publish.from_scratch(package, "--profile", "work", login=profile)
    assert finished.returncode == 0, finished.stderr
    assert f"({portal.url}), as {USER}" in finished.stdout
    assert (publish.home / ".arcgisprofile").read_text() == before
    finished = publish.from_scratch(package, "--profile", "home", login=profile)
    assert "no profile home (there are work)" in error_of(finished)
    assert (publish.home / ".arcgisprofile").read_text() == before


def test_a_refused_file_and_a_broken_portal_leave_nothing(
    publish: Command, portal: Portal, package: Path
) -> None:
    portal.faults["addItem"] = [QUOTA]
    assert "ask an administrator of the portal for more storage" in error_of(
        publish(package, "--yes")
    )
    # The portal takes the item and breaks: the item is found and taken back, and sent only once.
    portal.calls.clear()
    portal.faults["addItem"] = [Fault(500, after=True)]
    assert "an internal error (500)" in error_of(publish(package, "--yes"))
    assert portal.words.count("addItem") == 1
    assert not portal.items


def test_what_cannot_be_taken_back_is_named(
    publish: Command, portal: Portal, tmp_path: Path
) -> None:
    portal.faults["addPart"] = [Fault(hang_up=True)]
    portal.faults["delete"] = [Fault(error={"code": 403, "message": "Item is protected."})]
    finished = publish(large_package(tmp_path / "camp-detect.dlpk"), "--yes")
    message = error_of(finished)
    assert "the half-made item" in message
    assert portal.only_item.id in message
    assert "look under Content, My content, for 'tiny 1.0 (object detection)'" in message


def test_ctrl_c_while_a_new_package_is_sent_leaves_nothing(
    publish: Command, portal: Portal, tmp_path: Path
) -> None:
    package = large_package(tmp_path / "camp-detect.dlpk")
    finished = publish.stopped(package, "--yes", at=lambda call: call.word == "addPart")
    assert finished.returncode == 130
    assert finished.stderr.splitlines()[-1] == "error: stopped; nothing was written"
    assert portal.words.count("addPart") == 1
    assert not portal.items


def test_ctrl_c_while_a_package_is_replaced_keeps_the_one_that_is_there(
    publish: Command, portal: Portal, tmp_path: Path
) -> None:
    first = make_package(tmp_path / "camp-detect.dlpk")
    publish(first, "--yes")
    before = first.read_bytes(), dict(portal.only_item.words)
    second = large_package(tmp_path / "camp-detect.dlpk", version="2.0")
    finished = publish.stopped(second, "--yes", at=lambda call: call.word == "addPart")
    assert finished.returncode == 130
    assert (portal.only_item.file, portal.only_item.words) == before
    assert portal.only_item.parts is None
    assert portal.writes[-1] == "cancel"


def test_an_item_that_cannot_be_shared_is_there_and_said(
    publish: Command, portal: Portal, package: Path
) -> None:
    portal.faults["shareItems"] = [Fault(error={"code": 403, "message": "No permission."})]
    message = error_of(publish(package, "--group", "Shelter mapping", "--yes"))
    assert f"the item is added ({portal.url}/home/item.html?id={portal.only_item.id})" in message
    assert "run the command again to share it" in message
    portal.faults["shareItems"] = [Fault(status=307, location="http://127.0.0.1:9/elsewhere")]
    message = error_of(publish(package, "--group", "Shelter mapping", "--yes"))
    assert "run the command again to share it; give the address of the portal itself" in message
    assert "as --portal" in message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--group", "Nobody"], "is in no group Nobody of Relief maps (groups: Shelter mapping, "),
        (["--group", "Twins"], "2 groups are called Twins (22222222"),
        (["--group", "Read only"], "may not add to it: ask its owner chief"),
        (["--folder", "a/b"], "is not a name of a folder"),
    ],
)
def test_groups_and_folders_are_looked_up_before_anything_is_sent(
    publish: Command, portal: Portal, package: Path, options: list[str], message: str
) -> None:
    assert message in error_of(publish(package, *options, "--yes"))
    assert portal.writes == []


def test_what_the_user_may_not_do_is_said_before_anything_is_sent(
    publish: Command, portal: Portal, package: Path
) -> None:
    portal.privileges.remove("portal:user:shareToPublic")
    assert "may not share items with everyone" in error_of(publish(package, "--everyone", "--yes"))
    portal.quota = 1000
    assert "may store 1,000 more bytes" in error_of(publish(package, "--yes"))
    portal.privileges.clear()
    assert "may not add items in Relief maps" in error_of(publish(package, "--yes"))
    assert portal.writes == []


def test_two_items_of_one_model_are_not_guessed_between(
    publish: Command, portal: Portal, package: Path
) -> None:
    for name in ("a" * 32, "b" * 32):
        words = {"title": name, "type": "Deep Learning Package",
                 "typeKeywords": "CampDetector-model-tiny-detect"}  # fmt: skip
        portal.items[name] = Stored(name, "", words)
    assert "delete all but one" in error_of(publish(package, "--yes"))


def test_an_authority_that_is_not_known_is_not_trusted(
    publish: Command, portal: Portal, package: Path, tmp_path: Path
) -> None:
    from tests.support.authority import server_certificate

    other, _ = server_certificate(tmp_path / "other")
    message = error_of(publish(package, "--ca-bundle", str(other)))
    assert "is not trusted: give the certificate of the authority" in message
    assert portal.calls == []


def test_a_portal_that_is_not_there_says_so(publish: Command, package: Path) -> None:
    address = f"https://localhost:{free_port()}/portal"
    message = error_of(publish(package, "--portal", address))
    assert "the connection to localhost" in message


def test_a_broken_package_is_refused_before_the_portal_is_asked(
    publish: Command, portal: Portal, package: Path
) -> None:
    import zipfile

    with zipfile.ZipFile(package) as archive:
        members = {n: archive.read(n) for n in archive.namelist()}
    del members["RefugeeCampDetector.py"]
    with zipfile.ZipFile(package, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    assert "is broken" in error_of(publish(package, "--yes"))
    data = make_package(package).read_bytes()
    at = data.index(b"camp_detector.spec")  # within the network
    package.write_bytes(data[:at] + b"X" + data[at + 1 :])
    assert "copy or download the package again" in error_of(publish(package, "--yes"))
    assert portal.calls == []
