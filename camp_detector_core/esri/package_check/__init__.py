"""Check of a deep learning package (.dlpk), without ArcGIS and without running it."""

from .check import PackageReport, check_package

__all__ = ["PackageReport", "check_package"]
