"""One reader of models, for every host: ONNX files, STAC items and deep learning packages.

It needs the engine and the standard library. Nothing that it reads is run, unpickled or extracted.
"""

from .reader import ORIGINALS, ModelFile, default_model_path, open_model

__all__ = ["ORIGINALS", "ModelFile", "default_model_path", "open_model"]
