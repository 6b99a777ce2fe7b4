"""Check of a deep learning package (.dlpk), without ArcGIS and without running it."""

from .check import check_package

__all__ = ["check_package"]
