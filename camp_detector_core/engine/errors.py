"""Every error that the engine and its adapters raise on purpose.

The message of each is one sentence that names the thing at fault and the remedy; hosts show it
as it is, without a traceback.
"""


class CampDetectorError(Exception):
    """Root of all errors with a message made for the user."""


class SpecError(CampDetectorError, ValueError):
    """A model description is incomplete, contradicts itself, or does not fit its file."""


class GridError(CampDetectorError, ValueError):
    """A window, block or georeference that cannot be."""


class RasterError(CampDetectorError):
    """An input raster cannot be read, or is not what the model needs."""


class VectorError(CampDetectorError):
    """A vector file cannot be read or written by the library for it."""


class OutputError(CampDetectorError):
    """An output cannot be written: it exists, the folder is read-only, or the disk is full."""


class PredictorError(CampDetectorError):
    """A model file cannot be loaded or run."""


class Cancelled(CampDetectorError):  # noqa: N818 - a state that the user asked for, not a fault
    """The user stopped the run."""
