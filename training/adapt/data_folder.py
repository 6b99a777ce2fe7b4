"""Read the folder of an export of training data: image, labels and reviewed area of one place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from camp_detector_core.training_data.request import PLACES
from training.data.places_file import read_places
from training.fit.place_options import OptionsError

if TYPE_CHECKING:
    from pathlib import Path


def options_in(data: Path) -> dict[str, Any]:
    """Read those fields of `training.adapt.options.AdaptOptions` that a folder decides.

    Args:
        data: The folder, or the places file in it.

    Raises:
        OptionsError: There is no places file, it cannot be read, or it holds several places.
    """
    path = data / PLACES if data.is_dir() else data
    if not path.is_file():
        msg = f"{data} holds no {PLACES}, as the folders of Export training data do"
        raise OptionsError(msg, remedy="give such a folder, or {image} and {labels}")
    places = read_places(path)
    if len(places) > 1:
        names = ", ".join(place.name for place in places)
        msg = f"{path} holds {len(places)} places ({names}), and a model is adapted to one"
        raise OptionsError(msg, remedy="train on several with a start in place of it")
    (place,) = places
    return {
        "image": place.chips,
        "labels": place.labels,
        "area": place.changes.area,
        "class_field": place.class_field,
        "layer": place.layer,
        "changes": replace(place.changes, area=None),
        "attribution": place.attribution,
    }
