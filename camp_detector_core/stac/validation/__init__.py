"""Validation of a model's STAC item, offline and without running anything.

`validate_item` reads an item and the files that it leads to, all of them untrusted. Three things
are held against it: the core schema inside pystac and the extension schemas that are at hand, the
classes of stac-model, and rules of our own for what neither of them sees.
"""

from .findings import Report
from .schemas import SchemaStore, schema_cache
from .validate import validate_item

__all__ = ["Report", "SchemaStore", "schema_cache", "validate_item"]
