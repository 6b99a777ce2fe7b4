"""What is wrong with a deep learning package (.dlpk), found without ArcGIS; nothing is run."""

from .check import PackageReport, check_package

__all__ = ["PackageReport", "check_package"]
