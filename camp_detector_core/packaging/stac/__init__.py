"""STAC items with the machine learning model extension, made from a model's own description.

pystac and stac-model are imported when an item is made, so importing this package costs nothing.
"""

from .area import area_of_bbox, area_of_footprints
from .facts import CONTAINER_IMAGE, RunFacts, StacError, TrainingArea, facts_of
from .files import find_assets, write_item
from .item import create_stac_mlm_item
from .roundtrip import spec_from_item

__all__ = [
    "CONTAINER_IMAGE",
    "RunFacts",
    "StacError",
    "TrainingArea",
    "area_of_bbox",
    "area_of_footprints",
    "create_stac_mlm_item",
    "facts_of",
    "find_assets",
    "spec_from_item",
    "write_item",
]
