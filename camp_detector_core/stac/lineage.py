"""Lineage of a model: its version, and the model that it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .files import relative_href

if TYPE_CHECKING:
    from pathlib import Path

    import pystac

VERSION_URI = "https://stac-extensions.github.io/version/v1.2.0/schema.json"


def add_lineage(item: pystac.Item, version: str, *, base: Path | None, folder: Path) -> None:
    """Add the version of a model, and a link to the item of the model that it was made from.

    Args:
        item: From `create_stac_mlm_item`; it is changed in place.
        version: Of the model.
        base: Item of the other model; None where there is none.
        folder: Folder of the item, from which hrefs start.

    Raises:
        StacError: The other item lies on another disk.
    """
    import pystac

    item.properties["version"] = version
    item.stac_extensions.append(VERSION_URI)
    if base is not None:
        href = relative_href(base, folder)
        item.add_link(pystac.Link("derived_from", href, "application/geo+json"))
