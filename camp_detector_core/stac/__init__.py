"""STAC items with the machine learning model extension, made from a model's description.

pystac and stac-model are imported when an item is made, so importing this package costs nothing.
"""

from .area import area_of_bbox, area_of_footprints, area_of_geojson
from .facts import CONTAINER_IMAGE, RunFacts, StacError, TrainingArea, facts_of, span_of
from .files import file_fields, find_assets, write_item
from .item import create_stac_mlm_item
from .lineage import add_lineage
from .listing import list_in_item
from .roundtrip import spec_from_item

__all__ = [
    "CONTAINER_IMAGE",
    "RunFacts",
    "StacError",
    "TrainingArea",
    "add_lineage",
    "area_of_bbox",
    "area_of_footprints",
    "area_of_geojson",
    "create_stac_mlm_item",
    "facts_of",
    "file_fields",
    "find_assets",
    "list_in_item",
    "span_of",
    "spec_from_item",
    "write_item",
]
