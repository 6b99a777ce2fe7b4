"""``camp-detector publish``: put a package where the users of a portal find it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from camp_detector_core.console import note, say, show_traceback

from .errors import plain_errors
from .parameters import VERBOSE
from .terminal import StopRequest, TransferBar, stoppable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camp_detector_core.publish.scrub import Secrets


@click.group()
def publish() -> None:
    """Publish a model package, so that others find it in their portal."""


@publish.command()
@click.argument("package", type=click.Path(path_type=Path))
@click.option(
    "--portal",
    metavar="URL",
    help="Home of the portal, such as https://www.arcgis.com or https://example.org/portal; also "
    "from CAMP_DETECTOR_ARCGIS_PORTAL.  [default: that of the profile]",
)
@click.option(
    "--profile",
    metavar="NAME",
    help="Profile of the arcgis package, whose password is in the keyring of this machine.  "
    "[default: log in with CAMP_DETECTOR_ARCGIS_USERNAME and CAMP_DETECTOR_ARCGIS_PASSWORD, or "
    "with CAMP_DETECTOR_ARCGIS_TOKEN]",
)
@click.option(
    "--item",
    type=click.Path(path_type=Path),
    help="STAC item of the model, for title, description, tags and licence.  [default: "
    "stac_item.json beside the package, where it is of this model]",
)
@click.option(
    "--group",
    "groups",
    multiple=True,
    metavar="NAME",
    help="Title or id of a group of yours to share it with; may be given several times.",
)
@click.option(
    "--folder", metavar="NAME", help="Folder of yours that it goes into; made if need be."
)
@click.option("--org", is_flag=True, help="Let the whole organization see it.")
@click.option("--everyone", is_flag=True, help="Let everyone see it.")
@click.option(
    "--ca-bundle",
    type=click.Path(path_type=Path),
    help="Certificates (PEM) of authorities to trust too, for a portal with a certificate of its "
    "own. Certificates are always checked.",
)
@click.option("--yes", is_flag=True, help="Do it; without, it is only said what would be done.")
@VERBOSE
def arcgis(  # noqa: PLR0913 - each is an option of the command
    *,
    package: Path,
    portal: str | None,
    profile: str | None,
    item: Path | None,
    groups: tuple[str, ...],
    folder: str | None,
    org: bool,
    everyone: bool,
    ca_bundle: Path | None,
    yes: bool,
    verbose: bool,
) -> None:
    """Add a deep learning package to an ArcGIS portal, or update it there.

    PACKAGE is a .dlpk. Without --yes nothing is changed: the command logs in, looks, and says what
    it would do. A package of the same model and kind that you published before is updated in
    place, whatever its version; it keeps its address and its groups.

    \b
    camp-detector publish arcgis camp-detect.dlpk --profile work --group "Shelter mapping"
    camp-detector publish arcgis camp-detect.dlpk --profile work --group "Shelter mapping" --yes
    """  # noqa: D301 - click wants the control character
    with plain_errors(verbose=False), StopRequest() as stop:
        from camp_detector_core.publish.errors import PublishError
        from camp_detector_core.publish.login import find_login
        from camp_detector_core.publish.package import read_package
        from camp_detector_core.publish.plan import PublishRequest, make_plan, plan_lines
        from camp_detector_core.publish.portal import connect
        from camp_detector_core.publish.scrub import Secrets
        from camp_detector_core.publish.upload import publish as carry_out

        if org and everyone:
            msg = "--org and --everyone contradict each other: give one"
            raise PublishError(msg)
        wish = PublishRequest(groups, folder, "everyone" if everyone else "org" if org else None)
        secrets = Secrets()
        with _safely(secrets, verbose=verbose):
            contents = read_package(package, item)
            login = find_login(portal, profile, os.environ)
            secrets.add(login.password)
            secrets.add(login.token)
            client = stoppable(lambda: connect(login, authorities=ca_bundle, secrets=secrets), stop)
            plan = stoppable(lambda: make_plan(client, contents, wish), stop)
            lines = plan_lines(plan, client)
        for text in contents.notes:
            note(text)
        say("\n".join(secrets.hide(line) for line in lines))
        stop.heed()
        if not yes:
            say("nothing was changed: this is what --yes would do")
            return
        with _safely(secrets, verbose=verbose), TransferBar(stop, package.name) as bar:
            published = carry_out(plan, client, bar)
        say(f"{'updated' if plan.item else 'added'}: {client.page(published)}")


@contextmanager
def _safely(secrets: Secrets, *, verbose: bool) -> Iterator[None]:
    """Run what uses credentials; with ``verbose`` an error's traceback is shown without secrets."""
    from camp_detector_core.publish.scrub import without_secrets

    tracebacks: list[str] = []
    try:
        with without_secrets(secrets, tracebacks):
            yield
    finally:
        if verbose:
            show_traceback("".join(tracebacks))
